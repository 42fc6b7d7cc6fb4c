"""Inviting and reminding, as people use the pages."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from crm.core import queue
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.queue import Job
from crm.declarations.models import SignatoryCategory, Signature, SignatureStatus, Stage
from crm.declarations.services import move
from crm.invitations import links, wording
from crm.invitations.models import (
    Invitation,
    InvitationMail,
    LinkUse,
    Mailing,
    MailState,
    SigningLink,
)
from crm.invitations.services import Invitee, Words, invite, pause, remind, resume
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.declarations import SignatureFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.saved_views import SavedViewFactory
from tests.invitations.world import (
    deadline,
    give_address,
    invited,
    links_of,
    member,
    network_with,
    open_declaration,
    place,
    send_all,
    stored,
    text_of,
    words,
)
from tests.web.test_mail import receiver

__all__ = ["receiver"]


@pytest.fixture
def declaration(session, receiver):
    return open_declaration()


def fields(page):
    """Return what the form of a page would send."""
    form = next(each for each in page.select("//form") if each.xpath(".//button[@name='step']"))
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def ask(browser, declaration, **data):
    return browser.post("declarations.invite", place=place(declaration), data=data)


def answer(browser, page, declaration, step, **changed):
    return ask(browser, declaration, **{**fields(page), "step": step, **changed})


def mails(session):
    return session.scalars(select(InvitationMail)).all()


# Whom


def test_the_members_of_a_network_are_checked_shown_their_mail_and_invited(
    browser, session, receiver, declaration
):
    deadline(declaration, hour="13:00", zone="Europe/Paris")
    network, _members = network_with(3, country="FR")
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    assert "To invite (3)" in page.text
    page = answer(browser, page, declaration, "preview")
    assert "Refuge 000" in page.text, "the mail is shown as one of them will read it"
    assert "[le lien de chaque destinataire]" in page.html
    assert receiver.envelopes == [], "nothing leaves before the button that says so"
    page = answer(browser, page, declaration, "send")
    assert "3 mails are being sent" in page.text
    send_all()
    assert sorted(each.rcpt_tos[0] for each in receiver.envelopes) == [
        f"refuge{number}@example.org" for number in range(3)
    ]
    assert all(len(each.rcpt_tos) == 1 for each in receiver.envelopes), "one mail each"
    message = receiver.messages[0]
    assert message["Subject"] == "Votre signature pour « Declaration of Rome »"
    assert "30 nov" in text_of(message)
    assert len({links_of(each)[0] for each in receiver.messages}) == 3
    signatures = session.scalars(select(Signature)).all()
    assert {each.status for each in signatures} == {SignatureStatus.INVITED}
    assert {each.country for each in signatures} == {"FR"}


def test_what_has_to_be_mended_stands_first_and_is_left_out_unless_it_is(
    browser, session, receiver, declaration
):
    network, _members = network_with(1)
    silent = member(network, "Sans adresse")
    wrong = member(network, "Adresse fausse", "not an address")
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    headings = [" ".join(each.text_content().split()) for each in page.select("//h2")]
    assert headings[:2] == ["To mend (2)", "To invite (1)"]
    page = answer(
        browser, page, declaration, "preview", **{f"address-{silent.id}": "ada@example.org"}
    )
    assert "This address cannot be right: mend it" in page.errors()[0]
    page = answer(browser, page, declaration, "preview", **{f"address-{wrong.id}": ""})
    assert "1 is left out" in page.text
    answer(browser, page, declaration, "send")
    assert {each.address for each in mails(session)} == {"refuge0@example.org", "ada@example.org"}


def test_who_is_on_the_list_already_is_not_invited_and_leads_to_the_line(
    browser, session, declaration
):
    network, (signed, declined, withdrew) = network_with(3)
    for organisation, status in (
        (signed, SignatureStatus.SIGNED),
        (declined, SignatureStatus.DECLINED),
        (withdrew, SignatureStatus.WITHDRAWN),
    ):
        SignatureFactory(declaration_id=declaration.id, signatory_id=organisation.id, status=status)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    assert "Not to be invited (2)" in page.text
    assert "Has signed already" in page.links()
    assert "Has declined already" in page.links()
    assert "Had signed and withdrew" in page.text
    assert list(fields(page)["signatory"]) == [str(withdrew.id)]


def test_whose_network_has_signed_is_told_and_may_sign_all_the_same(browser, declaration):
    network, _members = network_with(1, name="OXFAM")
    SignatureFactory(declaration_id=declaration.id, signatory_id=network.id)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    assert "Already covered by OXFAM" in page.text
    assert "To invite (1)" in page.text


def test_who_may_not_sign_is_told_why(browser, session, declaration):
    network, _members = network_with(1)
    other, _others = network_with(0, name="ECOSOC status")
    declaration.eligible_network_id = other.id
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    assert "Only members of “ECOSOC status” may sign this declaration" in page.text
    declaration = stored(declaration)
    declaration.eligible_network_id = None
    declaration.eligible_categories = [SignatoryCategory.CITY.value]
    page = browser.get("declarations.invite", place=place(declaration), network=network.id)
    assert "This declaration is open to: City or local authority" in page.text


def test_names_are_pasted_with_addresses_and_strangers_are_kept_to_be_added(
    browser, session, receiver, declaration
):
    refuge = OrganisationFactory(name="Refuge", acronym="RFG")
    PersonFactory(name="Ada Example")
    page = ask(
        browser.sign_in("manager"),
        declaration,
        text="Refuge <contact@example.org>\nAda Example, ada@example.org\nNobody We Know",
    )
    assert "Not known here (1)" in page.text
    assert "Nobody We Know" in page.html
    page = answer(browser, page, declaration, "preview")
    page = answer(browser, page, declaration, "check")
    assert "Nobody We Know" in page.html, "lines left over are not lost on the way"
    page = answer(browser, page, declaration, "preview")
    answer(browser, page, declaration, "send")
    assert {each.address for each in mails(session)} == {"contact@example.org", "ada@example.org"}
    signature = session.scalar(select(Signature).where(Signature.signatory_id == refuge.id))
    assert signature.category is SignatoryCategory.NATIONAL


def test_a_filtered_list_is_invited_by_its_address(browser, session, declaration):
    OrganisationFactory(name="Refuge italien", country="IT")
    OrganisationFactory(name="Refuge français", country="FR")
    page = ask(
        browser.sign_in("manager"),
        declaration,
        list_address="https://crm.example.org/organisations/?country=IT",
    )
    assert "Refuge italien" in page.text
    assert "Refuge français" not in page.text
    page = ask(browser, declaration, list_address="https://crm.example.org/projects/")
    assert page.error_at("list_address").startswith("Copy the address of a list of organisations")


def test_those_of_a_saved_view_are_invited(browser, session, declaration):
    OrganisationFactory(name="Refuge italien", country="IT")
    OrganisationFactory(name="Refuge français", country="FR")
    browser.sign_in("manager")
    own = SavedViewFactory(owner_id=browser.user.id, name="Italians")
    others = SavedViewFactory(owner_id=UserFactory().id, name="Not mine")
    page = browser.get("declarations.invite", place=place(declaration))
    assert page.select("//select[@name='view']/option/text()") == ["Italians"]
    page = ask(browser, declaration, view=str(own.id))
    assert "Refuge italien" in page.text
    assert "Refuge français" not in page.text
    page = ask(browser, declaration, view=str(others.id))
    assert page.error_at("view") == "This view is not there any more. Choose another"
    own = session.get(type(own), own.id)
    own.address = "country=IT&zork=1"
    page = ask(browser, declaration, view=str(own.id))
    assert "no filter called “zork”" in page.error_at("view")


def test_the_person_who_signs_for_an_organisation_is_proposed_in_her_language(
    browser, session, declaration
):
    refuge = OrganisationFactory(name="Refuge", country="IT")
    give_address(refuge, "office@example.org")
    ada = PersonFactory(name="Ada Example", languages="français, italiano")
    PositionFactory(person_id=ada.id, organisation_id=refuge.id)
    give_address(ada, "ada@example.org")
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), signatory=refuge.id
    )
    sent = fields(page)
    assert sent[f"address-{refuge.id}"] == ["ada@example.org"]
    assert sent[f"language-{refuge.id}"] == ["fr"]
    page = answer(browser, page, declaration, "preview")
    answer(browser, page, declaration, "send")
    assert session.scalar(select(Invitation)).contact_id == ada.id


def test_an_address_that_is_private_is_proposed_to_nobody(browser, declaration):
    refuge = OrganisationFactory(name="Refuge")
    give_address(refuge, "home@example.org", is_private=True)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), signatory=refuge.id
    )
    assert "home@example.org" not in page.html


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stage": Stage.DRAFTING}, "Open the declaration for signature before inviting"),
        ({"visibility": Visibility.MANAGERS}, "This declaration is confidential"),
    ],
)
def test_before_a_declaration_is_open_to_the_team_nobody_is_invited(
    browser, session, declaration, change, sentence
):
    for key, value in change.items():
        setattr(declaration, key, value)
    page = browser.sign_in("manager").get("declarations.invite", place=place(declaration))
    assert sentence in page.errors()[0]


def test_without_a_mail_server_the_page_says_what_to_set_up(
    browser, session, declaration, monkeypatch
):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "")
    page = browser.sign_in("manager").get("declarations.invite", place=place(declaration))
    assert "SMTP_URL" in page.errors()[0]


def test_nobody_ticked_sends_nothing(browser, session, declaration):
    network, (refuge,) = network_with(1)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    sent = fields(page)
    del sent[f"invite-{refuge.id}"]
    page = ask(browser, declaration, **{**sent, "step": "preview"})
    assert "Nobody is ticked yet" in page.text
    assert mails(session) == []


def test_rubbish_in_the_form_is_no_crash(browser, session, declaration):
    browser.sign_in("manager")
    for data in (
        {"step": "send", "signatory": ["x", "99999999999999", "-1", "١٢"]},
        {"step": "preview"},
        {"step": "nonsense", "text": "\x00"},
        {"step": "send", "signatory": "123456", "invite-123456": "ticked"},
    ):
        assert ask(browser, declaration, **data).status == 200
    assert mails(session) == []


# Words


def test_the_words_are_changed_in_each_language_and_must_keep_the_link(
    browser, session, receiver, declaration
):
    network, _members = network_with(2)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    page = answer(browser, page, declaration, "preview")
    page = answer(browser, page, declaration, "send", **{"en-text": "Sign, {name}!"})
    assert "Put the link to sign into the text: {link}" in page.errors()
    page = answer(browser, page, declaration, "send", **{"en-text": "Sign, {nom} and {wife}"})
    assert "There is no field {wife}. Take one of the list" in page.errors()
    assert mails(session) == []
    page = answer(
        browser,
        page,
        declaration,
        "send",
        **{"en-subject": "For {name}", "en-text": "Sign, {nom}: {link}"},
    )
    send_all()
    assert {each["Subject"] for each in receiver.messages} == {"For Refuge 000", "For Refuge 001"}
    assert all(text_of(each).startswith("Sign, Refuge 00") for each in receiver.messages)


def test_a_name_with_line_ends_and_turned_text_adds_no_header(
    browser, session, receiver, declaration
):
    refuge = OrganisationFactory(name="Refuge")
    invitation = invited(declaration, refuge)
    invitation.signature.displayed_name = "Refuge\r\nBcc: other@example.org"
    send_all()
    [message] = receiver.messages
    assert message["Bcc"] is None
    assert receiver.envelopes[0].rcpt_tos == ["ada@example.org"]


def test_the_form_sent_twice_sends_once(browser, session, declaration):
    network, _members = network_with(1)
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    page = answer(browser, page, declaration, "preview")
    answer(browser, page, declaration, "send")
    answer(browser, page, declaration, "send")
    assert len(mails(session)) == 1


# What becomes of the mails


def test_a_refused_address_is_shown_and_another_one_is_tried(
    browser, session, receiver, declaration
):
    receiver.refused = ("ada@example.org",)
    invited(declaration)
    send_all()
    page = browser.sign_in("manager").get("declarations.detail", place=place(declaration))
    assert "Address refused" in page.section("invitations")
    assert "mail server: 550" in page.section("invitations")
    url = page.links()["Other address"]
    page = browser.post(url, data={"address": "zoe@example.org", "language": "fr"})
    assert "The invitation is being sent to the new address" in page.text
    send_all()
    [message] = receiver.messages
    assert message["To"] == "zoe@example.org"
    first, second = session.scalars(
        select(SigningLink).join(SigningLink.mail).order_by(InvitationMail.queued_at)
    ).all()
    assert {first.revoked_at is None, second.revoked_at is None} == {True, False}


def test_a_mail_that_came_back_is_noted_by_whoever_reads_it(
    browser, session, receiver, declaration
):
    invitation = invited(declaration)
    send_all()
    page = browser.sign_in("contributor").post(
        "declarations.mail_returned", place=place(declaration), invitation_id=invitation.id
    )
    assert "Came back" in page.section("invitations")


def test_a_paused_mailing_sends_nothing_until_it_is_resumed(
    browser, session, receiver, declaration
):
    invited(declaration)
    mailing = session.scalar(select(Mailing))
    browser.sign_in("manager").post(
        "declarations.pause_mailing", place=place(declaration), mailing_id=mailing.id
    )
    send_all()
    assert receiver.envelopes == []
    page = browser.post(
        "declarations.resume_mailing", place=place(declaration), mailing_id=mailing.id
    )
    assert "Waiting: 1" in page.section("mailings")
    send_all()
    assert len(receiver.envelopes) == 1
    page = browser.get("declarations.detail", place=place(declaration))
    assert "Sent: 1" in page.section("mailings")


def test_a_server_away_for_an_hour_loses_nothing_and_sends_each_once(
    session, receiver, declaration
):
    invited(declaration)
    receiver.answer = "451 later"
    send_all()
    assert session.scalar(select(InvitationMail.state)) is MailState.WAITING
    receiver.answer = "250 kept"
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        send_all()
        send_all()
    assert len(receiver.envelopes) == 1
    assert session.scalar(select(InvitationMail.state)) is MailState.SENT


def test_a_worker_that_dies_after_the_mail_left_sends_the_same_mail_again(
    session, receiver, declaration
):
    invited(declaration)
    session.commit()
    job = session.scalar(select(Job).where(Job.name == "invitations.mail"))
    payload = dict(job.payload)
    queue.handlers["invitations.mail"](payload)
    session.rollback()  # Killed between the server's 250 and our commit.
    session.expunge_all()
    send_all()
    first, second = receiver.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert text_of(first) == text_of(second), "the link is the same, too"


def test_who_has_answered_meanwhile_gets_no_mail(session, receiver, declaration):
    invitation = invited(declaration)
    invitation.signature.status = SignatureStatus.DECLINED
    send_all()
    assert receiver.envelopes == []
    assert session.scalar(select(InvitationMail.state)) is MailState.STOPPED


def test_no_secret_is_stored_and_the_queue_holds_no_address(session, receiver, declaration):
    invited(declaration)
    send_all()
    token = re.search(r"/s/([0-9a-f]{64})", text_of(receiver.messages[0]))[1]
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert not any(token in str(value) for value in row), table.name
    job = session.scalar(select(Job).where(Job.name == "invitations.mail"))
    assert job.payload == {}


def test_a_link_waiting_to_be_sent_outlives_a_new_secret_key(
    session, receiver, declaration, monkeypatch
):
    invited(declaration)
    monkeypatch.setitem(Base.metadata.info, "secret_key", "another-secret-key-" * 3)
    send_all()
    token = links_of(receiver.messages[0])[0].removeprefix("/s/")
    assert links.find(token, LinkUse.SIGN) is not None


# Reminders


def test_the_silent_are_reminded_in_two_clicks_and_not_twice_within_two_days(
    browser, session, receiver, declaration
):
    _network, members = network_with(3)
    for number, each in enumerate(members):
        invited(declaration, each, f"refuge{number}@example.org")
    session.scalars(select(Signature)).first().status = SignatureStatus.SIGNED
    send_all()
    browser.sign_in("manager")
    page = browser.get("declarations.remind", place=place(declaration))
    assert "less than 48 hours ago" in page.text
    page = browser.post(
        "declarations.remind", place=place(declaration), data={**fields(page), "step": "send"}
    )
    assert "Nobody is left to remind" in page.errors()[0]
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        browser.sign_in("manager")
        page = browser.get("declarations.detail", place=place(declaration))
        page = browser.get(page.links()["Remind the silent (2)"])
        assert page.select("//button[normalize-space()='Send 2 reminders']")
        page = browser.post(
            "declarations.remind", place=place(declaration), data={**fields(page), "step": "send"}
        )
        assert "2 mails are being sent" in page.text
        send_all()
        assert len(receiver.envelopes) == 4, "one of them had signed before the mail went out"
        assert receiver.messages[-1]["Subject"].startswith("Reminder: ")
        states = sorted(each.value for each in session.scalars(select(Signature.status)))
        assert states == ["reminded", "reminded", "signed"]


def test_a_manager_may_insist(browser, session, receiver, declaration):
    invitation = invited(declaration)
    send_all()
    page = browser.sign_in("manager").get("declarations.remind", place=place(declaration))
    sent = {**fields(page), "invitation": [str(invitation.id)], "is_forced": "y", "step": "send"}
    browser.post("declarations.remind", place=place(declaration), data=sent)
    send_all()
    assert len(receiver.envelopes) == 2


def test_the_48_hours_hold_for_the_address_whatever_the_declaration(
    browser, session, receiver, declaration
):
    other = open_declaration("Declaration of Paris")
    invited(declaration, OrganisationFactory(name="One"), "ada@example.org")
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        invited(other, OrganisationFactory(name="Two"), "ada@example.org")
        page = browser.sign_in("manager").get("declarations.remind", place=place(declaration))
        assert "less than 48 hours ago" in page.text


def test_closing_notes_who_never_answered(session, receiver, declaration):
    invitation = invited(declaration)
    move(stored(declaration), stage=Stage.CLOSED, reason=None)
    assert session.get(Invitation, invitation.id).signature.status is SignatureStatus.NO_ANSWER


# Who may


def test_a_contributor_reads_the_invitations_and_cannot_send_any(browser, session, declaration):
    invited(declaration)
    page = browser.sign_in("contributor").get("declarations.detail", place=place(declaration))
    assert "ada@example.org" in page.section("invitations")
    assert "Invite to sign" not in page.links()
    assert browser.get("declarations.invite", place=place(declaration)).status == 403
    assert browser.get("declarations.remind", place=place(declaration)).status == 403


def test_the_invitation_of_a_hidden_organisation_is_not_there(browser, session, declaration):
    refuge = OrganisationFactory(name="Refuge secret")
    invitation = invited(declaration, refuge, "secret@example.org")
    refuge.visibility = Visibility.MANAGERS
    page = browser.sign_in("viewer").get("declarations.detail", place=place(declaration))
    assert "secret" not in page.html
    page = browser.sign_in("contributor").post(
        "declarations.mail_returned", place=place(declaration), invitation_id=invitation.id
    )
    assert page.status == 404


def test_sixty_are_invited_with_few_statements_for_each(
    browser, session, declaration, count_statements
):
    network, _members = network_with(60)
    browser.sign_in("manager")
    count_statements.clear()
    page = browser.get("declarations.invite", place=place(declaration), network=network.id)
    assert "To invite (60)" in page.text
    assert len(count_statements) < 40, "the check list asks for all at once"


def test_the_mail_of_a_declaration_in_the_trash_is_not_sent(session, receiver, declaration):
    invited(declaration)
    stored(declaration).deleted_at = now()
    send_all()
    assert receiver.envelopes == []
    states = select(InvitationMail.state).execution_options(with_trash=True)
    assert db.session.scalars(states).all() == [MailState.STOPPED]


def test_mails_of_a_declaration_that_became_confidential_are_not_sent(
    session, receiver, declaration
):
    invited(declaration)
    stored(declaration).visibility = Visibility.MANAGERS
    send_all()
    assert receiver.envelopes == []
    assert session.scalars(select(InvitationMail.state)).all() == [MailState.STOPPED]


# What was noted by hand, and what changes later


def test_who_was_noted_by_hand_keeps_the_line_and_gets_a_link(
    browser, session, receiver, declaration
):
    network, [house] = network_with(1)
    by_hand = SignatureFactory(
        declaration_id=declaration.id, signatory_id=house.id, status=SignatureStatus.AGREED
    )
    page = browser.sign_in("manager").get(
        "declarations.invite", place=place(declaration), network=network.id
    )
    assert "To invite (1)" in page.text
    assert "On the list: Agreed, not signed yet" in page.text
    page = answer(browser, page, declaration, "preview")
    answer(browser, page, declaration, "send")
    send_all()
    assert receiver.envelopes[-1].rcpt_tos == ["refuge0@example.org"]
    held = session.scalars(select(Signature)).one()
    assert (held.id, held.status) == (by_hand.id, SignatureStatus.AGREED)


def test_one_who_cannot_be_invited_is_told_and_the_others_are_invited(
    session, receiver, declaration
):
    _network, [first, second] = network_with(2)
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=second.id, status=SignatureStatus.SIGNED
    )
    invitees = [
        Invitee(each.id, f"refuge{number}@example.org", "en")
        for number, each in enumerate((first, second))
    ]
    posted = invite(declaration, invitees, words("en"))
    assert posted.count == 1
    [(name, reason)] = posted.refused
    assert name == "Refuge 001"
    assert reason.startswith("Ce signataire est déjà dans la liste")
    send_all()
    assert len(receiver.envelopes) == 1


def test_opening_a_declaration_again_asks_those_again_who_gave_no_answer(
    session, receiver, declaration
):
    invited(declaration)
    move(stored(declaration), stage=Stage.CLOSED, reason=None)
    move(stored(declaration), stage=Stage.OPEN, reason="Two weeks more")
    assert session.scalars(select(Signature.status)).all() == [SignatureStatus.INVITED]
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        ids = session.scalars(select(Invitation.id)).all()
        assert remind(stored(declaration), ids, words("en")).count == 1


def test_a_line_to_which_an_invitation_was_sent_is_not_removed(
    browser, session, receiver, declaration
):
    invitation = invited(declaration)
    page = browser.sign_in("manager").post(
        "declarations.remove_part",
        place=place(declaration),
        part_name="signatures",
        part_id=invitation.signature_id,
        data={"version": "1"},
    )
    assert "They were invited or have confirmed a text" in page.html
    assert session.scalar(select(func.count(Signature.id))) == 1


def test_the_same_address_in_other_letters_is_asked_once(session, receiver, declaration):
    _network, [first, second] = network_with(2)
    invited(declaration, first, "Ada@Example.org")
    invited(declaration, second, "ada@example.ORG")
    send_all()
    ids = session.scalars(select(Invitation.id)).all()
    early = time_machine.travel(now() + timedelta(hours=47), tick=False)
    with early, pytest.raises(InvalidValue, match="2 des destinataires ont reçu"):
        remind(stored(declaration), ids, words("en"))
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        assert remind(stored(declaration), ids, words("en")).count == 1


def test_resuming_a_reminder_leaves_in_peace_who_was_asked_meanwhile(
    session, receiver, declaration
):
    invitation = invited(declaration)
    send_all()
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        declaration = stored(declaration)
        paused = remind(declaration, [invitation.id], words("en")).mailing
        pause(paused)
        paused_id = paused.id
        remind(declaration, [invitation.id], words("en"), is_forced=True)
        send_all()
        assert len(receiver.envelopes) == 2
        resume(session.get(Mailing, paused_id))
        send_all()
        assert len(receiver.envelopes) == 2
        states = session.scalars(
            select(InvitationMail.state).where(InvitationMail.mailing_id == paused_id)
        ).all()
        assert states == [MailState.STOPPED]


def test_the_link_is_kept_out_of_the_subject():
    refused = Words("Sign: {link}", "Sign here: {link}")
    with pytest.raises(InvalidValue, match="Keep the link out of the subject"):
        wording.check(refused)


@pytest.mark.parametrize(
    "address", ["http://[::1", "//", "/no/such/list", "https://x/declarations"]
)
def test_what_is_no_address_of_a_list_is_said_at_its_field(browser, session, declaration, address):
    page = ask(browser.sign_in("manager"), declaration, list_address=address)
    assert page.error_at("list_address")
