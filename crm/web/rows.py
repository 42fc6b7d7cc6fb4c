"""The rows of tables, written out.

A page has some hundred cells. Drawn by Jinja, with a macro for each, they cost more than all the
rest of the page; so text and links, which nearly all of them are, are written here.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from crm.core.i18n import _
from crm.web.cells import Action, Link
from crm.web.tables import HeaderCell
from crm.web.templating import shown

_NOTHING = '<span class="none">—</span>'

Draw = Callable[[Any], str]


def prepare_rows(app: Flask) -> None:
    """Give the table of the templates its rows."""
    app.jinja_env.globals["has_actions"] = has_actions
    app.jinja_env.globals["table_rows"] = table_rows


def has_actions(rows: Sequence[Any]) -> bool:
    """Tell whether anything can be done with one of the rows."""
    return any(_actions(row) for row in rows)


def _actions(row: Any) -> Sequence[Action]:
    """Return what can be done with a row; those of some tables have nothing but cells."""
    found: Sequence[Action] = getattr(row, "actions", ())
    return found


def table_rows(
    columns: Sequence[HeaderCell],
    rows: Sequence[Any],
    choosing: str,
    cell: Draw,
    row_actions: Draw,
) -> Markup:
    """Return the rows of a table as HTML; whatever a value says is escaped.

    :param choosing: the form to which the rows that are ticked belong.
    :param cell: the macro that draws every other kind of cell.
    :param row_actions: the macro that draws what to do with a row.
    """
    most = max((len(row.cells) for row in rows), default=0)
    beginnings = [_beginnings(columns[at] if at < len(columns) else None) for at in range(most)]
    choose = _("Choose “%(name)s”")
    is_acting = has_actions(rows)
    written: list[str] = []
    for row in rows:
        written.append('<tr role="row">')
        if choosing:
            words = escape(choose % {"name": row.name})
            written.append(
                '<td role="cell" class="choose"><input class="form-check-input" type="checkbox"'
                f' name="id" value="{escape(row.key)}" form="{escape(choosing)}"'
                f' aria-label="{words}"></td>'
            )
        for value, (filled, empty) in zip(row.cells, beginnings, strict=False):
            if value is None or value == "":
                written.append(f"{empty}{_NOTHING}</td>")
            elif type(value) is str:
                written.append(f"{filled}<bdi>{escape(value)}</bdi></td>")
            elif type(value) is Link and value.lang is None:
                text = escape(shown(value.text))
                written.append(f'{filled}<a href="{escape(value.url)}"><bdi>{text}</bdi></a></td>')
            else:
                written.append(f"{filled}{escape(cell(value))}</td>")
        if is_acting:
            written.append(
                f'<td role="cell" class="actions-cell">{escape(row_actions(row))}</td>'
                if _actions(row)
                else '<td role="cell" class="actions-cell is-empty"></td>'
            )
        written.append("</tr>")
    return Markup("\n".join(written))  # noqa: S704  # nosec B704 - every value above is escaped


def _beginnings(column: HeaderCell | None) -> tuple[str, str]:
    """Return how a cell of a column begins, filled and empty."""
    label = escape(shown(column.label)) if column is not None else ""
    look = "num " if column is not None and column.numeric else ""
    begun = f'<td role="cell" data-label="{label}" class="{look}'
    return f'{begun}">', f'{begun}is-empty">'
