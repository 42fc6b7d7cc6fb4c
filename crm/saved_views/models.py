"""Lists that people keep by a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l


class SavedView(HasId, Base):
    """A list with its filters, columns and order, under a name.

    It holds questions, no answers: who may see what is found is asked each time.
    """

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_kind_is_shared", "kind", "is_shared"),)

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Owner"), personal=Personal.YES)
    )
    kind: Mapped[str] = mapped_column(String(30), info=about(_l("List"), internal=True))
    name: Mapped[str] = mapped_column(
        String(120), info=about(_l("Name of the view"), hint=_l("For instance Dormant in Italy"))
    )
    address: Mapped[str] = mapped_column(
        Text,
        info=about(
            _l("What it asks for"),
            personal=Personal.YES,
            purpose=_l("To ask it again"),
            internal=True,
        ),
    )
    is_shared: Mapped[bool] = mapped_column(
        default=False,
        info=about(
            _l("For the whole team"),
            hint=_l("Everybody finds it above the list; each sees in it what they may see"),
        ),
    )
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, info=about(_l("Changed"))
    )

    owner: Mapped[User] = relationship(innerjoin=True)
