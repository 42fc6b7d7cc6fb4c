"""Questions about daily mails; the caller fetches."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select

from crm.accounts.models import User


def is_to_be_told(day: date) -> ColumnElement[bool]:
    """Tell whether somebody who comes in wants the daily mail and was not asked for on that day."""
    return and_(
        User.is_enabled.is_(True),
        User.wants_digest.is_(True),
        User.password_hash.is_not(None),
        or_(User.digest_on.is_(None), User.digest_on < day),
    )


def to_be_told(day: date) -> Select[int]:
    """Return the ids of those for whom the daily mail of a day is not queued yet."""
    return select(User.id).where(is_to_be_told(day)).order_by(User.id)
