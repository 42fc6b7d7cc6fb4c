"""Lists as files: exactly what the list shows, and nothing that may not leave."""

import csv
import gc
import hashlib
import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from secrets import token_hex

import docx
import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from crm.accounts.models import Role, UserSession
from crm.accounts.passwords import hash_password
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.core.principal import TEAM, principal_of
from crm.core.queue import Job, run_due, run_periodic
from crm.documents import cells
from crm.exports import asking, gathering, letters, services
from crm.exports.files import ListFile
from crm.exports.gathering import Table
from crm.exports.models import Export, ExportFormat, LetterTemplate
from crm.exports.workbook import Workbook
from crm.organisations.models import PartnershipStatus, Tier
from crm.people import filing
from crm.people.models import Person
from crm.records import services as records
from crm.records.audience import Audience
from crm.records.kinds import Column, registry
from crm.records.listing import Listing
from crm.records.models import ContactPoint, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.declarations import SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import MembershipFactory, NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.tasks import TaskFactory

PASSWORD = "correct horse battery staple"


@pytest.fixture
def kept_files(session, tmp_path):
    """Keep files in a folder of the test's own."""
    info = Base.metadata.info
    before = info["files_dir"]
    info["files_dir"] = tmp_path
    yield tmp_path / "exports"
    info["files_dir"] = before


def ask(browser, address, **wanted):
    """Send the form of a file with these choices; the password was given just now."""
    values = {"audience": "internal", "file_format": "csv", **wanted}
    return browser.post(f"/exports/new/{address}", values)


def read(page, separator=","):
    """Return the rows of a CSV file."""
    text = page.response.get_data().decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=separator))


@pytest.fixture
def partners(session, kept_files):
    lamp = OrganisationFactory(name="Lamp", country="IT", city="Rome")
    ombre = OrganisationFactory(name="Ombre", country="FR")
    ida = PersonFactory(name="Ida Ferry", family_name="Ferry", languages="it, fr", country="IT")
    PositionFactory(person_id=ida.id, organisation_id=lamp.id, title="Director", is_primary=True)
    PositionFactory(person_id=ida.id, organisation_id=ombre.id, title="Member")
    return lamp, ombre, ida


def test_a_file_has_the_rows_and_columns_of_the_list_in_their_order(browser, partners):
    browser.sign_in("manager")
    page = browser.get("/organisations/?country=IT&cols=title,kind,country&sort=-title")
    page = browser.get(page.links()["Make a file"])
    assert "Country: Italy" in page.text
    assert "1 row, 4 columns" in page.text
    ticked = page.select("//input[@name='columns'][@checked]/@value")
    assert ticked == ["title", "kind", "country", "city"]
    made = browser.post(
        page.select("//main//form/@action")[0],
        {"audience": "internal", "file_format": "csv", "columns": ticked},
    )
    assert made.response.headers["Content-Disposition"].startswith("attachment; filename=organis")
    assert read(made) == [["Name", "Kind", "Country", "City"], ["Lamp", "NGO", "Italy", "Rome"]]


def test_a_person_has_one_row_however_many_organisations(browser, partners):
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title", "position", "organisation", "country"])
    assert read(made)[1:] == [["Ida Ferry", "Director; Member", "Lamp; Ombre", "Italy"]]


@pytest.mark.parametrize("titles_kept", [0, 100])
def test_a_position_at_what_the_team_may_not_see_is_in_no_row_of_any_piece(
    browser, partners, monkeypatch, titles_kept
):
    monkeypatch.setattr(gathering, "CHUNK", 1)
    monkeypatch.setattr(gathering, "MOST_TITLES", titles_kept)
    lamp, _ombre, ida = partners
    zoe = PersonFactory(name="Zoé Beispiel")
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    for person in (ida, zoe):
        PositionFactory(person_id=person.id, organisation_id=secret.id, title="Spy")
    PositionFactory(person_id=zoe.id, organisation_id=lamp.id, title="Clerk")
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title", "position", "organisation"])
    assert read(made)[1:] == [
        ["Ida Ferry", "Director; Member", "Lamp; Ombre"],
        ["Zoé Beispiel", "Clerk", "Lamp"],
    ]


@pytest.mark.parametrize(("file_format", "separator"), [("csv", ","), ("standard", ",")])
def test_tables_begin_as_the_readers_expect(browser, partners, file_format, separator):
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title"], file_format=file_format)
    content = made.response.get_data()
    assert content.startswith(b"\xef\xbb\xbf") is (file_format == "csv")
    assert read(made, separator) == [["Name"], ["Ida Ferry"]]


def test_programs_read_the_same_as_json(browser, partners):
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title", "organisation"], file_format="json")
    found = json.loads(made.response.get_data())
    assert found["rows"] == [{"title": "Ida Ferry", "organisation": "Lamp; Ombre"}]


def test_every_column_of_every_list_can_stand_in_a_file(browser, partners):
    lamp, _ombre, ida = partners
    ida.good_to_know = "Never in a file"
    exchange_with(ida, lamp, subject="Call")
    browser.sign_in("manager")
    for kind in registry.kinds.values():
        columns = list(registry.columns_of(kind))
        made = ask(browser, kind.path, columns=columns)
        if made.response.mimetype != "text/csv":
            assert "Nothing of this list may stand in such a file" in made.text
            continue
        listed = browser.get(f"/{kind.path}/?cols={','.join(columns)}")
        found = read(made)
        assert len(found) - 1 == len(listed.select("//table//tbody/tr"))
        headings = {each.text_content().strip() for each in listed.select("//thead//th")}
        assert set(found[0]) <= headings, kind.name
        assert "Never in a file" not in made.html


DIFFERENT = {("organisation", "country"), ("organisation", "number"), ("person", "number")}
"""What the page shows in other words: the city within the country."""


def test_what_a_file_reads_by_itself_is_what_the_page_shows(app, session, partners):
    lamp, _ombre, ida = partners
    owner = UserFactory(name="Claire")
    lamp.owner_id, lamp.tier, lamp.partnership_status = owner.id, Tier.A, PartnershipStatus.ACTIVE
    lamp.partner_since, lamp.next_review = PartialDate(2019), PartialDate(2027, 1, 12)
    lamp.acronym, lamp.languages, lamp.speciality = "LMP", "it", "Detention"
    ida.native_name, ida.pronunciation, ida.form_of_address = "Іда", "EE-da", "Ms"
    ida.given_name, ida.informed_on, ida.checked_on = "Ida", now().date(), now().date()
    for record in (lamp, ida):
        records.set_tags(record, ["Nordic"])
        _way(record_id=record.id, kind="email", value="one@example.org")
        _way(record_id=record.id, kind="email", value="two@example.org")
        _way(record_id=record.id, kind="email", value="home@example.org", is_private=True)
    session.flush()
    compared = 0
    with app.test_request_context():
        for kind in registry.kinds.values():
            columns = [
                column
                for column in registry.columns_of(kind).values()
                if column.filed is not None and (kind.name, column.key) not in DIFFERENT
            ]
            slow = [replace(column, filed=None) for column in columns]
            found = [_table(kind, each) for each in (columns, slow)]
            assert found[0] == found[1], kind.name
            compared += len(columns) * len(found[0])
    assert compared > 40


def _way(**values):
    db.session.add(ContactPoint(**values))


def _table(kind, columns):
    listing = Listing(kind, MultiDict())
    table = Table(listing, columns)
    return [row for piece in table.rows() for row in piece]


# What may not leave


def test_people_at_risk_and_people_who_objected_stand_in_no_file(browser, session, partners):
    PersonFactory(name="At Risk", is_at_risk=True, visibility=Visibility.MANAGERS)
    PersonFactory(name="Left Alone", objected_on=now().date())
    PersonFactory(name="Known To Few", visibility=Visibility.MANAGERS)
    browser.sign_in("manager")
    page = browser.get("/exports/new/people")
    assert "1 row, 4 columns" in page.text
    assert "People who objected to the use of their data: 1" in page.text
    assert "2 records that not the whole team may see" in page.text
    for audience in Audience:
        for file_format in ("csv", "json", "vcard"):
            made = ask(
                browser, "people", columns=["title"], audience=audience, file_format=file_format
            )
            for name in ("At Risk", "Left Alone", "Known To Few"):
                assert name not in made.html, (audience, file_format)


def test_a_long_list_is_counted_no_further_than_it_matters_and_said_so(
    browser, session, kept_files, monkeypatch
):
    for number in range(4):
        PersonFactory(name=f"Left Alone {number}", objected_on=now().date())
        PersonFactory(name=f"Known To Few {number}", visibility=Visibility.MANAGERS)
        PersonFactory(name=f"Person {number}")
    monkeypatch.setattr(services, "LARGE", 3)
    monkeypatch.setattr(asking, "COUNTED", 3)
    browser.sign_in("manager")
    page = browser.get("/exports/new/people")
    assert "More than 5,000 rows, 4 columns" in page.text
    assert "objected to the use of their data: more than 1,000" in page.text
    assert "More than 1,000 records that not the whole team may see" in page.text
    monkeypatch.setattr(services, "LARGE", 4)
    monkeypatch.setattr(asking, "COUNTED", 4)
    page = browser.get("/exports/new/people")
    assert "4 rows, 4 columns" in page.text
    assert "objected to the use of their data: 4" in page.text
    assert "4 records that not the whole team may see" in page.text


def test_in_a_long_list_those_hidden_are_counted_with_what_hides_with_them(
    browser, session, kept_files, monkeypatch
):
    lamp = OrganisationFactory(name="Lamp")
    hidden = PersonFactory(name="Known To Few", visibility=Visibility.MANAGERS)
    PersonFactory(name="Known To None", visibility=Visibility.NAMED)
    exchange_with(hidden, lamp, subject="Call")
    exchange_with(PersonFactory(name="Ida Ferry"), lamp, subject="Letter")
    exchange_with(PersonFactory(name="Iris Ferry"), lamp, subject="Visit")
    browser.sign_in("manager")

    def said():
        return [
            re.findall(r"(\d+ records?) that not the whole team", browser.get(page).text)
            for page in ("/exports/new/people", "/exports/new/interactions")
        ]

    whole = said()
    monkeypatch.setattr(asking, "COUNTED", 1)
    assert said() == whole == [["1 record"], ["1 record"]]


def test_a_list_without_those_found_by_what_is_hidden_leaves_nobody_out(browser, partners):
    _lamp, _ombre, ida = partners
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=ida.id, organisation_id=secret.id)
    browser.sign_in("manager")
    page = browser.get(f"/exports/new/people?organisation={secret.id}")
    assert "0 rows" in page.text
    assert "1 record that not the whole team may see" in page.text
    page = browser.get(f"/exports/new/people?organisation.not={secret.id}")
    assert "1 row," in page.text  # The team does not know of it.
    assert not re.search(r"\d records? that not the whole team may see", page.text)


def test_what_only_some_may_see_leaves_when_a_manager_says_so_but_nobody_at_risk(
    browser, session, partners
):
    PersonFactory(name="At Risk", is_at_risk=True, visibility=Visibility.MANAGERS)
    PersonFactory(name="Known To Few", visibility=Visibility.MANAGERS)
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title"], with_confidential="y")
    assert [row[0] for row in read(made)[1:]] == ["Ida Ferry", "Known To Few"]
    made = ask(browser, "people", columns=["title"], with_confidential="y", audience="partner")
    assert [row[0] for row in read(made)[1:]] == ["Ida Ferry"]


def test_columns_that_do_not_reach_the_readers_are_left_out_and_named(browser, partners):
    browser.sign_in("manager")
    address = "/exports/new/organisations"
    chosen = {"audience": "public", "columns": ["title", "status", "owner", "country"]}
    page = browser.post(address, {**chosen, "file_format": "csv", "look": "y"})
    assert "Columns that do not reach these readers: Partnership, Owner" in page.text
    made = browser.post(address, {**chosen, "file_format": "csv"})
    assert read(made)[0] == ["Name", "Country"]


def test_a_list_of_exchanges_is_for_the_team_alone(browser, partners):
    browser.sign_in("manager")
    page = browser.get("/exports/new/interactions")
    assert page.select("//input[@name='audience']/@value") == ["internal"]


def test_no_column_that_touches_people_reaches_the_public():
    """What the public learns of people is who works where, as what; nothing else."""
    of_people = registry.columns_of(registry.kinds["person"])
    public = {key for key, column in of_people.items() if column.widest is Audience.PUBLIC}
    assert public == {"title", "position", "organisation"}
    for kind in registry.kinds.values():
        for key, column in registry.columns_of(kind).items():
            if key in ("emails", "phones", "owner", "tags", "changed", "checked", "last"):
                assert column.widest is not Audience.PUBLIC, (kind.name, key)


# Who may, and what is noted


def test_only_managers_make_files_of_lists(browser, partners):
    browser.sign_in("contributor")
    assert "Make a file" not in browser.get("/people/").links()
    assert browser.get("/exports/new/people").status == 403
    assert ask(browser, "people", columns=["title"]).status == 403
    assert browser.get("/exports/").status == 403


def test_more_than_fifty_people_need_a_reason(browser, session, kept_files):
    for number in range(51):
        PersonFactory(name=f"Person {number}")
    browser.sign_in("manager")
    page = ask(browser, "people", columns=["title"])
    assert page.error_at("reason") == "Say what for: the file is about more than 50 people"
    made = ask(browser, "people", columns=["title"], reason="Delegate list for the forum")
    assert len(read(made)) == 52
    assert session.scalars(select(Export.reason)).all() == ["Delegate list for the forum"]


def test_more_than_five_thousand_rows_are_for_administrators(browser, partners, monkeypatch):
    monkeypatch.setattr(services, "LARGE", 1)
    browser.sign_in("manager")
    page = ask(browser, "organisations", columns=["title"])
    assert page.errors() == [
        "Filter the list first, or ask an administrator: this is more than 5,000 rows"
    ]
    browser.sign_in("admin")
    assert len(read(ask(browser, "organisations", columns=["title"]))) == 3


def test_the_password_is_asked_for_when_it_was_given_long_ago(browser, session, partners):
    browser.sign_in("manager", password_hash="")
    user = browser.user
    session.get(type(user), user.id).password_hash = hash_password(PASSWORD)
    for each in session.scalars(select(UserSession)):
        each.proved_at = now() - timedelta(minutes=11)
    page = ask(browser, "people", columns=["title"])
    assert page.error_at("password") == "This is not your password"
    page = ask(browser, "people", columns=["title"], password="wrong", reason="For the forum")
    assert page.error_at("password") == "This is not your password"
    assert page.select("//input[@name='reason']/@value") == ["For the forum"]
    made = ask(browser, "people", columns=["title"], password=PASSWORD)
    assert read(made)[1:] == [["Ida Ferry"]]
    assert "password" not in browser.get("/exports/new/people").html.partition("<main")[2]


def test_a_copy_does_not_leave_once_more_without_the_password(browser, session, partners):
    browser.sign_in("manager", password_hash="")
    session.get(type(browser.user), browser.user.id).password_hash = hash_password(PASSWORD)
    ask(browser, "people", columns=["title"])
    export = session.scalars(select(Export)).one()
    for each in session.scalars(select(UserSession)):
        each.proved_at = now() - timedelta(minutes=11)
    page = browser.get(f"/exports/{export.id}/file")
    assert "Ida Ferry" not in page.html
    page = browser.post(f"/exports/{export.id}", {"password": "wrong"})
    assert page.error_at("password") == "This is not your password"
    again = browser.post(f"/exports/{export.id}", {"password": PASSWORD})
    assert read(again)[1:] == [["Ida Ferry"]]
    again.response.close()


def test_who_is_turned_away_while_a_file_is_sent_keeps_no_copy(
    browser, session, kept_files, partners
):
    browser.sign_in("manager")
    ask(browser, "people", columns=["title"])
    export = session.scalars(select(Export)).one()
    user = session.get(type(browser.user), browser.user.id)
    user.is_enabled = False
    services.finish(export.id, rows=1, size=1, sha256="", is_kept=True)
    assert export.kept_until is None
    assert not list(kept_files.iterdir())


def test_what_left_is_noted_with_its_fingerprint_and_administrators_are_told(
    browser, session, partners
):
    admin = UserFactory(role=Role.ADMIN, password_hash="x")
    browser.sign_in("manager", name="Claire")
    made = ask(browser, "people?country=IT", columns=["title", "country"], audience="partner")
    content = made.response.get_data()
    export = session.scalars(select(Export)).one()
    assert (export.row_count, export.size) == (1, len(content))
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert export.address == "country=IT"
    assert export.columns == {"keys": ["title", "country"]}
    assert session.scalars(select(Job.name)).all().count(services.TOLD) == 1
    page = browser.get("/exports/")
    page = browser.get(page.links()[export.title])
    assert "Country: Italy" in page.text
    assert export.sha256 in page.text
    again = browser.get(page.links()["Fetch it again"])
    assert again.response.get_data() == content
    again.response.close()
    browser.sign_in(session.get(type(admin), admin.id))
    page = browser.get("/exports/")
    assert "Claire" in page.text
    page = browser.get(page.links()[export.title])
    assert "Fetch it again" not in page.links()
    assert browser.get(f"/exports/{export.id}/file").status == 404


def test_the_security_log_has_the_whole_number_of_rows_and_nobody_s_name(
    browser, session, partners, monkeypatch, caplog
):
    monkeypatch.setattr(services, "FEW_PEOPLE", 1)
    for number in range(4):
        PersonFactory(name=f"Person {number}")
    logger = logging.getLogger("crm.security")
    monkeypatch.setattr(logger, "disabled", False)
    browser.sign_in("admin")
    with caplog.at_level(logging.INFO, logger=logger.name):
        ask(browser, "people", columns=["title"], reason="For the forum")
    noted = [each for each in caplog.records if getattr(each, "event", "") == "export_finished"]
    assert [each.rows for each in noted] == [5]
    assert "Ida" not in str([each.__dict__ for each in caplog.records if each.name == logger.name])


def test_a_manager_does_not_see_what_others_took_along(browser, session, partners):
    browser.sign_in("manager")
    ask(browser, "people", columns=["title"])
    export = session.scalars(select(Export)).one()
    browser.sign_in("manager")
    assert export.title not in browser.get("/exports/").text
    assert browser.get(f"/exports/{export.id}").status == 404
    assert browser.get(f"/exports/{export.id}/file").status == 404


def test_a_copy_is_removed_for_real_after_thirty_days(browser, session, kept_files, partners):
    browser.sign_in("manager")
    ask(browser, "people", columns=["title"])
    export = session.scalars(select(Export)).one()
    assert [path.name for path in kept_files.iterdir()] == [str(export.id)]
    with time_machine.travel(now() + timedelta(days=29)):
        run_periodic()
    assert list(kept_files.iterdir())
    with time_machine.travel(now() + timedelta(days=31)):
        run_periodic()
    assert not list(kept_files.iterdir())
    assert session.get(Export, export.id).kept_until is None
    assert session.get(Export, export.id).sha256


def test_copies_made_before_somebody_objected_are_removed(browser, session, kept_files, partners):
    _lamp, _ombre, ida = partners
    with time_machine.travel(now() - timedelta(hours=1)):
        browser.sign_in("manager")
        ask(browser, "people", columns=["title"])
    run_periodic()
    assert list(kept_files.iterdir())
    session.get(Person, ida.id).objected_on = now().date()
    session.flush()
    run_periodic()
    assert not list(kept_files.iterdir())


def test_the_copies_of_somebody_who_may_not_sign_in_any_more_are_removed(
    browser, session, kept_files, partners
):
    browser.sign_in("manager")
    ask(browser, "people", columns=["title"])
    manager = browser.user
    browser.sign_in("admin")
    browser.post(
        f"/admin/users/{manager.id}",
        {"name": manager.name, "email": manager.email, "role": "manager"},
    )
    assert not list(kept_files.iterdir())


# What goes wrong


def test_a_full_disk_costs_the_copy_and_not_the_file(browser, session, kept_files, partners):
    kept_files.write_text("a file in the place of the folder")
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title"])
    assert read(made)[1:] == [["Ida Ferry"]]
    export = session.scalars(select(Export)).one()
    assert export.kept_until is None
    assert "The file is not kept any more" in browser.get(f"/exports/{export.id}").text


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "ods", "json", "workbook", "vcard"])
def test_a_file_that_is_given_up_leaves_the_session_as_it_was(
    app, session, kept_files, monkeypatch, file_format
):
    """At once: not when Python comes to tidy up, in the middle of somebody else's request."""
    monkeypatch.setattr(gathering, "CHUNK", 10)
    monkeypatch.setattr(cells, "_ROWS_AT_ONCE", 10)
    for number in range(40):
        PersonFactory(name=f"Person {number}")
    kind = registry.kinds["person"]
    with app.test_request_context():
        made = ListFile(
            Listing(kind, MultiDict()),
            [registry.columns_of(kind)["title"], Column("x", "X", lambda row: token_hex(15_000))],
            ExportFormat(file_format),
            Audience.INTERNAL,
            author="",
            language="en",
        )
        info, before = session().info, principal_of(session)
        gc.disable()
        try:
            pieces = made.pieces()
            inside = False
            for _piece in pieces:
                inside = inside or info["principal"].leaves_house
                if inside:
                    break
            pieces.close()
            assert info["principal"] is before
        finally:
            gc.enable()
        assert inside


def test_what_was_broken_off_leaves_no_half_file_and_is_said_so(session, kept_files):
    kept = services.KeptFile(1234567)
    pieces = kept.copied(iter([b"one", b"two"]))
    next(pieces)
    pieces.close()
    assert not list(kept_files.iterdir())
    export = Export(made_at=now() - timedelta(hours=7))
    assert services.is_broken(export)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("people?contry=IT", "This list has no filter called “contry”: it was ignored"),
        ("people?q=nobody", "Nothing of this list may stand in such a file"),
    ],
)
def test_a_list_that_means_something_else_or_nothing_is_said(browser, partners, address, sentence):
    browser.sign_in("manager")
    assert sentence in ask(browser, address, columns=["title"]).html


@pytest.mark.parametrize(
    ("audience", "file_format"), [("public", "vcard"), ("partner", "workbook")]
)
def test_a_file_that_is_not_for_these_readers_is_refused_not_replaced(
    browser, session, partners, audience, file_format
):
    browser.sign_in("manager")
    page = ask(browser, "people", columns=["title"], audience=audience, file_format=file_format)
    sentence = "Such a file is not made for these readers. Choose another"
    assert page.error_at("file_format") == sentence
    assert session.scalars(select(Export)).all() == []


def test_rubbish_in_the_form_is_a_sentence(browser, partners):
    browser.sign_in("manager")
    page = ask(browser, "people", audience="everybody", columns=["nothing"], file_format="exe")
    assert page.status == 200
    assert page.errors()
    assert browser.get("/exports/new/nothing").status == 404
    page = ask(browser, "people")
    assert page.error_at("columns") == "Choose at least one column"


# Workbooks and letters


def test_a_workbook_ties_organisations_people_and_what_they_did_together(
    browser, session, partners
):
    lamp, _ombre, ida = partners
    network = NetworkFactory(name="Relais")
    MembershipFactory(member_id=lamp.id, network_id=network.id)
    meeting = MeetingFactory(name="Plenary", starts=PartialDate(2026, 5, 4))
    AttendanceFactory(meeting_id=meeting.id, person_id=ida.id, organisation_id=lamp.id)
    SignatureFactory(signatory_id=lamp.id, displayed_name="La Lampe")
    hidden = PersonFactory(name="At Risk", is_at_risk=True, visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=lamp.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=hidden.id, organisation_id=lamp.id)
    browser.sign_in("manager")
    made = ask(browser, "organisations?country=IT", columns=["title"], file_format="workbook")
    found = _sheets(made.response.get_data())
    assert list(found) == [
        *("Organisations", "People", "Positions", "Memberships", "Meetings", "Signatures")
    ]
    assert found["Organisations"] == [["Number", "Name"], [lamp.id, "Lamp"]]
    assert [row[:2] for row in found["People"][1:]] == [[ida.id, "Ida Ferry"]]
    assert found["Positions"][1][:5] == [ida.id, "Ida Ferry", lamp.id, "Lamp", "Director"]
    assert len(found["Positions"]) == 2
    assert found["Memberships"][1][:4] == [lamp.id, "Lamp", network.id, "Relais"]
    assert [row[1] for row in found["Meetings"][1:]] == ["Plenary"]
    assert found["Signatures"][1][4] == "La Lampe"
    assert "At Risk" not in str(found)
    assert session.scalars(select(Export.row_count)).one() == 6


def test_a_workbook_with_more_than_fifty_people_needs_a_reason(browser, session, partners):
    lamp, _ombre, _ida = partners
    for number in range(50):
        person = PersonFactory(name=f"Person {number}")
        PositionFactory(person_id=person.id, organisation_id=lamp.id)
    browser.sign_in("manager")
    page = ask(browser, "organisations?country=IT", columns=["title"], file_format="workbook")
    assert page.error_at("reason") == "Say what for: the file is about more than 50 people"


def test_a_workbook_does_not_say_what_people_signed_in_their_own_name(browser, session, partners):
    lamp, _ombre, ida = partners
    SignatureFactory(signatory_id=ida.id, displayed_name="I. Ferry")
    SignatureFactory(signatory_id=lamp.id, displayed_name="La Lampe")
    browser.sign_in("manager")
    for address in ("organisations", "people"):
        made = ask(browser, address, columns=["title"], file_format="workbook")
        found = _sheets(made.response.get_data())["Signatures"]
        assert [row[4] for row in found[1:]] == ["La Lampe"]


def test_of_a_workbook_of_many_people_what_goes_with_them_is_not_counted(
    app, browser, partners, count_statements
):
    PersonFactory(name="Iris Ferry")
    with app.test_request_context():
        book = Workbook(Listing(registry.kinds["person"], MultiDict()), [], Audience.INTERNAL, TEAM)
        count_statements.clear()
        assert book.size(2) == {"person": 2}
        assert len(count_statements) == 1
        assert book.size(3) == {"person": 2, "organisation": 2}


def test_a_workbook_of_people_begins_with_them(browser, partners):
    browser.sign_in("manager")
    made = ask(browser, "people", columns=["title"], file_format="workbook")
    found = _sheets(made.response.get_data())
    assert list(found)[:3] == ["People", "Organisations", "Positions"]
    assert len(found["Organisations"]) == len(found["Positions"]) == 3


def _sheets(content):
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize(
    ("languages", "form", "given", "family", "expected"),
    [
        ("fr", "Mme", "Ida", "Ferry", "Madame,"),
        ("français, anglais", "Madame la Directrice", None, None, "Madame la Directrice,"),
        (None, None, None, None, "Madame, Monsieur,"),
        ("en", "Ms", "Ida", "Ferry", "Dear Ms Ferry,"),
        ("uk; en", None, "Ida", None, "Dear Ida,"),
        ("ar", None, None, None, "Dear Ida Ferry,"),
        ("what is this", None, None, None, "Madame, Monsieur,"),
    ],
)
def test_letters_begin_in_the_language_of_who_reads_them(languages, form, given, family, expected):
    assert filing.opening((languages, form, given, family, "Ida Ferry")) == expected


def test_the_columns_of_letters_are_chosen_at_once(browser, session, partners):
    lamp, _ombre, ida = partners
    ida.languages, ida.form_of_address = "en", "Ms"
    _way(record_id=lamp.id, kind="address", value="1 Lamp Street, Rome")
    session.flush()
    browser.sign_in("manager")
    page = browser.get("/exports/new/people?country=IT")
    page = browser.get(page.links()["For letters and labels"])
    ticked = page.select("//input[@name='columns'][@checked]/@value")
    made = browser.post(
        page.select("//main//form/@action")[0],
        {"audience": "partner", "file_format": "csv", "columns": ticked},
    )
    [headings, row] = read(made)
    found = dict(zip(headings, row, strict=True))
    assert found["How a letter begins"] == "Dear Ms Ferry,"
    assert found["Postal address"] == "1 Lamp Street, Rome"
    page = browser.get("/people/?cols=title,opening,postal")
    assert "Dear Ms Ferry, 1 Lamp Street, Rome" in page.text


def _template(*paragraphs):
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add_template(browser, content, name="Invitation", kind="person"):
    values = {"name": name, "kind": kind, "upload": (BytesIO(content), "letter.docx")}
    return browser.post("/exports/templates", values)


def test_a_template_of_ones_own_is_filled_with_the_rows_of_a_list(browser, session, partners):
    _lamp, _ombre, ida = partners
    ida.languages, ida.form_of_address = "en", "Ms"
    browser.sign_in("manager", name="Claire")
    content = _template(
        "{%p for row in rows %}",
        "{{ row.opening }} – {{ row.organisation }}",
        "{%p endfor %}",
        "{{ author }}, {{ title }}",
    )
    page = _add_template(browser, content)
    assert "Template kept" in page.text
    assert "Invitation" in page.text
    [template_id] = session.scalars(select(LetterTemplate.id))
    page = browser.get("/exports/new/people")
    assert "letter" in page.select("//select[@name='file_format']/option/@value")
    assert "letter" not in browser.get("/exports/new/organisations").html.partition("<form")[2]
    made = ask(browser, "people", columns=["title"], file_format="letter", template_id=template_id)
    words = [each.text for each in docx.Document(BytesIO(made.response.get_data())).paragraphs]
    assert words == ["Dear Ms Ferry, – Lamp; Ombre", "Claire, People"]
    export = session.scalars(select(Export)).one()
    assert (export.row_count, export.title[-5:]) == (1, ".docx")
    browser.post(f"/exports/templates/{template_id}/remove")
    assert session.get(LetterTemplate, template_id) is None


@pytest.mark.parametrize(
    ("paragraph", "sentence"),
    [
        ("{{ row.opning }}", "There is no field “row.opning”: did you mean “row.opening”?"),
        ("{{ ''.__class__.__mro__ }}", "may not do"),
    ],
)
def test_a_template_is_tried_before_it_is_kept(browser, session, partners, paragraph, sentence):
    browser.sign_in("manager")
    content = _template("{%p for row in rows %}", paragraph, "{%p endfor %}")
    page = _add_template(browser, content)
    assert sentence.replace("row.", "rows.") in page.html.replace("&#39;", "'") or (
        sentence in page.html
    )
    assert session.scalars(select(LetterTemplate)).all() == []


def test_rubbish_is_no_template_and_a_name_is_used_once(browser, session, partners):
    browser.sign_in("manager")
    assert _add_template(browser, b"rubbish").error_at("upload")
    assert _add_template(browser, b"").error_at("upload")
    _add_template(browser, _template("{{ title }}"))
    page = _add_template(browser, _template("{{ title }}"), name="INVITATION")
    assert page.error_at("name") == "There is a template with this name. Choose another"


def test_a_letter_needs_its_template_and_is_not_too_long(browser, session, partners, monkeypatch):
    browser.sign_in("manager")
    _add_template(browser, _template("{{ title }}"))
    page = ask(browser, "people", columns=["title"], file_format="letter")
    assert page.error_at("template_id") == "Choose the template to fill"
    monkeypatch.setattr(letters, "MOST_LETTERS", 0)
    [template_id] = session.scalars(select(LetterTemplate.id))
    page = ask(browser, "people", columns=["title"], file_format="letter", template_id=template_id)
    assert "at most 500 letters" in page.error_at("template_id")
    assert session.scalars(select(Export)).all() == []


def test_what_hides_for_two_reasons_is_left_out_of_a_long_list_once(app, session, acting):
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    TaskFactory(subject_id=secret.id, visibility=Visibility.MANAGERS)
    TaskFactory(subject_id=secret.id)
    TaskFactory()
    acting(UserFactory(role=Role.MANAGER))
    with app.test_request_context():
        tasks = Listing(registry.kinds["task"], MultiDict())
        assert gathering.withheld(tasks, TEAM, most=3) == {gathering.CONFIDENTIAL: 2}
        assert gathering.withheld(tasks, TEAM) == {gathering.CONFIDENTIAL: 2}


def test_what_was_left_out_is_counted_without_keeping_anybody_from_writing(
    browser, session, partners, monkeypatch
):
    PersonFactory(name="Left Alone", objected_on=now().date())
    browser.sign_in("manager")
    ask(browser, "people", columns=["title"])
    count, reads_only = gathering.withheld, []

    def noted(*arguments):
        reads_only.append(session.info.get("read_only"))
        return count(*arguments)

    monkeypatch.setattr(gathering, "withheld", noted)
    run_due()
    assert reads_only == [True]
    assert not session.info.get("read_only")
    assert session.scalars(select(Export.withheld)).all() == [{"objected": 1}]


def test_what_was_left_out_is_counted_afterwards_and_shown(browser, session, partners):
    PersonFactory(name="At Risk", is_at_risk=True, visibility=Visibility.MANAGERS)
    PersonFactory(name="Left Alone", objected_on=now().date(), country="IT")
    PersonFactory(name="Elsewhere", objected_on=now().date(), country="FR")
    browser.sign_in("manager")
    ask(browser, "people?country=IT", columns=["title"])
    run_due()
    export = session.scalars(select(Export)).one()
    assert export.withheld == {"objected": 1}
    page = browser.get(f"/exports/{export.id}")
    assert "People who objected to the use of their data: 1" in page.text
