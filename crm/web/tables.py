"""Tables as the templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.web.cells import Action


@dataclass(frozen=True)
class HeaderCell:
    """A heading of a table, with the address that sorts by it."""

    label: Any
    sort_url: str | None = None
    direction: str | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table.

    :param key: what a list sends when the row is chosen.
    :param name: what the row is called, for those who do not see it.
    """

    cells: Sequence[Any]
    url: str | None = None
    actions: Sequence[Action] = ()
    key: str = ""
    name: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption."""

    caption: str
    columns: Sequence[HeaderCell]
    rows: Sequence[Row]
