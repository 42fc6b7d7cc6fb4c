"""Attempts to sign in, counted in the database so that all processes share the count.

Nobody is locked out for good, and a browser that has signed in before has a count of its own:
who floods an account with guesses does not keep its owner out.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.accounts import queries
from crm.accounts.models import AuthAttempt
from crm.core.clock import now
from crm.core.db import Base, db

MEMORY = timedelta(hours=24)
"""Attempts are forgotten after this time."""

SHORTEST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(minutes=15)
DEVICE_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Limit:
    """How many attempts are free in how much time.

    :param doubling: whether one more attempt is let through after a delay that doubles each time;
        otherwise attempts wait until earlier ones are old.
    """

    kind: str
    free: int
    window: timedelta
    doubling: bool = False


ACCOUNT = Limit("account", 10, timedelta(minutes=15), doubling=True)
DEVICE = Limit("device", 10, timedelta(minutes=15), doubling=True)
PASSWORD = Limit("password", 10, timedelta(minutes=15), doubling=True)
ADDRESS = Limit("address", 30, timedelta(minutes=15))
RESET_ACCOUNT = Limit("reset-account", 3, timedelta(hours=1))
RESET_ADDRESS = Limit("reset-address", 10, timedelta(hours=1))


class TooManyAttempts(Exception):
    """The attempt is not looked at.

    :param seconds: after how long another one will be.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Bucket:
    """What attempts are counted by: one account, one address, one browser."""

    limit: Limit
    value: str

    @property
    def key(self) -> str:
        """Return the name of the bucket in the database, which tells nothing of the person."""
        secret = Base.metadata.info["secret_key"].encode()
        text = f"attempts:{self.limit.kind}:{self.value}".encode()
        return hmac.new(secret, text, hashlib.sha256).hexdigest()


def let_through(buckets: Sequence[Bucket]) -> None:
    """Return when another attempt may be made; others on the same buckets wait for its end.

    :raises TooManyAttempts: otherwise.
    """
    if db.session.connection().dialect.name == "postgresql":
        for bucket in buckets:
            lock = int(bucket.key[:15], 16)
            db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
    until = max(_free_again(bucket) for bucket in buckets)
    seconds = ceil((until - now()).total_seconds())
    if seconds > 0:
        raise TooManyAttempts(seconds)


def note(buckets: Sequence[Bucket]) -> None:
    """Count an attempt."""
    db.session.execute(sa.delete(AuthAttempt).where(AuthAttempt.at <= now() - MEMORY))
    db.session.add_all([AuthAttempt(bucket=bucket.key) for bucket in buckets])
    db.session.flush()


def forget(bucket: Bucket) -> None:
    """Start counting anew after a success."""
    db.session.execute(sa.delete(AuthAttempt).where(AuthAttempt.bucket == bucket.key))


def _free_again(bucket: Bucket) -> datetime:
    """Return from when on the bucket lets an attempt through."""
    limit = bucket.limit
    since = now() - (MEMORY if limit.doubling else limit.window)
    times = db.session.scalars(queries.attempts(bucket.key, since)).all()
    if limit.doubling:
        return _after_delay(times, limit)
    if len(times) < limit.free:
        return now()
    return times[-limit.free] + limit.window


def _after_delay(times: Sequence[datetime], limit: Limit) -> datetime:
    delays = 0
    for place, at in enumerate(times):
        first = place - limit.free + 1
        if delays or (first >= 0 and at - times[first] < limit.window):
            delays += 1
    if not delays:
        return now()
    return times[-1] + min(LONGEST_DELAY, SHORTEST_DELAY * (1 << min(delays - 1, 10)))


def network(address: str) -> str:
    """Return what addresses are counted by: IPv6 by its /64, which one person may own whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(Base.metadata.info["secret_key"], salt="device")


def new_device(user_id: int) -> str:
    """Return what a browser keeps to be known again for this account."""
    return _signer().dumps([user_id, secrets.token_urlsafe(16)])


def device_of(cookie: str | None, user_id: int) -> str | None:
    """Return the name of the browser if it is known for the account."""
    try:
        known_user, name = _signer().loads(cookie or "", max_age=int(DEVICE_LIFE.total_seconds()))
    except (BadSignature, TypeError, ValueError):
        return None
    return str(name) if known_user == user_id else None
