"""Questions about drafts. Each returns a statement; the caller fetches."""

from datetime import datetime

from sqlalchemy import Select, select

from crm.drafts.models import Draft


def all_of(user_id: int) -> Select[Draft]:
    """Return the drafts of somebody, the newest first."""
    return (
        select(Draft)
        .where(Draft.user_id == user_id)
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
    )


def of_form(user_id: int, address: str) -> Select[Draft]:
    """Return what somebody typed into a form, the newest first."""
    return all_of(user_id).where(Draft.address == address)


def one_of(user_id: int, draft_id: int) -> Select[Draft]:
    """Return a draft, if it is somebody's own."""
    return all_of(user_id).where(Draft.id == draft_id)


def unchanged_since(moment: datetime) -> Select[Draft]:
    """Return the drafts that nobody has worked on since."""
    return select(Draft).where(Draft.changed_at < moment)
