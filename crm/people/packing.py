"""What people put into a briefing pack: whom we know at each organisation."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Lines, Value
from crm.people import queries
from crm.records import queries as records
from crm.records.packing import PackContext, PackTable, Rows

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
        said = f" [{person.pronunciation}]" if person.pronunciation else ""
        name = context.link(person)
        rows[position.organisation_id].append(
            [
                Lines([name, said.strip()]) if said and name else name,
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
