"""The projects we run with an organisation, at the top of its page."""

from collections.abc import Sequence

from crm.core.i18n import _l
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record


def _shared(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return the projects in which both take part, those going on first."""
    shared = [each for each in loaded.rows.get("projects", ()) if each.is_shared]
    return [GlanceLine(record_link(each.project)) for each in shared]


GLANCES = (
    Glance(
        "projects",
        _l("Projects in common"),
        ("organisation",),
        _shared,
        shape="line",
        order=30,
        panel="projects",
    ),
)
