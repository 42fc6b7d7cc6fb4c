"""What exchanges put into a briefing pack: the last ones, and who of the team knows whom."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate, covers
from crm.documents.model import Block, Empty, Lines, Table, Value
from crm.interactions import queries
from crm.interactions.models import Interaction
from crm.interactions.wording import first_words
from crm.records.kinds import registry
from crm.records.packing import PackContext, PackSection, PackTable, Rows
from crm.web.templating import locale_code, shown

MOST_EXCHANGES = 3
MONTHS_LOOKED_BACK = (12, 48, None)
MOST_COLLEAGUES = 4
MONTHS_BACK = 24
"""Whom nobody has been in touch with for longer, nobody knows any more."""


def last_exchanges(context: PackContext) -> Rows:
    """Return the last exchanges with each organisation or somebody there."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    for organisation_id, exchange in _recent(context.organisation_ids):
        by = exchange.created_by.name if exchange.created_by else None
        rows[organisation_id].append(
            [
                str(shown(exchange.happened)),
                str(exchange.interaction_kind.label),
                context.link(exchange),
                first_words(exchange),
                by,
            ]
        )
    return rows


def _recent(organisation_ids: Sequence[int]) -> Sequence[tuple[int, Interaction]]:
    """Return (organisation id, exchange), looking further back only where too few are found.

    To rank ten years of exchanges with everybody for the last three of each takes seconds.
    """
    found: list[tuple[int, Interaction]] = []
    left = list(organisation_ids)
    for months in MONTHS_LOOKED_BACK:
        since = PartialDate.of(today()).in_months(-months) if months else None
        query = queries.recent_with_organisations(left, MOST_EXCHANGES, since)
        rows = [(row[0], row[1]) for row in db.session.execute(query)]
        counted = Counter(organisation_id for organisation_id, _exchange in rows)
        if since is None:
            return [*found, *rows]
        found += [row for row in rows if counted[row[0]] == MOST_EXCHANGES]
        left = [each for each in left if counted[each] < MOST_EXCHANGES]
        if not left:
            break
    return found


TABLES = (
    PackTable(
        "exchanges",
        _l("Last exchanges"),
        20,
        (_l("When"), _l("By what means"), _l("Subject"), _l("Note"), _l("Noted by")),
        last_exchanges,
        _l("No exchange noted yet."),
    ),
)


def who_knows_whom(context: PackContext) -> Sequence[Block]:
    """Return, of everybody expected, who of the team was in touch and what we have in common."""
    expected = [
        (attendance.person or attendance.organisation, _organisation_of(context, attendance))
        for attendance in context.attendances
        if attendance.person is not None or attendance.organisation is not None
    ]
    expected = [(who, at) for who, at in expected if who.id != context.us_id and not _is_us(at)]
    if not expected:
        return [Empty(_("Nobody is noted as expected yet"))]
    colleagues = _colleagues(context, [who.id for who, _at in expected])
    common = _in_common(context, sorted({at.id for _who, at in expected if at is not None}))
    rows = [
        (
            context.link(who),
            context.link(at) if at is not who else None,
            colleagues.get(who.id),
            common.get(at.id) if at is not None else None,
        )
        for who, at in expected
    ]
    columns = (_("Name"), _("On behalf of"), _("Who knows them"), _("In common with us"))
    return [Table("", columns, rows)]


def _is_us(organisation: Any) -> bool:
    return organisation is not None and organisation.is_us


def _organisation_of(context: PackContext, attendance: Any) -> Any:
    """Return for whom somebody comes: as noted, else where they work on that day."""
    if attendance.organisation is not None or attendance.person is None:
        return attendance.organisation
    return next(
        (
            each.organisation
            for each in attendance.person.positions
            if each.organisation is not None and covers(each.since, each.until, context.day)
        ),
        None,
    )


def _colleagues(context: PackContext, record_ids: Sequence[int]) -> Mapping[int, Value]:
    """Return who of the team was in touch with each of them, how often, and when last."""
    since = PartialDate.of(context.day).in_months(-MONTHS_BACK).first_day
    lines: dict[int, list[str]] = defaultdict(list)
    found = db.session.execute(queries.known_by(record_ids, since))
    for record_id, _user_id, name, number, last in found:
        if len(lines[record_id]) < MOST_COLLEAGUES:
            lines[record_id].append(
                _n(
                    "%(name)s: %(num)d exchange, %(day)s",
                    "%(name)s: %(num)d exchanges, last %(day)s",
                    number,
                    name=name,
                    day=last.format(locale_code(), "dense"),
                )
            )
    return {record_id: Lines(each) for record_id, each in lines.items()}


def _in_common(context: PackContext, organisation_ids: Sequence[int]) -> Mapping[int, Value]:
    """Return how many networks, projects and declarations we share with each organisation."""
    if context.us_id is None:
        return {}
    lines: dict[int, list[str]] = defaultdict(list)
    for tie in registry.ties:
        shared = tie.query(context.us_id, context.day)
        for organisation_id, number in db.session.execute(
            queries.counted_ties(shared, organisation_ids)
        ):
            lines[organisation_id].append(_("%(label)s: %(value)s", label=tie.label, value=number))
    return {organisation_id: Lines(each) for organisation_id, each in lines.items()}


SECTIONS = (PackSection("known", _l("Who knows whom"), 60, who_knows_whom),)
