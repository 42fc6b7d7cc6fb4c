"""Questions about users. Each returns a statement; the caller fetches."""

from sqlalchemy import Select, or_, select

from crm.accounts.models import User


def team(including: int | None = None) -> Select[User]:
    """Return the people who may sign in, by name, and the one with this id if given."""
    shown = User.is_enabled.is_(True)
    if including is not None:
        shown = or_(shown, User.id == including)
    return select(User).where(shown).order_by(User.name, User.id)
