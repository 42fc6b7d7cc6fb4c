"""What lists of signatories add to Passerelle."""

from collections.abc import Sequence

from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _
from crm.declarations.models import Declaration
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.models import Record
from crm.rolls.views import add_paste_routes
from crm.web.cells import Action


def _actions(record: Record) -> Sequence[Action]:
    """Offer to paste a list of those who signed elsewhere."""
    if not isinstance(record, Declaration) or record.deleted_at is not None:
        return []
    if not current_user.can(Permission.RECORDS_EDIT):
        return []
    url = registry.kind_of(record).url(record, "paste_signatures")
    return [Action(_("Paste a list of signatories"), url)]


FEATURE = Feature(
    name="rolls",
    routes=(("declaration", add_paste_routes),),
    record_actions=(_actions,),
)
