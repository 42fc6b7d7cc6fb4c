"""How the columns of a list read in a file: values of the database, many rows at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select

from crm.core.partial_date import PartialDate, Precision
from crm.documents.sheets import Cell
from crm.web import cells
from crm.web.templating import shown, yes_no

SEPARATOR = "; "
"""Between several values of one cell."""


@dataclass(frozen=True)
class Stored:
    """A column that a file reads along with each row.

    Loading whole records, only to write a few of their values, takes ten times as long.

    :param expression: what the database is asked for: the name of an attribute of the list's
        records, or an expression of SQL.
    :param say: turns the value into what a reader understands; by default as it is.
    """

    expression: Any
    say: Callable[[Any], Any] | None = None

    def of(self, model: type[Any]) -> Any:
        """Return the expression for a list of these records."""
        return (
            getattr(model, self.expression) if isinstance(self.expression, str) else self.expression
        )


@dataclass(frozen=True)
class Rows:
    """A question about many records at once, which several columns may share.

    :param query: takes ids; returns rows that begin with the id of the record they belong to.
    :param titled: which value of the rows is the id of another record, to be read as its title,
        which is asked for once in a file; a row whose other record may not be seen is left out.
    """

    query: Callable[[Sequence[int]], Select[*tuple[Any, ...]]]
    titled: int | None = None


@dataclass(frozen=True)
class Gathered:
    """A column of which a record has any number of values.

    :param place: which value of the rows it shows, counted from 1: the first is the record's id;
        0 for all of them together.
    :param say: turns one value into what a reader understands; by default as it is.
    :param is_first: whether the first row alone counts.
    """

    rows: Rows
    place: int = 1
    say: Callable[[Any], Any] | None = None
    is_first: bool = False


Filed = Stored | Gathered


@dataclass(frozen=True)
class Scope:
    """The records of a workbook, as statements that return their ids, by kind of record.

    :param day: for which it says who works where and who belongs to what.
    """

    ids: Mapping[str, Select[int]]
    day: date


@dataclass(frozen=True)
class LinkedList:
    """Which other records stand in a workbook that begins with a list.

    :param of: the kind of record it begins with.
    :param to: the kind of record that stands in it, too.
    :param condition: takes a statement of ids and the day; tells which records belong to those.
    """

    of: str
    to: str
    condition: Callable[[Select[int], date], ColumnElement[bool]]


@dataclass(frozen=True)
class LinkedColumn:
    """A column of a linked sheet; its place is that of the value in the row.

    :param say: turns the value into what a reader understands; by default as it is.
    """

    label: Any
    say: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class LinkedSheet:
    """A sheet of a workbook that ties its records together, by their numbers and names."""

    key: str
    title: Any
    order: int
    columns: Sequence[LinkedColumn]
    query: Callable[[Scope], Select[*tuple[Any, ...]]]


def as_shown(value: Any) -> Any:
    """Say a value as pages show it: a code by its label, a date in words."""
    return value


def filed(cell: Any, *, is_for_people: bool = True) -> Cell:
    """Return what a page shows as a value of a table in a file.

    :param is_for_people: dates of which the day is not known then read as people write them.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return yes_no(cell)
    if isinstance(cell, PartialDate):
        if cell.precision is Precision.DAY:
            return cell.first_day
        return str(shown(cell)) if is_for_people else str(cell)
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, date | datetime | int | float):
        return cell
    if isinstance(cell, cells.Lines):
        return SEPARATOR.join(str(shown(each)) for each in cell.lines)
    return str(shown(cell))
