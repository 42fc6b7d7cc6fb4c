"""Counting and asking, for any people at any meeting."""

from hypothesis import given
from hypothesis import strategies as st

from crm.coming.analysis import (
    Noted,
    Question,
    figures,
    groups,
    keeps,
    largest,
)
from crm.core.partial_date import PartialDate
from crm.meetings.models import Attendance, AttendanceRole, AttendanceStatus, Meeting
from crm.organisations.models import Organisation, OrganisationKind

ORGANISATIONS = [
    Organisation(id=number, organisation_kind=kind, country=country, name=f"Refuge {number}")
    for number, (kind, country) in enumerate(
        [
            (OrganisationKind.NGO, "FR"),
            (OrganisationKind.MINISTRY, "ES"),
            (OrganisationKind.NGO, None),
        ],
        start=1,
    )
]
EARLIER = Meeting(id=7, name="Atelier")


@st.composite
def noted(draw):
    """Draw somebody noted at a meeting."""
    organisation = draw(st.sampled_from([None, *ORGANISATIONS]))
    is_person = draw(st.booleans())
    attendance = Attendance(
        id=draw(st.integers(1, 10**6)),
        person_id=draw(st.integers(100, 120)) if is_person else None,
        status=draw(st.sampled_from(AttendanceStatus)),
        role=AttendanceRole.PARTICIPANT,
        days=draw(st.none() | st.lists(st.integers(1, 3), max_size=3)),
    )
    attendance.organisation = organisation
    attendance.organisation_id = organisation.id if organisation else None
    if not is_person:
        attendance.category = draw(st.none() | st.just("press"))
        attendance.headcount = draw(st.none() | st.integers(1, 50))
        attendance.countries = draw(st.sampled_from([None, ["IT"], ["IT", "PT"]]))
    return Noted(
        attendance,
        is_counted=draw(st.booleans()),
        last_seen=draw(st.sampled_from([None, EARLIER])),
        is_unseen=draw(st.booleans()),
    )


EVERYBODY = st.lists(noted(), max_size=20)
DAY = st.none() | st.integers(1, 3)
QUESTIONS = st.builds(
    Question,
    is_first=st.booleans(),
    is_counted=st.booleans(),
    is_present=st.booleans(),
    is_group=st.booleans(),
    unseen_since=st.sampled_from([None, PartialDate(2025)]),
    on_day=DAY,
    not_on_day=DAY,
    status=st.none() | st.sampled_from(AttendanceStatus),
    country=st.sampled_from([None, "FR", "ES", "IT", "several", "none"]),
    kind=st.sampled_from([None, "ngo", "ministry", "none"]),
    organisation=st.sampled_from([None, 1, 2]),
)


def kept(question, everybody):
    return [each for each in everybody if keeps(question, each)]


@given(EVERYBODY)
def test_nothing_asked_keeps_everybody(everybody):
    assert kept(Question(), everybody) == everybody


@given(EVERYBODY, QUESTIONS, QUESTIONS)
def test_every_filter_leaves_a_part_of_what_was_there(everybody, one, other):
    found = kept(one, everybody)
    assert [each for each in everybody if each in found] == found or len(found) <= len(everybody)
    assert all(any(each is one_of for one_of in everybody) for each in found)
    both = kept(other, found)
    assert both == kept(one, kept(other, everybody))


@given(EVERYBODY)
def test_those_here_for_the_first_time_and_those_who_return_are_all_who_have_a_name(everybody):
    first = kept(Question(is_first=True), everybody)
    returning = [each for each in everybody if each.party_id and each.last_seen]
    unnamed = [each for each in everybody if each.party_id is None]
    assert len(first) + len(returning) + len(unnamed) == len(everybody)
    assert not any(each in unnamed for each in first)


@given(EVERYBODY, st.integers(1, 3))
def test_on_a_day_and_not_on_it_are_all_whose_days_are_noted(everybody, day):
    there = kept(Question(on_day=day), everybody)
    away = kept(Question(not_on_day=day), everybody)
    dated = [each for each in everybody if each.attendance.days]
    assert len(there) + len(away) == len(dated)
    assert kept(Question(on_day=day, not_on_day=day), everybody) == []


@given(EVERYBODY)
def test_groups_add_up_to_the_figures_whatever_they_have_in_common(everybody):
    found = figures(everybody)
    for key in ("country", "kind"):
        laid_out = groups(everybody, lambda each, key=key: getattr(each, key))
        assert sum(group.people for group in laid_out) == found.people
        ids = set().union(*(group.organisation_ids for group in laid_out))
        assert len(ids) == found.organisations
        sizes = [group.people for group in laid_out if group.is_stated]
        assert sizes == sorted(sizes, reverse=True)
    assert found.in_groups <= found.people
    assert sum(found.by_status.values()) == len(everybody)


@given(EVERYBODY, st.sampled_from(AttendanceStatus))
def test_the_figure_of_a_status_is_the_length_of_the_list_it_opens(everybody, status):
    assert figures(everybody).by_status[status] == len(kept(Question(status=status), everybody))


@given(EVERYBODY)
def test_a_group_holds_those_its_link_opens(everybody):
    for group in groups(everybody, lambda each: each.country):
        opened = kept(Question(country=group.key, is_counted=True), everybody)
        assert sum(each.heads for each in opened) == group.people
        named = {each.attendance.organisation_id for each in opened} - {None}
        assert named == group.organisation_ids


@given(EVERYBODY)
def test_none_is_larger_than_the_largest(everybody):
    found = groups(everybody, lambda each: each.kind)
    most = largest(found, lambda group: group.people)
    assert bool(most) is bool(found)
    assert all(most[0].people >= group.people for group in found)
