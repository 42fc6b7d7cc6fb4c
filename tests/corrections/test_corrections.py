"""A corrected file comes back: what differs is shown cell by cell, taken or not, undone as one."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
import xlsxwriter
from flask_babel import force_locale
from flask_login import login_user
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm.accounts.models import Role, User
from crm.bulk.models import BulkRun
from crm.core import queue
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.core.queue import run_periodic
from crm.core.text import clean_text
from crm.corrections import comparison, services
from crm.corrections.models import CorrectedFile
from crm.corrections.reading import is_same, typed
from crm.documents import sheets
from crm.documents.sheet_reading import read_tables
from crm.documents.sheets import About, Sheet, SheetColumn
from crm.interactions.models import Interaction
from crm.organisations.models import Organisation, OrganisationKind, PartnershipStatus, Tier
from crm.people.models import Person
from crm.projects.models import InvolvementRole
from crm.records import services as records
from crm.records.fields import ChoiceField
from crm.records.filed import Stored
from crm.records.kinds import registry
from crm.records.models import Change, ContactPoint, Visibility
from crm.tasks.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.declarations import DeclarationFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory

HOSTILE = ("=1+1", "'quoted", "+33 1 23", "'=1+1", "-", "@Ida", "2019", "01/02/2024", "a  b", "’é")
FORMATS = ("xlsx", "ods")


@pytest.fixture(autouse=True)
def kept_files(session, tmp_path):
    """Keep files in a folder of the test's own."""
    info = Base.metadata.info
    before = info["files_dir"]
    info["files_dir"] = tmp_path
    yield tmp_path
    info["files_dir"] = before


@pytest.fixture
def lamp(session):
    owner = UserFactory(name="Claire Martin")
    return OrganisationFactory(
        name="Lamp",
        acronym="LMP",
        country="IT",
        city="Rome",
        organisation_kind=OrganisationKind.NGO,
        partnership_status=PartnershipStatus.ACTIVE,
        partner_since=PartialDate(2019, 3),
        next_review=PartialDate(2027, 1, 12),
        owner_id=owner.id,
    )


class Taken:
    """A file of a list as somebody has it open: its headings and rows."""

    def __init__(self, browser, path, file_format="xlsx", columns=None, **wanted):
        kind = next(each for each in registry.kinds.values() if each.path == path)
        made = browser.post(
            f"/exports/new/{path}",
            {
                "audience": "internal",
                "file_format": file_format,
                "columns": columns or list(registry.columns_of(kind)),
                "reason": "To correct it",
                **wanted,
            },
        )
        self.kind, self.file_format = kind, file_format
        self.content = made.response.get_data()
        [table] = read_tables(f"list.{file_format}", self.content)
        self.headings = list(table.headings)
        self.rows = [list(row) for row in table.rows]

    def row(self, record):
        [found] = [row for row in self.rows if row[self.headings.index("key")] == record.id]
        return found

    def set(self, record, heading, value):
        self.row(record)[self.headings.index(heading)] = value

    def get(self, record, heading):
        return self.row(record)[self.headings.index(heading)]

    def saved(self):
        """Return the file as another program has saved it."""
        columns = [SheetColumn(heading) for heading in self.headings]
        about = About(title="x", author="x", made_at=now(), language="en")
        writer = {"xlsx": sheets.xlsx_file, "ods": sheets.ods_file}[self.file_format]
        return b"".join(writer([Sheet("Sheet1", columns, [self.rows])], about))


def send(browser, taken, content=None, name="", **more):
    """Send a file, edited or as it is given."""
    content = taken.saved() if content is None else content
    upload = (BytesIO(content), name or f"list.{taken.file_format}")
    return browser.post("/corrections/new", {"kind": taken.kind.name, "upload": upload, **more})


def said(page):
    return " ".join(page.select("//p[@role='status']")[-1].text_content().split())


def is_unchanged(page):
    return any(
        sentence in page.html
        for sentence in (
            "0 changes: this file is as it was exported",
            "0 modification\u00a0: ce fichier est tel qu’il a été exporté",
        )
    )


def shown(page):
    """Return what the page shows of each cell, in a line each."""
    return [
        " ".join(each.text_content().split())
        for each in page.select("//form[@id='corrections']//*[contains(@class, 'choice')]")
    ]


def ticked(page):
    return page.select("//input[@name='cell'][@checked]/@value")


def apply(browser, page, cells=None):
    [action] = page.select("//form[@id='corrections']/@action")
    return browser.post(action, {"cell": ticked(page) if cells is None else cells})


def press(browser, page, label):
    [form] = [each for each in page.select("//main//form") if label in each.text_content()]
    return browser.post(form.get("action"))


# A file that nobody changed


@pytest.fixture
def world(session, lamp):
    """One of everything, with texts that programs take for something else."""
    for text in HOSTILE:
        OrganisationFactory(name=f"{text} (name)", city=text, speciality=text, languages=text)
        PersonFactory(name=text, given_name=text, native_name=text, informed_on=date(2024, 2, 29))
        TaskFactory(name=text, due=PartialDate(2026, 12), assignee_id=lamp.owner_id)
        MeetingFactory(name=text, starts=PartialDate(2026, 11, 30), place=text)
        ProjectFactory(name=text, programme=text)
        DeclarationFactory(name=text, dated=PartialDate(1950, 11, 23))
    OrganisationFactory(name="Old", partner_since=PartialDate(1899, 12, 31), country="XK")
    OrganisationFactory(name="Year", partner_since=PartialDate(1981), tier=Tier.A)
    ida = PersonFactory(name="Ida Ferry", family_name="Ferry", country="CI")
    PositionFactory(person_id=ida.id, organisation_id=lamp.id, title="=Director")
    exchange_with(ida, lamp, subject="=Call")
    NetworkFactory(name="Ring")
    records.set_tags(lamp, ["Nordic", "=tag"])
    for value in ("one@example.org", "two@example.org"):
        db.session.add(ContactPoint(record_id=lamp.id, kind="email", value=value))
    db.session.flush()


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_unchanged_file_has_no_changes_whatever_the_list(browser, world, file_format, language):
    browser.sign_in("manager")
    db.session.get(User, browser.user.id).locale = language
    compared = 0
    for kind in registry.kinds.values():
        if not any(column.field for column in registry.columns_of(kind).values()):
            continue
        taken = Taken(browser, kind.path, file_format)
        assert taken.rows, kind.name
        for content in (taken.content, taken.saved()):
            page = send(browser, taken, content)
            assert is_unchanged(page), (kind.name, shown(page))
        compared += len(taken.rows)
    assert compared > 60


def test_a_file_may_come_back_to_somebody_who_reads_another_language(browser, world):
    browser.sign_in("manager")
    db.session.get(User, browser.user.id).locale = "fr"
    taken = Taken(browser, "organisations")
    assert "Pays" in taken.headings
    db.session.get(User, browser.user.id).locale = "en"
    assert is_unchanged(send(browser, taken))


@pytest.mark.parametrize("path", ["people", "projects"])
@pytest.mark.parametrize("wanted", [{}, {"with_confidential": "y"}])
def test_names_that_only_some_may_see_make_no_difference(browser, path, wanted):
    hidden = OrganisationFactory(name="Known To Few", visibility=Visibility.MANAGERS).id
    PositionFactory(person_id=PersonFactory(name="Ida").id, organisation_id=hidden)
    InvolvementFactory(
        project_id=ProjectFactory().id, organisation_id=hidden, role=InvolvementRole.COORDINATOR
    )
    browser.sign_in("manager")
    taken = Taken(browser, path, **wanted)
    assert ("Known To Few" in str(taken.rows)) is bool(wanted)
    page = send(browser, taken)
    assert is_unchanged(page), shown(page)


def test_a_table_of_texts_with_keys_is_taken_as_well(browser, world, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    lines = [taken.headings, *taken.rows]
    text = "\n".join(
        ";".join('"' + sheets.harmless(_as_text(cell)).replace('"', '""') + '"' for cell in line)
        for line in lines
    )
    assert is_unchanged(send(browser, taken, text.encode(), name="list.csv"))
    text = text.replace('"Rome"', '"Milan"')
    page = send(browser, taken, text.encode(), name="list.csv")
    assert shown(page) == ["City When exported: Rome → In the file: Milan"]


def _as_text(cell):
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y %H:%M}" if hasattr(cell, "hour") else f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell)


# What differs


def test_what_differs_is_shown_by_record_changed_where_ticked_and_undone_as_one(
    browser, session, lamp
):
    ombre = OrganisationFactory(name="Ombre", country="FR", city="Lyon")
    ids = lamp.id, ombre.id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    taken.set(lamp, "Country", "france")
    taken.set(ombre, "City", None)
    page = send(browser, taken)
    assert said(page) == "3 changes"
    assert page.title == "Corrections: list.xlsx"
    assert set(page.links()) >= {"Lamp (LMP)", "Ombre"}
    assert shown(page) == [
        "Country When exported: Italy → In the file: france",
        "City When exported: Rome → In the file: Milan",
        "City When exported: Lyon → In the file: empty",
    ]
    _country, city, emptied = ticked(page)
    page = apply(browser, page, [city, emptied])
    assert said(page) == "2 records done"
    lamp, ombre = (session.get(Organisation, each) for each in ids)
    assert (lamp.city, lamp.country, ombre.city) == ("Milan", "IT", None)
    reasons = select(Change.reason).where(Change.row_id.in_(ids), Change.reason.is_not(None))
    assert set(session.scalars(reasons)) == {"Corrected in a file"}
    session.scalars(select(CorrectedFile)).one()
    assert session.scalars(select(CorrectedFile.lines)).one() == {}
    assert session.scalars(select(BulkRun.values)).one() == {}
    page = press(browser, page, "Undo all of it")
    assert said(page) == "Undone"
    lamp, ombre = (session.get(Organisation, each) for each in ids)
    assert (lamp.city, ombre.city) == ("Rome", "Lyon")


def test_what_was_changed_again_since_stays_when_all_is_undone(browser, session, lamp):
    ombre = OrganisationFactory(name="Ombre", city="Lyon")
    ids = lamp.id, ombre.id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    taken.set(ombre, "City", "Lille")
    page = apply(browser, send(browser, taken))
    session.get(Organisation, ids[0]).city = "Turin"
    page = press(browser, page, "Undo all of it")
    assert said(page) == "Undone, but for 1 change that was changed again since"
    assert [session.get(Organisation, each).city for each in ids] == ["Turin", "Lyon"]


@pytest.mark.parametrize("ways", ["labels", "french", "codes and dates"])
def test_values_are_written_as_people_write_them(browser, session, lamp, ways):
    lamp_id, owner_id = lamp.id, UserFactory(name="Zoé Durand").id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", "ods")
    country, kind, status, since, review = {
        "labels": ("Côte d’Ivoire", "Trade union", "Dormant", "September 2008", "12 Jan 2028"),
        "french": ("cote d'ivoire", "syndicat", "en veille", "septembre 2008", "12/01/2028"),
        "codes and dates": ("CI", "trade_union", "dormant", "2008-09", date(2028, 1, 12)),
    }[ways]
    taken.set(lamp, "Country", country)
    taken.set(lamp, "Kind", kind)
    taken.set(lamp, "Partnership", status)
    taken.set(lamp, "Owner", "zoe durand")
    taken.set(lamp, "Partner since", since)
    taken.set(lamp, "Next review", review)
    taken.set(lamp, "More precisely", 42)
    page = send(browser, taken)
    assert said(page) == "7 changes", shown(page)
    apply(browser, page)
    lamp = session.get(Organisation, lamp_id)
    assert (lamp.country, lamp.organisation_kind) == ("CI", OrganisationKind.TRADE_UNION)
    assert (lamp.partnership_status, lamp.owner_id) == (PartnershipStatus.DORMANT, owner_id)
    assert (lamp.partner_since, lamp.next_review) == (
        PartialDate(2008, 9),
        PartialDate(2028, 1, 12),
    )
    assert lamp.speciality == "42"


def test_the_same_value_in_other_words_is_no_change(browser, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "Country", "ITALIE")
    taken.set(lamp, "Partner since", "03/2019")
    taken.set(lamp, "Next review", "12 janvier 2027")
    taken.set(lamp, "Owner", "claire martin")
    taken.set(lamp, "City", " Rome ")
    assert is_unchanged(send(browser, taken))


def test_a_formula_counts_as_what_it_says(browser, lamp):
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["City", "Partner since", "key", "version"])
        sheet.write_row(1, 0, ["", "March 2019", lamp.id, lamp.version])
        sheet.write_formula(1, 0, '=PROPER("milan")', None, "Milan")
    browser.sign_in("manager")
    page = send(browser, Taken(browser, "organisations"), out.getvalue())
    assert shown(page) == ["City When exported: Rome → In the file: Milan"]


def test_people_tasks_and_exchanges_are_corrected_too(browser, session, lamp):
    ida = PersonFactory(name="Ida Ferry")
    task = TaskFactory(name="Call back", due=PartialDate(2026, 12))
    call = exchange_with(ida, lamp, subject="Call")
    ids = ida.id, task.id, call.id
    browser.sign_in("manager")
    for path, record, cells in (
        ("people", ida, {"Name": "Ida Ferri", "Informed on": "3 May 2026"}),
        ("tasks", task, {"Due": "2027", "Who does it": "Claire Martin"}),
        ("interactions", call, {"Subject": "First call", "By what means": "visit"}),
    ):
        taken = Taken(browser, path)
        for heading, value in cells.items():
            taken.set(record, heading, value)
        page = send(browser, taken)
        assert said(page) == "2 changes", shown(page)
        apply(browser, page)
    ida, task = session.get(Person, ids[0]), session.get(Task, ids[1])
    assert (ida.name, ida.informed_on) == ("Ida Ferri", date(2026, 5, 3))
    assert task.due == PartialDate(2027)
    assert task.assignee.name == "Claire Martin"
    assert session.get(Interaction, ids[2]).subject == "First call"


def test_more_than_fifty_records_are_changed_by_jobs(browser, session):
    many = [OrganisationFactory(name=f"Refuge {number}").id for number in range(60)]
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", columns=["title", "city"])
    for row in taken.rows:
        row[taken.headings.index("City")] = "Nice"
    page = apply(browser, send(browser, taken))
    assert said(page) == "0 of 60 records"
    session.commit()
    session.expunge_all()
    queue.run_due(100)
    cities = session.scalars(select(Organisation.city).where(Organisation.id.in_(many)))
    assert set(cities) == {"Nice"}
    assert session.scalars(select(BulkRun.values)).one() == {}


# What is refused


@pytest.mark.parametrize(
    ("heading", "value", "sentence"),
    [
        ("Name without acronym", None, "Enter a name"),
        ("City", "x" * 5000, "“City” must be 120 characters or fewer (it is 5000)"),
        ("Country", "Atlantis", "Choose a country of the list"),
        ("Kind", "Club", "Choose one of the values in the list"),
        ("Kind", None, "Choose a value"),
        ("Owner", "Nobody Known", "Choose somebody of the team"),
        ("Owner", "Twin", "Choose somebody of the team"),
        ("Owner", "12", "Choose somebody of the team"),
        ("Next review", "soon", "Write the date like 23/11/2026, 11/2026, 2026 or “yesterday”"),
        ("Number", 7, "This column cannot be corrected here: change it on the page"),
        ("Tags", "new", "This column cannot be corrected here: change it on the page"),
        ("Name", "Lump", "This column cannot be corrected here: change it on the page"),
    ],
)
def test_what_a_cell_does_not_take_is_refused_in_the_words_of_the_form(
    browser, lamp, heading, value, sentence
):
    UserFactory(name="Twin")
    UserFactory(name="Twin")
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, heading, value)
    page = send(browser, taken)
    assert said(page) == "0 changes, and 1 cell that cannot be changed"
    [line] = shown(page)
    assert line.startswith(heading)
    assert line.endswith(sentence)
    assert not page.select("//input[@name='cell']")
    assert not page.select("//button[contains(., 'Change what is ticked')]")


def test_what_somebody_changed_meanwhile_is_refused_and_the_rest_is_taken(
    browser, session, lamp, acting
):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    taken.set(lamp, "Country", "France")
    _change_as(session, acting, "Bruno", lamp.id, city="Turin", speciality="Detention")
    page = send(browser, taken)
    assert said(page) == "1 change, and 1 cell that cannot be changed"
    country, city = shown(page)
    assert country == "Country When exported: Italy → In the file: France"
    assert city == (
        "City When exported: Rome → In the file: Milan Bruno changed it meanwhile: now “Turin”"
    )
    apply(browser, page)
    lamp = session.get(Organisation, lamp.id)
    assert (lamp.city, lamp.country, lamp.speciality) == ("Turin", "FR", "Detention")


def _change_as(session, acting, who, organisation_id, **values):
    user = UserFactory(name=who, role=Role.CONTRIBUTOR)
    acting(user)
    organisation = session.get(Organisation, organisation_id)
    records.change_record(organisation, organisation.version, **values)
    session.commit()


def test_an_unchanged_file_has_no_changes_when_others_changed_the_records(
    browser, session, lamp, acting
):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    owner = UserFactory(name="Zoé")
    _change_as(
        session,
        acting,
        "Bruno",
        lamp.id,
        name="Lantern",
        city=None,
        country="FR",
        tier=Tier.B,
        owner_id=owner.id,
        partner_since=PartialDate(2001),
        next_review=None,
    )
    assert is_unchanged(send(browser, taken))


def test_a_value_that_somebody_else_entered_meanwhile_is_no_change(browser, session, lamp, acting):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    _change_as(session, acting, "Bruno", lamp.id, city="Milan")
    assert is_unchanged(send(browser, taken))


def test_what_changes_between_looking_and_pressing_is_refused_cell_by_cell(
    browser, session, lamp, acting
):
    ombre = OrganisationFactory(name="Ombre", city="Lyon")
    ids = lamp.id, ombre.id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    taken.set(lamp, "Country", "France")
    taken.set(ombre, "City", "Lille")
    page = send(browser, taken)
    _change_as(session, acting, "Bruno", ids[0], city="Turin")
    _change_as(session, acting, "Zoé", ids[1], city=None)
    page = apply(browser, page)
    assert said(page) == "1 record done, 1 left as they were"
    assert "City: Bruno changed it meanwhile: now “Turin”" in page.text
    assert "City: Zoé emptied it meanwhile" in page.text
    lamp, ombre = (session.get(Organisation, each) for each in ids)
    assert (lamp.city, lamp.country, ombre.city) == ("Turin", "FR", None)


def test_a_record_that_refuses_does_not_stop_the_others(browser, session, lamp):
    OrganisationFactory(name="Refuge", country="IT")
    ombre = OrganisationFactory(name="Ombre", country="IT", city="Lyon")
    ids = lamp.id, ombre.id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(ombre, "Name without acronym", "refuge")
    taken.set(ombre, "City", "Lille")
    taken.set(lamp, "City", "Milan")
    page = apply(browser, send(browser, taken))
    assert said(page) == "2 records done"
    assert "Name: There is already an organisation of this name: “Refuge”" in page.text
    lamp, ombre = (session.get(Organisation, each) for each in ids)
    assert (lamp.city, ombre.city, ombre.name) == ("Milan", "Lille", "Ombre")


def test_what_the_service_passes_over_in_silence_is_said(browser, session, lamp):
    call = exchange_with(lamp, subject="Call")
    browser.sign_in("manager")
    taken = Taken(browser, "interactions")
    taken.set(call, "When", None)
    page = apply(browser, send(browser, taken))
    assert said(page) == "0 records done, 1 left as they were"
    assert "When: It stays as it is" in page.text


# Lines and headings


def test_lines_that_mean_no_record_are_named_and_ignored(browser, session, lamp):
    twice = OrganisationFactory(name="Twice", city="Rome")
    newer = OrganisationFactory(name="Newer", city="Rome")
    gone = OrganisationFactory(name="Gone", city="Rome")
    hidden = OrganisationFactory(name="Hidden", city="Rome")
    browser.sign_in("contributor")
    stranger = browser.user
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", columns=["title", "city"])
    city, key = (taken.headings.index(each) for each in ("City", "key"))
    for row in taken.rows:
        row[city] = "Milan"
    taken.set(newer, "version", 99)
    taken.rows.append(list(taken.row(twice)))
    taken.rows.append(["Unknown", "Milan", 999999999, 1])
    taken.rows.append(["No number", "Milan", "=1+1", 1])
    taken.rows.append(["New", "Milan", None, None])
    numbers = {name: place for place, (name, *_rest) in enumerate(taken.rows, start=2)}
    first_twice = next(i for i, row in enumerate(taken.rows, start=2) if row[key] == twice.id)
    records.trash(session.get(Organisation, gone.id))
    hidden = session.get(Organisation, hidden.id)
    hidden.visibility = Visibility.NAMED
    records.set_readers(hidden, [stranger.id])
    page = send(browser, taken)
    assert shown(page) == ["City When exported: Rome → In the file: Milan"]
    sentences = [" ".join(each.text_content().split()) for each in page.select("//main//ul/li")]
    unknown = sorted([numbers["Gone"], numbers["Hidden"], numbers["Unknown"]])
    assert sentences == [
        (
            f"Lines {numbers['No number']}, {numbers['New']} have no key and were ignored: "
            "nothing is added from here"
        ),
        (
            f"Lines {first_twice}, {numbers['Twice']} have the key of another line, too: "
            "none of them was taken"
        ),
        (
            f"Lines {', '.join(map(str, unknown))} were ignored: "
            "no records with their keys are in such a file"
        ),
        f"Line {numbers['Newer']} was ignored: its version is not one of the record",
    ]


def test_columns_that_were_renamed_or_doubled_are_named_and_rows_left_out_stay(
    browser, session, lamp
):
    OrganisationFactory(name="Left out", city="Lyon")
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", columns=["title", "city", "country"])
    taken.rows = [taken.row(lamp)]
    taken.set(lamp, "City", "Milan")
    place = taken.headings.index("City")
    taken.headings[place] = "Ciudad"
    taken.headings.insert(0, "Pays")
    taken.rows[0].insert(0, "Italy")
    page = send(browser, taken)
    assert said(page) == "0 changes"
    assert "This list has no such columns, they were ignored: Ciudad" in page.text
    assert "Only the first of the columns of the same name was read: Country" in page.text
    assert session.scalar(select(func.count()).select_from(Organisation)) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 rubbish", "This file cannot be read. Open it in a spreadsheet program"),
        (b"\x00\x01\x02", "Only XLSX, ODS and CSV files can be read"),
        (b"Name;City\nLamp;Rome\n", "This file has no column of keys: only files made here"),
        (b"Name;key\nLamp;1\n", "This file has no column of keys: only files made here"),
        (b"Name;key;version\nLamp;1;1\n", "No line of this file belongs to the list"),
        (b"", "There is no table in this file"),
    ],
)
def test_a_file_that_cannot_come_back_is_refused_in_a_sentence(browser, lamp, content, sentence):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    page = send(browser, taken, content, name="list.csv")
    assert page.error_at("upload").startswith(sentence)


def test_a_file_of_another_list_or_none_is_refused(browser, session, lamp):
    PersonFactory(name="Ida")
    browser.sign_in("manager")
    page = send(browser, Taken(browser, "people"), kind="organisation")
    assert page.error_at("upload") == (
        "No line of this file belongs to the list “Organisations”. Choose the list it was made from"
    )
    page = browser.post("/corrections/new", {"kind": "organisation"})
    assert page.error_at("upload") == "Choose a file"
    page = browser.post("/corrections/new", {"kind": "nothing"})
    assert page.error_at("kind") == "Choose one of the values in the list"
    assert session.scalars(select(CorrectedFile)).all() == []


def test_a_file_with_more_differences_than_anybody_looks_at_is_refused(browser, lamp, monkeypatch):
    monkeypatch.setattr(comparison, "MOST", 1)
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    assert said(send(browser, taken)) == "1 change"
    taken.set(lamp, "Country", "France")
    page = send(browser, taken)
    assert page.error_at("upload") == (
        "More than 5,000 cells of this file differ. Send it in parts"
    )


def test_a_file_without_a_line_has_no_changes(browser, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.rows = []
    assert is_unchanged(send(browser, taken))


def test_cells_that_no_database_takes_are_refused_and_kept_all_the_same(browser, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", columns=["title", "city"])
    text = f'City,key,version\n"{"💣" * 20_000}",{lamp.id},{lamp.version}\n'
    page = send(browser, taken, text.encode(), name="list.csv")
    assert page.error_at("upload") is None
    assert said(page) == "0 changes, and 1 cell that cannot be changed"
    assert len(page.html) < 60_000


# Deciding


def test_one_ticks_all_or_none_and_nothing_ticked_is_said(browser, session, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    page = send(browser, taken)
    page = browser.get(page.links()["Untick all"])
    assert ticked(page) == []
    page = apply(browser, page)
    assert page.errors() == ["Tick what is to be changed"]
    assert session.scalars(select(BulkRun)).all() == []
    page = browser.get(page.links()["Tick all"])
    assert len(ticked(page)) == 1


def test_a_cell_that_was_not_offered_cannot_be_ticked(browser, session, lamp):
    lamp_id = lamp.id
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "Kind", "Club")
    taken.set(lamp, "City", "Milan")
    page = send(browser, taken)
    page = apply(browser, page, [f"{lamp_id}.kind", f"{lamp_id}.title", "1.city", "rubbish"])
    assert page.errors() == ["Tick what is to be changed"]


def test_pressing_twice_changes_once_and_leads_to_the_same_page(browser, session, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    page = send(browser, taken)
    first, second = (apply(browser, page, ticked(page)) for _time in range(2))
    assert first.title == second.title == "Corrections from a file – 1 record"
    assert len(session.scalars(select(BulkRun)).all()) == 1


def test_a_file_waits_for_seven_days_and_can_be_set_aside(browser, session, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    send(browser, taken, name="First.xlsx")
    send(browser, taken, name="Second.xlsx")
    page = browser.get("/corrections/new?list=organisation")
    assert {"First.xlsx", "Second.xlsx"} <= set(page.links())
    page = browser.get(page.links()["First.xlsx"])
    [button] = page.select("//button[contains(., 'Take nothing of this file')]/@form")
    page = browser.post(*page.select(f"//form[@id='{button}']/@action"))
    assert "Nothing of the file was taken" in page.html
    assert [each.name for each in session.scalars(select(CorrectedFile))] == ["Second.xlsx"]
    with time_machine.travel(now() + timedelta(days=6)):
        run_periodic()
    assert session.scalars(select(CorrectedFile)).all()
    with time_machine.travel(now() + timedelta(days=8)):
        run_periodic()
    assert session.scalars(select(CorrectedFile)).all() == []


def test_a_file_whose_records_are_all_gone_meanwhile_says_so(browser, session, lamp):
    browser.sign_in("manager")
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    page = send(browser, taken)
    records.trash(session.get(Organisation, lamp.id))
    file_id = session.scalars(select(CorrectedFile.id)).one()
    page = apply(browser, page)
    assert page.errors() == ["Tick what is to be changed"]
    page = browser.get(f"/corrections/{file_id}")
    assert said(page) == "0 changes"
    assert "Line 2 was ignored: no record with its key is in such a file" in page.text


# Who may


def test_only_those_who_change_many_records_take_files_back(browser, lamp):
    browser.sign_in("manager")
    assert "Take back a corrected file" in browser.get("/organisations/").links()
    assert "Take back a corrected file" in browser.get("/exports/").links()
    assert "Take back a corrected file" not in browser.get("/networks/").links()
    taken = Taken(browser, "organisations")
    browser.sign_in("contributor")
    assert "Take back a corrected file" not in browser.get("/organisations/").links()
    assert send(browser, taken).status == 403


def test_the_file_of_somebody_else_does_not_exist(browser, session, lamp):
    browser.sign_in("manager")
    manager = browser.user
    taken = Taken(browser, "organisations")
    taken.set(lamp, "City", "Milan")
    page = send(browser, taken)
    file_id = session.scalars(select(CorrectedFile.id)).one()
    browser.sign_in("admin")
    assert browser.get(f"/corrections/{file_id}").status == 404
    assert apply(browser, page).status == 404
    assert browser.post(f"/corrections/{file_id}/discard").status == 404
    assert browser.get("/corrections/999").status == 404
    services.remove_of(manager.id)
    assert session.scalars(select(CorrectedFile)).all() == []


def test_a_record_kept_to_others_reads_like_one_that_never_was(browser, session, lamp):
    hidden = OrganisationFactory(name="Secret", city="Rome", visibility=Visibility.NAMED)
    browser.sign_in("manager")
    taken = Taken(browser, "organisations", columns=["title", "city"])
    answers = []
    for key in (hidden.id, 123456789):
        text = f"City,key,version\nRome,{lamp.id},{lamp.version}\nMilan,{key},1\n"
        page = send(browser, taken, text.encode(), name="list.csv")
        answers.append(
            re.sub(r"/corrections/\d+|eference: \w+|value=\"[^\"]{40,}\"", "", page.html)
        )
    assert answers[0] == answers[1]


# The parts


@given(st.text() | st.integers() | st.dates() | st.none() | st.floats(allow_nan=False))
@settings(max_examples=200)
def test_a_cell_says_the_same_as_itself(cell):
    assert is_same(cell, cell)
    is_empty = cell is None or (isinstance(cell, str) and not clean_text(cell))
    assert is_same(cell, None) is is_empty


@given(day=st.dates(), other=st.dates())
def test_dates_are_the_same_however_they_are_written(day, other):
    for text in (day.isoformat(), f"{day:%d}/{day:%m}/{day.year:04}"):
        assert is_same(text, day)
        assert is_same(text, other) is (day == other)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_column_that_can_be_corrected_reads_back_what_it_says(app, session, language):
    """A label means the same value again in both languages; no heading means two columns."""
    with app.test_request_context(), force_locale(language):
        login_user(UserFactory())
        for kind in registry.kinds.values():
            form = kind.form(formdata=None)
            columns = registry.columns_of(kind).values()
            fields = set()
            headings = [str(column.label) for column in columns]
            assert len(headings) == len(set(headings)), kind.name
            for column in columns:
                if column.field is None:
                    continue
                assert column.field not in fields, kind.name
                fields.add(column.field)
                assert isinstance(column.filed, Stored), (kind.name, column.key)
                field = form[column.field]
                if isinstance(field, ChoiceField):
                    for member in field.kind:
                        assert typed(field, str(member.label)) == member.value
