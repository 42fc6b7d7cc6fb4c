"""What saved views add to Passerelle."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.permissions import Permission
from crm.records.holding import Holding
from crm.saved_views.models import SavedView
from crm.saved_views.page import views_bar
from crm.saved_views.views import bp

FEATURE = Feature(
    name="saved_views",
    blueprints=(bp,),
    views_bar=views_bar,
    holdings=(
        Holding(
            "views",
            _l("Views shared with the team"),
            SavedView.owner_id,
            counts=lambda: SavedView.is_shared.is_(True),
        ),
    ),
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
