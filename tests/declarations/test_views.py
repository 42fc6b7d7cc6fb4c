"""Declarations, as people use the pages."""

import hashlib
import re

import pytest
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import (
    Declaration,
    DeclarationKind,
    DeclarationText,
    Signature,
    SignatureStatus,
    Stage,
    Submission,
)
from crm.meetings.models import Meeting
from crm.organisations.models import Organisation
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.declarations import (
    DeclarationFactory,
    DeclarationTextFactory,
    SignatureFactory,
    SubmissionFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

WHOLE = {
    "name": "Declaration of Rome",
    "declaration_kind": "declaration",
    "visibility": "team",
}
SIGNED = {"status": "signed", "category": "national", "country": "", "channel": "", "text_id": ""}


def place(record):
    return f"{record.id}-{record.slug}"


def named(record):
    return f"id:{record.id}"


def shown_names(page):
    return {link.text_content().strip() for link in page.select("//table//tbody//td[1]//a")}


def facts(page):
    return {
        " ".join(each.xpath("string(dt)").split()): " ".join(each.xpath("string(dd)").split())
        for each in page.select("//dl[@class='facts']/div")
    }


def show(browser, declaration):
    return browser.get("declarations.detail", place=place(declaration))


def add(browser, declaration, part, **data):
    return browser.post(
        "declarations.add_part", place=place(declaration), part_name=part, data=data
    )


def edit(browser, declaration, part, row, **data):
    return browser.post(
        "declarations.edit_part",
        place=place(declaration),
        part_name=part,
        part_id=row.id,
        data={"version": "1", **data},
    )


def freeze(browser, text):
    declaration = db.session.get(Declaration, text.declaration_id)
    return browser.post("declarations.freeze", place=place(declaration), text_id=text.id)


def move(browser, declaration, stage, reason=""):
    return browser.post(
        "declarations.stage", place=place(declaration), data={"stage": stage, "reason": reason}
    )


@pytest.fixture
def text(session):
    return DeclarationTextFactory(declaration_id=DeclarationFactory(name="Declaration of Rome").id)


# The declaration itself


def test_announced_and_named_signatories_stand_side_by_side(browser, session):
    page = browser.sign_in("contributor").post(
        "declarations.create",
        data={
            **WHOLE,
            "dated": "12/2020",
            "dated_note": "after a conference",
            "subject": "Asylum in Europe",
            "ask": "To open the ports.",
            "addressee_kinds": "ministry; parliament",
            "announced_count": "43",
            "announced_source": "The first page",
        },
    )
    known = facts(page)
    assert page.title == "Declaration of Rome"
    assert known["Signatories"] == "0 named / 43 announced"
    assert known["Who announced that number"] == "The first page"
    assert "43 signatories were announced, 0 are named here." in page.section("signatures")
    declaration = session.scalar(select(Declaration))
    assert declaration.stage is Stage.IDEA
    for status in SignatureStatus:
        SignatureFactory(declaration_id=declaration.id, status=status)
    page = show(browser, declaration)
    assert facts(page)["Signatories"] == "1 named / 43 announced"
    assert "1 named / 43 announced" in browser.get("declarations.index").text


def test_without_an_announced_number_only_the_named_are_counted(browser, session):
    declaration = DeclarationFactory()
    SignatureFactory(declaration_id=declaration.id)
    page = show(browser.sign_in(), declaration)
    assert facts(page)["Signatories"] == "1 named"
    assert "announced" not in page.section("signatures")


def test_nothing_is_missing_when_all_that_were_announced_are_named(browser, session):
    declaration = DeclarationFactory(announced_count=1)
    for _ in range(2):
        SignatureFactory(declaration_id=declaration.id)
    page = show(browser.sign_in(), declaration)
    assert facts(page)["Signatories"] == "2 named / 1 announced"
    assert "were announced" not in page.section("signatures")


def test_a_viewer_cannot_add_or_change_a_declaration(browser, session):
    declaration = DeclarationFactory()
    browser.sign_in()
    assert show(browser, declaration).status == 200
    assert browser.get("declarations.create").status == 403
    assert browser.post("declarations.edit_record", place=place(declaration)).status == 403


def test_declarations_follow_one_another_but_never_in_a_circle(browser, session):
    one, two, three = (DeclarationFactory(name=f"Declaration {n}") for n in ("A", "B", "C"))
    browser.sign_in("contributor")

    def follow(record, predecessor):
        version = str(session.get(Declaration, record.id).version)
        return browser.post(
            "declarations.edit_record",
            place=place(record),
            data={
                **WHOLE,
                "name": record.name,
                "predecessor_id": named(predecessor),
                "version": version,
            },
        )

    page = follow(two, one)
    assert facts(page)["Follows the declaration"] == "Declaration A"
    assert facts(show(browser, one))["Followed by"] == "Declaration B"
    assert follow(three, two).status == 200
    for record, predecessor in ((one, one), (one, two), (one, three)):
        page = follow(record, predecessor)
        assert "cannot follow itself" in page.error_at("predecessor_id")
    assert follow(three, one).errors() == []


def test_filters_narrow_the_list(browser, session):
    alpha, ministry = OrganisationFactory(name="Alpha"), OrganisationFactory(name="Ministry")
    one = DeclarationFactory(name="One", stage=Stage.OPEN)
    two = DeclarationFactory(name="Two", declaration_kind=DeclarationKind.APPEAL)
    three = DeclarationFactory(name="Three", stage=Stage.SUBMITTED)
    SignatureFactory(declaration_id=one.id, signatory_id=alpha.id)
    SignatureFactory(declaration_id=two.id, signatory_id=alpha.id, status=SignatureStatus.WITHDRAWN)
    SubmissionFactory(declaration_id=three.id, recipient_id=ministry.id)
    browser.sign_in()
    for query, expected in (
        ("stage=open", {"One"}),
        ("stage=open&stage=submitted", {"One", "Three"}),
        ("kind=appeal", {"Two"}),
        (f"signatory={alpha.id}", {"One"}),
        (f"recipient={ministry.id}", {"Three"}),
        (f"recipient={alpha.id}", set()),
    ):
        assert shown_names(browser.get(f"/declarations/?{query}")) == expected, query
    for key in ("title", "stage", "dated"):
        assert browser.get(f"/declarations/?sort=-{key}").status == 200


def test_the_number_of_statements_of_the_list_does_not_grow_with_its_rows(
    browser, session, count_statements
):
    browser.sign_in()
    SignatureFactory()
    browser.get("declarations.index")
    count_statements.clear()
    browser.get("declarations.index")
    few = len(count_statements)
    for _ in range(10):
        SignatureFactory()
    count_statements.clear()
    browser.get("declarations.index")
    assert len(count_statements) == few


def test_the_meeting_it_came_out_of_and_the_declaration_lead_to_each_other(browser, session):
    meeting = Meeting(name="Conference of Rome")
    session.add(meeting)
    session.flush()
    declaration = DeclarationFactory(name="Declaration of Rome", origin_meeting_id=meeting.id)
    page = show(browser.sign_in(), declaration)
    assert facts(page)["Came out of the meeting"] == "Conference of Rome"
    page = browser.get("meetings.detail", place=place(meeting))
    assert "Declaration of Rome" in page.section("out-of")


def test_the_page_today_leads_to_what_is_not_yet_handed_in(browser, session):
    DeclarationFactory(name="Not handed in", stage=Stage.CLOSED)
    DeclarationFactory(name="Handed in", stage=Stage.SUBMITTED)
    page = browser.sign_in().get("/")
    assert "Not handed in" in page.links()
    assert "Handed in" not in page.links()


# Stages


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("contributor", False)])
def test_only_managers_move_a_declaration_to_another_stage(browser, session, role, may):
    declaration = DeclarationFactory()
    browser.sign_in(role)
    assert "Move to another stage" not in show(browser, declaration).links()
    assert browser.get("declarations.stage", place=place(declaration)).status == 403
    assert move(browser, declaration, "drafting").status == 403
    session.expire_all()
    assert session.get(Declaration, declaration.id).stage is Stage.IDEA


def test_a_manager_moves_a_declaration_forward_without_a_reason(browser, session):
    declaration = DeclarationFactory()
    browser.sign_in("manager")
    address = show(browser, declaration).links()["Move to another stage"]
    assert browser.get(address).status == 200
    page = move(browser, declaration, "red_lines")
    assert "Stage: Red lines" in page.html
    assert "Red lines" in page.text


def test_going_back_to_an_earlier_stage_needs_a_reason_which_history_keeps(browser, session):
    declaration = DeclarationFactory(stage=Stage.CLOSED)
    browser.sign_in("manager")
    page = move(browser, declaration, "red_lines", reason="  ")
    assert "Say why" in page.error_at("reason")
    session.expire_all()
    assert session.get(Declaration, declaration.id).stage is Stage.CLOSED
    move(browser, declaration, "red_lines", reason="The ministry changed")
    page = browser.get("declarations.history", place=place(declaration))
    for words in ("The ministry changed", "Red lines", "Closed"):
        assert words in page.text


def test_a_reason_that_is_too_long_is_refused_at_its_field(browser, session):
    declaration = DeclarationFactory(stage=Stage.CLOSED)
    page = move(browser.sign_in("manager"), declaration, "idea", reason="x" * 501)
    assert "500 characters or fewer" in page.error_at("reason")


def test_signing_opens_only_when_a_text_is_frozen(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    browser.sign_in("manager")
    page = move(browser, declaration, "open")
    assert "Freeze a text first" in page.error_at("stage")
    freeze(browser, text)
    page = move(browser, declaration, "open")
    assert "Open for signature" in page.text


def test_an_unknown_stage_is_refused(browser, session):
    declaration = DeclarationFactory()
    assert move(browser.sign_in("manager"), declaration, "nowhere").error_at("stage")


# Texts


def test_freezing_a_newer_version_tells_which_languages_are_behind(browser, session):
    declaration = DeclarationFactory()
    for language, edition in (("en", 1), ("fr", 1), ("ar", 2)):
        DeclarationTextFactory(declaration_id=declaration.id, language=language, edition=edition)
    newer = DeclarationTextFactory(declaration_id=declaration.id, language="en", edition=2)
    page = freeze(browser.sign_in("manager"), newer)
    assert "“French, version 1” is still the newest in its language" in page.text
    assert page.text.count("is still the newest") == 1


@pytest.mark.parametrize(
    ("typed", "code"), [("Français", "fr"), ("chinois traditionnel", "zh-Hant"), ("EN", "en")]
)
def test_the_language_of_a_text_is_kept_as_its_code(browser, session, typed, code):
    declaration = DeclarationFactory()
    browser.sign_in("contributor")
    add(browser, declaration, "texts", language=typed, text="Nobody.")
    assert session.scalars(select(DeclarationText.language)).all() == [code]


def test_a_language_that_is_none_is_refused_in_a_sentence(browser, session):
    declaration = DeclarationFactory()
    browser.sign_in("contributor")
    page = add(browser, declaration, "texts", language="another", text="Nobody.")
    assert page.error_at("language").startswith("No language is called that")
    assert "Nobody." in page.html


def test_each_language_counts_its_own_versions(browser, session):
    declaration = DeclarationFactory()
    browser.sign_in("contributor")
    for language in ("fr", "en", "fr"):
        page = add(browser, declaration, "texts", language=language, text="Nobody.")
    section = page.section("texts")
    for words in ("French, version 1", "French, version 2", "English, version 1", "Draft"):
        assert words in section
    assert "English, version 2" not in section
    page = browser.get(page.links()["French, version 2"])
    assert page.status == 200
    assert "Nobody." in page.text


def test_a_text_that_changes_its_language_is_the_next_version_there(browser, session):
    declaration = DeclarationFactory()
    DeclarationTextFactory(declaration_id=declaration.id, language="fr")
    second = DeclarationTextFactory(declaration_id=declaration.id, language="en")
    browser.sign_in("contributor")
    page = edit(browser, declaration, "texts", second, language="fr", text="Personne.")
    assert "French, version 2" in page.section("texts")


def test_freezing_a_text_gives_its_fingerprint(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    page = freeze(browser.sign_in("manager"), text)
    fingerprint = hashlib.sha256(text.text.encode()).hexdigest()
    assert "The text is frozen: it never changes again" in page.text
    assert "Frozen" in page.section("texts")
    session.expire_all()
    frozen = session.get(DeclarationText, text.id)
    assert (frozen.sha256, frozen.frozen_at is not None) == (fingerprint, True)
    once = frozen.frozen_at
    freeze(browser, text)
    session.expire_all()
    assert session.get(DeclarationText, text.id).frozen_at == once
    page = browser.get("declarations.text", place=place(declaration), text_id=frozen.id)
    assert fingerprint in page.text


def test_only_managers_freeze_a_text(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)

    def offered():
        forms = show(browser, declaration).select("//form/@action")
        return [form for form in forms if form.endswith("/freeze")]

    browser.sign_in("contributor")
    assert offered() == []
    assert freeze(browser, text).status == 403
    browser.sign_in("manager")
    assert len(offered()) == 1


def test_a_text_is_frozen_on_the_page_of_its_own_declaration_alone(browser, session, text):
    other = DeclarationFactory()
    browser.sign_in("manager")
    page = browser.post("declarations.freeze", place=place(other), text_id=text.id)
    assert page.status == 404
    assert browser.get("declarations.text", place=place(other), text_id=text.id).status == 404


def test_a_frozen_text_is_neither_changed_nor_removed(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    browser.sign_in("manager")
    freeze(browser, text)
    page = edit(browser, declaration, "texts", text, language="en", text="All.", version="2")
    assert "frozen and stays" in " ".join(page.errors())
    page = browser.post(
        "declarations.remove_part", place=place(declaration), part_name="texts", part_id=text.id
    )
    assert "frozen and stays" in page.html
    session.expire_all()
    assert session.get(DeclarationText, text.id).text == "Nobody is to be sent back to danger."


def test_no_undo_reaches_into_a_frozen_text(browser, session):
    declaration = DeclarationFactory()
    browser.sign_in("manager")
    add(browser, declaration, "texts", language="en", text="First words.")
    text = session.scalar(select(DeclarationText))
    edit(browser, declaration, "texts", text, language="en", text="Last words.")
    freeze(browser, text)
    page = browser.get("declarations.history", place=place(declaration))
    ways = page.select("//form[contains(@action, '/undo')]/@action")
    assert len(ways) >= 3
    for way in ways:
        page = browser.post(way)
        assert page.status == 200
        assert "frozen and stays" in page.html or "The change was undone" in page.html
        if session.get(Declaration, declaration.id) is None:
            browser.post("declarations.restore", place=place(declaration))
        session.expunge_all()
        kept = session.get(DeclarationText, text.id)
        assert kept.text == "Last words."
        assert kept.frozen_at is not None
        assert kept.sha256 == kept.fingerprint()


def test_a_draft_goes_unless_it_was_handed_in(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    kept = DeclarationTextFactory(declaration_id=declaration.id, language="fr")
    SubmissionFactory(declaration_id=declaration.id, text_id=kept.id)
    browser.sign_in("contributor")
    for row in (text, kept):
        page = browser.post(
            "declarations.remove_part",
            place=place(declaration),
            part_name="texts",
            part_id=row.id,
        )
        assert page.status == 200
    assert "French, version 1" in page.section("texts")
    assert "English, version 1" not in page.section("texts")


# Signatures


def test_a_signature_keeps_the_name_of_its_day(browser, session):
    declaration = DeclarationFactory()
    signatory = OrganisationFactory(name="Old Refuge")
    browser.sign_in("contributor")
    page = add(
        browser, declaration, "signatures", signatory_id="Old Refuge", signed_on="2020", **SIGNED
    )
    assert "Old Refuge" in page.section("signatures")
    browser.post(
        "organisations.edit_record",
        place=place(signatory),
        data={
            "name": "New Refuge",
            "organisation_kind": "ngo",
            "visibility": "team",
            "version": "1",
        },
    )
    section = show(browser, declaration).section("signatures")
    assert "Old Refuge" in section
    assert "New Refuge" in section  # So that the reader finds them.
    signature = session.scalar(select(Signature))
    assert signature.displayed_name == "Old Refuge"
    edit(browser, declaration, "signatures", signature, signatory_id=named(signatory), **SIGNED)
    session.expire_all()
    assert session.get(Signature, signature.id).displayed_name == "Old Refuge"


def test_the_name_as_printed_may_be_typed(browser, session):
    declaration = DeclarationFactory()
    OrganisationFactory(name="Refuge")
    browser.sign_in("contributor")
    page = add(
        browser,
        declaration,
        "signatures",
        signatory_id="Refuge",
        displayed_name="Refuge e.V., Berlin",
        **SIGNED,
    )
    assert "Refuge e.V., Berlin" in page.section("signatures")


def test_correcting_the_signatory_without_a_name_prints_the_name_of_the_right_one(browser, session):
    signature = SignatureFactory(displayed_name="Wrong one")
    OrganisationFactory(name="Right one")
    browser.sign_in("contributor")
    edit(
        browser,
        session.get(Declaration, signature.declaration_id),
        "signatures",
        signature,
        signatory_id="Right one",
        displayed_name="",
        **SIGNED,
    )
    session.expire_all()
    assert session.get(Signature, signature.id).displayed_name == "Right one"


def test_a_signatory_signs_once(browser, session):
    declaration, signatory = DeclarationFactory(), OrganisationFactory()
    browser.sign_in("contributor")
    add(browser, declaration, "signatures", signatory_id=named(signatory), **SIGNED)
    page = add(browser, declaration, "signatures", signatory_id=named(signatory), **SIGNED)
    assert "on the list already" in page.error_at("signatory_id")
    other = SignatureFactory(declaration_id=declaration.id)
    page = edit(
        browser,
        declaration,
        "signatures",
        other,
        signatory_id=named(signatory),
        displayed_name="X",
        **SIGNED,
    )
    assert "on the list already" in page.error_at("signatory_id")
    assert len(session.scalars(select(Signature)).all()) == 2


def test_a_signature_withdrawn_leaves_the_count_and_stays_in_history(browser, session):
    declaration, signatory = DeclarationFactory(announced_count=2), OrganisationFactory()
    browser.sign_in("contributor")
    add(browser, declaration, "signatures", signatory_id=named(signatory), **SIGNED)
    signature = session.scalar(select(Signature))
    page = edit(
        browser,
        declaration,
        "signatures",
        signature,
        signatory_id=named(signatory),
        **{**SIGNED, "status": "withdrawn", "withdrawal_reason": "Their board said no"},
    )
    assert facts(page)["Signatories"] == "0 named / 2 announced"
    session.expire_all()
    withdrawn = session.get(Signature, signature.id)
    assert withdrawn.withdrawn_on == today()
    page = browser.get("declarations.history", place=place(declaration))
    for words in ("Withdrawn", "Their board said no", "Signed"):
        assert words in page.text
    page = add(browser, declaration, "signatures", signatory_id=named(signatory), **SIGNED)
    assert facts(page)["Signatories"] == "1 named / 2 announced"
    data = {**SIGNED, "signatory_id": named(signatory), "version": "2"}
    page = edit(browser, declaration, "signatures", withdrawn, **data)
    assert "on the list already" in page.error_at("signatory_id")


def test_a_signature_that_comes_back_is_no_longer_withdrawn_on_a_day(browser, session):
    signature = SignatureFactory(status=SignatureStatus.WITHDRAWN, withdrawn_on=today())
    declaration = session.get(Declaration, signature.declaration_id)
    signatory = session.get(Organisation, signature.signatory_id)
    browser.sign_in("contributor")
    data = {**SIGNED, "signatory_id": named(signatory)}
    page = edit(browser, declaration, "signatures", signature, **data)
    assert facts(page)["Signatories"] == "1 named"
    session.expire_all()
    assert session.get(Signature, signature.id).withdrawn_on is None


def test_a_signature_is_bound_to_a_frozen_text_alone(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    signatory = OrganisationFactory()
    browser.sign_in("manager")
    data = {**SIGNED, "signatory_id": named(signatory), "text_id": str(text.id)}
    page = add(browser, declaration, "signatures", **data)
    assert "Freeze this text first" in page.error_at("text_id")
    freeze(browser, text)
    add(browser, declaration, "signatures", **data)
    signature = session.scalar(select(Signature))
    assert signature.text_id == text.id
    assert signature.text_sha256 == text.fingerprint()
    draft = DeclarationTextFactory(declaration_id=declaration.id, language="fr")
    page = edit(browser, declaration, "signatures", signature, **{**data, "text_id": str(draft.id)})
    assert "Freeze this text first" in page.error_at("text_id")
    edit(browser, declaration, "signatures", signature, **{**data, "text_id": ""})
    session.expire_all()
    loose = session.get(Signature, signature.id)
    assert (loose.text_id, loose.text_sha256) == (None, None)


def test_a_text_of_another_declaration_is_refused(browser, session, text):
    browser.sign_in("manager")
    freeze(browser, text)
    declaration, other = DeclarationFactory(), OrganisationFactory()
    page = add(
        browser,
        declaration,
        "signatures",
        **{**SIGNED, "signatory_id": named(other), "text_id": str(text.id)},
    )
    assert page.error_at("text_id")
    page = add(
        browser,
        declaration,
        "submissions",
        recipient_id=named(other),
        channel="",
        text_id=str(text.id),
    )
    assert page.error_at("text_id")


def test_a_person_signs_and_it_shows_on_both_pages(browser, session):
    declaration = DeclarationFactory(name="Declaration of Rome", dated=PartialDate(2020, 12))
    person = PersonFactory(name="Ada Example")
    browser.sign_in("contributor")
    data = {**SIGNED, "signatory_id": "Ada Example", "category": "person"}
    page = add(browser, declaration, "signatures", **data)
    assert "Ada Example" in page.section("signatures")
    page = browser.get("people.detail", place=place(person))
    assert "Declaration of Rome" in page.section("signed")
    timeline = page.section("timeline")
    assert "Declaration of Rome" in timeline
    assert "December 2020" in timeline


def test_more_signatures_than_a_page_shows_are_still_counted(browser, session):
    declaration = DeclarationFactory(announced_count=400)
    with session.no_autoflush:
        signatories = [Organisation(name=f"Refuge {number}") for number in range(303)]
        session.add_all(signatories)
        session.flush()
        session.add_all(
            Signature(declaration_id=declaration.id, signatory_id=each.id, displayed_name=each.name)
            for each in signatories
        )
        session.flush()
    page = show(browser.sign_in(), declaration)
    assert facts(page)["Signatories"] == "303 named / 400 announced"
    assert "400 signatories were announced, 303 are named here." in page.section("signatures")


# Handing in


def test_a_declaration_is_handed_to_several_institutions(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    recipients = [OrganisationFactory(name=name) for name in ("Ministry", "Commission")]
    browser.sign_in("contributor")
    for recipient, day in zip(recipients, ("11/12/2020", "01/2021"), strict=True):
        page = add(
            browser,
            declaration,
            "submissions",
            recipient_id=named(recipient),
            addressee="The office of the minister",
            submitted_on=day,
            channel="post",
            count_that_day="43",
            text_id=str(text.id),
            answer="They thank us.",
        )
    section = page.section("submissions")
    for words in ("Ministry", "Commission", "office of the minister", "They thank us."):
        assert words in section
    assert section.index("Ministry") < section.index("Commission")
    for recipient in recipients:
        page = browser.get("organisations.detail", place=place(recipient))
        assert "Declaration of Rome" in page.section("received")
    assert {each.count_that_day for each in session.scalars(select(Submission))} == {43}


# What is hidden


def test_a_confidential_signatory_does_not_show_and_counts_do_not_tell(browser, session):
    declaration = DeclarationFactory(announced_count=3)
    secret = OrganisationFactory(name="Secret house", visibility=Visibility.MANAGERS)
    SignatureFactory(declaration_id=declaration.id)
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=secret.id, displayed_name="Secret as printed"
    )
    SubmissionFactory(declaration_id=declaration.id, recipient_id=secret.id)
    browser.sign_in()
    page = show(browser, declaration)
    assert "Secret" not in page.html
    assert facts(page)["Signatories"] == "1 named / 3 announced"
    assert re.match(r"Signatures \(1\)", page.section("signatures"))
    assert page.section("submissions") == ""
    assert "1 named / 3 announced" in browser.get("declarations.index").text
    assert shown_names(browser.get(f"/declarations/?signatory={secret.id}")) == set()
    assert shown_names(browser.get(f"/declarations/?recipient={secret.id}")) == set()
    assert "Secret" not in browser.get("declarations.history", place=place(declaration)).html
    page = show(browser.sign_in("manager"), declaration)
    assert facts(page)["Signatories"] == "2 named / 3 announced"
    assert "Secret as printed" in page.section("signatures")


def test_a_confidential_predecessor_or_successor_does_not_show(browser, session):
    secret = DeclarationFactory(name="Secret text", visibility=Visibility.MANAGERS)
    declaration = DeclarationFactory(predecessor_id=secret.id)
    DeclarationFactory(
        name="Secret sequel", predecessor_id=declaration.id, visibility=Visibility.MANAGERS
    )
    page = show(browser.sign_in(), declaration)
    assert "Secret" not in page.html
    assert "Follows the declaration" not in page.text
    assert "Followed by" not in page.text


def test_a_signature_that_hides_from_the_person_is_not_doubled(browser, session):
    declaration, signatory = DeclarationFactory(), OrganisationFactory()
    head = PersonFactory(name="Secret Ada", visibility=Visibility.MANAGERS)
    SignatureFactory(declaration_id=declaration.id, signatory_id=signatory.id, signed_by_id=head.id)
    browser.sign_in("contributor")
    page = add(browser, declaration, "signatures", signatory_id=named(signatory), **SIGNED)
    assert page.status == 200
    assert "on the list already" in page.error_at("signatory_id")
    assert "Secret" not in page.html


def test_the_text_of_a_confidential_declaration_is_not_there(browser, session):
    declaration = DeclarationFactory(visibility=Visibility.MANAGERS)
    text = DeclarationTextFactory(declaration_id=declaration.id)
    browser.sign_in()
    page = browser.get("declarations.text", place=place(declaration), text_id=text.id)
    assert page.status == 404


# In French


def test_every_page_of_declarations_reads_in_french(browser, session, text):
    declaration = session.get(Declaration, text.declaration_id)
    signature = SignatureFactory(
        declaration_id=declaration.id, country="DE", signed_on=PartialDate(2020, 12, 1)
    )
    submission = SubmissionFactory(
        declaration_id=declaration.id, submitted_on=PartialDate(2020, 12, 11)
    )
    browser.sign_in(UserFactory(role=Role.MANAGER, locale="fr"))
    for endpoint in ("declarations.index", "declarations.create"):
        page = browser.get(endpoint)
        assert page.status == 200
        assert page.select("//html/@lang") == ["fr"]
    for endpoint in (
        "declarations.detail",
        "declarations.edit_record",
        "declarations.history",
        "declarations.stage",
    ):
        assert browser.get(endpoint, place=place(declaration)).status == 200
    for part, row in (("texts", text), ("signatures", signature), ("submissions", submission)):
        page = browser.get("declarations.add_part", place=place(declaration), part_name=part)
        assert page.status == 200
        page = browser.get(
            "declarations.edit_part", place=place(declaration), part_name=part, part_id=row.id
        )
        assert page.status == 200
    freeze(browser, text)
    page = browser.get("declarations.text", place=place(declaration), text_id=text.id)
    assert page.status == 200
    for key in (signature.signatory_id, submission.recipient_id):
        assert browser.get(f"/organisations/{key}").status == 200
    assert browser.get("/").status == 200
