"""What meetings put into files of lists: who came to which meeting."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from crm.core.i18n import _l
from crm.meetings.models import Attendance, Meeting
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.records.filed import LinkedColumn, LinkedSheet, Scope, as_shown


def _attendances(scope: Scope) -> Select[*tuple[Any, ...]]:
    meeting = aliased(Meeting, flat=True)
    person, organisation = aliased(Person, flat=True), aliased(Organisation, flat=True)
    return (
        select(
            meeting.id,
            meeting.title,
            meeting.starts,
            person.id,
            person.title,
            organisation.id,
            organisation.title,
            Attendance.role,
            Attendance.status,
        )
        .select_from(Attendance)
        .join(meeting, meeting.id == Attendance.meeting_id)
        .outerjoin(person, person.id == Attendance.person_id)
        .outerjoin(organisation, organisation.id == Attendance.organisation_id)
        .where(
            or_(
                Attendance.person_id.in_(scope.ids["person"]),
                Attendance.organisation_id.in_(scope.ids["organisation"]),
            ),
            # Of somebody who stands in no file, it is not said either that somebody was there.
            or_(Attendance.person_id.is_(None), person.id.is_not(None)),
        )
        .order_by(meeting.starts.desc(), meeting.id, Attendance.id)
    )


SHEETS = (
    LinkedSheet(
        "meetings",
        _l("Meetings"),
        30,
        (
            LinkedColumn(_l("Number of the meeting")),
            LinkedColumn(_l("Meeting")),
            LinkedColumn(_l("Date"), as_shown),
            LinkedColumn(_l("Number of the person")),
            LinkedColumn(_l("Person")),
            LinkedColumn(_l("Number of the organisation")),
            LinkedColumn(_l("Organisation")),
            LinkedColumn(_l("Role"), as_shown),
            LinkedColumn(_l("Status"), lambda status: status.label),
        ),
        _attendances,
    ),
)
