"""Who came when, and what changed, for any people at any meetings."""

from hypothesis import given
from hypothesis import strategies as st

from crm.coming.series import (
    PRECEDENCE,
    Entry,
    by_organisation,
    by_person,
    compare,
    lay_out,
    there,
)
from crm.meetings.models import PRESENT, AttendanceRole, AttendanceStatus
from crm.meetings.shipped import ATTENDANCE_RULES

COUNTED = {
    AttendanceStatus(status) for status, counted, _expected, _next in ATTENDANCE_RULES if counted
}


def entries(meeting_ids):
    """Draw entries: a person at most once at each meeting."""
    return st.lists(
        st.builds(
            Entry,
            meeting_id=meeting_ids,
            person_id=st.none() | st.integers(1, 8),
            organisation_id=st.none() | st.integers(101, 104),
            status=st.sampled_from(AttendanceStatus),
            role=st.sampled_from(AttendanceRole),
            headcount=st.none() | st.integers(1, 9),
        ),
        max_size=30,
        unique_by=lambda each: (each.meeting_id, each.person_id or object()),
    )


ONE, OTHER = entries(st.just(1)), entries(st.just(2))


def is_counted(status):
    return status in COUNTED


def people(found):
    return {each.person_id for each in found if each.person_id}


def test_every_status_has_its_place_in_a_cell():
    assert sorted(PRECEDENCE) == sorted(AttendanceStatus)
    assert set(PRECEDENCE[:2]) == set(PRESENT)


@given(entries(st.integers(1, 5)))
def test_the_cells_of_the_matrix_add_up_to_the_entries_that_have_a_row(found):
    for row_of in (by_organisation, by_person):
        laid_out = lay_out(found, row_of)
        total = sum(cell.total for line in laid_out.values() for cell in line.cells.values())
        assert total == sum(1 for each in found if row_of(each) is not None)
        for line in laid_out.values():
            came = {
                each.meeting_id for each in found if row_of(each) == line.id and each.is_present
            }
            assert line.times_present == len(came)


@given(ONE, OTHER)
def test_newcomers_and_those_who_stayed_are_all_who_are_there_now(before, after):
    found = compare(before, after, is_counted)
    newcomers, gone = people(found.newcomers), {each.person_id for each, _now in found.gone}
    stayed = people(each.after for each in found.stayed)
    assert newcomers | stayed == people(there(after, is_counted))
    assert gone | stayed == people(there(before, is_counted))
    assert not newcomers & stayed
    assert not gone & stayed
    assert not newcomers & gone


@given(ONE, OTHER)
def test_backwards_newcomers_are_those_who_left(before, after):
    forth, back = compare(before, after, is_counted), compare(after, before, is_counted)
    assert people(forth.newcomers) == {each.person_id for each, _now in back.gone}
    assert list(forth.new_organisations) == list(back.gone_organisations)


@given(ONE)
def test_nothing_changes_from_a_meeting_to_itself(same):
    found = compare(same, same, is_counted)
    assert (found.newcomers, found.gone) == ([], [])
    assert (found.new_organisations, found.gone_organisations) == ([], [])
    assert (found.changed_role, found.changed_organisation) == ([], [])


@given(ONE)
def test_where_nobody_noted_who_came_those_counted_are_compared(noted):
    found = there(noted, is_counted)
    if any(each.is_present for each in noted):
        assert {each.status for each in found} <= set(PRESENT)
    else:
        assert {each.status for each in found} <= COUNTED
