"""Constants written out in statements, where binding them costs or an index must see them."""

import re
from typing import Any

import sqlalchemy as sa

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
