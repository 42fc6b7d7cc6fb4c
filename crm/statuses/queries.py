"""Questions about rules. Each returns a statement; the caller fetches."""

from sqlalchemy import Select, select

from crm.statuses.models import StatusRule


def rules() -> Select[StatusRule]:
    """Return the rules of all subjects, in the order in which they are asked."""
    return select(StatusRule).order_by(StatusRule.position, StatusRule.status, StatusRule.id)
