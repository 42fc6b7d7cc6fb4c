"""Questions about saved views. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from crm.saved_views.models import SavedView


def _of(user_id: Any) -> ColumnElement[bool]:
    return or_(SavedView.owner_id == user_id, SavedView.is_shared.is_(True))


def offered_to(user_id: int | None, kinds: Sequence[str] = ()) -> Select[SavedView]:
    """Return the views of somebody and those of the team, by name.

    :param kinds: the lists they are of; all when empty.
    """
    query = select(SavedView).where(_of(user_id)).options(joinedload(SavedView.owner))
    if kinds:
        query = query.where(SavedView.kind.in_(kinds))
    return query.order_by(func.lower(SavedView.name), SavedView.id)


@cache
def offered_on_list() -> Select[SavedView]:
    """Return the views of somebody and those of the team of a list; takes ``user_id``, ``kind``."""
    return (
        select(SavedView)
        .where(_of(bindparam("user_id")), SavedView.kind == bindparam("kind"))
        .order_by(func.lower(SavedView.name), SavedView.id)
    )


def offered(view_id: int, user_id: int | None) -> Select[SavedView]:
    """Return a view, if it is somebody's own or the team's."""
    return offered_to(user_id).where(SavedView.id == view_id)


def owned_by(user_id: int) -> Select[SavedView]:
    """Return the views somebody has saved."""
    return select(SavedView).where(SavedView.owner_id == user_id)
