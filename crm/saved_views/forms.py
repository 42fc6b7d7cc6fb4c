"""What people enter to keep a list."""

from typing import Any

from flask_login import current_user
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired

from crm.core.i18n import _l
from crm.permissions import Permission
from crm.saved_views.models import SavedView
from crm.web.form import EntryForm


class ViewForm(EntryForm):
    """The name of a view, and whom it is for."""

    model = SavedView

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    is_shared = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only those who may whether the team gets it."""
        super().__init__(*args, **kwargs)
        if not current_user.can(Permission.VIEWS_SHARE):
            del self.is_shared
