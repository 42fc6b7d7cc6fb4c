"""What the example data adds to Passerelle."""

from crm.core.features import Feature
from crm.example.cli import example

FEATURE = Feature(name="example", commands=(example,))
