"""What it adds to Passerelle to see with whom we work in more than one way."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.ties.views import add_routes

FEATURE = Feature(
    name="ties",
    routes=(("organisation", add_routes),),
    nav=(NavItem(_l("In several ways"), "organisations.several_ways", order=64, group="more"),),
)
