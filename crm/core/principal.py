"""On whose behalf the session reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from crm.permissions import ROLES, Permission


@dataclass(frozen=True)
class Principal:
    """A signed-in user, or the system itself (the command line, the worker).

    :param leaves_house: reads for a file that is taken along: what may not leave the house is not
        in it, whoever may see it on the screen.
    """

    user_id: int | None
    permissions: frozenset[Permission]
    is_system: bool = False
    leaves_house: bool = False

    def can(self, permission: Permission) -> bool:
        """Tell whether this principal holds the permission."""
        return permission in self.permissions


SYSTEM = Principal(user_id=None, permissions=ROLES["admin"], is_system=True)
"""Sees every row. Only the command line, the worker and migrations act as it."""

TEAM = Principal(user_id=0, permissions=ROLES["viewer"])
"""Reads what the whole team may see, whoever asks: what stands in a file that leaves the house."""

OUTSIDE = replace(TEAM, leaves_house=True)
"""Reads what the whole team may see and may take along."""

AnySession = Session | scoped_session[Any]


def principal_of(session: AnySession) -> Principal | None:
    """Return who the session acts for; None sees no rows."""
    principal: Principal | None = session.info.get("principal")
    return principal


def set_principal(session: AnySession, principal: Principal | None) -> None:
    """Make the session act for the principal from now on."""
    session.info["principal"] = principal


@contextmanager
def acting_as(session: AnySession, principal: Principal) -> Iterator[None]:
    """Act for the principal inside the block."""
    before = principal_of(session)
    set_principal(session, principal)
    try:
        yield
    finally:
        set_principal(session, before)
