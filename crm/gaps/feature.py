"""What it adds to Passerelle to see who of a network has signed what."""

from flask import url_for

from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.gaps.views import add_routes
from crm.networks.panels import is_network
from crm.records.models import Record
from crm.web.cells import Action


def _actions(record: Record) -> list[Action]:
    """Lead from a network to what its members have signed."""
    if not is_network(record):
        return []
    url = url_for("declarations.gaps", network=record.id)
    return [Action(_("Who has signed what"), url, only_reads=True)]


FEATURE = Feature(
    name="gaps",
    routes=(("declaration", add_routes),),
    nav=(NavItem(_l("Who has signed"), "declarations.gaps", order=62, group="more"),),
    record_actions=(_actions,),
)
