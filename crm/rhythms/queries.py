"""Questions about rhythms and dormant partners. Each returns a statement or a condition."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from crm.accounts.models import User
from crm.core.partial_date import PartialDate
from crm.interactions.models import Interaction
from crm.interactions.queries import contacts_of
from crm.organisations.models import LIVING, Organisation, Tier
from crm.rhythms.models import Rhythm


def rhythms() -> Select[Rhythm]:
    """Return the rhythms in use."""
    return select(Rhythm).where(Rhythm.is_active).order_by(Rhythm.position)


def is_living_partner() -> ColumnElement[bool]:
    """Tell whether an organisation is a partner with whom we want to be in touch."""
    return sa.and_(
        Organisation.partnership_status.in_(LIVING),
        Organisation.is_us.is_(False),
    )


def is_at_rest(day: date) -> ColumnElement[bool]:
    """Tell whether the team lets an organisation rest on a day."""
    return sa.and_(Organisation.rest_until.is_not(None), Organisation.rest_until > day)


def known_by_one(since: date, user_id: int | None = None) -> Select[int]:
    """Return the ids of the records with which one colleague alone was in touch since a day.

    Who may no longer sign in is nobody to ask.

    :param user_id: this colleague; whoever it is for None.
    """
    contacts = contacts_of(since=PartialDate.of(since)).subquery()
    found = (
        select(contacts.c.record_id)
        .join(User, User.id == contacts.c.by_id)
        .where(User.is_enabled)
        .group_by(contacts.c.record_id)
        .having(sa.func.count(contacts.c.by_id.distinct()) == 1)
    )
    if user_id is not None:
        found = found.having(sa.func.max(contacts.c.by_id) == user_id)
    return found


def is_out_of_touch(oldest: Mapping[Tier, PartialDate]) -> ColumnElement[bool]:
    """Tell whether the last exchange with an organisation is older than its tier allows.

    :param oldest: for each tier, from which date on an exchange counts. Without a tier an
        organisation has the date of the last one named.
    """
    if not oldest:
        return sa.false()
    *named, (_tier, longest) = oldest.items()
    # Exchanges are gone through once, not once for each tier.
    contacts = contacts_of(since=min(oldest.values())).subquery()
    partner = Organisation.__table__.alias()
    whens = [(partner.c.tier == tier, _as_date(on)) for tier, on in named]
    expected = sa.case(*whens, else_=_as_date(longest)) if whens else _as_date(longest)
    of_partner = select(expected).where(partner.c.id == contacts.c.record_id).scalar_subquery()
    in_touch = select(contacts.c.record_id).where(contacts.c.happened >= of_partner)
    return Organisation.id.not_in(in_touch)


def _as_date(on: PartialDate) -> ColumnElement[PartialDate]:
    return sa.literal(on, Interaction.happened.type)
