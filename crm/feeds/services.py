"""Everything that changes private addresses. No service commits."""

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts import throttle
from crm.accounts.models import User
from crm.accounts.throttle import Bucket, Limit
from crm.core.clock import now
from crm.core.db import db
from crm.feeds import queries
from crm.feeds.models import PrivateAddress

security = logging.getLogger("crm.security")

UNKNOWN = Limit("calendar", 30, timedelta(hours=1))
READ_EVERY = timedelta(days=1)
"""Reading is noted no more often than this."""


def _log(event: str, user_id: int, subject: str) -> None:
    security.info(event, extra={"event": event, "user": user_id, "subject": subject})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def make_address(user_id: int, subject: str) -> str:
    """Give somebody a new private address; the one before is worth nothing any more.

    :returns: its token, 256 random bits of which only the fingerprint is kept.
    """
    # Two that are asked for at once must not both be added.
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())
    address = db.session.scalar(queries.address_of(user_id, subject))
    if address is None:
        address = PrivateAddress(user_id=user_id, subject=subject)
        db.session.add(address)
    token = secrets.token_urlsafe(32)
    address.token_hash, address.created_at, address.last_read_at = _hashed(token), now(), None
    db.session.flush()
    _log("private_address_made", user_id, subject)
    return token


def withdraw_address(user_id: int, subject: str) -> None:
    """Make somebody's private address worth nothing from its next reading on."""
    _withdraw(PrivateAddress.user_id == user_id, PrivateAddress.subject == subject)


def withdraw_all_of(user_id: int) -> None:
    """Make all private addresses of somebody worth nothing."""
    _withdraw(PrivateAddress.user_id == user_id)


def withdraw_all_to(subject: str) -> None:
    """Make all private addresses of something worth nothing, whoever has them."""
    _withdraw(PrivateAddress.subject == subject)


def _withdraw(*conditions: sa.ColumnElement[bool]) -> None:
    gone = db.session.execute(
        sa.delete(PrivateAddress)
        .where(*conditions)
        .returning(PrivateAddress.user_id, PrivateAddress.subject)
    ).all()
    for user_id, subject in gone:
        _log("private_address_withdrawn", user_id, subject)


def find_address(token: str) -> PrivateAddress | None:
    """Return the private address of a token, unless it was withdrawn or its user turned away."""
    return db.session.scalar(queries.address_with(_hashed(token)))


def count_unknown(network_address: str) -> None:
    """Count a reading of an address that is not there.

    :raises crm.accounts.throttle.TooManyAttempts: when there were too many before.
    """
    buckets = [Bucket(UNKNOWN, throttle.network(network_address))]
    throttle.let_through(buckets)
    throttle.note(buckets)


def mark_read(address_id: int) -> None:
    """Note that an address is read."""
    values: dict[str, Any] = {"last_read_at": now()}
    db.session.execute(
        sa.update(PrivateAddress).where(PrivateAddress.id == address_id).values(**values)
    )
