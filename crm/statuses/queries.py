"""Questions about rules. Each returns a statement; the caller fetches."""

from sqlalchemy import Select, select

from crm.statuses.models import StatusRule


def rules_of(subject: str) -> Select[StatusRule]:
    """Return the rules of a subject, in the order in which they are asked."""
    return (
        select(StatusRule)
        .where(StatusRule.subject == subject)
        .order_by(StatusRule.position, StatusRule.status, StatusRule.id)
    )
