"""What the features say is due, gathered on behalf of the person who will read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask_babel import force_locale

from crm.accounts.models import User
from crm.core.db import db
from crm.core.principal import Principal, acting_as
from crm.documents.ics import CalendarEvent
from crm.records.agenda import DigestSection
from crm.records.kinds import registry


@contextmanager
def _reading_as(user: User) -> Iterator[None]:
    """Read as the user, in the user's language, nothing that was loaded for somebody else."""
    principal, locale = Principal(user.id, user.permissions), user.locale
    db.session.expunge_all()
    try:
        with acting_as(db.session, principal), force_locale(locale):
            yield
    finally:
        db.session.expunge_all()


def events(user: User) -> list[CalendarEvent]:
    """Return all that is in somebody's calendar."""
    with _reading_as(user):
        return [event for source in registry.calendar for event in source(user.id)]


def sections(user: User, day: date) -> list[DigestSection]:
    """Return what somebody's daily mail says, without the sections that say nothing."""
    with _reading_as(user):
        found = [source(user.id, day) for source in registry.digest]
    return [section for section in found if section is not None and section.lines]
