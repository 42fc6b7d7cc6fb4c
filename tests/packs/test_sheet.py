"""A sheet holds what the page of a record says and the whole team may see, for a day."""

from types import SimpleNamespace

import pytest

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM
from crm.packs.sheet import value_of
from crm.records.models import ContactKind, ContactPoint, Visibility
from crm.web import cells
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.packs.reading import FORMATS, place, sheet, squeeze, words

each_format = pytest.mark.parametrize("file_format", FORMATS)


@pytest.fixture
def house(session):
    """Return an organisation with people, contact points and relations, some of them hidden."""
    refuge = OrganisationFactory(
        name="Refugio del Sur", country="ES", city="Cádiz", good_to_know="Aime les faits"
    )
    ada = PersonFactory(name="Олена Шевченко", good_to_know="Préfère l’oral")
    PositionFactory(
        person_id=ada.id,
        organisation_id=refuge.id,
        title="Directrice",
        since=PartialDate(2020, 9),
        until=PartialDate(2024, 3, 31),
    )
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=refuge.id, title="Titre rare")
    friend = OrganisationFactory(name="Maison amie")
    RelationFactory(organisation_id=refuge.id, other_id=friend.id)
    for record in (refuge, ada):
        for kind, value, is_private in (
            (ContactKind.EMAIL, f"ecrire{record.id}@example.org", False),
            (ContactKind.PHONE, "+33600000001", True),
        ):
            session.add(
                ContactPoint(record_id=record.id, kind=kind, value=value, is_private=is_private)
            )
    session.flush()
    return SimpleNamespace(refuge=refuge, ada=ada, hidden=hidden, friend=friend)


def ask(browser, record, file_format, on=None):
    path = {"person": "people", "organisation": "organisations"}[record.kind]
    address = browser.address(f"{path}.sheet", place=place(record), on=on)
    db.session.commit()
    db.session.expunge_all()
    db.session.info.clear()
    answer = browser.client.post(address, data={"file_format": file_format})
    db.session.expunge_all()
    db.session.info.clear()
    db.session.info["principal"] = SYSTEM
    return answer


def read(browser, record, file_format, on=None):
    answer = ask(browser, record, file_format, on)
    assert answer.status_code == 200
    return words(answer.data, file_format)


def test_the_page_of_a_record_leads_to_its_sheet_in_three_formats(browser, house):
    browser.sign_in("contributor")
    for path, record in (("organisations", house.refuge), ("people", house.ada)):
        page = browser.get(f"{path}.detail", place=place(record))
        page = browser.get(page.links()["Make a sheet"])
        assert page.title == "Make a sheet"
        assert page.select("//select[@name='file_format']/option/@value") == list(FORMATS)


def test_making_a_sheet_is_never_the_first_thing_to_do(browser, house):
    page = browser.sign_in("contributor").get("organisations.detail", place=place(house.refuge))
    tools = [each.text_content().strip() for each in page.select("//*[@class='tools'][1]/a")]
    assert "Make a sheet" not in tools


def test_a_viewer_makes_no_sheet(browser, house):
    browser.sign_in("viewer")
    page = browser.get("organisations.detail", place=place(house.refuge))
    assert "Make a sheet" not in page.links()
    assert browser.get("organisations.sheet", place=place(house.refuge)).status == 403
    assert ask(browser, house.refuge, "pdf").status_code == 403


def test_a_format_that_does_not_exist_is_refused_at_its_field(browser, house):
    page = browser.sign_in("contributor").post(
        "organisations.sheet", place=place(house.refuge), data={"file_format": "exe"}
    )
    assert page.error_at("file_format")


@each_format
def test_a_sheet_holds_facts_and_tables(browser, house, file_format):
    browser.sign_in("contributor", name="Claire Test")
    text = read(browser, house.refuge, file_format)
    for expected in (
        "Refugio del Sur",
        "Spain",
        "Cádiz",
        "Олена Шевченко",
        "Directrice",
        "Maison amie",
        f"ecrire{house.refuge.id}@example.org",
        "Internal document",
        "Claire Test",
        "Confidential items withheld: 0",
    ):
        assert squeeze(expected) in text, expected
    assert squeeze("As on") not in text
    text = read(browser, house.ada, file_format)
    for expected in ("Олена Шевченко", "Refugio del Sur", "Directrice"):
        assert squeeze(expected) in text, expected


@each_format
def test_a_sheet_answers_for_the_day_that_is_asked(browser, house, file_format):
    browser.sign_in("contributor")
    for record, other in ((house.refuge, "Олена Шевченко"), (house.ada, "Refugio del Sur")):
        text = read(browser, record, file_format, "2024-03-31")
        assert squeeze(other) in text
        assert squeeze("As on 31 March 2024") in text
        text = read(browser, record, file_format, "2024-04-01")
        assert squeeze(other) not in text
        assert squeeze("As on 1 April 2024") in text


def test_the_day_goes_from_the_page_to_the_form_and_the_name_of_the_file(browser, house):
    browser.sign_in("contributor")
    page = browser.get("organisations.detail", place=place(house.refuge), on="2024-03")
    page = browser.get(page.links()["Make a sheet"])
    assert "As on 31 March 2024" in page.text
    (action,) = page.select("//main//form/@action")
    assert action.endswith("?on=2024-03-31")
    answer = ask(browser, house.refuge, "pdf", "2024-03-31")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=refugio-del-sur-2024-03-31.pdf"
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_day_that_is_none_is_said_before_the_sheet_is_made(browser, house):
    browser.sign_in("contributor")
    page = browser.get("organisations.sheet", place=place(house.refuge), on="soon")
    assert "This day was not understood: here is today" in page.text


@each_format
def test_what_is_private_or_good_to_know_stays_in_the_house(browser, house, file_format):
    browser.sign_in("manager")
    for record, note in ((house.refuge, "Aime les faits"), (house.ada, "Préfère l’oral")):
        page = browser.get(
            f"{'people' if record is house.ada else 'organisations'}.detail", place=place(record)
        )
        assert "+33600000001" in page.text
        text = read(browser, record, file_format)
        for absent in ("+33600000001", note):
            assert squeeze(absent) not in text, absent


@each_format
def test_confidential_rows_are_withheld_and_counted_for_who_may_see_them(
    browser, house, file_format
):
    for role, count in (("manager", 1), ("contributor", 0)):
        text = read(browser.sign_in(role), house.refuge, file_format)
        for absent in ("Zofia", "Titrerare"):
            assert absent not in text, absent
        assert squeeze(f"Confidential items withheld: {count}") in text, role


def test_what_was_not_yet_so_on_the_day_is_not_counted(browser, house):
    PositionFactory(
        person_id=PersonFactory(visibility=Visibility.MANAGERS).id,
        organisation_id=house.refuge.id,
        since=PartialDate(2025),
    )
    browser.sign_in("manager")
    withheld = "Confidential items withheld: {}".format
    assert squeeze(withheld(2)) in read(browser, house.refuge, "docx")
    assert squeeze(withheld(1)) in read(browser, house.refuge, "docx", "2024-03-31")


def test_a_confidential_record_has_no_sheet_and_says_why_to_who_sees_it(browser, house):
    browser.sign_in("manager")
    page = browser.get("people.detail", place=place(house.hidden))
    assert "Make a sheet" not in page.links()
    page = browser.post("people.sheet", place=place(house.hidden), data={"file_format": "pdf"})
    assert "a sheet shows what the whole team may see" in page.text
    assert ask(browser.sign_in("contributor"), house.hidden, "pdf").status_code == 404


@each_format
def test_a_sheet_is_made_in_french(browser, house, session, file_format):
    browser.sign_in("contributor")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = browser.get("organisations.sheet", place=place(house.refuge))
    assert page.select("//html/@lang") == ["fr"]
    text = read(browser, house.refuge, file_format, "2024-03-31")
    assert squeeze("31 mars 2024") in text
    assert "Espagne" in text


def test_each_table_is_a_sheet_without_empty_columns(browser, house):
    answer = ask(browser.sign_in("contributor"), house.refuge, "xlsx")
    rows = sheet(answer.data, "People")
    top = next(i for i, row in enumerate(rows) if row[0] == "Name")
    assert rows[top][:3] == ["Name", "Position", "Dates"]
    assert rows[top + 1][:2] == ["Олена Шевченко", "Directrice"]
    assert "Private" not in [cell for row in sheet(answer.data, "Contact details") for cell in row]


def test_cells_become_values_of_a_document(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        link = value_of(cells.Link("Refuge", "/organisations/1"), "https://crm.example.org")
        assert (link.text, link.url) == ("Refuge", "https://crm.example.org/organisations/1")
        assert value_of(cells.Link("Refuge", "/organisations/1")) == "Refuge"
        assert value_of(cells.Link("Site", "https://example.org/")).url == "https://example.org/"
        assert value_of(cells.Address("+33 6 00", "phone")).url == "tel:+33600"
        assert value_of(cells.Address("a@example.org", "email")).url == "mailto:a@example.org"
        assert value_of(cells.Chip("Active", "ok", "●")) == "Active"
        assert value_of(cells.Long("One\n\nTwo")) == "One\n\nTwo"
        assert list(value_of(cells.Lines(["One", cells.Chip("Two")])).lines) == ["One", "Two"]
        assert str(value_of(PartialDate(2024, 3, 31))) == "2024-03-31"
        assert value_of(PartialDate(2024, 3)) == "March 2024"
        assert value_of(True) == "Yes"
        assert value_of(3) == 3
        assert value_of("") is None
