"""What duties put on calendars and into the daily mail."""

from collections.abc import Iterable
from datetime import date

from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import Precision
from crm.core.principal import principal_of
from crm.documents.ics import CalendarEvent
from crm.duties import queries
from crm.duties.calendar import is_reminded, leads
from crm.duties.models import Duty
from crm.permissions import Permission
from crm.records.agenda import DigestLine, DigestSection


def events(user_id: int) -> Iterable[CalendarEvent]:
    """Return the open duties of the team that are due on a day.

    What is due in a month or a year is left out: a day would be made up.
    """
    for duty in db.session.scalars(queries.dated()):
        if duty.due is None or duty.due.precision is not Precision.DAY or duty.subject is None:
            continue
        who = [user.name for user in (duty.owner, duty.deputy) if user is not None]
        unsure = [_("Date to be confirmed")] if duty.is_unsure else []
        yield CalendarEvent(
            uid=f"duty-{duty.id}",
            start=duty.due.first_day,
            summary=_text(duty),
            url=_page(duty),
            modified=duty.updated_at,
            description="\n".join([*who, *unsure]),
            sequence=duty.version,
        )


def due(user_id: int, day: date) -> DigestSection:
    """Return the duties somebody is reminded of on a day; managers also of those of nobody."""
    principal = principal_of(db.session)
    sees_to_all = principal is not None and principal.can(Permission.NETWORKS_MANAGE)
    lines = []
    for duty in db.session.scalars(queries.dated()):
        if duty.due is None or duty.subject is None or duty.state not in queries.OURS_TO_DO:
            continue
        is_theirs = user_id in (duty.owner_id, duty.deputy_id)
        if not is_theirs and not (duty.owner_id is None and sees_to_all):
            continue
        if is_reminded(
            duty.due, leads(duty.lead_months), is_weekly_at_end=duty.is_weekly_at_end, on=day
        ):
            last_day = duty.due.last_day
            lines.append(DigestLine(_text(duty), _page(duty), last_day, is_late=last_day < day))
    return DigestSection(_("Duties"), lines)


def _text(duty: Duty) -> str:
    return f"{duty.subject.title} · {duty.label}"


def _page(duty: Duty) -> str:
    return f"/records/{duty.subject_id}"
