"""What calendars and daily mails add to Passerelle."""

from crm.accounts.services import leaving
from crm.agenda import jobs  # noqa: F401 - it tells the queue what it does
from crm.agenda.services import withdraw_address
from crm.agenda.views import bp
from crm.core.features import Feature

FEATURE = Feature(name="agenda", blueprints=(bp,))

leaving["agenda"] = withdraw_address
