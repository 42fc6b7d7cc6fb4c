"""What files of lists add to Passerelle."""

from flask import url_for
from flask_login import current_user

from crm.accounts import services as accounts
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.exports import jobs  # noqa: F401 - it tells the queue what it does
from crm.exports.cli import export
from crm.exports.services import remove_files_of
from crm.exports.views import bp
from crm.permissions import Permission
from crm.records.listing import Listing
from crm.saved_views.sources import written
from crm.web.cells import Action

accounts.leaving["exports"] = remove_files_of


def _actions(listing: Listing) -> list[Action]:
    if not current_user.can(Permission.EXPORTS_MAKE):
        return []
    # As a query, not as arguments: a key of the address may be called “endpoint”.
    url = f"{url_for('exports.create', path=listing.kind.path)}?{written(listing)}".rstrip("?")
    return [Action(_("Make a file"), url)]


FEATURE = Feature(
    name="exports",
    blueprints=(bp,),
    commands=(export,),
    list_actions=(_actions,),
    nav=(
        NavItem(
            _l("Files made"),
            "exports.index",
            order=90,
            group="more",
            permission=Permission.EXPORTS_MAKE,
        ),
    ),
)
