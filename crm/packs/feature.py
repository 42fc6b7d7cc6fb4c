"""What packs add to Passerelle."""

from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _
from crm.meetings.models import Meeting
from crm.packs.cli import pack
from crm.packs.views import add_routes
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web.cells import Action


def _actions(record: Record) -> list[Action]:
    if not isinstance(record, Meeting) or record.is_confidential:
        return []
    if not current_user.can(Permission.PACKS_MAKE):
        return []
    return [Action(_("Prepare the pack"), registry.kind_of(record).url(record, "pack"))]


FEATURE = Feature(
    name="packs",
    routes=(("meeting", add_routes),),
    commands=(pack,),
    record_actions=(_actions,),
)
