"""Everything that changes what sources say. No service commits."""

from collections.abc import Sequence
from typing import Any

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.facts import queries
from crm.facts.models import FactValue
from crm.records import services


def add_value(**values: Any) -> FactValue:
    """Keep what a source says; the first value of a fact is the one we go by."""
    made = services.add(FactValue(**values))
    others = _others(made)
    if made.is_chosen:
        _leave(others)
    elif not any(each.is_chosen for each in others):
        made.is_chosen = True
        db.session.flush()
    return made


def change_value(value: FactValue, version: int, **values: Any) -> FactValue:
    """Change what is noted of a source.

    :raises InvalidValue: when the value we go by would be left without choosing another.
    """
    before = _others(value)
    if value.is_chosen and values.get("is_chosen") is False and before:
        raise InvalidValue(
            "is_chosen", _("One value must be the one we go by: choose another one instead")
        )
    changed = services.change_part(value, version, **values)
    _settle(before)
    others = _others(changed)
    if changed.is_chosen:
        _leave(others)
    elif not any(each.is_chosen for each in others):
        changed.is_chosen = True
    db.session.flush()
    return changed


def choose(value: FactValue) -> None:
    """Go by this value from now on; the others stay beside it."""
    _leave(_others(value))
    value.is_chosen = True
    db.session.flush()


def remove_value(value: FactValue) -> None:
    """Remove a value; of those that stay one is the one we go by."""
    others = _others(value)
    services.remove_part(value)
    _settle(others)


def _others(value: FactValue) -> list[FactValue]:
    found = db.session.scalars(queries.values_about(value.record_id, value.kind))
    return [each for each in found if each is not value and each.subject == value.subject]


def _leave(values: Sequence[FactValue]) -> None:
    for each in values:
        each.is_chosen = False
    db.session.flush()


def _settle(values: Sequence[FactValue]) -> None:
    """Go by the newest of the values where none is chosen."""
    left = [each for each in values if each in db.session]
    if left and not any(each.is_chosen for each in left):
        newest = max(left, key=lambda each: (str(each.as_of or ""), each.id))
        newest.is_chosen = True
    db.session.flush()
