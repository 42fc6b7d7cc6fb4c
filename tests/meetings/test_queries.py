"""What meetings answer, without a page."""

from crm.core.partial_date import PartialDate
from crm.meetings import queries
from crm.meetings.models import AttendanceStatus, MeetingKind, OrganiserRole
from tests.factories.meetings import AttendanceFactory, MeetingFactory, OrganiserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


def day(number, month=3):
    return PartialDate(2026, month, number)


def names(session, statement):
    return [each.title for each in session.scalars(statement)]


def test_a_series_has_its_meetings_the_newest_first(session):
    series = MeetingFactory(name="Plénières", meeting_kind=MeetingKind.SERIES, starts=None)
    for year in (2024, 2026, 2025):
        MeetingFactory(name=f"Plénière {year}", series_id=series.id, starts=PartialDate(year))
    MeetingFactory(name="Autre")
    assert names(session, queries.occurrences_of(series)) == [
        "Plénière 2026",
        "Plénière 2025",
        "Plénière 2024",
    ]


def test_the_meeting_before_is_the_last_one_of_the_same_series(session):
    series = MeetingFactory(meeting_kind=MeetingKind.SERIES, starts=None)
    made = [MeetingFactory(series_id=series.id, starts=day(number)) for number in (1, 9, 17)]
    MeetingFactory(starts=day(10))
    assert session.scalar(queries.previous_occurrence(made[2])) is made[1]
    assert session.scalar(queries.previous_occurrence(made[0])) is None


def test_a_meeting_of_no_series_or_without_a_date_has_none_before_it(session):
    series = MeetingFactory(meeting_kind=MeetingKind.SERIES, starts=None)
    MeetingFactory(starts=day(1))
    MeetingFactory(series_id=series.id, starts=day(1))
    alone = MeetingFactory(starts=day(2))
    undated = MeetingFactory(series_id=series.id, starts=None)
    assert session.scalar(queries.previous_occurrence(alone)) is None
    assert session.scalar(queries.previous_occurrence(undated)) is None


def test_organisers_come_with_their_role(session):
    meeting = MeetingFactory()
    host = OrganisationFactory(name="Ville")
    OrganiserFactory(meeting_id=meeting.id, organisation_id=host.id, role=OrganiserRole.HOST)
    found = session.scalars(queries.organisers_of(meeting)).all()
    assert [(each.organisation.title, each.role) for each in found] == [
        ("Ville", OrganiserRole.HOST)
    ]


def test_those_who_declined_or_stayed_away_are_not_expected(session):
    meeting = MeetingFactory()
    for status in AttendanceStatus:
        AttendanceFactory(meeting_id=meeting.id, status=status)
    found = {each.status.value for each in session.scalars(queries.expected_at(meeting))}
    assert found == {"invited", "accepted", "tentative", "registered", "attended", "remote"}


def test_people_come_before_groups_and_groups_before_organisations_by_name(session):
    meeting = MeetingFactory()
    here = {"meeting_id": meeting.id}
    for name in ("Zora", "Ada"):
        AttendanceFactory(**here, person_id=PersonFactory(name=name).id)
    AttendanceFactory(**here, person_id=None, category="researchers", headcount=5)
    for name in ("Zeta", "Alpha", "Mu"):
        AttendanceFactory(**here, person_id=None, organisation_id=OrganisationFactory(name=name).id)
    found = [
        (each.person or each.organisation).title if not each.category else each.category
        for each in session.scalars(queries.attendance_of(meeting))
    ]
    assert found == ["Ada", "Zora", "researchers", "Alpha", "Mu", "Zeta"]


def test_the_meetings_both_were_at_are_found_by_person_and_by_organisation(session):
    one, other, body = PersonFactory(), PersonFactory(), OrganisationFactory()
    both = MeetingFactory(name="Ensemble")
    AttendanceFactory(meeting_id=both.id, person_id=one.id)
    AttendanceFactory(meeting_id=both.id, person_id=other.id, organisation_id=body.id)
    AttendanceFactory(person_id=one.id)
    assert names(session, queries.shared_meetings(one.id, other.id)) == ["Ensemble"]
    assert names(session, queries.shared_meetings(one.id, body.id)) == ["Ensemble"]


def test_meetings_without_attendance_are_those_that_took_place_and_no_series(session):
    before, after = day(1).first_day, day(20).first_day
    noted = MeetingFactory(name="Notée", starts=day(3))
    AttendanceFactory(meeting_id=noted.id, status=AttendanceStatus.ATTENDED)
    open_one = MeetingFactory(name="Ouverte", starts=day(4))
    AttendanceFactory(meeting_id=open_one.id, status=AttendanceStatus.REGISTERED)
    MeetingFactory(name="Plus tard", starts=day(25))
    MeetingFactory(name="Une série", starts=day(5), meeting_kind=MeetingKind.SERIES)
    assert names(session, queries.without_attendance(before, after)) == ["Ouverte"]
