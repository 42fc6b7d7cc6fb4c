"""How the record of what left the house reads."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from crm.core.i18n import _, _n
from crm.exports import services
from crm.exports.gathering import CONFIDENTIAL
from crm.exports.models import Export
from crm.records.kinds import registry
from crm.records.listing import Listing
from crm.saved_views.page import in_words
from crm.web.cells import Link
from crm.web.tables import HeaderCell, Row, Table


def told_of(listing: Listing) -> str:
    """Return what a list asks for, in a line."""
    return in_words(listing)


def state(export: Export) -> str:
    """Return how far a file has come, in words."""
    if services.is_broken(export):
        return _("Broken off: the file was never complete")
    if export.finished_at is None:
        return _("Being made")
    if services.has_file(export):
        return _("Kept for a while")
    return _("The file is not kept any more")


def _rows(export: Export) -> str | None:
    if export.row_count is None:
        return None
    return _n("%(num)d row", "%(num)d rows", export.row_count)


def exports(found: Sequence[Export], *, names_makers: bool) -> Table:
    """Return the files as a table."""
    columns = [HeaderCell(_("File")), HeaderCell(_("For whom")), HeaderCell(_("Rows"))]
    columns += [HeaderCell(_("Made on")), HeaderCell(_("State"))]
    if names_makers:
        columns.append(HeaderCell(_("Made by")))
    rows = []
    for export in found:
        cells: list[Any] = [
            Link(export.title, url_for("exports.show", export_id=export.id)),
            export.audience,
            _rows(export),
            export.made_at,
            state(export),
        ]
        rows.append(Row([*cells, export.user.name] if names_makers else cells))
    return Table(_("Files that left the house"), columns, rows)


def facts(export: Export) -> list[tuple[str, Any]]:
    """Return what is known of a file."""
    kind = registry.kinds.get(export.kind)
    offered = registry.columns_of(kind) if kind else {}
    keys = export.columns.get("keys", [])
    names = ", ".join(str(offered[key].label) if key in offered else key for key in keys)
    found = [
        (_("Made by"), export.user.name),
        (_("Made on"), export.made_at),
        (_("For whom"), export.audience),
        (_("As a file"), export.file_format),
        (_("List"), kind.label_plural if kind else export.kind),
        (_("What the list asked for"), _asked(export)),
        (_("Columns"), names),
        (_("Rows"), export.row_count),
        (_("What for"), export.reason),
        (_("With what only some may see"), _("Yes") if export.with_confidential else None),
        (_("Fingerprint (SHA-256)"), export.sha256),
        (_("The file is kept until"), export.kept_until),
    ]
    return [(label, value) for label, value in found if value not in (None, "")]


def _asked(export: Export) -> str:
    kind = registry.kinds.get(export.kind)
    if kind is None:
        return export.address
    return in_words(Listing(kind, MultiDict(parse_qsl(export.address))))


def left_out(export: Export) -> list[str]:
    """Return what was left out of a file, with its number."""
    reasons = {each.key: str(each.reason) for each in registry.withheld}
    reasons[CONFIDENTIAL] = _("Records that not the whole team may see")
    return [f"{reasons.get(key, key)}: {count}" for key, count in export.withheld.items()]
