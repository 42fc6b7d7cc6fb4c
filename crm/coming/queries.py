"""Questions about those who come to meetings. Each returns a statement; the caller fetches.

Those at a meeting are named to the database by the meeting, not by their ids: however many they
are, each question is one statement.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm.accounts.models import User
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.interactions.models import Interaction, Participant
from crm.meetings.models import PRESENT, Attendance, Meeting
from crm.records.models import RECORDS, Record

PARTIES: tuple[Any, ...] = (Attendance.person_id, Attendance.organisation_id)
"""Who can be at a meeting under a name."""


def parties_at(meeting: Meeting, party: InstrumentedAttribute[int | None]) -> Select[int | None]:
    """Return the ids of the people noted at a meeting, or of the organisations noted alone."""
    here = aliased(Attendance)
    column = getattr(here, party.key)
    query = select(column).where(here.meeting_id == meeting.id, column.is_not(None))
    if party is Attendance.person_id:
        return query
    return query.where(here.person_id.is_(None), here.category.is_(None))


def acquaintances(meeting: Meeting) -> Select[int, int, str, int, PartialDate]:
    """Return who of us had exchanges with those at a meeting.

    Each row is the id of the person or organisation, id and name of the one of us, how many
    exchanges, and when the last one was.
    """
    return (
        select(
            Participant.record_id,
            User.id,
            User.name,
            func.count(Interaction.id),
            func.max(Interaction.happened),
        )
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .join(User, User.id == Interaction.created_by_id)
        .where(_takes_part(meeting))
        .group_by(Participant.record_id, User.id, User.name)
    )


def _takes_part(meeting: Meeting) -> ColumnElement[bool]:
    return sa.or_(
        *(Participant.record_id.in_(parties_at(meeting, party)) for party in PARTIES),
    )


def last_presences(
    meeting: Meeting, party: InstrumentedAttribute[int | None]
) -> Select[int, Meeting]:
    """Return at which earlier meeting the people, or organisations, at a meeting were last."""
    ranked = (
        select(
            party.label("party_id"),
            Attendance.meeting_id,
            func.row_number()
            .over(partition_by=party, order_by=(Meeting.starts.desc(), Meeting.id.desc()))
            .label("place"),
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            party.in_(parties_at(meeting, party)),
            Attendance.status.in_(PRESENT),
            _is_earlier(meeting),
        )
        .subquery()
    )
    return (
        select(ranked.c.party_id, Meeting)
        .join(Meeting, Meeting.id == ranked.c.meeting_id)
        .where(ranked.c.place == 1)
    )


def _is_earlier(meeting: Meeting) -> ColumnElement[bool]:
    """Tell whether a meeting was before another one; before today where that has no date."""
    if meeting.starts is None:
        return sa.and_(Meeting.id != meeting.id, Meeting.starts <= PartialDate.of(today()))
    return Meeting.starts < meeting.starts


def present_since(
    meeting: Meeting, party: InstrumentedAttribute[int | None], day: date
) -> Select[int | None]:
    """Return who of those at a meeting may have been at another one since a day."""
    return (
        select(party)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            party.in_(parties_at(meeting, party)),
            Attendance.meeting_id != meeting.id,
            Attendance.status.in_(PRESENT),
            _may_be_since(Meeting.starts, day),
        )
        .distinct()
    )


def in_touch_since(meeting: Meeting, day: date) -> Select[int]:
    """Return with whom of those at a meeting we may have had an exchange since a day."""
    return (
        select(Participant.record_id)
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .where(_takes_part(meeting), _may_be_since(Interaction.happened, day))
        .distinct()
    )


def _may_be_since(dated: Any, day: date) -> ColumnElement[bool]:
    """Tell whether a partial date may mean a day from this one on: "2025" may, of June 2025."""
    return sa.type_coerce(dated, sa.String).concat("~") >= day.isoformat()


def with_presence(series: Meeting) -> Select[int]:
    """Return the ids of the meetings of a series of which somebody has noted who came."""
    return (
        select(Attendance.meeting_id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.series_id == series.id, Attendance.status.in_(PRESENT))
        .distinct()
    )


def entries_at(meeting_ids: Sequence[int]) -> Select[Any]:
    """Return who is noted at these meetings, with the titles and sort keys of both.

    An attendance is seen only where all it names is: the tables joined to it need no filter.
    """
    person, organisation = RECORDS.alias(), RECORDS.alias()
    return (
        select(
            Attendance.meeting_id,
            Attendance.person_id,
            Attendance.organisation_id,
            Attendance.status,
            Attendance.role,
            Attendance.headcount,
            person.c.title.label("person_title"),
            person.c.sort_key.label("person_key"),
            organisation.c.title.label("organisation_title"),
            organisation.c.sort_key.label("organisation_key"),
        )
        .outerjoin(person, person.c.id == Attendance.person_id)
        .outerjoin(organisation, organisation.c.id == Attendance.organisation_id)
        .where(Attendance.meeting_id.in_(meeting_ids))
        .order_by(Attendance.id)
    )


def with_ids(record_ids: Sequence[int]) -> Select[Record]:
    """Return the records with these ids."""
    return select(Record).where(Record.id.in_(record_ids))
