"""What people put into a briefing pack: whom we know at each organisation, who came and went."""

from collections import defaultdict
from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.documents.model import Lines, Linked, Value
from crm.people import queries
from crm.people.models import Position
from crm.records import queries as records
from crm.records.packing import (
    PackChange,
    PackChanges,
    PackContext,
    PackTable,
    Rows,
    Since,
)

MOST_CONTACTS = 12


def contacts(context: PackContext) -> Rows:
    """Return those who work at each organisation today, the main contacts first."""
    found = db.session.scalars(queries.working_at_any(context.organisation_ids, context.day)).all()
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    kept = []
    for position in found:
        if len(rows[position.organisation_id]) < MOST_CONTACTS:
            rows[position.organisation_id].append([])
            kept.append(position)
    reached: dict[int, list[str]] = defaultdict(list)
    points = records.public_contact_points([position.person_id for position in kept])
    for point in db.session.scalars(points):
        reached[point.record_id].append(point.value)
    rows.clear()
    for position in kept:
        person = position.person
        context.note("position", position.id)
        said = f"[{person.pronunciation}]" if person.pronunciation else ""
        name = context.link(person)
        rows[position.organisation_id].append(
            [
                Lines([name, said]) if said and name else name,
                position.title,
                person.languages,
                Lines(reached[person.id]),
            ]
        )
    return rows


TABLES = (
    PackTable(
        "contacts",
        _l("Contacts"),
        10,
        (_l("Name"), _l("Position"), _l("Languages"), _l("Contact details")),
        contacts,
        _l("Nobody known here yet."),
    ),
)


def changes(context: PackContext, since: Since) -> Sequence[PackChange]:
    """Return who came to the organisations expected, who left them, who does something else now."""
    held: dict[tuple[int, int], list[Position]] = defaultdict(list)
    found = queries.begun_or_ended(context.organisation_ids, since.after, since.until)
    for position in db.session.scalars(found):
        held[position.person_id, position.organisation_id].append(position)
    return [change for positions in held.values() for change in _turns(context, since, positions)]


def _turns(
    context: PackContext, since: Since, positions: Sequence[Position]
) -> Sequence[PackChange]:
    """Return what changed of one person at one organisation: a move within it is one change."""
    begun = [each for each in positions if since.saw_begin(each.since)]
    ended = [each for each in positions if since.saw_end(each.until)]
    if begun and ended:
        old, new = ended[-1], begun[-1]
        told = _("%(old)s, then %(new)s", old=old.title or "–", new=new.title or "–")
        return [_turn(context, new, _("Changed position"), new.since, told)]
    return [
        *(_turn(context, each, _("Arrived"), each.since, each.title) for each in begun),
        *(_turn(context, each, _("Left"), each.until, each.title) for each in ended),
    ]


def _turn(
    context: PackContext,
    position: Position,
    what: str,
    day: PartialDate | None,
    told: str | None,
) -> PackChange:
    context.note("position", position.id)
    where: list[Linked | str] = [
        each for each in (told, context.link(position.organisation)) if each
    ]
    return PackChange(day, what, context.link(position.person), Lines(where))


CHANGES = (PackChanges(10, changes),)
