"""What the page Today adds to Passerelle."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.home.views import bp

FEATURE = Feature(
    name="home",
    blueprints=(bp,),
    nav=(NavItem(_l("Today"), "home.today", order=10),),
)
