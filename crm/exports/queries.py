"""Questions about what left the house. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from crm.accounts.models import Role, User
from crm.core.among import among
from crm.core.literals import NO_LIMIT, constant
from crm.exports.models import Export, LetterTemplate
from crm.records.audience import Withheld
from crm.records.models import RECORDS, Record


def export_with(export_id: int) -> Select[Export]:
    """Return an export by its id."""
    return select(Export).where(Export.id == export_id).options(joinedload(Export.user))


def exports_of(user_id: int | None, most: int) -> Select[Export]:
    """Return the last files somebody has made; those of everybody for None."""
    query = select(Export).options(joinedload(Export.user))
    if user_id is not None:
        query = query.where(Export.user_id == user_id)
    return query.order_by(Export.made_at.desc(), Export.id.desc()).limit(most)


def expired(at: datetime, *, made_before: datetime | None) -> Select[Export]:
    """Return the exports whose file is kept no longer.

    :param made_before: those made before this moment are over, whatever time was left to them.
    """
    over = Export.kept_until <= at
    if made_before is not None:
        over = or_(over, Export.made_at < made_before)
    return select(Export).where(Export.kept_until.is_not(None), over)


def last_withheld(rules: Sequence[Withheld]) -> Select[datetime]:
    """Return when a record that stands in no file was changed last, for each reason."""
    last = [
        select(func.max(RECORDS.c.updated_at)).where(RECORDS.c.id.in_(rule.ids())) for rule in rules
    ]
    return select(union_all(*last).subquery())


def kept_of(user_id: int) -> Select[Export]:
    """Return the exports of somebody whose file is kept."""
    return select(Export).where(Export.user_id == user_id, Export.kept_until.is_not(None))


def kept_ids() -> Select[int]:
    """Return the ids of the exports whose file is kept."""
    return select(Export.id).where(Export.kept_until.is_not(None))


def administrators_but(user_id: int) -> Select[User]:
    """Return the administrators who may sign in, without one of them."""
    return select(User).where(
        User.role == Role.ADMIN,
        User.is_enabled,
        User.id != user_id,
        User.password_hash.is_not(None),
    )


def among_few(rows: Select[Any], model: Any, ids: CompoundSelect[int]) -> Select[int]:
    """Return which of a few ids are those of these many rows.

    Asked whether each row is one of the few, both databases would go through all the rows.
    """
    few = ids.subquery("few")
    # With an offset it stays a question for each id, and is not turned into a join.
    row = rows.where(model.id == few.c[0]).correlate(few).limit(NO_LIMIT).offset(constant(0))
    return select(few.c[0]).where(row.exists())


def ids_in(rows: Select[Any], model: Any, ids: Sequence[int]) -> Select[Any]:
    """Return the rows of these records."""
    return rows.where(among(model.id, ids))


def titles(ids: Sequence[int]) -> Select[int, str]:
    """Return (id, title) of these records, as far as one may see them."""
    return select(Record.id, Record.title).where(among(Record.id, ids))


def templates(kind: str | None = None) -> Select[LetterTemplate]:
    """Return the templates, those of one list or all, by name."""
    query = select(LetterTemplate).options(joinedload(LetterTemplate.added_by))
    if kind is not None:
        query = query.where(LetterTemplate.kind == kind)
    return query.order_by(LetterTemplate.name, LetterTemplate.id)


def template_named(name: str) -> Select[int]:
    """Return the id of the template with this name, whatever its letters' case."""
    return select(LetterTemplate.id).where(func.lower(LetterTemplate.name) == name.lower())
