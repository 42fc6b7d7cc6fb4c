"""Where an organisation and we sit together, at the top of its page."""

from collections.abc import Sequence

from crm.core.i18n import _l
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record


def _shared(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return the networks in which both sit today."""
    links = loaded.rows.get("memberships", ())
    return [GlanceLine(record_link(each.network)) for each in links if each.is_shared]


GLANCES = (
    Glance(
        "networks",
        _l("Networks in common"),
        ("organisation",),
        _shared,
        shape="line",
        order=60,
        panel="memberships",
    ),
)
