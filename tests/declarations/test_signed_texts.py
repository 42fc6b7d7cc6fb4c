"""Texts that change after they were signed, our own approval, lists, and what proves them."""

import csv
from io import BytesIO, StringIO

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from sqlalchemy import select

from crm.core.partial_date import PartialDate
from crm.declarations import services
from crm.declarations.differences import LONGEST, compare
from crm.declarations.models import (
    Approval,
    Confirmation,
    DeclarationText,
    SignatoryCategory,
    Signature,
    SignatureStatus,
)
from crm.declarations.proof import verify
from crm.declarations.signatories import list_of
from crm.records.models import DeadlineKind, Document, Record, Visibility
from tests.factories.deadlines import DeadlineFactory
from tests.factories.declarations import (
    DeclarationFactory,
    DeclarationTextFactory,
    SignatureFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

PLAIN = {"status": "signed", "category": "national", "country": "", "channel": "", "text_id": ""}


def place(record):
    return f"{record.id}-{record.slug}"


def frozen(declaration, edition=1, language="en", text="Nobody is to be sent back."):
    return services.freeze(
        DeclarationTextFactory(
            declaration_id=declaration.id, edition=edition, language=language, text=text
        )
    )


def signs(declaration, text=None, **values):
    return SignatureFactory(
        declaration_id=declaration.id,
        text_id=text.id if text else None,
        text_sha256=text.sha256 if text else None,
        **values,
    )


@pytest.fixture
def declaration():
    return DeclarationFactory(name="Declaration of Rome")


# What has changed


@given(old=st.text(), new=st.text())
def test_a_difference_holds_both_texts_word_for_word(old, new):
    passages = compare(old, new)
    assert "".join(each.text for each in passages if each.kind != "added") == old
    assert "".join(each.text for each in passages if each.kind != "removed") == new


@given(text=st.text())
def test_a_text_does_not_differ_from_itself(text):
    assert {each.kind for each in compare(text, text)} <= {"same"}


def test_a_difference_shows_words_the_old_ones_first():
    found = [
        (each.kind, each.text) for each in compare("We, 43 bodies,\nask.", "We, 44 bodies,\nask.")
    ]
    assert found == [
        ("same", "We, "),
        ("removed", "43"),
        ("added", "44"),
        ("same", " bodies,\n"),
        ("same", "ask."),
    ]


def test_endless_texts_are_compared_at_once():
    old, new = "a\n" * (LONGEST + 1), "b\n" * (LONGEST + 1)
    assert [(each.kind, each.text) for each in compare(old, new)] == [
        ("removed", old),
        ("added", new),
    ]


def test_two_versions_are_compared_on_a_page(browser, declaration):
    frozen(declaration, text="43 bodies ask for <b>asylum</b>.")
    new = frozen(declaration, 2, text="44 bodies ask for <b>asylum</b>.")
    browser.sign_in()
    page = browser.get("declarations.text", place=place(declaration), text_id=new.id)
    page = browser.get(page.links()["Compare with version 1"])
    assert page.select("//del/text()") == ["43"]
    assert page.select("//ins/text()") == ["44"]
    assert "<b>asylum</b>" in page.text
    other = frozen(DeclarationFactory())
    for pair in ((new.id, other.id), (other.id, new.id)):
        asked = {"place": place(declaration), "text_id": pair[0], "other_id": pair[1]}
        assert browser.get("declarations.compare", **asked).status == 404


# A text that changes after it was signed


def test_who_signed_before_is_to_be_told_of_the_new_text(browser, session, declaration):
    first = frozen(declaration)
    signature = signs(declaration, first, displayed_name="Refuge as printed")
    signs(declaration, displayed_name="Nobody knows which text")
    browser.sign_in("contributor")
    page = browser.get("declarations.detail", place=place(declaration))
    assert not page.section("to-confirm")
    services.add_text(declaration_id=declaration.id, language="en", text="Nobody at all.")
    page = browser.get("declarations.detail", place=place(declaration))
    assert not page.section("to-confirm"), "a draft tells nobody"
    second = services.freeze(session.scalars(select(DeclarationText).filter_by(edition=2)).one())
    page = browser.get("declarations.detail", place=place(declaration))
    assert "Refuge as printed" in page.section("to-confirm")
    assert "Nobody knows" not in page.section("to-confirm")

    asked = {"place": place(declaration), "signature_id": signature.id}
    page = browser.get("declarations.confirm_text", **asked)
    assert page.select("//select[@name='text_id']/option/@value") == [str(second.id)]
    data = {"text_id": str(second.id), "confirmed_on": "3/3/2026", "channel": "email"}
    page = browser.post("declarations.confirm_text", data=data, **asked)
    assert "Noted that they stand by the new text" in page.text
    assert not page.section("to-confirm")
    noted = session.scalars(select(Confirmation)).one()
    assert (noted.text_sha256, noted.confirmed_on) == (second.sha256, PartialDate(2026, 3, 3))
    session.expire_all()
    kept = session.get(Signature, signature.id)
    assert (kept.text_id, kept.text_sha256) == (first.id, first.sha256), "what was signed stays"
    assert browser.get("declarations.confirm_text", **asked).status == 404


def test_one_who_confirms_leaves_the_others_to_be_told(browser, session, declaration):
    other = DeclarationFactory(name="Declaration of Paris")
    for each in (declaration, other):
        first = frozen(each)
        signs(each, first, displayed_name=f"First of {each.name}")
        signs(each, first, displayed_name=f"Second of {each.name}")
        frozen(each, 2, text="Nobody at all.")
    signature = session.scalars(
        select(Signature).where(Signature.displayed_name == "First of Declaration of Rome")
    ).one()
    newest = session.scalars(
        select(DeclarationText).filter_by(declaration_id=declaration.id, edition=2)
    ).one()
    services.confirm(signature, text_id=newest.id)
    browser.sign_in("contributor")
    told = browser.get("declarations.detail", place=place(declaration)).section("to-confirm")
    assert "Second of Declaration of Rome" in told
    assert "First of" not in told
    told = browser.get("declarations.detail", place=place(other)).section("to-confirm")
    assert "First of Declaration of Paris" in told
    assert "Second of Declaration of Paris" in told


def test_a_text_in_another_language_concerns_those_who_signed_in_it(browser, declaration):
    signs(declaration, frozen(declaration), displayed_name="Read it in English")
    signs(declaration, frozen(declaration, language="fr"), displayed_name="Read it in French")
    frozen(declaration, 2, language="fr", text="Mended.")
    page = browser.sign_in("contributor").get("declarations.detail", place=place(declaration))
    assert "Read it in French" in page.section("to-confirm")
    assert "Read it in English" not in page.section("to-confirm")


def test_a_signature_is_not_moved_to_a_newer_text(browser, session, declaration):
    first = frozen(declaration)
    signature = signs(declaration, first)
    second = frozen(declaration, 2)
    with pytest.raises(services.InvalidValue) as refused:
        services.change_signature(signature, signature.version, text_id=second.id)
    assert refused.value.field == "text_id"
    assert signature.text_id == first.id


def test_a_new_language_of_the_same_version_tells_nobody(browser, declaration):
    signs(declaration, frozen(declaration))
    frozen(declaration, 1, "fr")
    page = browser.sign_in().get("declarations.detail", place=place(declaration))
    assert not page.section("to-confirm")


# Our own approval


def test_our_own_approval_says_who_when_and_what_was_checked(browser, session, declaration):
    text = frozen(declaration)
    browser.sign_in("contributor")
    here = {"place": place(declaration), "part_name": "approvals"}
    data = {"verdict": "approved", "text_id": str(text.id), "points": "Detention: our line kept"}
    page = browser.post("declarations.add_part", data=data, **here)
    assert page.error_at("decided_by") == "Enter who decided"
    data |= {"decided_by": "The board", "decided_on": "1/3/2026"}
    page = browser.post("declarations.add_part", data=data, **here)
    for words in ("The board", "Detention: our line kept", "Approved", "version 1"):
        assert words in page.section("approvals")
    noted = session.scalars(select(Approval)).one()
    assert noted.noted_by_id == browser.user.id
    other = frozen(DeclarationFactory())
    page = browser.post("declarations.add_part", data={**data, "text_id": str(other.id)}, **here)
    assert page.errors()


# Signatures by mail or paper


def test_a_signature_on_a_condition_says_which(browser, session, declaration):
    browser.sign_in("contributor")
    here = {"place": place(declaration), "part_name": "signatures"}
    data = {**PLAIN, "signatory_id": f"id:{OrganisationFactory().id}", "status": "conditional"}
    page = browser.post("declarations.add_part", data=data, **here)
    assert page.error_at("condition") == "Say on what condition they sign"
    page = browser.post("declarations.add_part", data={**data, "condition": "No logo"}, **here)
    assert "No logo" in page.section("signatures")
    assert "0 named" in page.text


def test_a_signature_keeps_its_proof(browser, session, declaration):
    browser.sign_in("contributor")
    here = {"place": place(declaration), "part_name": "signatures"}
    data = {
        **PLAIN,
        "signatory_id": f"id:{OrganisationFactory().id}",
        "upload": (BytesIO(b"We sign. The board."), "mail.txt"),
    }
    page = browser.post("declarations.add_part", data=data, **here)
    assert "mail.txt" in page.section("signatures")
    proof = session.scalars(select(Document)).one()
    assert session.scalars(select(Signature)).one().proof_id == proof.id
    page = browser.get(page.links()["mail.txt"])
    assert page.html == "We sign. The board."
    page.response.close()


@pytest.mark.parametrize("hides", ["signatory", "signer"])
@pytest.mark.parametrize("later", [False, True])
def test_the_proof_hides_with_the_signatory_and_with_whoever_signed(
    browser, session, declaration, hides, later
):
    house, signer = OrganisationFactory(name="House"), PersonFactory(name="Ada Example")
    data = {
        **PLAIN,
        "signatory_id": f"id:{house.id}",
        "signed_by_id": "" if later else f"id:{signer.id}",
        "upload": (BytesIO(b"We sign."), "ada.txt"),
    }
    here = {"place": place(declaration), "part_name": "signatures"}
    browser.sign_in("manager").post("declarations.add_part", data=data, **here)
    held = session.scalars(select(Signature)).one()
    if later:
        services.change_signature(held, held.version, signed_by_id=signer.id)
    hidden = session.get(Record, house.id if hides == "signatory" else signer.id)
    hidden.visibility = Visibility.MANAGERS
    session.flush()
    page = browser.sign_in("viewer").get("declarations.detail", place=place(declaration))
    assert "ada.txt" not in page.html
    download = {"place": place(declaration), "document_id": held.proof_id}
    assert browser.get("declarations.download", **download).status == 404
    page = browser.sign_in("manager").get("declarations.detail", place=place(declaration))
    assert "ada.txt" in page.html


def test_a_second_signature_is_refused_with_a_link_to_the_first(browser, session, declaration):
    first = signs(declaration, displayed_name="Refuge as printed")
    browser.sign_in("contributor")
    here = {"place": place(declaration), "part_name": "signatures"}
    data = {**PLAIN, "signatory_id": f"id:{first.signatory_id}"}
    page = browser.post("declarations.add_part", data=data, **here)
    assert "They are on the list already" in page.error_at("signatory_id")
    page = browser.get(page.links()["Open “Refuge as printed”"])
    assert page.select("//input[@name='displayed_name']/@value") == ["Refuge as printed"]


def test_a_signature_after_the_deadline_is_marked(browser, declaration):
    DeadlineFactory(
        record_id=declaration.id, kind=DeadlineKind.SIGNATURE, day=PartialDate(2026, 3, 1)
    )
    signs(declaration, displayed_name="In time", signed_on=PartialDate(2026, 3, 1))
    signs(declaration, displayed_name="Too late", signed_on=PartialDate(2026, 3, 2))
    signs(declaration, displayed_name="Some day in March", signed_on=PartialDate(2026, 3))
    page = browser.sign_in().get("declarations.detail", place=place(declaration))
    assert page.section("signatures").count("After the deadline") == 1
    page = browser.get("declarations.signatories", place=place(declaration))
    (late,) = page.select("//ol//li[contains(., 'after the deadline')]")
    assert "Too late" in late.text_content()


# The list


def test_the_list_goes_by_block_by_country_and_by_name(session, declaration):
    national, world = SignatoryCategory.NATIONAL, SignatoryCategory.INTERNATIONAL
    for name, category, country in (
        ("Zèbre", national, "FR"),
        ("écho", national, "FR"),
        ("Das Haus", national, "DE"),
        ("Nowhere", national, None),
        ("The World Network", world, "CH"),
        ("A City", SignatoryCategory.CITY, "IT"),
        ("Someone", SignatoryCategory.PERSON, "FR"),
    ):
        signs(declaration, displayed_name=name, category=category, country=country)
    signs(declaration, displayed_name="Declined", status=SignatureStatus.DECLINED)
    listed = list_of(declaration, is_public=False)
    found = [(entry.number, entry.name) for block in listed.blocks for entry in block.entries]
    # Allemagne, then France; whose country is not known comes last.
    names = ["The World Network", "Das Haus", "écho", "Zèbre", "Nowhere", "A City", "Someone"]
    assert found == list(enumerate(names, start=1))
    assert listed.count == 7 == sum(count for _kind, count in listed.by_category)
    assert sum(count for _name, count in listed.by_country) == 7


def test_the_public_list_names_those_alone_who_agreed(browser, session, declaration):
    signs(declaration, displayed_name="Éclair – verbatim", may_publish=True)
    signs(declaration, displayed_name="Not in public")
    signs(
        declaration, displayed_name="Withdrew", may_publish=True, status=SignatureStatus.WITHDRAWN
    )
    browser.sign_in("contributor")
    page = browser.get("declarations.signatories", place=place(declaration), audience="public")
    assert "1 signatory · 1 more not named" in page.text
    assert "Not in public" not in page.text
    assert "Withdrew" not in page.text
    for kind in ("pdf", "docx", "xlsx", "csv"):
        asked = {"audience": "public", "format": kind, "language": "en"}
        page = browser.get("declarations.list_file", place=place(declaration), **asked)
        assert page.status == 200
        assert page.response.headers["Content-Disposition"].endswith(f".{kind}")
    rows = list(csv.reader(StringIO(page.html.lstrip("\ufeff"))))
    assert [row[:2] for row in rows] == [
        ["Number in the list", "Name as printed"],
        ["1", "Éclair – verbatim"],
    ]
    asked["language"] = "fr"
    page = browser.get("declarations.list_file", place=place(declaration), **asked)
    assert (
        page.html.lstrip("\ufeff").splitlines()[1] == "1;Éclair – verbatim;Organisation nationale;"
    )


def test_the_list_is_made_as_a_plain_page_for_the_web_site(browser, session, declaration):
    signs(declaration, displayed_name="Éclair <b>", may_publish=True, country="IT")
    signs(
        declaration,
        displayed_name="The World Network",
        may_publish=True,
        category=SignatoryCategory.INTERNATIONAL,
    )
    page = browser.sign_in("contributor").client.get(
        browser.address(
            "declarations.list_file",
            place=place(declaration),
            audience="public",
            format="html",
            language="fr",
        )
    )
    assert page.headers["Content-Disposition"].endswith(".html")
    tree = lxml_html.document_fromstring(page.get_data())
    assert tree.get("lang") == "fr"
    assert tree.xpath("string(//p)") == "2 signataires"
    assert [(each.get("start"), each.text_content().split()) for each in tree.xpath("//ol")] == [
        ("1", ["The", "World", "Network"]),
        ("2", ["Éclair", "<b>,", "Italie"]),
    ]


def test_a_confidential_signatory_is_in_no_file(browser, session, declaration):
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    signs(declaration, displayed_name="Hidden house", signatory_id=hidden.id, may_publish=True)
    browser.sign_in("manager")
    page = browser.get("declarations.signatories", place=place(declaration))
    assert "Hidden house" in page.text
    asked = {"format": "csv", "language": "en"}
    page = browser.get("declarations.list_file", place=place(declaration), **asked)
    assert "Hidden house" not in page.html
    secret = DeclarationFactory(visibility=Visibility.MANAGERS)
    assert browser.get("declarations.list_file", place=place(secret), **asked).status == 404
    viewer = browser.sign_in("viewer")
    assert viewer.get("declarations.list_file", place=place(declaration), **asked).status == 403
    assert (
        "Hidden house" not in viewer.get("declarations.signatories", place=place(declaration)).text
    )


# Proof


def test_whatever_was_changed_after_it_was_signed_is_found(app, session, browser, declaration):
    text = frozen(declaration)
    signs(declaration, text, displayed_name="Refuge as printed")
    assert verify(declaration).is_sound
    runner = app.test_cli_runner()
    done = runner.invoke(args=["verify", "declaration", str(declaration.id)])
    assert done.exit_code == 0
    assert done.output.startswith("1 frozen texts, 1 signatures and 0 frozen lists agree")
    # Past the model, as somebody with the database could.
    session.connection().execute(
        sa.update(DeclarationText).where(DeclarationText.id == text.id).values(text="Other words")
    )
    session.expire_all()
    faults = verify(declaration).faults
    assert len(faults) == 3
    assert "Refuge as printed" in faults[1]
    assert "en dehors de Passerelle" in faults[2]
    done = runner.invoke(args=["verify", "declaration", str(declaration.id)])
    assert done.exit_code == 1
    assert "Something was changed after it was signed" in done.output
    page = browser.sign_in().get("declarations.signatories", place=place(declaration))
    assert "signed another text" in page.text
    assert "Refuge as printed" in page.text


def test_a_declaration_that_is_none_is_said_so(app, session):
    done = app.test_cli_runner().invoke(args=["verify", "declaration", "1"])
    assert done.exit_code == 1
    assert "There is no declaration 1" in done.output
