"""Letting a partner rest. No service commits."""

from datetime import date

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.organisations.models import Organisation


def let_rest(organisation: Organisation, *, rest_until: date) -> Organisation:
    """Expect no exchange with a partner until a day.

    :raises InvalidValue: at ``rest_until`` when that day has passed.
    """
    if rest_until <= today():
        raise InvalidValue("rest_until", _("Enter a date to come"))
    organisation.rest_until = rest_until
    db.session.flush()
    return organisation


def wake(organisation: Organisation) -> Organisation:
    """Expect exchanges with a partner again."""
    organisation.rest_until = None
    db.session.flush()
    return organisation
