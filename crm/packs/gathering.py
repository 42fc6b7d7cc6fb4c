"""Gathers what the features contribute to a pack, for one pair of eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import covers
from crm.core.principal import Principal
from crm.core.text import sort_key
from crm.documents.model import Facts, Value
from crm.meetings.attendance import dates, place
from crm.meetings.models import Meeting
from crm.meetings.queries import aims_at
from crm.organisations.models import Organisation
from crm.organisations.queries import ourselves
from crm.packs import queries
from crm.packs.composition import TABLE, Composition, Part
from crm.packs.content import to_json
from crm.records.kinds import registry
from crm.records.packing import PackContext
from crm.records.visibility import alone
from crm.saved_views.sources import listing_at
from crm.web.templating import locale_code

MOST_ORGANISATIONS = 200
"""Of a saved view; a pack of more is no pack."""


@dataclass
class Gathered:
    """What was gathered: no rows of the database any more.

    :param organisations: how many the pack tells of.
    :param pieces: by their keys, as JSON holds them.
    :param shown: the ids of the records that are named.
    """

    title: str
    subtitle: str
    organisations: int
    pieces: dict[str, Any] = field(default_factory=dict)
    shown: frozenset[int] = frozenset()


def gather(
    reader: Principal,
    meeting_id: int,
    asked: Composition,
    pieces: Iterable[str],
    *,
    most: int | None = None,
) -> Gathered:
    """Gather some pieces of a pack as the reader may see them.

    :param most: gather nothing where the pack would tell of more organisations.
    :raises LookupError: when the reader does not see the meeting.
    """
    with alone(reader):
        context = _context(meeting_id, asked)
        meeting = context.meeting
        found = Gathered(
            title=meeting.title,
            subtitle=" · ".join(filter(None, (dates(meeting), place(meeting)))),
            organisations=len(context.organisations),
        )
        if most is None or found.organisations <= most:
            for key in pieces:
                found.pieces[key] = _piece(context, asked, key)
        context.note("record", meeting.id)
        found.shown = frozenset(row_id for kind, row_id in context.shown if kind == "record")
        return found


def _context(meeting_id: int, asked: Composition) -> PackContext:
    meeting = db.session.scalar(queries.meeting(meeting_id))
    if meeting is None:
        raise LookupError(meeting_id)
    us = db.session.scalar(ourselves())
    attendances = db.session.scalars(queries.expected(meeting)).all()
    day = meeting.starts.first_day if meeting.starts else today()
    if asked.view is None:
        organisations = _to_meet(meeting, attendances, day)
    else:
        organisations = _of_view(*asked.view)
    return PackContext(
        meeting=meeting,
        attendances=attendances,
        organisations=_by_country(organisations),
        day=day,
        us_id=us.id if us else None,
    )


def _to_meet(meeting: Meeting, attendances: Sequence[Any], day: date) -> list[Organisation]:
    """Return the organisations named, those where people work, those of whom we want something."""
    found: dict[int, Organisation] = {}
    for attendance in attendances:
        if attendance.organisation is not None:
            found[attendance.organisation.id] = attendance.organisation
        elif attendance.person is not None:
            for position in attendance.person.positions:
                organisation = position.organisation
                if organisation is not None and covers(position.since, position.until, day):
                    found[organisation.id] = organisation
    for aim in db.session.scalars(aims_at(meeting)):
        found[aim.organisation_id] = aim.organisation
    return list(found.values())


def _of_view(kind: str, address: str) -> list[Organisation]:
    """Return the organisations of a saved view, as many as a pack can tell of.

    One that lost a filter since means nobody: without it, it would mean everybody.
    """
    listing = listing_at(kind, address)
    if listing.notices:
        return []
    ids = db.session.scalars(listing.ids(MOST_ORGANISATIONS)).all()
    return list(db.session.scalars(queries.organisations_with(ids)))


def _by_country(found: Iterable[Organisation]) -> list[Organisation]:
    kept = [each for each in found if not each.is_us]
    return sorted(
        kept,
        key=lambda each: (
            each.country is None,
            sort_key(country_name(each.country, locale_code()) or ""),
            each.sort_key,
            each.id,
        ),
    )


def _piece(context: PackContext, asked: Composition, key: str) -> Any:
    if key == Part.NOTES:
        return {}
    if key == Part.ORGANISATIONS:
        return [
            {
                "id": each.id,
                "title": each.title,
                "facts": to_json(_identity(context, each, with_note=asked.is_for_managers)),
            }
            for each in context.organisations
        ]
    if key.startswith(TABLE):
        return _table(context, key.removeprefix(TABLE))
    section = next((each for each in registry.pack_sections if each.key == key), None)
    if section is None:
        return {}
    return {"title": str(section.title), "blocks": to_json(section.build(context))}


def _table(context: PackContext, key: str) -> Any:
    table = next(each for each in registry.pack_tables if each.key == key)
    rows = table.rows(context) if context.organisations else {}
    told = set(context.organisation_ids)
    return {
        "title": str(table.title),
        "order": table.order,
        "columns": [str(column) for column in table.columns],
        "empty": str(table.empty),
        "is_spelt_out": table.is_spelt_out,
        # The keys of JSON are texts.
        "rows": {str(each): to_json(lines) for each, lines in rows.items() if each in told},
    }


def _identity(context: PackContext, organisation: Organisation, *, with_note: bool) -> Facts:
    status = organisation.partnership_status
    country = country_name(organisation.country, locale_code())
    rows: list[tuple[str, Value]] = [
        (_("Kind of organisation"), str(organisation.organisation_kind.label)),
        (_("Place"), ", ".join(filter(None, (organisation.city, country)))),
        (_("Partnership"), str(status.label) if status else None),
        (_("Good to know"), organisation.good_to_know if with_note else None),
        (_("Page"), context.link(organisation)),
    ]
    return Facts([(label, value) for label, value in rows if value])
