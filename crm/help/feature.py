"""What the help page adds to Passerelle."""

from crm.core.features import Feature
from crm.help.views import bp

FEATURE = Feature(name="help", blueprints=(bp,))
