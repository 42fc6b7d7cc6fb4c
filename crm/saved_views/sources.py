"""A saved view as the source of something else: an invitation, a pack, a feed, a file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectField
from wtforms.validators import ValidationError

from crm.core.db import db
from crm.core.i18n import _
from crm.records.fields import optional_id
from crm.records.kinds import registry
from crm.records.listing import Listing
from crm.saved_views import queries
from crm.saved_views.models import SavedView


def written(listing: Listing) -> str:
    """Return what a list asks for, as a view keeps it."""
    return urlencode(listing.says())


def listing_of(view: SavedView) -> Listing:
    """Read a view as its list would, for whom the session acts."""
    return listing_at(view.kind, view.address)


def listing_at(kind: str, address: str) -> Listing:
    """Read what a view keeps of a list."""
    return Listing(registry.kinds[kind], MultiDict(parse_qsl(address)))


def view_of(view_id: int | None, kinds: Sequence[str] = ()) -> SavedView | None:
    """Return a view that the person signed in may use, of one of these lists."""
    if view_id is None:
        return None
    found = db.session.scalar(queries.offered(view_id, current_user.id))
    return found if found is not None and (not kinds or found.kind in kinds) else None


class ViewField(SelectField):
    """A saved view, one's own or the team's, or none; the value is its id."""

    def __init__(
        self, label: Any = None, *args: Any, kinds: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """Offer the views of these lists."""
        self.kinds = tuple(kinds)
        super().__init__(label, *args, choices=self._offered, coerce=optional_id, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        views = db.session.scalars(queries.offered_to(current_user.id, self.kinds)).all()
        return [
            SelectChoice("", ""),
            *(
                SelectChoice(
                    str(view.id),
                    _("%(view)s (team)", view=view.name) if view.is_shared else view.name,
                )
                for view in views
            ),
        ]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read which was chosen."""
        if valuelist:
            self.data = optional_id(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        """Refuse a view that is not there."""
        if self.data is None:
            return
        view = view_of(self.data, self.kinds)
        if view is None:
            raise ValidationError(_("This view is not there any more. Choose another"))
        # Without a filter that is gone it would mean more records than whoever kept it wanted.
        if notices := listing_of(view).notices:
            raise ValidationError(notices[0])

    @property
    def view(self) -> SavedView | None:
        """Return the view that was chosen."""
        return view_of(self.data, self.kinds)
