"""What packs add to Passerelle."""

from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _, _l
from crm.meetings.models import Meeting
from crm.packs import changes, jobs  # noqa: F401 - jobs tell the queue what they do
from crm.packs.cli import pack
from crm.packs.models import KeptPack
from crm.packs.pack_page import address_of, is_for_the_pack, kept_of
from crm.packs.views import (
    add_gap_routes,
    add_matrix_routes,
    add_routes,
    add_sheet_routes,
    add_signatory_routes,
)
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import Column, Panel, registry
from crm.records.models import Record
from crm.web.cells import Action, Link
from crm.web.templating import shown


def _actions(record: Record) -> list[Action]:
    if not current_user.can(Permission.PACKS_MAKE):
        return []
    kind = registry.kind_of(record)
    if isinstance(record, Meeting):
        if not is_for_the_pack(record):
            return []
        return [Action(_("Prepare the pack"), kind.url(record, "pack"))]
    if kind.is_dated and not record.is_confidential:
        url = kind.url(record, "sheet", **asof.address_values())
        return [Action(_("Make a sheet"), url, only_reads=True)]
    return []


def _made(pack: KeptPack) -> Link:
    return Link(shown(pack.made_at or pack.asked_at), address_of(pack))


def _about(pack: KeptPack) -> str | None:
    words = (
        _("being made") if pack.is_running else None,
        _("for managers") if pack.is_for_managers else None,
    )
    return " · ".join(filter(None, words)) or None


PACKS = Panel(
    key="packs",
    title=_l("Packs"),
    on=("meeting",),
    query=kept_of,
    when=lambda record: current_user.can(Permission.PACKS_MAKE),
    side=True,
    order=15,
    limit=5,
    columns=(
        Column("made", _l("Made"), _made),
        Column("who", _l("Made by"), lambda row: row.author),
        Column("about", _l("State"), _about),
    ),
)

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
    panels=(PACKS,),
    pack_sections=changes.SECTIONS,
    commands=(pack,),
    record_actions=(_actions,),
)
