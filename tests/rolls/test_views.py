"""Pasting a list of signatories: groups, nothing merged silently, one undo, nothing lost."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from crm.core.errors import InvalidValue
from crm.declarations.models import (
    Declaration,
    SignatoryCategory,
    Signature,
    SignatureStatus,
)
from crm.declarations.services import add_signatures
from crm.declarations.signatories import list_of
from crm.organisations.models import Organisation, OrganisationKind
from crm.records.models import Name, NameKind, Visibility
from crm.records.services import trash
from crm.rolls.forms import ListForm
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.packs.reading import words

GROUPS = (
    r"(Known|Asked, and on this list|Withdrew their signature|To check|New|Already on the list"
    r"|Not understood) \((\d+)\)"
)


def place(record):
    return f"{record.id}-{record.slug}"


@pytest.fixture
def declaration(session):
    return DeclarationFactory(name="Declaration of Rome")


def paste(browser, declaration, text, **data):
    return browser.post(
        "declarations.paste_signatures", place=place(declaration), data={"text": text, **data}
    )


def save(browser, declaration, page, **answers):
    """Send the page as a browser does: what is ticked, and what the person decides."""
    ticked = {
        each.get("name"): each.get("value")
        for each in page.select("//main//form//input[@type='checkbox'][@checked]")
    }
    data = {"step": "save", **ticked, **answers}
    data = {name: value for name, value in data.items() if value is not None}
    (text,) = page.select("//input[@name='text']/@value")
    return paste(browser, declaration, text, **data)


def groups(page):
    return {name: int(count) for name, count in re.findall(GROUPS, page.text)}


def choices(page):
    """Return (value, words) of the radios."""
    return [
        (each.get("value"), " ".join(each.getparent().text_content().split()))
        for each in page.select("//input[@type='radio']")
    ]


def signed(session):
    return {each.displayed_name: each for each in session.scalars(select(Signature).order_by("id"))}


def left(page):
    boxes = page.select("//textarea[@name='text']")
    return boxes[0].text.strip().splitlines() if boxes else []


def test_a_list_is_pasted_checked_and_saved(browser, session, declaration):
    known = OrganisationFactory(name="Secours Exemple", country="FR")
    page = browser.sign_in("contributor").get("declarations.detail", place=place(declaration))
    link = page.links()["Paste a list of signatories"]
    assert browser.get(link).title == "Paste a list of signatories – Declaration of Rome"
    text = (
        "Organisation;Country/scope;Type\n"
        "secours exemple;France;NGOs\n"
        "University of Example;Turkey;Universities\n"
        "House of Europe;Europe;NGOs\n"
        "House of Europe;Europe;NGOs\n"
    )
    page = paste(browser, declaration, text)
    assert groups(page) == {"Known": 1, "New": 2}
    assert "3 signatories · 1 line repeats a name and was united with it" in page.text
    assert "Save 3 signatures" in page.html
    assert signed(session) == {}
    page = save(browser, declaration, page, signed_on="12/2020", may_publish="y")
    assert "3 signatures noted · 2 organisations added" in page.text
    found = signed(session)
    first = found["secours exemple"]
    assert (first.signatory_id, first.country, first.listed_under) == (known.id, "FR", "NGOs")
    assert first.category is SignatoryCategory.NATIONAL
    assert (str(first.signed_on), first.may_publish, first.channel) == ("2020-12", True, None)
    assert first.status is SignatureStatus.SIGNED
    europe = found["House of Europe"]
    assert (europe.scope, europe.country) == ("Europe", None)
    assert europe.category is SignatoryCategory.INTERNATIONAL
    university = session.get(Organisation, found["University of Example"].signatory_id)
    assert university.organisation_kind is OrganisationKind.UNIVERSITY
    assert university.country == "TR"

    page = paste(browser, declaration, text)
    assert groups(page) == {"Already on the list": 3}
    assert "There is nothing to save" in page.text
    page = paste(browser, declaration, text, step="save")
    assert len(signed(session)) == 3


def test_one_undo_takes_the_whole_list_back(browser, session, declaration):
    known = OrganisationFactory(name="Secours Exemple")
    page = paste(browser.sign_in("contributor"), declaration, "Secours Exemple\nNew House")
    page = save(browser, declaration, page)
    assert len(signed(session)) == 2
    (undo,) = [each for each in page.select("//form/@action") if each.endswith("/undo")]
    assert "cannot be undone here" in browser.sign_in("contributor").post(undo).html
    assert "The whole list was undone" in browser.sign_in("manager").post(undo).html
    assert signed(session) == {}
    here = session.scalars(select(Organisation).where(Organisation.deleted_at.is_(None))).all()
    assert [each.id for each in here] == [known.id]


def test_only_what_a_list_made_is_undone_there(browser, session, declaration):
    browser.sign_in("contributor")
    browser.post(
        "declarations.add_part",
        place=place(declaration),
        part_name="signatures",
        data={"signatory_id": f"id:{PersonFactory(name='Ada Test').id}", "status": "signed",
              "category": "person"},
    )  # fmt: skip
    page = paste(browser, declaration, "New House")
    save(browser, declaration, page)
    for batch in ("0" * 24, "x" * 24):
        page = browser.post("declarations.undo_signatures", place=place(declaration), batch=batch)
        assert "cannot be undone here" in page.html
    other = DeclarationFactory()
    (undo,) = re.findall(
        r"paste/(\w{24})/undo", save(browser, other, paste(browser, other, "A")).html
    )
    page = browser.post("declarations.undo_signatures", place=place(declaration), batch=undo)
    assert "cannot be undone here" in page.html
    assert len(signed(session)) == 3


def test_what_is_unticked_or_left_out_is_not_saved(browser, session, declaration):
    OrganisationFactory(name="Refugee Council of Examples")
    OrganisationFactory(name="Known House")
    text = "Known House\nNew House\nRefugee Councl of Examples\nOther House"
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"Known": 1, "To check": 1, "New": 2}
    page = save(browser, declaration, page, **{"row-0": None, "row-1": None, "row-2": "out"})
    assert set(signed(session)) == {"Other House"}
    assert left(page) == []


def test_nothing_is_saved_where_nobody_is_ticked_and_the_ticks_stay(browser, session, declaration):
    page = paste(browser.sign_in("contributor"), declaration, "One House\nTwo House")
    (text,) = page.select("//input[@name='text']/@value")
    page = paste(browser, declaration, text, step="save")
    assert "Nobody is ticked yet" in " ".join(page.errors())
    assert not page.select("//input[@name='row-0'][@checked]")
    page = paste(browser, declaration, text, step="save", **{"row-1": "new", "signed_on": "soon"})
    assert page.error_at("signed_on").startswith("Write the date like")
    assert page.select("//input[@name='row-1'][@checked]")
    assert page.select("//input[@name='signed_on']/@value") == ["soon"]
    assert signed(session) == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Refugee Councl of Examples", "Nearly the same name"),
        ("Refugee Council of Examples International", "One name is a part of the other"),
        ("Council of Examples, Refugee", "Nearly the same name"),
        ("RCX", "Same acronym"),
        ("RCX – Refuge for Everybody", "Same acronym"),
        ("Refugee Council of Examples (head office)", "One name is a part of the other"),
        ("Twin House", "Several organisations bear this name"),
        ("Refugee Council of Examples; Belgique", "Same name, other country"),
    ],
)
def test_what_could_be_somebody_else_is_left_to_a_person(
    browser, session, declaration, name, reason
):
    house = OrganisationFactory(name="Refugee Council of Examples", acronym="RCX", country="FR")
    twins = [OrganisationFactory(name="Twin House", country=code) for code in ("BE", "IT")]
    page = paste(browser.sign_in("contributor"), declaration, name)
    assert groups(page) == {"To check": 1}
    offered = [value for value, words in choices(page) if reason in words]
    meant = twins if name == "Twin House" else [house]
    assert set(offered) == {f"id:{each.id}" for each in meant}
    page = save(browser, declaration, page, signed_on="2020")
    assert "Nobody is ticked yet" in " ".join(page.errors())
    save(browser, declaration, page, **{"row-0": offered[0]})
    (signature,) = signed(session).values()
    assert f"id:{signature.signatory_id}" == offered[0]
    assert groups(paste(browser, declaration, name)) == {"Already on the list": 1}


@pytest.mark.parametrize(
    "name", ["university of turku", "Lithuanian Academy of Sciences", "House of Hope", "Caritas"]
)
def test_false_friends_are_not_even_offered(browser, session, declaration, name):
    for other in ("University of Turin", "Polish Academy of Sciences", "House of Peace", "House"):
        OrganisationFactory(name=other)
    page = paste(browser.sign_in("contributor"), declaration, name)
    assert groups(page) == {"New": 1}


def test_an_organisation_is_known_by_its_former_name_and_offered_once(
    browser, session, declaration
):
    house = OrganisationFactory(name="House of Today")
    session.add(Name(record_id=house.id, kind=NameKind.FORMER, text="House of Yesterday"))
    session.flush()
    text = "House of Yesterday\nHouse of Today"
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"Known": 1, "To check": 1}
    assert "→ House of Today" in page.text
    assert "Two lines of the list may mean this organisation" in page.text
    page = save(browser, declaration, page, **{"row-1": f"id:{house.id}"})
    assert set(signed(session)) == {"House of Yesterday"}
    assert "They are on the list already. Change that line instead" in page.text
    assert left(page) == ["House of Today"]


def test_three_candidates_are_offered_at_most_those_of_the_country_first(
    browser, session, declaration
):
    for country in ("BE", "IT", "DE", "FR", "ES"):
        OrganisationFactory(name="Twin House", country=country)
    page = paste(browser.sign_in("contributor"), declaration, "Twin House; Allemagne")
    offered = [words for value, words in choices(page) if value.startswith("id:")]
    assert len(offered) == 3
    assert "Germany" in offered[0]


def test_a_hidden_organisation_of_the_same_name_counts_as_new(browser, session, declaration):
    OrganisationFactory(name="Secret House", visibility=Visibility.MANAGERS)
    page = paste(browser.sign_in("contributor"), declaration, "Secret House\nSecret Hause")
    assert groups(page) == {"New": 2}
    page = save(browser, declaration, page)
    assert "2 signatures noted · 2 organisations added" in page.text
    page = paste(browser.sign_in("manager"), DeclarationFactory(), "Secret House")
    assert groups(page) == {"To check": 1}


def test_a_signature_that_hides_betrays_nothing(browser, session, declaration):
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    house = OrganisationFactory(name="Known House")
    SignatureFactory(declaration_id=declaration.id, signatory_id=house.id, signed_by_id=hidden.id)
    text = "Known House\nNew House"
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"Known": 1, "New": 1}
    page = save(browser, declaration, page)
    assert "1 signature noted" in page.text
    assert "They are on the list already" in page.text
    assert len(signed(session)) == 2


STANDING = {
    "House A": SignatureStatus.INVITED,
    "House B": SignatureStatus.WITHDRAWN,
    "House C": SignatureStatus.DECLINED,
}


@pytest.fixture
def standing(declaration):
    """Return the declaration with a list on which each stands otherwise."""
    for name, status in STANDING.items():
        signatory_id = OrganisationFactory(name=name).id
        SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=signatory_id,
            displayed_name=name,
            status=status,
        )
    return declaration


def test_who_was_asked_is_noted_as_signed_on_the_line_they_have(browser, session, standing):
    page = paste(browser.sign_in("manager"), standing, "\n".join(STANDING))
    assert groups(page) == {
        "Asked, and on this list": 1,
        "Withdrew their signature": 1,
        "Already on the list": 1,
    }
    assert "House A Invited" in page.text
    assert "House C Declined" in page.text
    assert "Save 1 signature" in page.html
    page = save(browser, standing, page, signed_on="12/2020")
    assert "1 signature noted" in page.text
    found = signed(session)
    assert {name: each.status for name, each in found.items()} == {
        **STANDING,
        "House A": SignatureStatus.SIGNED,
    }
    assert str(found["House A"].signed_on) == "2020-12"
    (undo,) = [each for each in page.select("//form/@action") if each.endswith("/undo")]
    assert "The whole list was undone" in browser.post(undo).html
    assert {name: each.status for name, each in signed(session).items()} == STANDING


def test_who_was_asked_and_is_named_twice_is_noted_once(browser, session, standing):
    house = session.scalars(select(Organisation).where(Organisation.name == "House A")).one()
    session.add(Name(record_id=house.id, kind=NameKind.FORMER, text="Old House"))
    session.flush()
    page = paste(browser.sign_in("contributor"), standing, "House A\nOld House")
    assert groups(page) == {"Asked, and on this list": 1, "To check": 1}
    page = save(browser, standing, page, **{"row-1": f"id:{house.id}"})
    assert "1 signature noted" in page.text
    assert "They are on the list already" in page.text


def test_who_was_asked_and_is_recognised_by_a_person_is_noted_on_their_line(
    browser, session, declaration
):
    house_id = OrganisationFactory(name="Refugee Council of Examples").id
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=house_id, status=SignatureStatus.INVITED
    )
    page = paste(browser.sign_in("contributor"), declaration, "Refugee Councl of Examples")
    assert groups(page) == {"To check": 1}
    page = save(browser, declaration, page, **{"row-0": f"id:{house_id}"})
    assert "1 signature noted" in page.text
    held = session.scalars(select(Signature)).one()
    assert held.status is SignatureStatus.SIGNED


def test_who_withdrew_signs_again_only_where_somebody_says_so(browser, session, standing):
    page = paste(browser.sign_in("contributor"), standing, "House B\nHouse X")
    page = save(browser, standing, page)
    assert signed(session)["House B"].status is SignatureStatus.WITHDRAWN
    page = paste(browser, standing, "House B")
    [row] = page.select("//main//form//input[@type='checkbox'][starts-with(@name, 'row-')]")
    assert row.get("checked") is None
    save(browser, standing, page, **{row.get("name"): row.get("value")})
    states = session.scalars(
        select(Signature.status).where(Signature.displayed_name == "House B")
    ).all()
    assert set(states) == {SignatureStatus.WITHDRAWN, SignatureStatus.SIGNED}


def test_who_may_not_sign_is_refused_with_the_sentence_and_the_others_are_saved(
    browser, session, declaration
):
    declaration.eligible_categories = [SignatoryCategory.CITY.value]
    text = "Ville d’Exemple\nSecours Exemple\nMaison Exemple"
    page = paste(browser.sign_in("contributor"), declaration, text)
    page = save(browser, declaration, page)
    assert set(signed(session)) == {"Ville d’Exemple"}
    assert "This declaration is open to: City or local authority" in page.text
    assert "Not saved (2)" in page.text
    assert left(page) == ["Secours Exemple", "Maison Exemple"]
    assert session.scalars(select(Organisation.name)).all() == ["Ville d’Exemple"]


def test_only_members_sign_where_that_is_asked(browser, session, declaration):
    declaration.eligible_network_id = NetworkFactory(name="Network of Examples").id
    OrganisationFactory(name="Known House")
    page = paste(browser.sign_in("contributor"), declaration, "Known House\nNew House")
    page = save(browser, declaration, page)
    assert signed(session) == {}
    assert "Only members of “Network of Examples” may sign this declaration" in page.text
    assert "Not saved (2)" in page.text
    assert "Undo the whole list" not in page.text


def test_a_second_organisation_of_the_same_name_and_country_is_refused(
    browser, session, declaration
):
    for country in ("BE", "IT"):
        OrganisationFactory(name="Twin House", country=country)
    page = paste(browser.sign_in("contributor"), declaration, "Twin House; Belgique")
    page = save(browser, declaration, page, **{"row-0": "new"})
    assert "There is already an organisation of this name" in page.text
    assert signed(session) == {}
    page = paste(browser, declaration, "Twin House; Espagne")
    save(browser, declaration, page, **{"row-0": "new"})
    assert set(signed(session)) == {"Twin House"}


def test_an_answer_that_was_not_offered_is_none(browser, session, declaration):
    other = OrganisationFactory(name="Somebody Else")
    OrganisationFactory(name="Known House")
    page = paste(browser.sign_in("contributor"), declaration, "Known House\nNew House")
    page = save(browser, declaration, page, **{"row-0": f"id:{other.id}", "row-1": "id:999999999"})
    assert "Nobody is ticked yet" in " ".join(page.errors())
    # Somebody added an organisation of that name since the page was shown.
    OrganisationFactory(name="New House")
    page = save(browser, declaration, page, **{"row-0": None, "row-1": "new"})
    assert signed(session) == {}


def test_lines_that_are_left_come_back_below_their_headings(browser, session, declaration):
    OrganisationFactory(name="Refugee Council of Examples")
    text = "Organisation;Country\nOne;FR\nTwo;Frannce\nRefugee Councl of Examples;FR\n"
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"To check": 1, "New": 1, "Not understood": 1}
    assert "Line 3 – Two – “Frannce” is no country known here" in page.text
    page = save(browser, declaration, page, unread="Two;France")
    assert "These lines are left" in page.text
    assert left(page) == ["Organisation;Country", "Refugee Councl of Examples;FR", "Two;France"]
    page = paste(browser, declaration, "\n".join(left(page)))
    assert groups(page) == {"To check": 1, "New": 1}


def test_the_list_may_be_changed_again(browser, session, declaration):
    text = "One; FR\nTwo; Frannce\n"
    page = paste(browser.sign_in("contributor"), declaration, text, step="again")
    assert left(page) == text.strip().splitlines()


def test_a_form_sent_twice_is_saved_once(browser, session, declaration):
    page = paste(browser.sign_in("contributor"), declaration, "One House")
    (once,) = page.select("//input[@name='once']/@value")
    save(browser, declaration, page, once=once)
    page = paste(browser, declaration, "Two House", step="save", once=once, **{"row-0": "new"})
    assert "nothing was added twice" in page.html
    assert set(signed(session)) == {"One House"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_may_be_sent_instead(browser, session, declaration, encoding):
    content = "Nom\tPays\r\nMaison d’été\tFrance\r\n".encode(encoding)
    upload = (BytesIO(content), "list.csv")
    page = paste(browser.sign_in("contributor"), declaration, "", upload=upload)
    assert groups(page) == {"New": 1}
    save(browser, declaration, page)
    assert set(signed(session)) == {"Maison d’été"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x01\x02" * 900, "This file is no list of names"),
        (b"%PDF-1.7\n" + bytes(range(1, 256)) * 40, "This file is no list of names"),
    ],
)
def test_a_file_that_is_no_list_is_refused(browser, session, declaration, content, sentence):
    upload = (BytesIO(content), "list.bin")
    page = paste(browser.sign_in("contributor"), declaration, "", upload=upload)
    assert page.error_at("upload").startswith(sentence)


def test_a_file_of_more_than_a_megabyte_is_refused(app, session):
    with app.test_request_context(method="POST"):
        form = ListForm()
        form.upload.data = FileStorage(BytesIO(b"x" * (1024 * 1024 + 1)), "list.csv")
        with pytest.raises(InvalidValue) as refused:
            form.given()
    assert refused.value.field == "upload"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste at least one name"),
        ("One House\n" * 6_000, "Paste 5000 lines at most"),
        ("One House" + "x" * 1024 * 1024, "This list is larger than 1 MB"),
        ("\n".join(f"House {n}" for n in range(1_501)), "This list names 1501 signatories"),
    ],
    ids=["empty", "6,000 lines", "1 MB", "1,501 names"],
)
def test_bad_lists_are_refused_with_one_sentence_and_stay_in_the_box(
    browser, session, declaration, text, sentence
):
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert page.status == 200
    assert page.error_at("text").startswith(sentence)
    assert left(page) == text.splitlines()


def test_strange_characters_are_kept_as_text_or_dropped(browser, session, declaration):
    text = '=HYPERLINK("x")\r\n\u202eesuoH\r\n<b>Bold House</b>\r\n@house'
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"New": 4}
    save(browser, declaration, page)
    assert set(signed(session)) == {'=HYPERLINK("x")', "esuoH", "<b>Bold House</b>", "@house"}


def test_a_name_of_three_hundred_characters_is_kept_and_a_longer_one_stays(
    browser, session, declaration
):
    text = f"{'é' * 300}\n{'é' * 301}"
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"New": 1, "Not understood": 1}
    page = save(browser, declaration, page, unread="é" * 301)
    assert set(signed(session)) == {"é" * 300}
    assert left(page) == ["é" * 301]


def test_a_viewer_pastes_nothing_and_nobody_into_the_trash(browser, session, declaration):
    page = browser.sign_in().get("declarations.detail", place=place(declaration))
    assert "Paste a list of signatories" not in page.links()
    assert browser.get("declarations.paste_signatures", place=place(declaration)).status == 403
    assert paste(browser, declaration, "One House").status == 403
    trash(session.get(Declaration, declaration.id))
    page = browser.sign_in("manager").get("declarations.detail", place=place(declaration))
    assert "Paste a list of signatories" not in page.links()
    assert browser.get("declarations.paste_signatures", place=place(declaration)).status == 404


def test_the_number_of_statements_to_compare_does_not_grow_with_the_list(
    browser, session, declaration, count_statements
):
    names = [f"House{chr(97 + n)} Of{chr(97 + n)}" for n in range(20)]
    for name in names:
        OrganisationFactory(name=name)
    browser.sign_in("contributor")
    paste(browser, declaration, names[0])
    count_statements.clear()
    paste(browser, declaration, names[0])
    few = len(count_statements)
    count_statements.clear()
    paste(browser, declaration, "\n".join(names))
    assert len(count_statements) <= few


def test_many_signatures_are_checked_as_one_is(session, declaration):
    house = OrganisationFactory()
    row = {"category": SignatoryCategory.NATIONAL, "status": SignatureStatus.SIGNED}
    conditional = {**row, "status": SignatureStatus.CONDITIONAL}
    answers = add_signatures(
        declaration,
        [
            {**row, "signatory_id": house.id},
            {**row, "signatory_id": house.id},
            {**row, "signatory_id": 1},
            {**conditional, "signatory_id": house.id},
        ],
    )
    assert isinstance(answers[0], Signature)
    assert answers[0].displayed_name == house.title
    fields = [each.field for each in answers[1:]]
    assert fields == ["signatory_id", "signatory_id", "condition"]


def test_the_list_is_counted_by_the_headings_of_whoever_keeps_it(browser, session, declaration):
    for name, heading in (("One", "NGOs"), ("Two", "NGOs"), ("Three", None)):
        SignatureFactory(declaration_id=declaration.id, displayed_name=name, listed_under=heading)
    listed = list_of(declaration, is_public=False)
    assert [count for _name, count in listed.by_heading] == [2, 1]
    page = browser.sign_in("contributor").get("declarations.signatories", place=place(declaration))
    (table,) = page.select("//div[@data-label='By their own headings']")
    assert " ".join(table.text_content().split()).endswith("NGOs 2 Heading not stated 1")
    page = browser.get(
        "declarations.list_file", place=place(declaration), format="xlsx", language="en"
    )
    assert "Bytheirownheadings" in words(page.response.data, "xlsx")
    other = DeclarationFactory()
    SignatureFactory(declaration_id=other.id)
    assert list_of(other, is_public=False).by_heading == []
    page = browser.get("declarations.signatories", place=place(other))
    assert "By their own headings" not in page.html
