"""Handing over what somebody is in charge of. No service commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from crm.accounts import services as accounts
from crm.accounts.models import User
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import Principal, acting_as
from crm.handover import queries
from crm.records.holding import Holding
from crm.records.services import because
from crm.records.visibility import all_seeing, alone, seeing_all


@dataclass(frozen=True)
class Held:
    """How much of a kind somebody is in charge of.

    :param hidden: how much of it the reader may not see.
    """

    holding: Holding
    count: int
    hidden: int


@dataclass(frozen=True)
class HandedOver:
    """What became of it: how much went to colleagues, and how much to nobody."""

    given: int
    left: int


def numbers_held(holdings: Iterable[Holding], user_ids: Collection[int]) -> dict[int, int]:
    """Return of how many things each of some users is in charge, confidential ones included."""
    found: dict[int, int] = {}
    with seeing_all():
        for holding in holdings:
            for user_id, number in db.session.execute(holding.numbers(list(user_ids))):
                found[user_id] = found.get(user_id, 0) + number
    return found


def held_by(user_id: int, holdings: Iterable[Holding]) -> list[Held]:
    """Return what somebody is in charge of, by kind; of what the reader may not see, how much."""
    found = []
    for holding in holdings:
        seen = _number(holding, user_id)
        with seeing_all():
            count = _number(holding, user_id)
        if count:
            found.append(Held(holding, count, hidden=count - seen))
    return found


def _number(holding: Holding, user_id: int) -> int:
    rows = db.session.execute(holding.numbers([user_id])).all()
    return rows[0][1] if rows else 0


def kept_to_alone(user_id: int) -> int:
    """Return how many records nobody can read any more when somebody has left."""
    with seeing_all():
        return db.session.scalar(queries.kept_to_alone(user_id)) or 0


def hand_over(
    user_id: int, holdings: Iterable[Holding], colleagues: Mapping[str, int]
) -> HandedOver:
    """Give all that somebody is in charge of to colleagues, then close the account.

    Nobody gets to read more by it: what the colleague may not read is in charge of nobody then.

    :param colleagues: the id of who gets them, by the key of each kind of thing.
    :raises InvalidValue: when something would stay, or go to somebody who cannot take it.
    """
    held = held_by(user_id, holdings)
    takers = {each.holding.key: _taker(each, user_id, colleagues) for each in held}
    given = left = 0
    for each in held:
        moved = _give(each.holding, user_id, takers[each.holding.key])
        given, left = given + moved.given, left + moved.left
    accounts.disable(db.session.get_one(User, user_id))
    return HandedOver(given, left)


def _taker(held: Held, user_id: int, colleagues: Mapping[str, int]) -> User:
    field = f"to_{held.holding.key}"
    taker = db.session.get(User, colleagues.get(held.holding.key, 0))
    if taker is None:
        raise InvalidValue(field, _("Choose who gets this"))
    if taker.id == user_id or not taker.is_enabled:
        raise InvalidValue(field, _("Choose a colleague who stays"))
    return taker


def _give(holding: Holding, user_id: int, taker: User) -> HandedOver:
    taker_id = taker.id
    with acting_as(db.session, Principal(taker_id, taker.permissions)):
        readable = set(db.session.scalars(holding.ids_of(user_id)))
    given = left = 0
    with alone(all_seeing()):
        leaver = db.session.get_one(User, user_id)
        with because(_("Handed over by %(name)s", name=leaver.name)):
            for thing in db.session.scalars(holding.of(user_id)).all():
                may_read = thing.id in readable
                setattr(thing, holding.column.key, taker_id if may_read else None)
                given, left = given + may_read, left + (not may_read)
    return HandedOver(given, left)
