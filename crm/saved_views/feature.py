"""What saved views add to Passerelle."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.permissions import Permission
from crm.saved_views.page import views_bar
from crm.saved_views.views import bp

FEATURE = Feature(
    name="saved_views",
    blueprints=(bp,),
    views_bar=views_bar,
    nav=(
        NavItem(
            _l("Views"),
            "saved_views.index",
            order=85,
            group="more",
            permission=Permission.RECORDS_VIEW,
        ),
    ),
)
