"""The stage of a declaration: managers move it, and its deadline closes it."""

from datetime import date, datetime, timedelta

from crm.core.clock import PARIS, now, today
from crm.core.i18n import _l
from crm.declarations.models import Declaration, Stage
from crm.records.models import Deadline
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


def stage_now(declaration: Declaration) -> Stage:
    """Return how far a declaration has come at this moment: its deadline closes it to the hour."""
    stage = stage_on(declaration, today())
    end = closes_at(declaration)
    return Stage.CLOSED if stage is Stage.OPEN and end is not None and end <= now() else stage


def closes_at(declaration: Declaration) -> datetime | None:
    """Return until when one signs in time: the last of the deadlines that are not soft (R-7.4)."""
    ends = [each.ends_at() for each in declaration.signing_deadlines if not each.is_soft]
    return max((end for end in ends if end is not None), default=None)


def last_deadline(declaration: Declaration) -> Deadline | None:
    """Return the deadline signatories are told: the last one that holds, else the last soft."""
    dated = [(each.ends_at(), each) for each in declaration.signing_deadlines]
    known = [(not each.is_soft, end, each.id, each) for end, each in dated if end is not None]
    return max(known)[-1] if known else None


def facts_of(declaration: Declaration) -> Facts:
    """Return what the rules ask of a declaration; a soft deadline closes nothing (R-7.4)."""
    events = {}
    if declaration.stage is Stage.OPEN:  # Only then does its deadline matter.
        end = closes_at(declaration)
        if end is not None:
            # In Paris, where midnight in New York is the morning of the next day.
            last_day = (end - timedelta(seconds=1)).astimezone(PARIS).date()
            events["deadline"] = last_day + timedelta(days=1)
    return Facts(events, frozenset({f"stage_{declaration.stage.value}"}))
