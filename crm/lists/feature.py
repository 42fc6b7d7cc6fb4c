"""What the lists add to Passerelle."""

from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.lists.views import bp
from crm.permissions import Permission

FEATURE = Feature(
    name="lists",
    blueprints=(bp,),
    nav=(
        NavItem(
            _l("Lists and rules"),
            "lists.index",
            order=94,
            group="more",
            permission=Permission.LISTS_EDIT,
        ),
    ),
)
