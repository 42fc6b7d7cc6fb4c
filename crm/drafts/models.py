"""What somebody typed and has not sent."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l

LONGEST_ADDRESS = 500
LONGEST_TITLE = 200


class Draft(HasId, Base):
    """What one window holds of a form; nobody but its owner ever sees it."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "address", "window"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id), info=about(_l("Owner"), personal=Personal.YES)
    )
    address: Mapped[str] = mapped_column(
        String(LONGEST_ADDRESS), info=about(_l("Form"), internal=True)
    )
    window: Mapped[str] = mapped_column(String(32), info=about(_l("Window"), internal=True))
    title: Mapped[str] = mapped_column(
        String(LONGEST_TITLE),
        info=about(
            _l("Heading of the form"), personal=Personal.YES, purpose=_l("To find the draft again")
        ),
    )
    fields: Mapped[list[list[str]]] = mapped_column(
        sa.JSON,
        info=about(
            _l("What was typed"),
            personal=Personal.YES,
            purpose=_l("To give it back to who typed it"),
            internal=True,
        ),
    )
    turn: Mapped[int] = mapped_column(default=1, info=about(_l("Times saved"), internal=True))
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True, info=about(_l("Changed")))
