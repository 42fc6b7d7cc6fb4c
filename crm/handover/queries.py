"""Questions about what is handed over; the caller fetches."""

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.records.models import Reader, Record, Visibility


def kept_to_alone(user_id: int) -> Select[int]:
    """Return how many records nobody else who may sign in can read."""
    other = aliased(Reader)
    return select(func.count(Record.id)).where(
        Record.visibility == Visibility.NAMED,
        exists().where(Reader.record_id == Record.id, Reader.user_id == user_id),
        ~exists().where(
            other.record_id == Record.id,
            other.user_id != user_id,
            other.user_id == User.id,
            User.is_enabled,
        ),
    )
