"""Users, their sessions, their one-time links, and failed attempts to sign in."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.permissions import ROLES, Permission


class Role(Choice):
    """What a user may do; each includes the one before."""

    VIEWER = "viewer", _l("Viewer")
    CONTRIBUTOR = "contributor", _l("Contributor")
    MANAGER = "manager", _l("Manager")
    ADMIN = "admin", _l("Administrator")


class Theme(Choice):
    """Colours of the screen."""

    AUTO = "auto", _l("As the system")
    LIGHT = "light", _l("Light")
    DARK = "dark", _l("Dark")


class User(UserMixin, HasId, Base):
    """Somebody of the team who signs in."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(
        String(120),
        info=about(_l("Name"), personal=Personal.YES, purpose=_l("To show who did what")),
    )
    email: Mapped[str] = mapped_column(
        String(254),
        unique=True,
        info=about(_l("Email"), personal=Personal.YES, purpose=_l("To sign in")),
    )
    role: Mapped[Role] = mapped_column(default=Role.VIEWER, info=about(_l("Role")))
    is_enabled: Mapped[bool] = mapped_column(default=True, info=about(_l("May sign in")))
    locale: Mapped[str] = mapped_column(String(5), default="fr", info=about(_l("Language")))
    theme: Mapped[Theme] = mapped_column(default=Theme.AUTO, info=about(_l("Colours")))
    shortcuts: Mapped[bool] = mapped_column(default=True, info=about(_l("Keyboard shortcuts")))
    wants_digest: Mapped[bool] = mapped_column(
        default=True,
        info=about(
            _l("Daily mail when something is due"),
            hint=_l("At 8:00, on days when something of yours is due or late."),
        ),
    )
    digest_on: Mapped[date | None] = mapped_column(
        info=about(_l("Day of the last daily mail"), internal=True)
    )
    password_hash: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Password"), personal=Personal.SECRET, internal=True)
    )
    password_set_at: Mapped[datetime | None] = mapped_column(
        info=about(_l("Password set"), internal=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))

    @property
    def is_active(self) -> bool:
        """Tell Flask-Login whether this user may be signed in."""
        return self.is_enabled

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what the role allows."""
        return ROLES[self.role.value]

    def can(self, permission: Permission) -> bool:
        """Tell whether the role holds the permission."""
        return permission in self.permissions


class UserSession(HasId, Base):
    """A signed-in browser; ending it takes effect on its next request."""

    __tablename__ = "user_sessions"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("User"), personal=Personal.YES)
    )
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(_l("Token"), personal=Personal.SECRET, internal=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Signed in")))
    seen_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Last seen")))
    ended_at: Mapped[datetime | None] = mapped_column(info=about(_l("Ended")))
    proved_at: Mapped[datetime | None] = mapped_column(
        default=now, info=about(_l("Password last given"), internal=True)
    )
    browser: Mapped[str] = mapped_column(
        String(200),
        default="",
        info=about(
            _l("Browser"), personal=Personal.YES, purpose=_l("To recognise one’s own sessions")
        ),
    )

    user: Mapped[User] = relationship(innerjoin=True)


class LinkPurpose(Choice):
    """What a one-time link lets its holder do."""

    INVITATION = "invitation", _l("Invitation")
    RESET = "reset", _l("New password")


class OneTimeLink(HasId, Base):
    """A link that lets somebody choose a password, once."""

    __tablename__ = "one_time_links"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("User"), personal=Personal.YES)
    )
    purpose: Mapped[LinkPurpose] = mapped_column(info=about(_l("Purpose")))
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(_l("Token"), personal=Personal.SECRET, internal=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    expires_at: Mapped[datetime] = mapped_column(info=about(_l("Expires")))
    used_at: Mapped[datetime | None] = mapped_column(info=about(_l("Used")))

    user: Mapped[User] = relationship(innerjoin=True)


class AuthAttempt(HasId, Base):
    """A failed or refused attempt, counted per account and per address."""

    __tablename__ = "auth_attempts"
    __table_args__ = (
        Index("ix_auth_attempts_bucket_at", "bucket", "at"),
        Index("ix_auth_attempts_at", "at"),
    )

    bucket: Mapped[str] = mapped_column(
        String(64), info=about(_l("Bucket"), personal=Personal.SECRET, internal=True)
    )
    at: Mapped[datetime] = mapped_column(default=now, info=about(_l("When")))
