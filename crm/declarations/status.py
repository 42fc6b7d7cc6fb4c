"""The stage of a declaration: managers move it, and its deadline closes it."""

from datetime import date, timedelta

from crm.core.i18n import _l
from crm.declarations.models import Declaration, Stage
from crm.statuses.book import status_of
from crm.statuses.engine import Facts
from crm.statuses.subjects import StatusSubject

SUBJECT = StatusSubject(
    name="declaration",
    statuses=Stage,
    events={"deadline": _l("the day after the last deadline to sign")},
    conditions={f"stage_{stage.value}": stage.label for stage in Stage},
)


def stage_on(declaration: Declaration, day: date) -> Stage:
    """Return how far a declaration has come on a day."""
    return Stage(status_of(SUBJECT.name, facts_of(declaration), day))


def facts_of(declaration: Declaration) -> Facts:
    """Return what the rules ask of a declaration; a soft deadline closes nothing (R-7.4)."""
    events = {}
    if declaration.stage is Stage.OPEN:  # Only then does its deadline matter.
        days = [deadline.day.last_day for deadline in declaration.closing_deadlines if deadline.day]
        if days:
            events["deadline"] = max(days) + timedelta(days=1)
    return Facts(events, frozenset({f"stage_{declaration.stage.value}"}))
