"""Who of the team holds the relationship with a partner, and with whom one colleague alone does."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.interactions.queries import known_by
from crm.records.filters import colleagues, number
from crm.records.kinds import Column, Filter
from crm.records.models import Record
from crm.rhythms import queries
from crm.web.cells import lines
from crm.web.templating import locale_code

REMEMBERED = timedelta(days=730)
"""Who was in touch longer ago is no longer known."""
ANYBODY = "any"


def since() -> date:
    """Return the day from which on exchanges count."""
    return today() - REMEMBERED


def _together(rows: Sequence[Record]) -> dict[int, Any]:
    found: dict[int, list[str]] = {}
    for record_id, _user_id, name, count, last in db.session.execute(
        known_by([row.id for row in rows], since())
    ):
        words = _(
            "%(name)s (%(count)d, last on %(day)s)",
            name=name,
            count=count,
            day=last.format(locale_code()),
        )
        found.setdefault(record_id, []).append(words)
    return {record_id: lines(words) for record_id, words in found.items()}


KNOWN_BY = Column("known_by", _l("Known by"), together=_together, usual=False)


def _colleagues() -> list[tuple[str, Any]]:
    return [(ANYBODY, _("one colleague, whoever it is")), *colleagues()]


def known_by_one(record_id: Any) -> Filter:
    """Return the filter by those whom one colleague alone has been in touch with.

    :param record_id: the column with the record's id.
    """

    def where(value: str) -> Any:
        user_id = None if value == ANYBODY else number(value)
        return record_id.in_(queries.known_by_one(since(), user_id))

    return Filter(
        "known_by_one", _l("Known by one colleague only"), where=where, choices=_colleagues
    )
