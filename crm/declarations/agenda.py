"""What declarations put on calendars: their deadlines."""

from collections.abc import Iterator

from crm.core.db import db
from crm.declarations.models import Declaration
from crm.documents.ics import CalendarEvent
from crm.records import queries as records
from crm.records.agenda import deadline_event, first_day


def events(user_id: int) -> Iterator[CalendarEvent]:
    """Return what must be done by a day for a declaration."""
    for deadline, declaration in db.session.execute(
        records.deadlines_since(Declaration, first_day())
    ):
        if (due := deadline_event(deadline, declaration)) is not None:
            yield due
