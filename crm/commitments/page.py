"""How the list of all commitments reads, and what its address asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from werkzeug.datastructures import MultiDict

from crm.commitments import cells, queries
from crm.commitments.actions import actions_of
from crm.commitments.models import Commitment, Debtor
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.text import clean_line
from crm.records.filters import choice_filter, owner_filter, record_filter
from crm.records.kinds import Filter, PartList
from crm.records.list_page import Chip, FilterControl
from crm.records.listing import count_in_words, count_of, headings, ids_of
from crm.web.returning import coming_back
from crm.web.tables import Row
from crm.web.templating import NavEntry

PAGE_ROWS = 100
MOST_PAGES = 10_000
STATE, PAGE = "state", "page"
SETTLED = "settled"
STATES = (("open", _l("Open")), ("late", _l("Late")), (SETTLED, _l("Settled")))
COLUMNS = (cells.PARTNER, *cells.COLUMNS, cells.ORIGIN)
FILTERS = (
    choice_filter("debtor", _l("Who owes it"), Commitment.debtor, Debtor),
    owner_filter("owner", _l("Who follows it"), Commitment.owner_id),
    record_filter(
        "partner",
        _l("Partner"),
        lambda record_id: Commitment.organisation_id == record_id,
        kinds=["organisation"],
    ),
)


LIST = PartList(
    path="commitments",
    title=_l("Commitments"),
    endpoint="commitments.index",
    query=lambda args: Question(args).query(),
    columns=COLUMNS,
)
"""As a file."""


@dataclass(frozen=True)
class Narrowing:
    """A value of a filter, and the condition it stands for."""

    filter: Filter
    value: str
    condition: sa.ColumnElement[bool]


class Question:
    """What an address asks of the list; what it says that makes no sense is told."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        """Read the address."""
        self.notices: list[str] = []
        asked = args.get(STATE, STATES[0][0])
        self.state = asked if asked in dict(STATES) else STATES[0][0]
        self.narrowings = [
            found
            for each in FILTERS
            for found in self._read(each, clean_line(args.get(each.key, "")))
        ]
        number = args.get(PAGE, 1, type=int)
        self.number = number if 1 <= number <= MOST_PAGES else 1

    def _read(self, asked: Filter, typed: str) -> Iterator[Narrowing]:
        if not typed:
            return
        try:
            for value in asked.read(typed):
                yield Narrowing(asked, value, asked.where(value))
        except ValueError:
            self.notices.append(
                _(
                    "“%(value)s” is no value of “%(label)s”: it was ignored",
                    value=typed[:60],
                    label=asked.label,
                )
            )

    def query(self) -> sa.Select[Commitment]:
        """Return the commitments that are asked for."""
        conditions = [each.condition for each in self.narrowings]
        query = queries.listed().where(queries.in_state(self.state), *conditions)
        if self.state == SETTLED:
            query = query.order_by(None).order_by(Commitment.settled_on.desc(), Commitment.id)
        return query

    def address(self, **changes: Any) -> str:
        """Return the address of the list with some of it changed."""
        return url_for("commitments.index", **{**self.says, **changes})

    @property
    def says(self) -> dict[str, Any]:
        """Return what the address says."""
        values = {each.filter.key: each.value for each in self.narrowings}
        return {STATE: self.state, **values}


def context(args: MultiDict[str, str]) -> dict[str, Any]:
    """Return all that the page shows for an address."""
    asked = Question(args)
    query = asked.query()
    count = count_of(ids_of(query))
    number = min(asked.number, max(1, -(-count // PAGE_ROWS)))
    found = db.session.scalars(query.limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)).all()
    return {
        "columns": headings(COLUMNS),
        "rows": _rows(found),
        "count_text": count_in_words(count),
        "notices": asked.notices,
        "actions": LIST.file_actions(**asked.says),
        "tabs": [
            NavEntry(str(label), asked.address(state=state), current=state == asked.state)
            for state, label in STATES
        ],
        "state": asked.state,
        "filters": [_control(each, asked.narrowings) for each in FILTERS],
        "chips": [_chip(each, asked) for each in asked.narrowings],
        "clear_url": url_for("commitments.index", state=asked.state),
        "action_url": url_for("commitments.index"),
        "previous_url": asked.address(page=number - 1) if number > 1 else None,
        "next_url": asked.address(page=number + 1) if number * PAGE_ROWS < count else None,
    }


def _rows(found: Sequence[Commitment]) -> list[Row]:
    return [
        Row([column.cell(each) for column in COLUMNS], actions=coming_back(actions_of(each)))
        for each in found
    ]


def _control(each: Filter, narrowings: Sequence[Narrowing]) -> FilterControl:
    values = [one.value for one in narrowings if one.filter is each]
    is_named = each.kind == "record"
    return FilterControl(
        each.key,
        str(each.label),
        each.kind,
        "" if is_named else next(iter(values), ""),
        each.offered(),
        pinned=True,
        suggest_url=url_for("records.suggest", kind=list(each.kinds)) if is_named else None,
    )


def _chip(each: Narrowing, asked: Question) -> Chip:
    found = each.filter.describe(each.value) if each.filter.describe else None
    if found is None and each.filter.choices:
        found = dict(each.filter.choices()).get(each.value)
    label = _("%(label)s: %(value)s", label=each.filter.label, value=found or each.value)
    return Chip(label, asked.address(**{each.filter.key: None}))
