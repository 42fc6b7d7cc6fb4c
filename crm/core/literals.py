"""Constants written out in statements, where binding them costs or an index must see them."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

NOTHING = sa.text("NULL")
"""No value, where a row has hundreds of them: not even named."""
_CODE = re.compile(r"[a-z_]*")


def constant(value: int | str) -> Any:
    """Return a number, or the code of a choice, as it stands in a statement.

    :raises ValueError: for any other text: what people type is bound, never written.
    """
    if isinstance(value, int):
        return sa.literal_column(str(int(value)), sa.Integer)
    if not _CODE.fullmatch(value):
        raise ValueError("not a code")
    return sa.literal_column(f"'{value}'", sa.String)


class _NoLimit(GenericFunction[int]):
    type = sa.Integer()
    inherit_cache = True
    name = "no_limit"


NO_LIMIT: Any = _NoLimit()
"""Of a subquery that has an offset: SQLAlchemy binds SQLite's number for it, once for each."""


@compiles(_NoLimit)
def _all_rows(element: Any, compiler: Any, **options: Any) -> str:
    return "-1" if compiler.dialect.name == "sqlite" else "ALL"
