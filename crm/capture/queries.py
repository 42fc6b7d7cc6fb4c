"""Questions about names in a line, addresses of a mail, and waiting mails.

Each returns a statement; the caller fetches.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer, selectinload

from crm.accounts.models import User
from crm.capture.models import WaitingMail
from crm.core.partial_date import active_on
from crm.people.models import Person, Position
from crm.records.models import Record
from crm.records.search import matching, matching_any

MOST_NAMED = 200
MOST_COLLEAGUES = 20
LINE_END = "\n"


def bearing_any(names: Collection[str], kinds: Sequence[str]) -> Select[str, str]:
    """Return (kind, names one a line) of the records that bear one of these names.

    :param names: folded, as ``fold`` returns them.
    """
    first = sorted({name.split()[0] for name in names})  # The rarest: “de” is in every other name.
    lines = LINE_END + Record.search_names + LINE_END
    whole = sa.or_(
        *(lines.contains(f"{LINE_END}{name}{LINE_END}") for name in sorted(names)), sa.false()
    )
    return (
        select(Record.kind, Record.search_names)
        .where(Record.kind.in_(kinds), matching_any(Record.id, first), whole)
        .limit(MOST_NAMED)
    )


def named_at(name: str, organisation_ids: Sequence[int], day: date) -> Select[Person]:
    """Return those who work at one of the organisations on a day and may be meant by a name."""
    there = select(Position.person_id).where(
        Position.organisation_id.in_(organisation_ids),
        active_on(Position.since, Position.until, day),
    )
    return (
        select(Person)
        .where(Person.id.in_(there), matching(Person.id, name))
        .options(selectinload(Person.names))
        .order_by(Person.sort_key, Person.id)
        .limit(MOST_COLLEAGUES)
    )


def colleagues_reached_at(addresses: Collection[str]) -> Select[User]:
    """Return the users with these addresses, written in lower case, who may sign in."""
    return select(User).where(User.email.in_(addresses), User.is_enabled.is_(True))


def addresses_of_team() -> Select[str]:
    """Return the addresses of all users."""
    return select(User.email)


# Waiting mails


def mail_of(user_id: int, mail_id: int) -> Select[WaitingMail]:
    """Return a mail that somebody has handed in."""
    return (
        select(WaitingMail)
        .where(WaitingMail.id == mail_id, WaitingMail.user_id == user_id)
        .options(selectinload(WaitingMail.files))
    )


def mail_held(user_id: int, mail_id: int) -> Select[WaitingMail]:
    """Return such a mail, held until the end of the transaction: it is decided upon once."""
    return mail_of(user_id, mail_id).with_for_update(key_share=True)


def waiting_of(user_id: int) -> Select[WaitingMail]:
    """Return the mails of somebody that wait, the last handed in first."""
    return (
        select(WaitingMail)
        .where(WaitingMail.user_id == user_id)
        .order_by(WaitingMail.received_at.desc(), WaitingMail.id.desc())
        .options(defer(WaitingMail.body), defer(WaitingMail.folded))
    )


def count_of(user_id: int) -> Select[int]:
    """Return how many mails of somebody wait."""
    return select(func.count()).select_from(WaitingMail).where(WaitingMail.user_id == user_id)


def expired(at: datetime) -> Select[WaitingMail]:
    """Return the mails that are kept no longer."""
    return select(WaitingMail).where(WaitingMail.kept_until <= at)
