"""What the page to sign adds to Passerelle."""

from crm.core.features import Feature
from crm.signing.views import bp

FEATURE = Feature(name="signing", blueprints=(bp,))
