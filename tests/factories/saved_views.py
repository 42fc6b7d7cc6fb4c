"""Saved views."""

from crm.saved_views.models import SavedView
from tests.factories.base import Factory, sequence


class SavedViewFactory(Factory):
    """A list of organisations somebody has kept; whose it is, is given."""

    class Meta:
        """What is made."""

        model = SavedView

    kind = "organisation"
    name = sequence("View {}")
    address = "country=IT"
