"""Rows of columns as the driver read them: for files, which read a hundred thousand."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.orm import Bundle


class _WholeRow(Bundle[Any]):
    """Columns whose rows are not taken apart and put together again, value by value."""

    inherit_cache = True

    def __init__(self, columns: Sequence[Any]) -> None:
        super().__init__("row", *columns, single_entity=True)

    def create_row_processor(
        self, query: Any, procs: Sequence[Any], labels: Sequence[str]
    ) -> Callable[[Row[Any]], Any]:
        """Return what hands on a row."""
        return _handed_on


def _handed_on(row: Row[Any]) -> Row[Any]:
    return row


def in_whole_rows(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return a statement of columns whose ``scalars`` are its rows."""
    # As they were asked for: columns of tables would say nothing of whose they are.
    asked = [each["expr"] for each in statement.column_descriptions]
    return statement.with_only_columns(_WholeRow(asked))
