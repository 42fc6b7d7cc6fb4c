"""What packs add to Passerelle."""

from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _
from crm.meetings.models import Meeting
from crm.packs.cli import pack
from crm.packs.views import (
    add_gap_routes,
    add_matrix_routes,
    add_routes,
    add_sheet_routes,
    add_signatory_routes,
)
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web.cells import Action


def _actions(record: Record) -> list[Action]:
    if record.is_confidential or not current_user.can(Permission.PACKS_MAKE):
        return []
    kind = registry.kind_of(record)
    if isinstance(record, Meeting):
        return [Action(_("Prepare the pack"), kind.url(record, "pack"))]
    if kind.is_dated:
        url = kind.url(record, "sheet", **asof.address_values())
        return [Action(_("Make a sheet"), url, only_reads=True)]
    return []


FEATURE = Feature(
    name="packs",
    routes=(
        ("meeting", add_routes),
        ("organisation", add_sheet_routes),
        ("person", add_sheet_routes),
        ("network", add_matrix_routes),
        ("declaration", add_signatory_routes),
        ("declaration", add_gap_routes),
    ),
    commands=(pack,),
    record_actions=(_actions,),
)
