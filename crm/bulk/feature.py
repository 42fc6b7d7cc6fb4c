"""What changing many records at once adds to Passerelle."""

from crm.bulk import jobs  # noqa: F401 - it tells the queue what it does
from crm.bulk.views import bp
from crm.core.features import Feature

FEATURE = Feature(name="bulk", blueprints=(bp,))
