"""The database: base class, column descriptions, types, naming rules and the session."""

import secrets
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, TypedDict

import flask_sqlalchemy.session
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from crm.core.choice import Choice
from crm.core.partial_date import PartialDate, PartialDateType

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Personal(StrEnum):
    """How closely a column touches a person (GDPR); every column says which."""

    NO = "no"
    YES = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"  # noqa: S105 - a class of data, not a secret


class About(TypedDict):
    """What a column says of itself, read by forms, history, exports and the GDPR register."""

    label: Any
    personal: Personal
    purpose: Any
    hint: Any
    internal: bool


def about(
    label: Any,
    *,
    personal: Personal = Personal.NO,
    purpose: Any = None,
    hint: Any = None,
    internal: bool = False,
) -> dict[str, Any]:
    """Describe a column.

    :param personal: whether the value is about a person.
    :param purpose: why a personal value is kept.
    :param hint: the sentence a form shows below the label.
    :param internal: bookkeeping that neither history nor exports show.
    """
    described: About = {
        "label": label,
        "personal": personal,
        "purpose": purpose,
        "hint": hint,
        "internal": internal,
    }
    return dict(described)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, stored in UTC and read back with its time zone (SQLite keeps none)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Convert to UTC; refuse a moment without time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Attach UTC where the database kept no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _codes(enum: type[Enum]) -> list[str]:
    return [str(member.value) for member in enum]


_BY_CODE = sa.Enum(
    Choice, values_callable=_codes, native_enum=False, length=50, create_constraint=False
)


class Base(DeclarativeBase):
    """Every table of Passerelle."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            Choice: _BY_CODE,
            datetime: UtcDateTime(),
            PartialDate: PartialDateType(),
            dict[str, Any]: sa.JSON(),
        },
    )


MOST_DRAWN = 200_000


def unguessable_id(context: DefaultExecutionContext) -> int:
    """Draw a free id that tells nothing of how many rows there are.

    A counter would show a viewer, by its gaps, that confidential records exist.
    Six digits while they last, for short addresses.
    """
    column: Any = context.current_column
    # Rows of one flush are inserted together: their ids must differ from each other, too.
    drawn: set[tuple[str, int]] = context.root_connection.info.setdefault("drawn_ids", set())
    if len(drawn) > MOST_DRAWN:
        drawn.clear()
    for digits in (6, 6, 6, 7, 7, 8, 9, 9, 9):
        candidate = 10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))
        if (column.table.name, candidate) in drawn:
            continue
        taken = context.root_connection.scalar(
            sa.select(sa.literal(1)).select_from(column.table).where(column == candidate)
        )
        if taken is None:
            drawn.add((column.table.name, candidate))
            return int(candidate)
    raise RuntimeError(f"no free id for {column.table.name}")


class HasId:
    """A row with an id that cannot be guessed."""

    @declared_attr
    def id(cls) -> Mapped[int]:  # noqa: N805 - a declared attribute receives the class
        """Return the id column."""
        return mapped_column(
            primary_key=True,
            default=unguessable_id,
            autoincrement=False,
            sort_order=-10,
            info=about("id", internal=True),
        )


class Session(flask_sqlalchemy.session.Session):
    """The session every door uses; row visibility and history listen to it."""

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: sa.Engine | sa.Connection | None = None,
        **kwargs: Any,
    ) -> sa.Engine | sa.Connection:
        """Prefer a bind given to this session, and read without the write lock when told to."""
        if bind is None and self.bind is not None:
            return self.bind
        found = super().get_bind(mapper, clause, bind, **kwargs)
        if self.info.get("read_only") and isinstance(found, sa.Engine):
            return _reading(found)
        return found


@lru_cache(maxsize=32)
def _reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for sessions that only read.

    The same object each time: a session keeps one connection per engine object.
    """
    return engine.execution_options(read_only=True)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"class_": Session, "expire_on_commit": False},
)
