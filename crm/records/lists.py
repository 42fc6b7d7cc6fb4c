"""The lists that the team edits: reading and changing their values. Nothing here commits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _

Check = Callable[[Sequence[Any]], None]


def _of(model: type[Any], fixed: Mapping[str, Any]) -> Select[Any]:
    return select(model).filter_by(**fixed)


def values_of(model: type[Any], fixed: Mapping[str, Any]) -> Sequence[Any]:
    """Return the values of a list in their order, those out of use last.

    :param fixed: what tells this list from others in the same table.
    """
    order = (model.is_active.desc(), model.position, model.id)
    return db.session.scalars(_of(model, fixed).order_by(*order)).all()


def find_value(model: type[Any], fixed: Mapping[str, Any], value_id: int) -> Any:
    """Return one value of a list, or None."""
    return db.session.scalar(_of(model, fixed).where(model.id == value_id))


def add_value(model: type[Any], check: Check | None = None, **values: Any) -> Any:
    """Add a value to a list.

    :param check: refuses the list as a whole.
    """
    row = model(**values)
    db.session.add(row)
    db.session.flush()
    _check(model, check, row)
    return row


def change_value(row: Any, version: int, check: Check | None = None, **values: Any) -> Any:
    """Change a value that somebody read at ``version``."""
    if row.version != version:
        raise InvalidValue(
            None, _("Somebody else changed this meanwhile. Open it again to see what it is now")
        )
    for key, value in values.items():
        setattr(row, key, value)
    db.session.flush()
    _check(type(row), check, row)
    return row


def _check(model: type[Any], check: Check | None, row: Any) -> None:
    if check is None:
        return
    query = select(model)
    if hasattr(row, "subject"):
        query = query.where(model.subject == row.subject)
    check(db.session.scalars(query).all())
