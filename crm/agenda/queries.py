"""Questions about calendar addresses and daily mails; the caller fetches."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager

from crm.accounts.models import User
from crm.agenda.models import CalendarFeed


def feed_of(user_id: int) -> Select[CalendarFeed]:
    """Return somebody's calendar address."""
    return select(CalendarFeed).where(CalendarFeed.user_id == user_id)


def feed_with(token_hash: str) -> Select[CalendarFeed]:
    """Return the calendar of a token whose user may sign in."""
    return (
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .where(CalendarFeed.token_hash == token_hash, User.is_enabled.is_(True))
        .options(contains_eager(CalendarFeed.user))
    )


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
