"""The section on what changed since the last meeting of the series."""

from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.documents.model import Block, Empty, Facts, Table
from crm.meetings.attendance import dates
from crm.meetings.queries import held_before
from crm.records.kinds import registry
from crm.records.packing import PackChange, PackContext, PackSection, Since
from crm.web.templating import locale_code


def since_last_time(context: PackContext) -> Sequence[Block]:
    """Return what the features know to be otherwise than at the last meeting of the series."""
    last = db.session.scalar(held_before(context.meeting, context.day))
    if last is None or last.starts is None:
        return [Empty(_("There is no earlier meeting of this series to compare with."))]
    since = Since(after=(last.ends or last.starts).last_day, until=context.day)
    told = Facts([(_("Previous time"), context.link(last)), (_("Dates"), dates(last))])
    rows = [
        (
            change.day.format(locale_code(), "dense") if change.day else None,
            change.what,
            change.record,
            change.detail,
        )
        for contributed in sorted(registry.pack_changes, key=lambda each: each.order)
        for change in sorted(contributed.rows(context, since), key=_by_day)
    ]
    if not rows:
        return [told, Empty(_("Nothing has changed since, as far as it is noted here."))]
    columns = (_("Date"), _("What changed"), _("Who or what"), _("In detail"))
    return [told, Table("", columns, rows)]


def _by_day(change: PackChange) -> str:
    return str(change.day or "")


SECTIONS = (PackSection("changes", _l("What changed since last time"), 40, since_last_time),)
