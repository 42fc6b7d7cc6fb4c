"""A form sent twice adds its thing once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, make_transient_to_detached, mapped_column

from crm.core.clock import now
from crm.core.db import Base, about, db
from crm.core.i18n import _l

KEPT = timedelta(days=7)


class Sending(Base):
    """A form that was taken, and the page of what it made."""

    __tablename__ = "sendings"

    token: Mapped[str] = mapped_column(
        String(32), primary_key=True, info=about(_l("Form"), internal=True)
    )
    url: Mapped[str | None] = mapped_column(String(500), info=about(_l("Page"), internal=True))
    at: Mapped[datetime] = mapped_column(
        default=now, index=True, info=about(_l("When"), internal=True)
    )


def new_token() -> str:
    """Return a token for a form that is shown."""
    return secrets.token_hex(12)


def claim(token: str | None) -> Sending | None:
    """Take a form: None when it was taken before.

    A second sending waits here until the first has ended, then finds its row.
    """
    values = {"token": _key(token), "url": None, "at": now()}
    insert: Any
    if db.session.get_bind().dialect.name == "postgresql":
        insert = postgresql.insert(Sending).values(values).on_conflict_do_nothing()
    else:
        insert = sqlite.insert(Sending).values(values).on_conflict_do_nothing()
    if db.session.connection().scalar(insert.returning(Sending.token)) is None:
        return None
    sending = Sending(**values)
    make_transient_to_detached(sending)  # Its row is there, and nobody has to read it again.
    return db.session.merge(sending, load=False)


def was_taken(token: str) -> bool:
    """Tell whether a form was taken before."""
    return db.session.get(Sending, _key(token)) is not None


def forget_old() -> None:
    """Delete the forms taken so long ago that nobody sends them again."""
    db.session.execute(
        sa.delete(Sending).where(Sending.at < now() - KEPT),
        execution_options={"synchronize_session": False},
    )


def page_of(token: str | None) -> str | None:
    """Return the page of what a form that was taken made."""
    found = db.session.get(Sending, _key(token))
    return found.url if found else None


def _key(token: str | None) -> str:
    """Return what a token is stored as, whatever was sent as one."""
    return hashlib.sha256((token or new_token()).encode(errors="replace")).hexdigest()[:32]
