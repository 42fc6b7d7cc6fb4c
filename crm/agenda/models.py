"""Private addresses of calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l


class CalendarFeed(HasId, Base):
    """Somebody's private calendar address; one at a time, kept as a fingerprint."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), unique=True, info=about(_l("User"), personal=Personal.YES)
    )
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(_l("Token"), personal=Personal.SECRET, internal=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    last_read_at: Mapped[datetime | None] = mapped_column(info=about(_l("Last read")))

    user: Mapped[User] = relationship(innerjoin=True)
