"""What saved views add to the pages of lists."""

from collections.abc import Sequence

from flask import url_for
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _
from crm.records.filters import number
from crm.records.list_page import ViewsBar, described
from crm.records.listing import VIEW, Listing
from crm.saved_views import queries, services, sources
from crm.saved_views.models import SavedView
from crm.web.cells import Action, Link


def views_bar(listing: Listing) -> ViewsBar:
    """Return the views of a list, the one it began with, and whether it was changed since."""
    user_id = current_user.id
    asked = {"user_id": user_id, "kind": listing.kind.name}
    views = db.session.scalars(queries.offered_on_list(), asked).all()
    current = _current(listing, views)
    says = listing.says()
    is_changed = current is not None and _differs(current, says)
    return ViewsBar(
        name=current.name if current is not None else "",
        is_shared=current is not None and current.is_shared,
        is_changed=is_changed,
        mine=[_link(each) for each in views if each.owner_id == user_id],
        team=[_link(each) for each in views if each.owner_id != user_id],
        actions=_actions(listing, current, is_changed=is_changed),
        manage_url=url_for("saved_views.index"),
        current_url=_url(current) if current is not None else "",
    )


def _current(listing: Listing, views: Sequence[SavedView]) -> SavedView | None:
    asked = listing.first(VIEW)
    if not asked:
        return None
    try:
        view_id = number(asked)
    except ValueError:
        view_id = 0
    found = next((view for view in views if view.id == view_id), None)
    if found is None:
        listing.notices.append(_("This view is not there any more: here is the list as it is"))
    return found


def _differs(view: SavedView, says: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a list asks for something else, or the view for what is not known any more."""
    stored = sources.listing_of(view)
    return stored.says() != says or bool(stored.notices)


def _url(view: SavedView) -> str:
    return url_for("saved_views.open_view", view_id=view.id)


def _link(view: SavedView) -> Link:
    return Link(view.name, _url(view))


def _actions(listing: Listing, current: SavedView | None, *, is_changed: bool) -> list[Action]:
    """Return what can be done with the list as it is asked for now."""
    asked = sources.written(listing)
    actions = []
    if current is not None and is_changed and services.may_change(current):
        url = f"{url_for('saved_views.save', view_id=current.id)}?{asked}"
        actions.append(Action(_("Save the changes"), url, "post"))
    if asked and (current is None or is_changed):
        label = _("Save as…") if current is not None else _("Save this list as a view")
        url = f"{url_for('saved_views.create', path=listing.kind.path)}?{asked}"
        actions.append(Action(label, url))
    if current is not None and is_changed:
        actions.append(Action(_("Back to the view"), _url(current)))
    return actions


def in_words(listing: Listing) -> str:
    """Return what a list asks for, in a line."""
    parts = [
        _("%(label)s: not %(value)s", label=asked.filter.label, value=described(asked))
        if asked.excluded
        else _("%(label)s: %(value)s", label=asked.filter.label, value=described(asked))
        for asked in listing.active
    ]
    if text := listing.first("q"):
        parts.insert(0, _("“%(text)s”", text=text))
    return " · ".join(parts) or _("All, without a filter")
