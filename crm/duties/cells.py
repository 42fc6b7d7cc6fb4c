"""How duties read in tables."""

from typing import Any

from crm.core.clock import today
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import format_range
from crm.duties.models import Duty, DutyState
from crm.records.kinds import Column, record_link, registry
from crm.web.cells import Chip, Link, Tone, lines
from crm.web.templating import locale_code, shown

LOOKS: dict[DutyState, tuple[Tone, str]] = {
    DutyState.TO_DO: ("info", "○"),
    DutyState.SENT: ("info", "◐"),
    DutyState.QUESTIONS: ("warn", "◔"),
    DutyState.ANSWERED: ("info", "◕"),
    DutyState.DONE: ("ok", "●"),
    DutyState.DROPPED: ("neutral", "■"),
}


def state_chip(duty: Duty) -> Chip:
    """Return how far a duty has come; one that is late says by how many days."""
    if duty.is_late and duty.due is not None:
        late = (today() - duty.due.last_day).days
        return Chip(_n("Late by %(num)d day", "Late by %(num)d days", late), "danger", "▲")
    return Chip(duty.state_label, *LOOKS[duty.state])


def what(duty: Duty) -> Any:
    """Return what is owed, for which years, and what came of it."""
    covered = None
    if duty.covers_since or duty.covers_until:
        covered = format_range(duty.covers_since, duty.covers_until, locale_code())
    return lines([duty.label, covered, duty.outcome])


def due(duty: Duty) -> Any:
    """Return when a duty is due; a date that nobody has confirmed is marked."""
    if duty.is_on_call:
        return _("on call")
    unsure = (
        Chip(_("To be confirmed"), "warn", "◔") if duty.is_unsure and not duty.is_closed else None
    )
    return lines([shown(duty.due), unsure])


def owners(duty: Duty) -> Any:
    """Return who sees to it, and who in her absence."""
    deputy = _("deputy: %(name)s", name=duty.deputy.name) if duty.deputy else None
    return lines([duty.owner.name if duty.owner else None, deputy])


def proof(duty: Duty) -> Any:
    """Return a link to the proof."""
    if duty.proof is None:
        return None
    kind = registry.kind_of(duty.subject)
    return Link(duty.proof.name, kind.url(duty.subject, "download", document_id=duty.proof.id))


def subject(duty: Duty) -> Any:
    """Return the network, project or partner."""
    return record_link(duty.subject)


def state(duty: Duty) -> Any:
    """Return how far a duty has come, and since when."""
    when = duty.done_on or duty.sent_on
    return lines([state_chip(duty), shown(when) if when else None, proof(duty)])


COLUMNS = (
    Column("due", _l("Due"), due),
    Column("what", _l("What is owed"), what),
    Column("subject", _l("To whom"), subject),
    Column("owner", _l("Owner"), owners),
    Column("state", _l("State"), state),
)
