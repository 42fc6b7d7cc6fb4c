"""The list of the rules of a subject, for managers."""

from typing import Any

from crm.core.i18n import _, _l, _n
from crm.records.kinds import Column, ListKind
from crm.statuses.forms import rule_form
from crm.statuses.models import StatusRule
from crm.statuses.subjects import StatusSubject
from crm.web.templating import yes_no


def status_list(of: StatusSubject, label: Any, about: Any) -> ListKind:
    """Return the list of the rules of a subject."""

    def bound(event: str | None, days: int) -> str | None:
        if event is None:
            return None
        name = str(of.events.get(event, event))
        if not days:
            return name
        distance = _n("%(num)d day", "%(num)d days", abs(days))
        if days < 0:
            return _("%(distance)s before %(event)s", distance=distance, event=name)
        return _("%(distance)s after %(event)s", distance=distance, event=name)

    return ListKind(
        name=f"{of.name}-statuses",
        model=StatusRule,
        label=label,
        about=about,
        add_label=_l("Add a rule"),
        form=rule_form(of),
        fixed={"subject": of.name},
        check=of.check,
        columns=(
            Column("position", _l("Place in the list"), lambda row: row.position, numeric=True),
            Column("status", _l("Status"), lambda row: of.statuses(row.status).label),
            Column(
                "condition",
                _l("Only if"),
                lambda row: of.conditions.get(row.condition, row.condition),
            ),
            Column("from", _l("From"), lambda row: bound(row.from_event, row.from_days)),
            Column("until", _l("Until"), lambda row: bound(row.until_event, row.until_days)),
            Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
        ),
    )
