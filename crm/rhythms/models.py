"""The rhythm of partnerships, by their tier."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, about
from crm.core.i18n import _l
from crm.core.lists import ListValue
from crm.organisations.models import Tier
from crm.rhythms.shipped import RHYTHMS


class Rhythm(ListValue, Base):
    """How often we are in touch with the partners of a tier, and look back on the partnership."""

    __tablename__ = "rhythms"

    tier: Mapped[Tier] = mapped_column(unique=True, info=about(_l("Tier")))
    dormant_after_days: Mapped[int] = mapped_column(
        info=about(
            _l("Dormant after"),
            hint=_l("Days without any exchange with the partner or with somebody there"),
        )
    )
    review_every_months: Mapped[int] = mapped_column(
        info=about(_l("Reviewed every"), hint=_l("Months from one review to the next"))
    )


def shipped_rhythms() -> list[dict[str, Any]]:
    """Return the rhythms that a new installation begins with."""
    return [
        {
            "id": 100_000 + place,
            "tier": Tier(tier),
            "dormant_after_days": days,
            "review_every_months": months,
            "position": 10 * place,
            "is_active": True,
            "version": 1,
        }
        for place, (tier, days, months) in enumerate(RHYTHMS, start=1)
    ]


@event.listens_for(Rhythm.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped rhythms where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_rhythms())
