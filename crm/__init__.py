"""Passerelle, the relationship memory of an advocacy team."""

import gc

YOUNG_OBJECTS = 50_000
"""How many new objects are made before rubbish is looked for among them; Python's own 700 is for
programs that hold few. A file of 100,000 rows spent a tenth of its time looking, and every start a
seventh."""
LOOKS_BETWEEN = 100
"""How often it is looked for among what is younger before all is gone through: Python's own 10
stopped the process for a tenth of such a file, and any page now and then."""

# Here, as loading the rest makes more objects that stay than any request.
gc.set_threshold(YOUNG_OBJECTS, gc.get_threshold()[1], LOOKS_BETWEEN)
