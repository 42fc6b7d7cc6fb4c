"""What people choose before a pack is made."""

from typing import Any

from wtforms import SelectChoice, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from crm.core.i18n import _l
from crm.packs.composition import Format, parts
from crm.records.fields import ChoiceField, Needed
from crm.saved_views.sources import ViewField
from crm.web.form import Form


class SheetForm(Form):
    """The format of a sheet."""

    file_format = ChoiceField(_l("As a file"), kind=Format, default=Format.PDF)


class PackForm(Form):
    """The parts of a pack and its format."""

    parts = SelectMultipleField(
        _l("What goes in"),
        validators=[Needed(_l("Choose at least one part"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    view = ViewField(
        _l("Organisations"),
        kinds=("organisation", "network"),
        description=_l("Empty: those expected at the meeting. Or those of a saved view"),
    )
    file_format = ChoiceField(_l("As a file"), kind=Format, default=Format.PDF)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer all parts, ticked."""
        offered = parts()
        kwargs.setdefault("parts", [key for key, _title in offered])
        super().__init__(*args, **kwargs)
        self.parts.choices = [SelectChoice(key, str(title)) for key, title in offered]
