"""Everything that changes saved views. No service commits."""

from typing import Any

from sqlalchemy import select

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.principal import Principal, principal_of
from crm.core.text import fold
from crm.feeds import services as feeds
from crm.permissions import Permission
from crm.saved_views import queries
from crm.saved_views.models import SavedView

MOST = 200
LONGEST_ADDRESS = 4000


def _principal() -> Principal:
    principal = principal_of(db.session)
    if principal is None or principal.user_id is None:
        raise NotAllowed(_("Only people save views"))
    return principal


def feed_subject(view: SavedView) -> str:
    """Return how private addresses name the feed of a view."""
    return f"view:{view.id}"


def may_change(view: SavedView) -> bool:
    """Tell whether a view is the person's own, or the team's and they look after those."""
    principal = principal_of(db.session)
    if principal is None:
        return False
    is_own = principal.user_id is not None and view.owner_id == principal.user_id
    return is_own or (view.is_shared and principal.can(Permission.VIEWS_SHARE))


def save_as(*, kind: str, address: str, name: str, is_shared: bool = False) -> SavedView:
    """Keep a list under a name.

    :raises InvalidValue: at ``name`` or ``is_shared``.
    """
    owner_id = _principal().user_id
    # Two requests at once must not both find the name free.
    db.session.execute(select(User.id).where(User.id == owner_id).with_for_update())
    _check(name, is_shared=is_shared, kind=kind)
    if len(address) > LONGEST_ADDRESS:
        raise InvalidValue(None, _("This list asks for too much to be kept: remove some filters"))
    view = SavedView(
        owner_id=owner_id, kind=kind, address=address, name=name.strip(), is_shared=is_shared
    )
    db.session.add(view)
    db.session.flush()
    return view


def change(view: SavedView, *, name: str, is_shared: bool = False) -> SavedView:
    """Give a view another name, or share it with the team.

    :raises InvalidValue: at ``name`` or ``is_shared``.
    """
    _refuse_others(view)
    _check(name, is_shared=is_shared and not view.is_shared, kind=view.kind, but=view)
    view.name, view.is_shared = name.strip(), is_shared
    db.session.flush()
    return view


def save(view: SavedView, address: str) -> SavedView:
    """Let a view ask from now on for what a list asks for now."""
    _refuse_others(view)
    if len(address) > LONGEST_ADDRESS:
        raise InvalidValue(None, _("This list asks for too much to be kept: remove some filters"))
    view.address, view.updated_at = address, now()
    db.session.flush()
    return view


def remove(view: SavedView) -> None:
    """Remove a view and the private addresses that lead to it; no record changes."""
    _refuse_others(view)
    feeds.withdraw_all_to(feed_subject(view))
    db.session.delete(view)
    db.session.flush()


def _refuse_others(view: SavedView) -> None:
    if not may_change(view):
        raise NotAllowed(_("This view belongs to somebody else: save it under a name of your own"))


def _check(name: str, *, is_shared: bool, kind: str, but: SavedView | None = None) -> None:
    principal = _principal()
    if is_shared and not principal.can(Permission.VIEWS_SHARE):
        raise InvalidValue("is_shared", _("Only managers share views with the team"))
    if not fold(name):
        raise InvalidValue("name", _("Enter a name of letters or digits"))
    owner_id: Any = but.owner_id if but is not None else principal.user_id
    own = db.session.scalars(queries.owned_by(owner_id)).all()
    if but is None and len(own) >= MOST:
        raise InvalidValue(
            None, _("You have %(most)d views: delete one before you save another", most=MOST)
        )
    if any(each.kind == kind and fold(each.name) == fold(name) and each is not but for each in own):
        raise InvalidValue(
            "name", _("There is a view of this list with this name. Choose another name")
        )
