"""What reports add to Passerelle."""

from flask import url_for

from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.records.models import Record
from crm.reports import theme
from crm.reports.views import bp
from crm.web.cells import Action


def _ties(record: Record) -> list[Action]:
    """Lead from an organisation to whom it is tied to."""
    if record.kind != "organisation" or record.deleted_at is not None:
        return []
    return [Action(_("Ties"), url_for("reports.graph", organisation=record.id), only_reads=True)]


FEATURE = Feature(
    name="reports",
    blueprints=(bp,),
    record_actions=(_ties,),
    list_filters=theme.FILTERS,
    nav=(NavItem(_l("Reports"), "reports.index", order=80, group="more"),),
)
