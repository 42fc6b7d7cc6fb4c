"""The blocks of a pack as JSON keeps them: what was gathered stays, whatever changes later."""

import dataclasses
from datetime import date
from typing import Any

from crm.documents.model import (
    BlankLines,
    Bullets,
    Empty,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Table,
)

IS = "is"
_KINDS: dict[str, Any] = {
    kind.__name__.casefold(): kind
    for kind in (
        BlankLines,
        Bullets,
        Empty,
        Facts,
        Heading,
        Lines,
        Linked,
        Paragraph,
        Table,
    )
}


def to_json(value: Any) -> Any:
    """Return a block, a value or a sequence of them as JSON holds it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    if isinstance(value, date):
        return {IS: "date", "on": value.isoformat()}
    fields = {each.name: to_json(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return {IS: type(value).__name__.casefold(), **fields}


def from_json(kept: Any) -> Any:
    """Return what :func:`to_json` was given; tuples come back as lists."""
    if isinstance(kept, list):
        return [from_json(each) for each in kept]
    if not isinstance(kept, dict):
        return kept
    fields = {name: from_json(value) for name, value in kept.items() if name != IS}
    if kept[IS] == "date":
        return date.fromisoformat(fields["on"])
    return _KINDS[kept[IS]](**fields)
