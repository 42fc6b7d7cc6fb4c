"""How a commitment reads in tables, packs and mails."""

from collections.abc import Sequence
from typing import Any

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.clock import today
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate
from crm.records.kinds import Column, record_link
from crm.web.cells import Chip, lines
from crm.web.templating import locale_code, shown

MONTH, YEAR = 30, 365
"""Days, as near as one says it."""


def is_late(commitment: Commitment) -> bool:
    """Tell whether an open commitment should have been kept by now."""
    return (
        commitment.state is CommitmentState.OPEN
        and commitment.due is not None
        and commitment.due.last_day < today()
    )


def state_chip(commitment: Commitment) -> Chip:
    """Return whether a commitment is open, late, kept or given up, as a chip."""
    if commitment.state is CommitmentState.KEPT:
        return Chip(_("Kept"), "ok", "●")
    if commitment.state is CommitmentState.DROPPED:
        return Chip(_("Given up"), "neutral", "■")
    if is_late(commitment):
        return Chip(_("Late"), "danger", "▲")
    return Chip(_("Open"), "info", "◐")


def direction(commitment: Commitment) -> str:
    """Return who owes it: we, or the partner."""
    return _("We owe") if commitment.debtor is Debtor.US else _("They owe")


def balance(owed: Sequence[tuple[Debtor, PartialDate | None]]) -> str | None:
    """Return how much we owe a partner and they owe us, and since when it is late."""
    ours = sum(debtor is Debtor.US for debtor, _due in owed)
    theirs = len(owed) - ours
    if ours and theirs:
        words = _("We owe %(ours)s, they owe %(theirs)s", ours=ours, theirs=theirs)
    elif ours:
        words = _("We owe %(count)s", count=ours)
    elif theirs:
        words = _("They owe %(count)s", count=theirs)
    else:
        return None
    late = [due for _debtor, due in owed if due is not None and due.last_day < today()]
    if not late:
        return words
    oldest = min(late, key=lambda due: due.last_day).format(locale_code(), "long")
    return _("%(balance)s; the oldest has been due since %(day)s", balance=words, day=oldest)


def _state(commitment: Commitment) -> Any:
    """Return whether a commitment is open, or when it was settled and what came of it."""
    when = shown(commitment.settled_on) if commitment.settled_on else None
    return lines([state_chip(commitment), when, commitment.outcome])


def _age(commitment: Commitment) -> str | None:
    """Return for how long a commitment has been open, in the unit one would say."""
    if commitment.state is not CommitmentState.OPEN or commitment.noted_on is None:
        return None
    days = (today() - commitment.noted_on).days
    if days < 2 * MONTH:
        return _n("%(num)d day", "%(num)d days", days)
    if days < 2 * YEAR:
        return _n("%(num)d month", "%(num)d months", days // MONTH)
    return _n("%(num)d year", "%(num)d years", days // YEAR)


def _owner(commitment: Commitment) -> str | None:
    return commitment.owner.name if commitment.owner else None


def _partner(commitment: Commitment) -> Any:
    return record_link(commitment.organisation)


PARTNER = Column("partner", _l("Partner"), _partner)
ORIGIN = Column("origin", _l("Said at"), lambda row: record_link(row.origin))
COLUMNS = (
    Column("direction", _l("Who owes it"), direction),
    Column("name", _l("What is owed"), lambda row: row.name),
    Column("state", _l("State"), _state),
    Column("due", _l("Due"), lambda row: row.due),
    Column("age", _l("Open for"), _age),
    Column("owner", _l("Who follows it"), _owner),
)
