"""What is said once an exchange is logged, and where one goes on to."""

from crm.core.i18n import _
from crm.interactions.models import Interaction
from crm.records.kinds import registry
from crm.web.cells import Action
from crm.web.messages import tell


def say_logged(logged: Interaction, back: str) -> None:
    """Say that an exchange is logged, and offer to change it or to take it back."""
    kind = registry.kind_of(logged)
    tell(
        _("Exchange logged."),
        Action(_("Edit"), kind.url(logged, "edit_record")),
        Action(_("Undo"), kind.url(logged, "take_back", next=back), "post"),
    )


def page_of(logged: Interaction) -> str:
    """Return the page of the first one it was with, where the exchange now tops the timeline."""
    first = logged.participants[0].record
    return registry.kind_of(first).url(first)
