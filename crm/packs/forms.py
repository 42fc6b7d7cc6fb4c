"""What people choose before a pack or a sheet is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from wtforms import BooleanField, Field, SelectChoice, SelectMultipleField
from wtforms.utils import unset_value

from crm.core.db import db
from crm.core.i18n import _l
from crm.packs.composition import Composition, titles
from crm.packs.files import Format
from crm.records.fields import ChoiceField, Needed
from crm.saved_views.queries import offered_to
from crm.saved_views.sources import ViewField
from crm.web.form import EntryForm, Form

UP, DOWN = "up", "down"


class SheetForm(Form):
    """The format of a sheet."""

    file_format = ChoiceField(_l("As a file"), kind=Format, default=Format.PDF)


@dataclass(frozen=True)
class PartRow:
    """A part of the pack as the form shows it.

    :param was_moved: the person has just moved it, and goes on from there.
    """

    key: str
    title: str
    is_ticked: bool
    was_moved: bool = False


class PartsField(SelectMultipleField):
    """Parts to tick, in an order that plain buttons change; the value is those ticked, in order."""

    data: Any
    order: list[str]
    moved: str = ""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read what is ticked, in which order all stand, and which of them is to be moved."""
        offered = titles()
        self.choices = [SelectChoice(key, title) for key, title in offered.items()]
        super().process(formdata, data, extra_filters)
        sent = formdata.getlist(f"{self.name}-order") if formdata else []
        ticked = [key for key in self.data or () if key in offered]
        known = [key for key in dict.fromkeys([*sent, *ticked]) if key in offered]
        self.order = [*known, *(key for key in offered if key not in known)]
        for name, step in ((UP, -1), (DOWN, 1)):
            key = formdata.get(name, "") if formdata else ""
            if key in offered:
                self.moved = key
                self._move(key, step)
        if all(key in offered for key in self.data or ()):
            self.data = [key for key in self.order if key in ticked]

    def _move(self, key: str, step: int) -> None:
        at = self.order.index(key)
        self.order.insert(min(max(at + step, 0), len(self.order)), self.order.pop(at))

    @property
    def rows(self) -> Sequence[PartRow]:
        """Return all parts in their order."""
        offered, ticked = titles(), set(self.data or ())
        return [PartRow(key, offered[key], key in ticked, key == self.moved) for key in self.order]


def view_at(asked: tuple[str, str] | None) -> int | None:
    """Return the saved view that asks for the same, as far as it is there."""
    if asked is None:
        return None
    kind, address = asked
    offered = db.session.scalars(offered_to(current_user.id, [kind]))
    return next((view.id for view in offered if view.address == address), None)


class PackForm(EntryForm):
    """What goes into a pack, in which order, and for whom it is."""

    parts = PartsField(
        _l("What goes in, in this order"), validators=[Needed(_l("Choose at least one part"))]
    )
    view = ViewField(
        _l("Organisations"),
        kinds=("organisation", "network"),
        description=_l("Empty: those expected at the meeting. Or those of a saved view"),
    )
    is_for_managers = BooleanField(
        _l("With what only managers may see"),
        description=_l("Only managers can then open the pack, and every page says so"),
    )

    def composition(self) -> Composition:
        """Return what was chosen."""
        view = self.view.view
        return Composition(
            self.parts.data,
            (view.kind, view.address) if view is not None else None,
            is_for_managers="is_for_managers" in self and bool(self.is_for_managers.data),
        )

    def without(self, name: str) -> "PackForm":
        """Return the form without a field that is not for everybody."""
        del self[name]
        return self

    @property
    def plain_fields(self) -> Sequence[Field]:
        """Return the fields below the parts."""
        apart = ("parts", "csrf_token", "once")
        return [field for field in self if field.name not in apart]
