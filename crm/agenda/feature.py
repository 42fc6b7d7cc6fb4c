"""What calendars and daily mails add to Passerelle."""

from crm.agenda import jobs  # noqa: F401 - it tells the queue what it does
from crm.agenda.views import bp
from crm.core.features import Feature

FEATURE = Feature(name="agenda", blueprints=(bp,))
