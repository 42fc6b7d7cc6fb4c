"""Whom one may speak to at an organisation, at the top of its page."""

from collections.abc import Sequence

from crm.core.i18n import _l
from crm.core.partial_date import covers
from crm.records.asof import page_day
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record

MOST_PEOPLE = 4


def _people(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return who works there, with their function."""
    day = page_day()
    current = [
        each for each in loaded.rows.get("people", ()) if covers(each.since, each.until, day)
    ]
    return [GlanceLine(record_link(each.person), each.title) for each in current[:MOST_PEOPLE]]


GLANCES = (Glance("people", _l("People"), ("organisation",), _people, order=50, panel="people"),)
