"""Questions about with whom we work in how many ways. Each returns a statement."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, func, literal, select, union_all

from crm.organisations.models import Organisation
from crm.records.ties import Tie


def in_several_ways(
    ties: Sequence[Tie], us_id: int, day: date, fewest: int
) -> Select[Organisation, int, int]:
    """Return (organisation, number of ways, number of things shared), the most ways first."""
    shared = _shared(ties, us_id, day).subquery()
    ways = func.count(shared.c.way.distinct())
    things = func.count(shared.c.record_id.distinct())
    counted = (
        select(shared.c.organisation_id, ways.label("ways"), things.label("things"))
        .group_by(shared.c.organisation_id)
        .having(ways >= fewest)
        .subquery()
    )
    return (
        select(Organisation, counted.c.ways, counted.c.things)
        .join(counted, counted.c.organisation_id == Organisation.id)
        .order_by(
            counted.c.ways.desc(), counted.c.things.desc(), Organisation.sort_key, Organisation.id
        )
    )


def shared_with(
    ties: Sequence[Tie], us_id: int, day: date, organisation_ids: Iterable[int]
) -> Select[int, int, str]:
    """Return (organisation id, record id, key of the way) for some organisations."""
    shared = _shared(ties, us_id, day).subquery()
    return select(shared.c.organisation_id, shared.c.record_id, shared.c.way).where(
        shared.c.organisation_id.in_(list(organisation_ids))
    )


def _shared(ties: Sequence[Tie], us_id: int, day: date) -> Select[int, int, str]:
    rows = []
    for tie in ties:
        found = tie.query(us_id, day)
        organisation_id, record_id = found.selected_columns[0], found.selected_columns[1]
        rows.append(
            found.with_only_columns(
                organisation_id.label("organisation_id"),
                record_id.label("record_id"),
                literal(tie.key).label("way"),
            )
        )
    both = union_all(*rows).subquery()
    return select(both.c.organisation_id, both.c.record_id, both.c.way).distinct()
