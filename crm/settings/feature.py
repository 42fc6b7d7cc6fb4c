"""What the settings page adds to Passerelle."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.permissions import Permission
from crm.settings.views import bp

FEATURE = Feature(
    name="settings",
    blueprints=(bp,),
    nav=(
        NavItem(
            _l("Settings"),
            "settings.index",
            order=95,
            group="more",
            permission=Permission.ADMIN_SETTINGS,
        ),
    ),
)
