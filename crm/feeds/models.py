"""Private addresses of calendars and of saved views."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l


class PrivateAddress(HasId, Base):
    """Somebody's private address of something; one at a time, kept as a fingerprint."""

    __tablename__ = "private_addresses"
    __table_args__ = (UniqueConstraint("user_id", "subject"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), info=about(_l("User"), personal=Personal.YES)
    )
    subject: Mapped[str] = mapped_column(
        String(40), info=about(_l("What it leads to"), internal=True)
    )
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(_l("Token"), personal=Personal.SECRET, internal=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    last_read_at: Mapped[datetime | None] = mapped_column(info=about(_l("Last read")))

    user: Mapped[User] = relationship(innerjoin=True)
