"""Asking for many ids at once, bound as one value: each value of its own costs at every step."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class is_among(GenericFunction[Any]):  # noqa: N801 - named as the SQL it stands for
    """Whether a column holds one of many ids: (column, ids)."""

    type = sa.types.NullType()  # Of a truth SQLite would be asked whether it is 1, past the index.
    inherit_cache = True
    name = "is_among"


@compiles(is_among, "sqlite")
def _among_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both are bound


@compiles(is_among, "postgresql")
def _among_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY(CAST({ids} AS INTEGER[]))"


class _Ids(sa.TypeDecorator[Sequence[int]]):
    """Ids as one text, which the database takes apart."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """Write the ids one after the other."""
        # In the order of the index, which is then read from one end to the other.
        listed = str(sorted(map(int, value)))[1:-1]
        return f"[{listed}]" if dialect.name == "sqlite" else f"{{{listed}}}"


def among(column: Any, ids: Sequence[int] | str) -> sa.ColumnElement[bool]:
    """Tell whether a column holds one of many ids: the statement is the same however many.

    :param ids: or the name under which they are bound when the statement is run.
    """
    if isinstance(ids, str):
        return is_among(column, sa.bindparam(ids, type_=_Ids()))
    return is_among(column, sa.bindparam(None, ids, type_=_Ids(), unique=True))
