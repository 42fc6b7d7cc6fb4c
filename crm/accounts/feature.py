"""What accounts add to Passerelle."""

from crm.accounts.cli import user
from crm.accounts.views import bp
from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.permissions import Permission

FEATURE = Feature(
    name="accounts",
    blueprints=(bp,),
    nav=(
        NavItem(
            _l("Administration"),
            "accounts.users",
            order=90,
            group="more",
            permission=Permission.ADMIN_USERS,
        ),
    ),
    commands=(user,),
)
