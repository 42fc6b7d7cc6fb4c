"""What administrators decide when somebody hands over."""

from collections.abc import Sequence
from typing import Any

from crm.core.i18n import _, _l
from crm.handover.services import Held
from crm.records.fields import UserField
from crm.web.form import EntryForm


class HandoverForm(EntryForm):
    """Who gets what: one colleague for all of it, or others for some."""

    everything = UserField(_l("Everything goes to"))

    def for_leaver(self, user_id: int) -> None:
        """Offer only those who stay."""
        for field in self:
            if isinstance(field, UserField):
                field.choices = [each for each in field.choices if each.value != str(user_id)]

    def colleagues(self, held: Sequence[Held]) -> dict[str, int]:
        """Return the id of who gets each kind of thing, as far as that was said."""
        keys = [each.holding.key for each in held]
        chosen = {key: self[f"to_{key}"].data or self.everything.data for key in keys}
        return {key: user_id for key, user_id in chosen.items() if user_id}


def handover_form(held: Sequence[Held]) -> type[HandoverForm]:
    """Return the form for what somebody holds: a field for each kind of thing."""
    fields: dict[str, Any] = {
        f"to_{each.holding.key}": UserField(
            _("%(what)s go to", what=each.holding.label), description=_("Empty: as for everything")
        )
        for each in held
    }
    return type("HandoverForm", (HandoverForm,), fields)
