"""What the pages of corrected files show."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.i18n import _, _n
from crm.corrections.comparison import Comparison
from crm.corrections.models import CorrectedFile
from crm.records.kinds import RecordKind, registry
from crm.web.cells import Link
from crm.web.tables import HeaderCell, Row, Table

MOST_NAMED = 20
LONGEST_NAME = 60


def comes_back(kind: RecordKind) -> bool:
    """Tell whether files of a list can come back corrected to the person who asks."""
    columns = registry.columns_of(kind).values()
    return any(column.field for column in columns) and current_user.can(kind.edit_permission)


def kinds() -> list[RecordKind]:
    """Return the lists whose files can come back."""
    return [kind for kind in registry.kinds.values() if comes_back(kind)]


def back_url(kind: str | None) -> str:
    """Return the list that a file was made of, or the page of the files made."""
    found = registry.kinds.get(kind or "")
    return url_for(f"{found.path}.index" if found is not None else "exports.index")


def back_label(kind: str | None) -> Any:
    """Return what the way back is called."""
    found = registry.kinds.get(kind or "")
    return found.label_plural if found is not None else _("Files made")


def waiting(files: Sequence[CorrectedFile]) -> Table:
    """Return the files that wait for a decision."""
    columns = [HeaderCell(_("File")), HeaderCell(_("Sent on")), HeaderCell(_("Kept until"))]
    rows = [
        Row(
            [
                Link(file.name, url_for("corrections.show", file_id=file.id)),
                file.sent_at,
                file.kept_until,
            ]
        )
        for file in files
    ]
    return Table(_("Not decided yet"), columns, rows)


def count_in_words(comparison: Comparison) -> str:
    """Return how much differs, and how much of that cannot be changed."""
    differences = list(comparison.differences)
    refused = sum(bool(each.refusal) for each in differences)
    changes = _n("%(num)d change", "%(num)d changes", len(differences) - refused)
    if not refused:
        return changes
    return _n(
        "%(changes)s, and %(num)d cell that cannot be changed",
        "%(changes)s, and %(num)d cells that cannot be changed",
        refused,
        changes=changes,
    )


def notices(comparison: Comparison) -> list[str]:
    """Say what of the file was ignored."""
    headings, ignored = comparison.headings, comparison.ignored
    sentences = [
        (headings.unknown, _about_unknown_columns),
        (headings.repeated, _about_repeated_columns),
        (ignored.without_key, _about_lines_without_key),
        (ignored.repeated, _about_repeated_lines),
        (ignored.unknown, _about_unknown_lines),
        (ignored.outdated, _about_outdated_lines),
    ]
    return [say(len(what), _named(what)) for what, say in sentences if what]


def _named(what: Sequence[Any]) -> str:
    named = ", ".join(str(each)[:LONGEST_NAME] for each in what[:MOST_NAMED])
    return f"{named} …" if len(what) > MOST_NAMED else named


def _about_unknown_columns(_count: int, names: str) -> str:
    return _("This list has no such columns, they were ignored: %(names)s", names=names)


def _about_repeated_columns(_count: int, names: str) -> str:
    return _("Only the first of the columns of the same name was read: %(names)s", names=names)


def _about_lines_without_key(count: int, lines: str) -> str:
    return _n(
        "Line %(lines)s has no key and was ignored: nothing is added from here",
        "Lines %(lines)s have no key and were ignored: nothing is added from here",
        count,
        lines=lines,
    )


def _about_repeated_lines(_count: int, lines: str) -> str:
    return _(
        "Lines %(lines)s have the key of another line, too: none of them was taken", lines=lines
    )


def _about_unknown_lines(count: int, lines: str) -> str:
    return _n(
        "Line %(lines)s was ignored: no record with its key is in such a file",
        "Lines %(lines)s were ignored: no records with their keys are in such a file",
        count,
        lines=lines,
    )


def _about_outdated_lines(count: int, lines: str) -> str:
    return _n(
        "Line %(lines)s was ignored: its version is not one of the record",
        "Lines %(lines)s were ignored: their versions are none of the records",
        count,
        lines=lines,
    )


def accepted(comparison: Comparison, ticked: set[str]) -> dict[int, dict[str, Any]]:
    """Return the versions and values of the records with cells that were ticked.

    What somebody else has changed since it was ticked is among them, to be refused and told.
    """
    found: dict[int, dict[str, Any]] = {}
    for corrected in comparison.records:
        values = {
            each.column.field: each.value
            for each in corrected.differences
            if each.is_readable and each.name in ticked
        }
        if values:
            found[corrected.record.id] = {"version": corrected.version, "values": values}
    return found
