"""How a request finds who sent it: the register of sessions behind Flask-Login."""

from flask import Response, g, session
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm.accounts import services
from crm.accounts.models import User
from crm.accounts.throttle import TooManyAttempts
from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _n
from crm.web.login import login_manager

TOKEN = "_user_id"  # noqa: S105 - where Flask-Login keeps what names the visitor


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> User | None:
    """Return the user of a session that lasts; role and permission to sign in are read anew."""
    found = services.find_session(token)
    if found is None:
        return None
    if now() - found.seen_at >= services.SEEN_EVERY:
        g.seen_session = found.id
    user = found.user
    # Detached, so that an error page can still name the visitor after a rollback.
    db.session.expunge(found)
    db.session.expunge(user)
    return user


def token() -> str:
    """Return the token of the session of this request."""
    return str(session.get(TOKEN, ""))


def is_proved() -> bool:
    """Tell whether who sent this request gave the password a short while ago."""
    found = services.find_session(token())
    return found is not None and services.is_proved(found)


def prove(password: str) -> None:
    """Take the password of who sent this request.

    :raises InvalidValue: at ``password`` when it is wrong or was tried too often.
    """
    found = services.find_session(token())
    if found is None:
        raise InvalidValue("password", _("Your session has ended. Sign in again"))
    try:
        services.prove(found, password)
    except TooManyAttempts as refused:
        minutes = -(-refused.seconds // 60)
        raise InvalidValue(
            "password",
            _n(
                "Too many attempts. Try again in %(num)d minute",
                "Too many attempts. Try again in %(num)d minutes",
                minutes,
            ),
        ) from None


def begin(new_token: str) -> None:
    """Make the browser use a new session; nothing of the one before stays in its cookie."""
    session.clear()
    session[TOKEN] = new_token
    session["_fresh"] = True


def end() -> None:
    """Make the browser forget its session."""
    session.clear()


def mark_seen(response: Response) -> Response:
    """Note the use of the session, once a minute, after the answer's own transaction.

    Reading a page must not wait for the write lock before it is read.
    """
    seen = g.pop("seen_session", None)
    if seen is None:
        return response
    before = db.session.info.get("read_only", False)
    try:
        db.session.commit()
        db.session.info["read_only"] = False
        services.mark_seen(seen)
        db.session.commit()
    except (OperationalError, PoolTimeout):
        db.session.rollback()  # A long import holds the lock: the next request tries again.
    finally:
        db.session.info["read_only"] = before
    return response
