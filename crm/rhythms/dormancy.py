"""Which partners are going dormant."""

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from crm.core.partial_date import PartialDate
from crm.core.read_once import ReadOnce
from crm.organisations.models import Organisation
from crm.organisations.queries import listed
from crm.rhythms import queries
from crm.rhythms.models import Rhythm

rhythms: ReadOnce[Sequence[Rhythm]] = ReadOnce(Rhythm, queries.rhythms, list)
"""Returns the rhythms in use."""


def dormant_on(day: date) -> ColumnElement[bool]:
    """Tell whether an organisation is a partner with whom we are out of touch on a day.

    By the rhythm of its tier, from any exchange with it or with anybody there; unless the team
    lets it rest.
    """
    oldest = {
        rhythm.tier: PartialDate.of(day - timedelta(days=rhythm.dormant_after_days))
        for rhythm in rhythms()
    }
    return sa.and_(
        queries.is_living_partner(),
        sa.not_(queries.is_at_rest(day)),
        queries.is_out_of_touch(oldest),
    )


def going_dormant(day: date, user_id: int | None) -> Select[Organisation]:
    """Return the partners with whom we are out of touch on a day, the closest first.

    :param user_id: whose partners; those of the team for None.
    """
    query = listed().where(dormant_on(day))
    if user_id is not None:
        query = query.where(Organisation.owner_id == user_id)
    return query.order_by(Organisation.tier.nulls_last(), Organisation.sort_key, Organisation.id)
