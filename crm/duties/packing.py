"""What duties put into a briefing pack: what we owe the network that holds the meeting."""

from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.documents.model import Block, Empty, Lines, Table, Value
from crm.duties import cells, queries
from crm.duties.models import Duty
from crm.records.packing import PackContext, PackSection
from crm.web.templating import shown

MONTHS_AHEAD = 12


def open_duties(context: PackContext) -> Sequence[Block]:
    """Return what we owe the network within a year of the meeting, and what is on call."""
    network = context.meeting.network
    if network is None:
        return [Empty(_("No network holds this meeting."))]
    until = PartialDate.of(context.day).in_months(MONTHS_AHEAD).last_day
    found = db.session.scalars(queries.open_with(network.id, until))
    rows = [_line(context, each) for each in found]
    if not rows:
        return [Empty(_("Nothing is due within twelve months."))]
    columns = (_("What is owed"), _("Due"), _("State"), _("Owner"), _("Network"))
    return [Table("", columns, rows)]


def _line(context: PackContext, duty: Duty) -> Sequence[Value]:
    context.note("duty", duty.id)
    unsure = _("To be confirmed") if duty.is_unsure else None
    due = _("on call") if duty.is_on_call else str(shown(duty.due)) if duty.due else None
    return (
        duty.label,
        Lines([each for each in (due, unsure) if each]),
        str(cells.state_chip(duty)),
        str(cells.owners(duty) or "") or None,
        context.link(duty.subject),
    )


SECTIONS = (PackSection("duties", _l("Duties with this network"), 80, open_duties),)
