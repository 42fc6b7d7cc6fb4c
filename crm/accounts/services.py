"""Everything that changes users, sessions and links. No service commits."""

import hashlib
import secrets

from crm.accounts.models import User, UserSession
from crm.core.db import db


def hashed(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(user: User, browser: str = "") -> str:
    """Open a session and return its token; the database keeps only its hash."""
    token = secrets.token_urlsafe(32)
    db.session.add(UserSession(user_id=user.id, token_hash=hashed(token), browser=browser[:200]))
    db.session.flush()  # The next request finds it.
    return token
