"""Questions about private addresses; the caller fetches."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from crm.accounts.models import User
from crm.feeds.models import PrivateAddress


def address_of(user_id: int, subject: str) -> Select[PrivateAddress]:
    """Return somebody's private address of something."""
    return select(PrivateAddress).where(
        PrivateAddress.user_id == user_id, PrivateAddress.subject == subject
    )


def address_with(token_hash: str) -> Select[PrivateAddress]:
    """Return the private address of a token whose user may sign in."""
    return (
        select(PrivateAddress)
        .join(PrivateAddress.user)
        .where(PrivateAddress.token_hash == token_hash, User.is_enabled.is_(True))
        .options(contains_eager(PrivateAddress.user))
    )
