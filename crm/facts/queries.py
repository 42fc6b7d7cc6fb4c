"""Questions about facts. Each returns a statement; the caller fetches."""

from sqlalchemy import Select, select

from crm.facts.models import FactKind, FactValue
from crm.records.models import Record


def values_of(record: Record) -> Select[FactValue]:
    """Return what sources say of a record: fact by fact, the value we go by first."""
    return (
        select(FactValue)
        .where(FactValue.record_id == record.id)
        .order_by(
            FactValue.kind,
            FactValue.detail.nulls_first(),
            FactValue.is_chosen.desc(),
            FactValue.as_of.desc().nulls_last(),
            FactValue.id,
        )
    )


def values_about(record_id: int, kind: FactKind) -> Select[FactValue]:
    """Return what sources say of one kind of fact of a record."""
    return select(FactValue).where(FactValue.record_id == record_id, FactValue.kind == kind)
