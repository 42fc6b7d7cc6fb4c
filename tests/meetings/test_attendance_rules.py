"""What a status of attendance means and may become: rules that the team edits."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.meetings import services, status
from crm.meetings.models import (
    PRESENT,
    Attendance,
    AttendanceRule,
    AttendanceStatus,
    shipped_attendance_rules,
)
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import WorkingGroupFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

SHIPPED = {each["status"]: each for each in shipped_attendance_rules()}
STATUSES = st.sampled_from(list(AttendanceStatus))


def place(record):
    return f"{record.id}-{record.slug}"


def test_every_status_has_a_rule_that_names_statuses():
    assert set(SHIPPED) == {each.value for each in AttendanceStatus}
    for code, rule in SHIPPED.items():
        assert set(rule["leads_to"]) <= set(SHIPPED) - {code}


def test_counted_are_those_who_said_they_come_and_those_who_were_there():
    counted = {code for code, rule in SHIPPED.items() if rule["is_counted"]}
    assert counted == {"accepted", "registered", "attended", "remote"}


def test_nobody_is_present_by_themselves(session):
    """Every way to presence is a move that a person makes; no date makes one (R-9.7)."""
    attendance = AttendanceFactory(meeting_id=MeetingFactory(starts=PartialDate(2001, 1, 1)).id)
    session.expire_all()
    assert session.get(Attendance, attendance.id).status is AttendanceStatus.REGISTERED


def refusal(attendance, **values):
    """Return at which field a change is refused, if it is."""
    try:
        services.change_attendance(attendance, attendance.version, **values)
    except InvalidValue as refused:
        return refused.field
    return None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(STATUSES, st.booleans()), max_size=12), first=STATUSES)
def test_whatever_is_asked_only_allowed_moves_are_made(session, moves, first):
    with session.begin_nested() as savepoint:
        attendance = services.add_attendance(
            meeting_id=MeetingFactory().id, person_id=PersonFactory().id, status=first
        )
        for wanted, at_distance in moves:
            before = attendance.status
            refused_at = refusal(attendance, status=wanted, is_remote=at_distance)
            may_become = wanted is before or wanted.value in SHIPPED[before.value]["leads_to"]
            assert refused_at == (None if may_become else "status")
            if may_become:
                assert attendance.status is wanted or {attendance.status, wanted} <= set(PRESENT)
            else:
                assert attendance.status is before
            if attendance.status in PRESENT:
                assert attendance.is_remote == (attendance.status is AttendanceStatus.REMOTE)
        savepoint.rollback()


def test_a_form_offers_what_a_status_may_become(browser, session):
    meeting = MeetingFactory()
    attendance = AttendanceFactory(meeting_id=meeting.id, status=AttendanceStatus.ATTENDED)
    browser.sign_in("contributor")
    address = {"place": place(meeting), "part_name": "attendances", "part_id": attendance.id}
    page = browser.get("meetings.edit_part", **address)
    offered = page.select("//select[@name='status']/option/@value")
    assert set(offered) == {"attended", "remote", "apologies", "no_show"}
    data = {"version": "1", "status": "invited", "role": "participant"}
    data["person_id"] = f"id:{attendance.person_id}"
    page = browser.post("meetings.edit_part", data=data, **address)
    assert "“Attended” does not become “Invited”. Choose among: Attended at a distance" in (
        page.error_at("status")
    )
    session.expire_all()
    assert session.get(Attendance, attendance.id).status is AttendanceStatus.ATTENDED


def test_managers_decide_who_counts_and_what_follows(browser, session):
    attendance = AttendanceFactory(status=AttendanceStatus.TENTATIVE)
    assert not status.is_counted(attendance)
    rule = session.scalars(select(AttendanceRule).filter_by(status="tentative")).one()
    address = {"name": "attendance-statuses", "value_id": rule.id}
    browser.sign_in("manager")
    assert "Tentative" in browser.get("lists.edit", **address).title
    data = {"version": "1", "is_counted": "y", "is_active": "y", "position": "30"}
    browser.post("lists.edit", data={**data, "leads_to": ["accepted"]}, **address)
    session.expire_all()
    session.info.pop("attendance_rules", None)
    assert status.is_counted(attendance)
    assert status.offered(AttendanceStatus.TENTATIVE) == [
        AttendanceStatus.TENTATIVE,
        AttendanceStatus.ACCEPTED,
    ]
    with pytest.raises(InvalidValue):
        services.change_attendance(attendance, 1, status=AttendanceStatus.DECLINED)


def test_attended_cannot_be_put_out_of_use_and_nothing_is_added(browser, session):
    rule = session.scalars(select(AttendanceRule).filter_by(status="attended")).one()
    browser.sign_in("manager")
    address = {"name": "attendance-statuses", "value_id": rule.id}
    page = browser.post("lists.edit", data={"version": "1", "position": "60"}, **address)
    assert "“Attended” must stay in use" in page.text
    assert browser.get("lists.create", name="attendance-statuses").status == 404
    assert browser.sign_in("contributor").get("lists.edit", **address).status == 403


def test_a_code_that_is_no_status_is_refused(browser, session):
    rule = session.scalars(select(AttendanceRule).filter_by(status="invited")).one()
    browser.sign_in("manager")
    data = {"version": "1", "position": "10", "is_active": "y", "leads_to": "world peace"}
    page = browser.post("lists.edit", data=data, name="attendance-statuses", value_id=rule.id)
    assert page.errors()


def test_days_and_the_working_group_are_those_of_the_meeting(browser, session):
    network = OrganisationFactory(organisation_kind="network")
    group = WorkingGroupFactory(network_id=network.id)
    other = WorkingGroupFactory()
    meeting = MeetingFactory(
        starts=PartialDate(2026, 11, 12), ends=PartialDate(2026, 11, 13), network_id=network.id
    )
    browser.sign_in("contributor")
    here = {"place": place(meeting), "part_name": "attendances"}
    page = browser.get("meetings.add_part", **here)
    assert page.select("//input[@name='days']/@value") == ["1", "2"]
    assert "Day 2 (13 Nov)" in page.text
    assert page.select("//select[@name='working_group_id']/option/@value") == ["", str(group.id)]
    data = {
        "person_id": f"id:{PersonFactory().id}",
        "status": "attended",
        "role": "participant",
        "days": ["2"],
        "working_group_id": str(group.id),
    }
    browser.post("meetings.add_part", data=data, **here)
    stored = session.scalars(select(Attendance)).one()
    assert (stored.days, stored.working_group_id) == ([2], group.id)
    for wrong in ({"days": ["3"]}, {"working_group_id": str(other.id)}):
        person = {"person_id": f"id:{PersonFactory().id}"}
        page = browser.post("meetings.add_part", data={**data, **person, **wrong}, **here)
        assert page.errors()
    assert len(session.scalars(select(Attendance)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": [2]}, "days"),
        ({"days": [0]}, "days"),
        ({"working_group_id": 1}, "working_group_id"),
    ],
)
def test_a_service_refuses_what_the_meeting_does_not_have(session, values, field):
    with pytest.raises(InvalidValue) as refused:
        services.add_attendance(
            meeting_id=MeetingFactory().id, person_id=PersonFactory().id, **values
        )
    assert refused.value.field == field


def test_a_meeting_of_a_working_group_is_one_of_its_network(browser, session):
    group = WorkingGroupFactory()
    meeting = services.create_meeting(name="Core group", working_group_id=group.id)
    assert meeting.network_id == group.network_id
    with pytest.raises(InvalidValue) as refused:
        services.create_meeting(
            name="Other", working_group_id=group.id, network_id=OrganisationFactory().id
        )
    assert refused.value.field == "working_group_id"


@pytest.mark.parametrize(
    ("starts", "ends", "days"),
    [
        (None, None, 1),
        (PartialDate(2026, 11, 12), None, 1),
        (PartialDate(2026, 11, 12), PartialDate(2026, 11, 12), 1),
        (PartialDate(2026, 11, 12), PartialDate(2026, 11, 14), 3),
        (PartialDate(2026, 11), PartialDate(2026, 12), 1),
        (PartialDate(2026, 1, 1), PartialDate(2026, 12, 31), 31),
    ],
)
def test_the_days_of_a_meeting_are_counted_where_they_are_known(starts, ends, days):
    assert len(MeetingFactory.build(starts=starts, ends=ends).day_numbers) == days
