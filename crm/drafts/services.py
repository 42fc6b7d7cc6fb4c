"""Everything that changes drafts. No service commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import select

from crm.accounts.models import User
from crm.core import once
from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.drafts import queries
from crm.drafts.models import LONGEST_ADDRESS, LONGEST_TITLE, Draft

KEPT = timedelta(days=30)
MOST = 100
LONGEST = 500_000
"""Characters of all fields of a form together."""


@dataclass(frozen=True)
class Window:
    """A window in which a form stands.

    :param address: where the form is opened.
    :param token: what tells it from other windows with the same form.
    :param begun_from: the draft with which it was opened, and how often that had been saved.
    """

    address: str
    token: str
    begun_from: tuple[int, int] | None = None


def keep(
    user_id: int, window: Window, *, title: str, fields: Sequence[tuple[str, str]]
) -> Draft | None:
    """Keep what a window holds; what other windows hold of the same form stays as it is.

    :returns: None when the form was sent meanwhile: there is nothing left to keep.
    :raises InvalidValue: when it is too much.
    """
    if len(window.address) > LONGEST_ADDRESS:
        raise InvalidValue(None, _("The address of this form is too long for a draft"))
    if sum(len(name) + len(value) for name, value in fields) > LONGEST:
        raise InvalidValue(None, _("This is too long for a draft: save it in several parts"))
    # Two requests of one window at once must not both add it.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    if once.was_taken(window.token):
        return None
    draft = _own(user_id, window)
    draft.title, draft.fields = title[:LONGEST_TITLE], [[*field] for field in fields]
    draft.changed_at = now()
    db.session.flush()
    _forget_begun_from(user_id, window)
    _forget(db.session.scalars(queries.all_of(user_id).offset(MOST)))
    return draft


def _own(user_id: int, window: Window) -> Draft:
    """Return the draft of a window, added where there is none yet."""
    found = db.session.scalar(
        queries.of_form(user_id, window.address).where(Draft.window == window.token)
    )
    if found is not None:
        found.turn += 1
        return found
    draft = Draft(user_id=user_id, address=window.address, window=window.token)
    db.session.add(draft)
    return draft


def forget_window(user_id: int, window: Window) -> None:
    """Forget what a window held: its form was taken or discarded, and it can keep nothing more."""
    once.claim(window.token)
    own = queries.of_form(user_id, window.address).where(Draft.window == window.token)
    _forget(db.session.scalars(own))
    _forget_begun_from(user_id, window)


def _forget_begun_from(user_id: int, window: Window) -> None:
    """Forget the draft a window was opened with, unless another window has changed it since."""
    if window.begun_from is None:
        return
    draft_id, turn = window.begun_from
    before = queries.one_of(user_id, draft_id).where(
        Draft.turn == turn, Draft.window != window.token
    )
    _forget(db.session.scalars(before))


def discard(draft: Draft) -> None:
    """Remove a draft."""
    _forget([draft])


def remove_of(user_id: int) -> None:
    """Remove the drafts of somebody who may not sign in any more."""
    _forget(db.session.scalars(queries.all_of(user_id)))


def remove_old() -> None:
    """Remove the drafts that nobody has come back to for long enough."""
    _forget(db.session.scalars(queries.unchanged_since(now() - KEPT)))


def _forget(drafts: Iterable[Draft]) -> None:
    ids = [draft.id for draft in drafts]
    if ids:  # One statement: it minds none that another request has removed meanwhile.
        db.session.execute(sa.delete(Draft).where(Draft.id.in_(ids)))
