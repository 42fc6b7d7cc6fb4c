"""What the page of the report of a round shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from flask import url_for
from flask_login import current_user

from crm.core.i18n import _l
from crm.permissions import Permission
from crm.records.kinds import Column
from crm.records.listing import headings
from crm.records.packing import SHORT_ADDRESS
from crm.reviews.forms import RoundForm
from crm.reviews.models import Decision
from crm.reviews.report import FORMATS, Late, Line, Round, before_in_words
from crm.web.cells import Action, Link, Long
from crm.web.tables import Row
from crm.web.templating import babel_locale


@dataclass(frozen=True)
class GroupView:
    """The reviews of a round that came to one decision, as the template draws them."""

    key: str
    title: str
    rows: Sequence[Row]


def _partner(line: Line) -> Link:
    return Link(line.partner, url_for("reviews.show", review_id=line.review_id))


def _late_partner(late: Late) -> Link:
    return Link(late.partner, f"{SHORT_ADDRESS}{late.partner_id}")


def _marks_of(line: Line) -> Any:
    if line.mark is None:
        return None
    marks = [line.mark, line.mark_before]
    return " ← ".join(format_decimal(each, locale=babel_locale()) for each in marks if each)


SUMMARY = (
    Column("decision", _l("Decision")),
    Column("now", _l("This round"), numeric=True),
    Column("before", _l("The same partners before"), numeric=True),
)
ROUND = (
    Column("partner", _l("Partner"), _partner),
    Column("why", _l("Why"), lambda line: Long(line.reason)),
    Column("found", _l("What was found"), lambda line: line.found),
    Column("before", _l("Before"), before_in_words),
    Column("mark", _l("Average mark"), _marks_of, numeric=True),
    Column("next", _l("Next review"), lambda line: line.next_review),
)
LATE = (
    Column(
        "partner",
        _l("Partner"),
        _late_partner,
    ),
    Column("due", _l("Review due"), lambda late: late.due),
    Column("owner", _l("Owner"), lambda late: late.owner),
)


def report_context(form: RoundForm, found: Round | None) -> dict[str, Any]:
    """Return what the page of a report shows."""
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "has_errors": bool(form.errors),
        "action_url": url_for("reviews.report"),
        "back_url": url_for("reviews.index"),
    }
    if found is None:
        return context
    asked: dict[str, Any] = {"since": found.since.isoformat(), "until": found.until.isoformat()}
    may_take = current_user.can(Permission.EXPORTS_MAKE)
    return context | {
        "summary_columns": headings(SUMMARY),
        "summary": [
            Row([each.label, len(found.with_decision(each)), found.count_before(each)])
            for each in Decision
        ],
        "groups": [
            GroupView(each.value, str(each.label), _rows(ROUND, found.with_decision(each)))
            for each in Decision
            if found.with_decision(each)
        ],
        "columns": headings(ROUND),
        "late_columns": headings(LATE),
        "late_rows": _rows(LATE, found.late),
        "files": [
            Action(each.label, url_for("reviews.report_file", **asked, format=each.value))
            for each in FORMATS
            if may_take
        ],
    }


def _rows(columns: Sequence[Column], lines: Sequence[Any]) -> list[Row]:
    return [Row([column.cell(line) for column in columns]) for line in lines]
