"""Everything that changes daily mails. No service commits."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.agenda import queries
from crm.core.db import db


def claim_digest(user_id: int, day: date) -> bool:
    """Take somebody's daily mail of a day; True for one of all the workers that ask."""
    claimed: Any = db.session.execute(
        sa.update(User).where(User.id == user_id, queries.is_to_be_told(day)).values(digest_on=day),
        execution_options={"synchronize_session": False},
    )
    return bool(claimed.rowcount == 1)
