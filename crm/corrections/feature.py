"""What corrected files add to Passerelle."""

from flask import url_for
from flask_login import current_user

from crm.accounts import services as accounts
from crm.core.features import Feature
from crm.core.i18n import _, _l
from crm.corrections import (
    jobs,  # noqa: F401 - it tells the queue what it does
    page,
)
from crm.corrections.correcting import correct
from crm.corrections.services import ACTION, remove_of
from crm.corrections.views import bp
from crm.permissions import Permission
from crm.records.kinds import BulkAction
from crm.records.listing import Listing
from crm.web.cells import Action
from crm.web.form import EntryForm

accounts.leaving["corrections"] = remove_of


def _actions(listing: Listing) -> list[Action]:
    if not (current_user.can(Permission.RECORDS_BULK) and page.comes_back(listing.kind)):
        return []
    url = url_for("corrections.create", list=listing.kind.name)
    return [Action(_("Take back a corrected file"), url)]


FEATURE = Feature(
    name="corrections",
    blueprints=(bp,),
    list_actions=(_actions,),
    bulk_actions=(
        BulkAction(
            name=ACTION,
            label=_l("Corrections from a file"),
            kinds=(),  # No list offers it: it begins with a file.
            permission=Permission.RECORDS_BULK,
            form=EntryForm,
            apply=correct,
        ),
    ),
)
