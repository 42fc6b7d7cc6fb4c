"""What an organisation has signed and what it has not answered, at the top of its page."""

from collections.abc import Sequence

from crm.core.i18n import _, _l, _n
from crm.declarations.models import SignatureStatus
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record

AWAITED = (
    SignatureStatus.INVITED,
    SignatureStatus.REMINDED,
    SignatureStatus.AGREED,
    SignatureStatus.CONDITIONAL,
)


def _texts(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return how many texts were signed, and which ones wait for an answer."""
    signatures = loaded.rows.get("signed", ())
    signed = sum(each.status is SignatureStatus.SIGNED for each in signatures)
    lines = [GlanceLine(_n("%(num)d signed", "%(num)d signed", signed))] if signed else []
    lines += [
        GlanceLine(record_link(each.declaration), _("awaited"))
        for each in signatures
        if each.status in AWAITED
    ]
    return lines


GLANCES = (
    Glance(
        "declarations",
        _l("Declarations"),
        ("organisation",),
        _texts,
        shape="line",
        order=40,
        panel="signed",
    ),
)
