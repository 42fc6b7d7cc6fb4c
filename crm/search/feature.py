"""What search adds to Passerelle."""

from crm.core.features import Feature
from crm.search import jobs  # noqa: F401 - it tells the queue what it does
from crm.search.cli import search
from crm.search.views import bp

FEATURE = Feature(name="search", blueprints=(bp,), commands=(search,))
