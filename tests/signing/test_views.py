"""The page to sign, as whoever was invited uses it."""

import hashlib
import logging
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from crm.core import queue
from crm.core.clock import now
from crm.core.db import Base, db
from crm.declarations.models import (
    DeclarationText,
    SignatoryCategory,
    Signature,
    SignatureChannel,
    SignatureStatus,
    Stage,
)
from crm.declarations.services import freeze, move
from crm.invitations import links
from crm.invitations.models import Invitation, InvitationMail, LinkUse, SigningLink
from crm.people.models import Person
from crm.records.models import Visibility
from tests.factories.declarations import (
    DeclarationFactory,
    DeclarationTextFactory,
    SignatureFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.invitations.world import (
    deadline,
    invited,
    links_of,
    open_declaration,
    send_all,
    stored,
    text_of,
)
from tests.web.test_mail import receiver

__all__ = ["receiver"]

FORM = {
    "displayed_name": "Refuge, association loi 1901",
    "signer_name": "Ada Example",
    "capacity": "President",
    "category": "national",
    "country": "IT",
    "may_publish": "y",
    "agreed": "y",
}


@pytest.fixture
def declaration(session, receiver):
    return open_declaration()


@pytest.fixture
def path(session, receiver, declaration):
    """Return the path of the link that one organisation was sent."""
    invited(declaration)
    return last_link(receiver)


def last_link(receiver):
    send_all()
    return links_of(receiver.messages[-1])[0]


def sha256(page):
    [field] = page.select("//input[@name='text_sha256']")
    return field.get("value")


def sign(browser, path, **changed):
    page = browser.get(path)
    return browser.post(path, data={**FORM, "text_sha256": sha256(page), **changed})


def signature(session):
    return session.scalars(select(Signature)).one()


def rows(session):
    """Return what every business table holds."""
    return {
        table.name: session.execute(select(table).order_by(*table.primary_key)).all()
        for table in Base.metadata.sorted_tables
        if table.name not in ("user_sessions", "auth_attempts")
    }


# Reading


def test_the_page_shows_the_text_and_who_was_invited_and_asks_for_no_account(browser, path):
    page = browser.get(path)
    assert page.status == 200
    assert page.title == "Declaration of Rome"
    assert "Nobody is to be sent back to danger. (en)" in page.text
    assert "You are invited to sign for: Refuge" in page.text
    assert sha256(page) == hashlib.sha256(b"Nobody is to be sent back to danger. (en)").hexdigest()
    assert "Set-Cookie" not in page.response.headers
    assert not page.select("//script")


def test_the_page_says_nothing_of_other_signatories(browser, session, declaration, path):
    SignatureFactory(
        declaration_id=declaration.id, displayed_name="Refuge secret", may_publish=True
    )
    page = browser.get(path)
    assert "Refuge secret" not in page.html
    token = path.removeprefix("/s/")
    assert token not in page.select("//title")[0].text_content()


def test_fifty_scanners_that_open_the_link_change_nothing(browser, session, path):
    before = rows(session)
    for number in range(50):
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        response = browser.client.open(path, method=method)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert rows(session) == before
    sign(browser, path)
    assert signature(session).status is SignatureStatus.SIGNED, "the link works still"


def test_the_text_and_the_page_are_read_in_the_language_one_chooses(browser, path):
    page = browser.get(path)
    assert page.links()["Français"] == f"{path}?language=fr"
    page = browser.get(f"{path}?language=fr")
    assert "Nobody is to be sent back to danger. (fr)" in page.text
    assert page.select("//html")[0].get("lang") == "fr"
    assert page.select("//button")[0].text_content().strip() == "Signer la déclaration"
    assert browser.get(f"{path}?language=tlh").status == 200


def test_a_text_in_another_language_than_ours_is_framed_in_english(browser, session, receiver):
    declaration = open_declaration("بيان", languages=("ar",))
    invited(declaration, language="ar")
    page = browser.get(last_link(receiver))
    [text] = page.select("//article")
    assert (text.get("lang"), text.get("dir")) == ("ar", "auto")
    assert page.select("//html")[0].get("lang") == "en"


def test_the_page_weighs_little(browser, app, path):
    page = browser.get(path)
    weight = len(page.response.get_data())
    for each in page.select("//link[@rel='stylesheet'] | //link[@rel='icon'] | //img | //script"):
        address = each.get("href") or each.get("src")
        with app.test_client().get(address) as answer:
            weight += len(answer.get_data())
    assert weight < 30_000


# Signing


def test_a_signature_keeps_what_was_signed_by_whom_and_when(browser, session, receiver, path):
    page = sign(browser, path)
    assert page.title == "Thank you: your signature was received"
    assert "Set-Cookie" not in page.response.headers
    found = signature(session)
    text = session.scalar(select(DeclarationText).where(DeclarationText.language == "en"))
    assert found.status is SignatureStatus.SIGNED
    assert found.channel is SignatureChannel.FORM
    assert (found.text_id, found.text_sha256) == (text.id, text.sha256)
    assert (found.displayed_name, found.signer_name) == (
        "Refuge, association loi 1901",
        "Ada Example",
    )
    assert (found.capacity, found.country) == ("President", "IT")
    assert found.category is SignatoryCategory.NATIONAL
    assert (found.may_publish, found.may_show_logo) == (True, False)
    assert now() - found.signed_at < timedelta(minutes=1)
    send_all()
    receipt = text_of(receiver.messages[-1])
    assert receiver.messages[-1]["Subject"] == (
        "Your signature of “Declaration of Rome” was received"
    )
    assert text.sha256 in receipt
    assert "Refuge, association loi 1901" in receipt


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("agreed", "Tick that you have read the text and sign it"),
        ("signer_name", "Enter your name"),
        ("displayed_name", "Enter the name as it is to be printed"),
        ("capacity", "Enter in what capacity you sign"),
    ],
)
def test_nothing_is_signed_without_a_tick_and_a_typed_name(browser, session, path, field, sentence):
    page = sign(browser, path, **{field: ""})
    assert page.error_at(field) == sentence
    assert sentence in page.errors()
    assert "President" in page.html or field == "capacity", "what was typed is there"
    assert signature(session).status is SignatureStatus.INVITED
    assert "Set-Cookie" not in page.response.headers


def test_a_post_without_the_form_signs_nothing(browser, session, path):
    page = browser.post(path, data={})
    assert page.status == 200
    assert page.errors()
    assert signature(session).status is SignatureStatus.INVITED


def test_after_an_answer_the_link_tells_nothing_more(browser, session, path):
    sign(browser, path)
    page = browser.get(path)
    assert page.title == "An answer was given with this link"
    for word in ("Ada Example", "President", "loi 1901"):
        assert word not in page.html
    page = browser.post(path, data={**FORM, "text_sha256": "0" * 64})
    assert page.title == "An answer was given with this link"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("R" * 300, "R" * 300),
        ("Refuge\r\nBcc: x@example.org", "Refuge Bcc: x@example.org"),
        ("Refuge \u202eegufeR", "Refuge egufeR"),
        ("ملجأ Łódź N’Diaye", "ملجأ Łódź N’Diaye"),
    ],
)
def test_names_are_kept_as_they_are_without_what_turns_the_text(
    browser, session, receiver, path, name, kept
):
    sign(browser, path, displayed_name=name)
    assert signature(session).displayed_name == kept
    send_all()
    assert receiver.messages[-1]["Bcc"] is None


def test_a_name_of_301_characters_is_refused_in_a_sentence(browser, session, path):
    page = sign(browser, path, displayed_name="R" * 301)
    assert "must be 300 characters or fewer (it is 301)" in page.error_at("displayed_name")
    assert "R" * 301 in page.html


def test_a_category_to_which_it_is_not_open_is_not_offered_and_not_taken(
    browser, session, declaration, path
):
    declaration = stored(declaration)
    declaration.eligible_categories = ["national", "city"]
    page = browser.get(path)
    offered = [each.get("value") for each in page.select("//select[@name='category']/option")]
    assert offered == ["national", "city"]
    page = sign(browser, path, category="person")
    assert page.error_at("category")
    assert signature(session).status is SignatureStatus.INVITED


def test_who_left_the_network_meanwhile_is_told_that_only_members_sign(
    browser, session, declaration, path
):
    network = OrganisationFactory(name="ECOSOC status")
    stored(declaration).eligible_network_id = network.id
    page = sign(browser, path)
    assert page.errors() == ["Only members of “ECOSOC status” may sign this declaration"]
    assert "Ada Example" in page.html


# Versions


def test_a_form_read_before_a_new_version_is_shown_the_new_text(
    browser, session, declaration, path
):
    old = sha256(browser.get(path))
    freeze(
        DeclarationTextFactory(
            declaration_id=declaration.id, language="en", edition=2, text="Nobody is sent back."
        )
    )
    page = browser.post(path, data={**FORM, "text_sha256": old})
    assert page.status == 409
    assert page.errors() == [
        "The text changed while you were reading. Read it again before you sign"
    ]
    assert "Nobody is sent back." in page.text
    assert "Ada Example" in page.html, "what was typed is kept"
    assert not page.select("//input[@name='agreed' and @checked]"), "the tick is given anew"
    assert signature(session).status is SignatureStatus.INVITED
    sign(browser, path)
    found = signature(session)
    assert found.status is SignatureStatus.SIGNED
    assert found.text_sha256 == hashlib.sha256(b"Nobody is sent back.").hexdigest()


def test_a_link_to_an_older_version_says_that_the_text_has_changed(
    browser, session, declaration, path
):
    freeze(
        DeclarationTextFactory(
            declaration_id=declaration.id, language="en", edition=2, text="Nobody is sent back."
        )
    )
    assert "The text has changed since this link was sent" in browser.get(path).text


def test_the_fingerprint_of_another_declaration_signs_nothing(browser, session, path):
    other = DeclarationFactory(name="Another")
    freeze(DeclarationTextFactory(declaration_id=other.id, language="en", text="Send them back."))
    other.stage = Stage.OPEN
    session.flush()
    forged = session.scalar(
        select(DeclarationText.sha256).where(DeclarationText.declaration_id == other.id)
    )
    page = browser.post(path, data={**FORM, "text_sha256": forged})
    assert page.status == 409
    assert session.scalars(
        select(Signature.status).where(Signature.declaration_id != other.id)
    ).all() == [SignatureStatus.INVITED]


# Declining and passing on


def test_a_refusal_is_kept_with_its_reason_and_ends_the_reminders(browser, session, path):
    page = browser.post(f"{path}/decline", data={"reason": "Not our mandate"})
    assert page.title == "Thank you: your answer was received"
    found = signature(session)
    assert (found.status, found.withdrawal_reason) == (
        SignatureStatus.DECLINED,
        "Not our mandate",
    )


def test_the_right_person_gets_a_link_of_their_own_and_the_old_one_dies(
    browser, session, receiver, path
):
    page = browser.post(
        f"{path}/pass", data={"contact_name": "Zoé Example", "address": "zoe@example.org"}
    )
    assert page.title == "Thank you: the invitation was passed on"
    page = browser.get(path)
    assert (page.status, page.title) == (410, "This link was replaced")
    assert "zoe" not in page.html.casefold()
    new = last_link(receiver)
    assert receiver.envelopes[-1].rcpt_tos == ["zoe@example.org"]
    assert text_of(receiver.messages[-1]).startswith("Hello Zoé Example,")
    sign(browser, new)
    assert signature(session).status is SignatureStatus.SIGNED
    send_all()
    assert receiver.envelopes[-1].rcpt_tos == ["zoe@example.org"], "the receipt goes to who signed"


def test_a_page_without_account_does_not_send_mails_at_will(browser, session, receiver, path):
    for number in range(3):
        browser.post(
            f"{path}/pass", data={"contact_name": "Zoé", "address": f"zoe{number}@example.org"}
        )
        path = last_link(receiver)
    page = browser.post(f"{path}/pass", data={"contact_name": "Zoé", "address": "zoe9@example.org"})
    assert page.errors() == [
        "This invitation was passed on several times. Write to us, and we send it"
    ]
    assert "zoe9@example.org" in page.html


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@example.org\r\nBcc: b@example.org", ""])
def test_an_address_that_is_none_passes_nothing_on(browser, session, receiver, path, address):
    page = browser.post(f"{path}/pass", data={"contact_name": "Zoé", "address": address})
    assert page.error_at("address")
    assert "Zoé" in page.html
    send_all()
    assert len(receiver.envelopes) == 1


# Withdrawing


def test_the_receipt_lets_one_withdraw(browser, session, receiver, path):
    sign(browser, path)
    withdraw = last_link(receiver)
    assert withdraw.endswith("/withdraw")
    page = browser.get(withdraw)
    assert "Withdraw the signature" in page.title
    assert signature(session).status is SignatureStatus.SIGNED, "opening it withdraws nothing"
    page = browser.post(withdraw, data={"reason": "A mistake"})
    assert page.title == "Your signature was withdrawn"
    found = signature(session)
    assert (found.status, found.withdrawal_reason) == (SignatureStatus.WITHDRAWN, "A mistake")
    assert found.withdrawn_on is not None
    assert browser.get(withdraw).title == "Your signature was withdrawn"


def test_a_link_is_good_for_its_own_purpose_alone(browser, session, receiver, path):
    assert browser.post(f"{path}/withdraw", data={}).status == 404
    sign(browser, path)
    withdraw = last_link(receiver).removesuffix("/withdraw")
    for page in ("", "/decline", "/pass"):
        assert browser.get(f"{withdraw}{page}").status == 404
    assert signature(session).status is SignatureStatus.SIGNED


# Ends


def test_after_the_hour_of_the_deadline_nothing_is_signed(browser, session, declaration, path):
    deadline(declaration, day="2099-11-30", hour="13:00", zone="Europe/Paris")
    with time_machine.travel("2099-11-30 11:59:00+00:00", tick=False):
        session.scalars(select(SigningLink)).one().expires_at = now() + timedelta(days=1)
        page = browser.get(path)
        assert page.title == "Declaration of Rome"
        data = {**FORM, "text_sha256": sha256(page)}
    with time_machine.travel("2099-11-30 12:00:00+00:00", tick=False):
        page = browser.post(path, data=data)
        assert page.title == "This declaration is closed"
        assert "Monday 30 November 2099 at 13:00 (time in Paris)" in page.text
    assert signature(session).status is SignatureStatus.INVITED


def test_midnight_in_new_york_is_the_next_morning_in_paris(browser, session, declaration, path):
    deadline(declaration, day="2099-05-27", zone="America/New_York")
    with time_machine.travel("2099-05-28 03:59:00+00:00", tick=False):
        session.scalars(select(SigningLink)).one().expires_at = now() + timedelta(days=1)
        assert browser.get(path).title == "Declaration of Rome"
    with time_machine.travel("2099-05-28 04:00:00+00:00", tick=False):
        assert browser.get(path).title == "This declaration is closed"


def test_a_soft_deadline_closes_nothing(browser, session, declaration, path):
    deadline(declaration, day="2020-05-27", is_soft=True)
    assert browser.get(path).title == "Declaration of Rome"


def test_an_old_link_asks_for_a_new_one_which_goes_where_the_first_one_went(
    browser, session, receiver, path
):
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        page = browser.get(path)
        assert (page.status, page.title) == (410, "This link is too old")
        page = browser.post(path, data=FORM)
        assert page.status == 410
        [form] = page.select("//form")
        page = browser.post(form.get("action"))
        assert page.title == "A new link is on its way"
        assert "ada@example.org" not in page.html, "whoever holds an old link learns no address"
        new = last_link(receiver)
        assert receiver.envelopes[-1].rcpt_tos == ["ada@example.org"]
        assert browser.get(path).title == "This link was replaced"
        browser.post(f"{new}/new-link")
        send_all()
        assert len(receiver.envelopes) == 2, "one new link an hour"
        sign(browser, new)
    assert signature(session).status is SignatureStatus.SIGNED


def test_a_closed_declaration_takes_no_signature_and_no_new_link(
    browser, session, receiver, declaration, path
):
    data = {**FORM, "text_sha256": sha256(browser.get(path))}
    move(stored(declaration), stage=Stage.CLOSED, reason=None)
    for page in (
        browser.get(path),
        browser.post(path, data=data),
        browser.post(f"{path}/decline", data={}),
        browser.post(f"{path}/new-link"),
    ):
        assert page.title == "This declaration is closed"
    send_all()
    assert len(receiver.envelopes) == 1
    assert signature(session).status is SignatureStatus.NO_ANSWER


@pytest.mark.parametrize("change", ["confidential", "trash", "hidden signatory"])
def test_what_is_no_longer_shown_to_the_team_is_shown_to_nobody(
    browser, session, declaration, path, change
):
    declaration = stored(declaration)
    if change == "confidential":
        declaration.visibility = Visibility.MANAGERS
    elif change == "trash":
        declaration.deleted_at = now()
    else:
        signature(session).signatory.deleted_at = now()
    page = browser.get(path)
    assert (page.status, page.title) == (404, "This link leads nowhere")
    assert "Rome" not in page.html


def test_a_signature_can_be_withdrawn_from_a_declaration_that_became_confidential(
    browser, session, receiver, declaration, path
):
    sign(browser, path)
    withdraw = last_link(receiver)
    stored(declaration).visibility = Visibility.MANAGERS
    session.flush()
    assert browser.get(path).status == 404
    page = browser.get(withdraw)
    assert page.title == "Withdraw the signature"
    assert browser.post(withdraw, data={}).title == "Your signature was withdrawn"
    assert signature(session).status is SignatureStatus.WITHDRAWN


def test_a_link_works_on_when_the_contact_it_was_sent_to_is_gone(
    browser, session, receiver, declaration
):
    contact = PersonFactory(name="Ada Example")
    invitation = invited(declaration)
    invitation.contact_id = contact.id
    session.flush()
    path = last_link(receiver)
    for change in ("hidden", "trash"):
        held = session.get(Person, contact.id)
        held.visibility = Visibility.MANAGERS
        held.deleted_at = now() if change == "trash" else None
        session.flush()
        assert browser.get(path).title == "Declaration of Rome"
    sign(browser, path)
    assert signature(session).status is SignatureStatus.SIGNED


def test_who_signs_is_not_whom_the_team_had_noted_before(
    browser, session, receiver, declaration, path
):
    held = signature(session)
    held.signed_by_id = PersonFactory(name="Somebody Else").id
    session.flush()
    sign(browser, path)
    found = signature(session)
    assert (found.signed_by_id, found.signer_name) == (None, "Ada Example")
    send_all()
    assert "Somebody Else" not in text_of(receiver.messages[-1])


# Tokens


@pytest.mark.parametrize("token", ["0" * 64, "x", "é" * 60, "%00", "a" * 199])
def test_a_link_that_leads_nowhere_is_one_calm_page(browser, session, token):
    for page in ("", "/decline", "/pass", "/withdraw"):
        found = browser.get(f"/s/{token}{page}")
        assert found.status == 404
        assert "Set-Cookie" not in found.response.headers


def test_who_tries_many_links_is_made_to_wait_and_others_are_not(browser, session, path):
    for number in range(30):
        assert browser.get(f"/s/{number:064}").status == 404
    page = browser.get(f"/s/{31:064}")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert browser.get(path).status == 200, "a link that leads somewhere is not counted"
    kept = session.execute(select(Base.metadata.tables["auth_attempts"])).all()
    assert not any("127.0.0.1" in str(row) for row in kept), "no address is kept"


def test_a_token_is_long_and_hashed_and_of_one_invitation(browser, session, declaration, path):
    token = path.removeprefix("/s/")
    assert len(bytes.fromhex(token)) * 8 == 256
    [link] = session.scalars(select(SigningLink)).all()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert links.find(token, LinkUse.WITHDRAW) is None
    other = invited(declaration, OrganisationFactory(name="Other"), "other@example.org")
    sign(browser, path)
    assert session.get(Invitation, other.id).signature.status is SignatureStatus.INVITED


def test_the_log_holds_no_token_no_name_and_no_address(browser, session, path):
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    logger = logging.getLogger("crm")
    handler = Keep()
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    access = logging.getLogger("crm.access")
    access.disabled = False
    try:
        sign(browser, path)
        browser.get("/s/unknown-token")
        browser.post(f"{path}/pass", data={"contact_name": "Zoé", "address": "x"})
    finally:
        access.disabled = True
        logger.removeHandler(handler)
    written = "\n".join(lines)
    assert "/s/<string(maxlength=200):token>" in written
    for secret in (path.removeprefix("/s/"), "unknown-token", "Ada Example", "ada@example.org"):
        assert secret not in written


def test_signing_stands_in_history_with_its_way(browser, session, declaration, path):
    sign(browser, path)
    page = browser.sign_in("manager").get(f"/declarations/{declaration.id}/history")
    assert "Signed by the link of the invitation" in page.text


def test_somebody_who_is_signed_in_signs_as_whom_the_link_names(browser, session, path):
    browser.sign_in("viewer")
    sign(browser, path)
    assert signature(session).status is SignatureStatus.SIGNED


def test_another_site_cannot_send_the_form(browser, session, path):
    data = {**FORM, "text_sha256": sha256(browser.get(path))}
    response = browser.client.post(path, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert b"mail that we sent you" in response.data
    assert signature(session).status is SignatureStatus.INVITED


@pytest.mark.parametrize("address", ["{path}/nothing", "/s/", "{path}/thanks/x", "{path}/new-link"])
def test_errors_beside_the_page_show_nothing_of_the_team_and_keep_nothing(browser, path, address):
    browser.sign_in("viewer")
    response = browser.client.get(address.format(path=path))
    assert response.status_code in (404, 405)
    assert "Set-Cookie" not in response.headers
    assert not re.search(r"Sign out|/account|Organisations", response.text)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "null"}, 200), ({"Origin": "https://evil.example"}, 403), ({}, 200)],
)
def test_an_older_browser_that_tells_no_origin_can_sign(browser, session, path, headers, status):
    data = {**FORM, "text_sha256": sha256(browser.get(path))}
    assert browser.client.post(path, data=data, headers=headers).status_code == status


def test_the_mails_of_a_link_never_go_to_anybody_else(session, receiver, declaration):
    for number in range(3):
        invited(declaration, OrganisationFactory(name=f"R{number}"), f"r{number}@example.org")
    send_all()
    assert [len(each.rcpt_tos) for each in receiver.envelopes] == [1, 1, 1]
    assert session.scalar(select(func.count()).select_from(InvitationMail)) == 3
    tokens = {re.search(r"/s/(\w+)", text_of(each))[1] for each in receiver.messages}
    assert len(tokens) == 3
    assert queue.handlers["invitations.mail"]
    assert db.session is not None
