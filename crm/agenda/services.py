"""Everything that changes calendar addresses and daily mails. No service commits."""

import hashlib
import logging
import secrets
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts import throttle
from crm.accounts.models import User
from crm.accounts.throttle import Bucket, Limit
from crm.agenda import queries
from crm.agenda.models import CalendarFeed
from crm.core.clock import now
from crm.core.db import db

security = logging.getLogger("crm.security")

UNKNOWN = Limit("calendar", 30, timedelta(hours=1))
READ_EVERY = timedelta(days=1)
"""Reading is noted no more often than this."""


def _log(event: str, user_id: int) -> None:
    security.info(event, extra={"event": event, "user": user_id})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def make_address(user_id: int) -> str:
    """Give somebody a new private address; the one before is worth nothing any more.

    :returns: its token, 256 random bits of which only the fingerprint is kept.
    """
    # Two that are asked for at once must not both be added.
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())
    feed = db.session.scalar(queries.feed_of(user_id))
    if feed is None:
        feed = CalendarFeed(user_id=user_id)
        db.session.add(feed)
    token = secrets.token_urlsafe(32)
    feed.token_hash, feed.created_at, feed.last_read_at = _hashed(token), now(), None
    db.session.flush()
    _log("calendar_address_made", user_id)
    return token


def withdraw_address(user_id: int) -> None:
    """Make somebody's private address worth nothing from its next reading on."""
    gone: Any = db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
    if gone.rowcount:
        _log("calendar_address_withdrawn", user_id)


def find_feed(token: str) -> CalendarFeed | None:
    """Return the calendar of a token, unless it was withdrawn or its user is turned away."""
    return db.session.scalar(queries.feed_with(_hashed(token)))


def count_unknown(address: str) -> None:
    """Count a reading of a calendar that is not there.

    :raises crm.accounts.throttle.TooManyAttempts: when there were too many before.
    """
    buckets = [Bucket(UNKNOWN, throttle.network(address))]
    throttle.let_through(buckets)
    throttle.note(buckets)


def mark_read(feed_id: int) -> None:
    """Note that a calendar is read."""
    db.session.execute(
        sa.update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_read_at=now())
    )


def claim_digest(user_id: int, day: date) -> bool:
    """Take somebody's daily mail of a day; True for one of all the workers that ask."""
    claimed: Any = db.session.execute(
        sa.update(User).where(User.id == user_id, queries.is_to_be_told(day)).values(digest_on=day),
        execution_options={"synchronize_session": False},
    )
    return bool(claimed.rowcount == 1)
