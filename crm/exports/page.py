"""How the record of what left the house reads."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import current_app, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.core.i18n import _, _n
from crm.exports import letters, services
from crm.exports.gathering import CONFIDENTIAL
from crm.exports.models import Export, LetterTemplate
from crm.permissions import Permission
from crm.records.audience import Withheld
from crm.records.kinds import registry
from crm.records.listing import Listing
from crm.saved_views.page import in_words
from crm.web.cells import Action, Link
from crm.web.tables import HeaderCell, Row, Table
from crm.web.templating import shown


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
        return _("Can be fetched until %(moment)s", moment=shown(export.kept_until))
    return _("The file is not kept any more")


def _rows(export: Export) -> str | None:
    if export.row_count is None:
        return None
    return _n("%(num)d row", "%(num)d rows", export.row_count)


def actions() -> list[Action]:
    """Return what to do besides looking: a file that was corrected can come back."""
    if "corrections" not in current_app.blueprints or not current_user.can(Permission.RECORDS_BULK):
        return []
    return [Action(_("Take back a corrected file"), url_for("corrections.create"))]


def exports(found: Sequence[Export], *, names_makers: bool) -> Table:
    """Return the files as a table."""
    columns = [HeaderCell(_("File")), HeaderCell(_("For whom")), HeaderCell(_("Rows"))]
    columns += [HeaderCell(_("Made on")), HeaderCell(_("State"))]
    if names_makers:
        columns.append(HeaderCell(_("Who made it")))
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
        (_("Who made it"), export.user.name),
        (_("Made on"), export.made_at),
        (_("For whom"), export.audience),
        (_("As a file"), export.file_format),
        (_("List"), kind.label_plural if kind else None),
        (_("What the list asked for"), _asked(export)),
        (_("Columns"), names),
        (_("Rows"), export.row_count),
        (_("What for"), export.reason),
        (_("With what only some may see"), _("Yes") if export.with_confidential else None),
        (_("Fingerprint (SHA-256)"), export.sha256),
    ]
    return [(label, value) for label, value in found if value not in (None, "")]


def _asked(export: Export) -> str:
    kind = registry.kinds.get(export.kind)
    if kind is None:
        return export.address
    return in_words(Listing(kind, MultiDict(parse_qsl(export.address))))


def left_out(export: Export) -> list[str]:
    """Return what was left out of a file, with its number."""
    told = [
        withheld_words(each, export.kind, str(export.withheld[each.key]))
        for each in registry.withheld
        if each.key in export.withheld
    ]
    if hidden := export.withheld.get(CONFIDENTIAL):
        label = _("Records that not the whole team may see")
        told.append(_("%(label)s: %(value)s", label=label, value=hidden))
    return told


def withheld_words(rule: Withheld, kind: str, count: str) -> str:
    """Say how many records of a list a rule leaves out: itself, or because of whom they name."""
    of = registry.kinds.get(kind)
    if of is None or issubclass(of.model, rule.model):
        return _("%(label)s: %(value)s", label=rule.reason, value=count)
    return _("Because of whom they name – %(label)s: %(value)s", label=rule.reason, value=count)


def templates(found: Sequence[LetterTemplate]) -> Table:
    """Return the templates of letters as a table."""
    columns = [HeaderCell(_("Name")), HeaderCell(_("List")), HeaderCell(_("Added"))]
    rows = [
        Row(
            [each.name, registry.kinds[each.kind].label_plural, each.added_at],
            actions=[
                Action(
                    _("Remove"),
                    url_for("exports.remove_template", template_id=each.id),
                    "post",
                    confirm=_("The files that were made of it stay."),
                )
            ],
        )
        for each in found
        if each.kind in registry.kinds
    ]
    return Table(_("Templates"), columns, rows)


def fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return, for each list, what a template may ask of a row: how it is written, and its name."""
    return [
        (
            str(kind.label_plural),
            [
                (f"{{{{ row.{key} }}}}", str(column.label))
                for key, column in registry.columns_of(kind).items()
                if letters.widest().may_learn(column.widest)
            ],
        )
        for kind in registry.kinds.values()
    ]
