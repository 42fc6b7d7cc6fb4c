"""Names that may not leave: looked for in every file, of every list, for all readers."""

from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from werkzeug.datastructures import MultiDict

from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.exports.files import ListFile
from crm.exports.models import ExportFormat
from crm.records.audience import Audience
from crm.records.kinds import registry
from crm.records.listing import Listing
from crm.records.models import ContactPoint, Visibility
from crm.records.services import trash
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory, OrganiserFactory
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory

FORMATS = ("csv", "xlsx", "ods", "standard", "json", "vcard", "workbook")


@pytest.fixture(autouse=True)
def kept_files(session, tmp_path):
    info = Base.metadata.info
    before = info["files_dir"]
    info["files_dir"] = tmp_path
    yield tmp_path / "exports"
    info["files_dir"] = before


@pytest.fixture
def world(session):
    """Around an open organisation and network: people and records of which no file may speak."""
    lamp = OrganisationFactory(name="Lamp", country="IT")
    network = NetworkFactory(name="Relais")
    ida = PersonFactory(name="Ida Ferry")
    PositionFactory(person_id=ida.id, organisation_id=lamp.id, title="Director")
    people = [
        PersonFactory(name="Leftalone Objected", family_name="Leftalone", objected_on=now().date()),
        PersonFactory(name="Atrisk One", is_at_risk=True, visibility=Visibility.MANAGERS),
        PersonFactory(name="Knowntofew One", visibility=Visibility.MANAGERS),
        PersonFactory(name="Trashed Person"),
    ]
    places = [
        OrganisationFactory(name="Secretplace", visibility=Visibility.MANAGERS, country="IT"),
        OrganisationFactory(name="Trashedplace", country="IT"),
    ]
    meeting = MeetingFactory(name="Plenary", starts=PartialDate(2026, 5, 4), network_id=network.id)
    declaration = DeclarationFactory(name="Appeal")
    project = ProjectFactory(name="Common project")
    group = WorkingGroupFactory(network_id=network.id, name="Group")
    for person in people:
        PositionFactory(person_id=person.id, organisation_id=lamp.id, title=f"T{person.name}")
        MembershipFactory(member_id=person.id, network_id=network.id)
        AttendanceFactory(meeting_id=meeting.id, person_id=person.id, organisation_id=lamp.id)
        SignatureFactory(
            declaration_id=declaration.id, signatory_id=person.id, displayed_name=person.name
        )
        exchange = exchange_with(person, lamp, subject="Call")
        if person is not people[-1]:  # The trash takes what is about somebody, not its words.
            TaskFactory(name=f"Call {person.name} back", subject_id=exchange.id)
        exchange_with(lamp, about=(person,), subject="Talk")
        TaskFactory(name="Write", subject_id=person.id)
        MandateFactory(
            network_id=network.id,
            organisation_id=lamp.id,
            person_id=person.id,
            working_group_id=group.id,
        )
        db.session.add(
            ContactPoint(record_id=person.id, kind="email", value=f"{person.name.split()[0]}@x.org")
        )
    for place in places:
        PositionFactory(person_id=ida.id, organisation_id=place.id, title=f"T{place.name}")
        MembershipFactory(member_id=place.id, network_id=network.id)
        MembershipFactory(member_id=lamp.id, network_id=place.id)
        MeetingFactory(name="Other", starts=PartialDate(2026, 5, 4), network_id=place.id)
        OrganiserFactory(meeting_id=meeting.id, organisation_id=place.id)
        AttendanceFactory(meeting_id=meeting.id, organisation_id=place.id)
        SignatureFactory(
            declaration_id=declaration.id, signatory_id=place.id, displayed_name=place.name
        )
        InvolvementFactory(project_id=project.id, organisation_id=place.id, role="coordinator")
        exchange_with(place, ida, subject="Call")
        TaskFactory(name="Write", subject_id=place.id)
        db.session.add_all(
            [
                ContactPoint(record_id=place.id, kind="address", value=f"1 {place.name} Street"),
                ContactPoint(
                    record_id=ida.id,
                    kind="email",
                    value=f"ida@{place.name}.org",
                    at_organisation_id=place.id,
                ),
            ]
        )
    db.session.add_all(
        [
            ContactPoint(record_id=lamp.id, kind="address", value="PrivateHome", is_private=True),
            ContactPoint(record_id=lamp.id, kind="email", value="PrivateMail@x", is_private=True),
            ContactPoint(record_id=ida.id, kind="phone", value="PrivatePhone", is_private=True),
        ]
    )
    ida.good_to_know = "PrivateNote"
    session.flush()
    trash(people[-1])
    trash(places[-1])
    session.flush()
    return {each.title.split()[0]: each.id for each in (*people, *places, lamp, ida, meeting)}


def words(content):
    """Return everything that a file says, whatever it is packed in."""
    if not is_zipfile(BytesIO(content)):
        return content.decode("utf-8", "replace")
    with ZipFile(BytesIO(content)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


NEVER = ("Leftalone", "Atrisk", "Trashed", "Private")
CONFIDENTIAL = ("Knowntofew", "Secretplace")


def made(browser, kind, file_format, audience, confidential=False, query=""):
    values = {
        "audience": audience.value,
        "file_format": file_format,
        "columns": list(registry.columns_of(kind)),
        "reason": "For the forum",
    }
    if confidential:
        values["with_confidential"] = "y"
    page = browser.post(f"/exports/new/{kind.path}{query}", values)
    if not page.response.headers.get("Content-Disposition"):
        return ""
    return words(page.response.get_data())


@pytest.mark.parametrize("file_format", FORMATS)
def test_no_file_of_any_list_names_who_may_not_leave(browser, world, file_format):
    browser.sign_in("manager")
    found = []
    for kind in registry.kinds.values():
        for audience in Audience:
            content = made(browser, kind, file_format, audience, confidential=True)
            forbidden = NEVER if audience is Audience.INTERNAL else (*NEVER, *CONFIDENTIAL)
            found += [(kind.name, audience.value, word) for word in forbidden if word in content]
    assert not found


def test_what_the_team_sees_is_all_that_leaves_unless_somebody_says_so(browser, world):
    browser.sign_in("manager")
    for kind in registry.kinds.values():
        content = made(browser, kind, "csv", Audience.INTERNAL)
        assert not [word for word in (*NEVER, *CONFIDENTIAL) if word in content], kind.name


def test_what_the_list_asked_for_names_nobody_either(app, world):
    """The filters stand in the file as words: it is read by others than who chose them."""
    found = []
    with app.test_request_context():
        for kind in registry.kinds.values():
            for key, each in registry.filters_of(kind).items():
                if each.kind != "record":
                    continue
                for name in ("Leftalone", "Atrisk", "Knowntofew", "Secretplace", "Ida"):
                    listing = Listing(kind, MultiDict([(key, str(world[name]))]))
                    notes = {
                        audience: ListFile(
                            listing, [], ExportFormat.XLSX, audience, author="", language="en"
                        ).note
                        for audience in Audience
                    }
                    assert not notes[Audience.PARTNER]
                    assert not notes[Audience.PUBLIC]
                    assert (name in notes[Audience.INTERNAL]) is (name == "Ida")
                    found.append(key)
    assert len(found) > 20


def test_what_hides_with_somebody_is_counted_and_said(browser, world):
    browser.sign_in("manager")
    page = browser.get("/exports/new/interactions")
    assert (
        "Because of whom they name – People who objected to the use of their data: 2" in page.text
    )


def test_a_workbook_is_for_the_team_alone_from_the_command_line_too(app, world, tmp_path):
    """Its linked sheets name no readers whom they may reach."""
    for audience in ("partner", "public"):
        done = app.test_cli_runner().invoke(
            args=[
                *("export", "people", "--format", "workbook"),
                *("--audience", audience, "--out", str(tmp_path)),
            ]
        )
        assert done.exit_code == 1
        assert "A workbook is for the team alone" in done.output
    assert not list(tmp_path.glob("*.xlsx"))
