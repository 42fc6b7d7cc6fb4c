"""How evidence reads: its numbers, the lines behind them, and how it was the time before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from crm.commitments.models import Debtor
from crm.core.choice import Choice
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.declarations.models import SignatureStatus
from crm.interactions.models import InteractionKind
from crm.permissions import Permission
from crm.projects.models import InvolvementRole, ProjectStatus
from crm.records.kinds import Column
from crm.records.listing import headings
from crm.records.packing import SHORT_ADDRESS
from crm.reviews import queries
from crm.reviews.evidence import named_in
from crm.web.cells import Link, lines
from crm.web.tables import HeaderCell, Row
from crm.web.templating import babel_locale, in_a_row


def _day(row: Mapping[str, Any]) -> PartialDate | None:
    return PartialDate.parse_iso(row["day"]) if row.get("day") else None


def _record(row: Mapping[str, Any]) -> Link | None:
    named = row.get("record")
    return Link(named["title"], f"{SHORT_ADDRESS}{named['id']}") if named else None


def _word(key: str, kind: type[Choice]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what reads a code of a closed list; one that is no longer in it stays as it is."""
    codes = {member.value for member in kind}
    return lambda row: kind(row[key]).label if row[key] in codes else row[key]


def _roles(row: Mapping[str, Any]) -> Any:
    words = {member.value: str(member.label) for member in InvolvementRole}
    return lines([words.get(code, code) for code in row["roles"]])


def direction(row: Mapping[str, Any]) -> str:
    """Return who owes something: we, or the partner."""
    return _("We owe") if row["debtor"] == Debtor.US.value else _("They owe")


DAY = Column("day", _l("Date"), _day)
STATUS = Column("status", _l("Status"), _word("status", SignatureStatus))
DECLARATION = Column("record", _l("Declaration"), _record)
OWED = (
    Column("debtor", _l("Who owes it"), direction),
    Column("name", _l("What is owed"), lambda row: row["name"]),
    Column("day", _l("Due"), _day),
    Column("who", _l("Who follows it"), lambda row: row["who"]),
    Column("record", _l("Said at"), _record),
)


def _quarters(kept: Mapping[str, Any]) -> str:
    """Say how many exchanges there were in each three months, the last ones first."""
    return in_a_row(
        _("%(label)s: %(value)s", label=_period(first, last), value=number)
        for first, last, number in kept["counts"].get("quarters", ())
    )


def _period(first: str, last: str) -> str:
    days = (date.fromisoformat(text) for text in (first, last))
    return " – ".join(format_date(day, "d MMM", babel_locale()) for day in days)


def _of_those_asked(kept: Mapping[str, Any]) -> str:
    asked = kept["counts"].get("asked", 0)
    return _n("of %(num)d asked", "of %(num)d asked", asked) if asked else ""


def _whose(kept: Mapping[str, Any]) -> str:
    counts = kept["counts"]
    return _("ours: %(ours)s, theirs: %(theirs)s", ours=counts["ours"], theirs=counts["theirs"])


@dataclass(frozen=True)
class Finding:
    """Something that is looked for, and how it reads.

    :param says: more about the number, in a few words.
    """

    key: str
    title: Any
    columns: Sequence[Column]
    says: Callable[[Mapping[str, Any]], str] = lambda kept: ""


FINDINGS = (
    Finding(
        "contacts",
        _l("Exchanges"),
        (
            DAY,
            Column("kind", _l("By what means"), _word("kind", InteractionKind)),
            Column("record", _l("Exchange"), _record),
            Column("who", _l("Logged by"), lambda row: row["who"]),
        ),
        _quarters,
    ),
    Finding(
        "meetings",
        _l("Meetings at which both were"),
        (DAY, Column("record", _l("Meeting"), _record)),
    ),
    Finding(
        "holders",
        _l("Colleagues in touch, over two years"),
        (
            Column("who", _l("Colleague"), lambda row: row["who"]),
            Column("number", _l("Exchanges"), lambda row: row["number"], numeric=True),
            Column("day", _l("Last one"), _day),
        ),
    ),
    Finding(
        "people_lost",
        _l("People who left"),
        (
            Column("record", _l("Name"), _record),
            Column("title", _l("Position"), lambda row: row["title"]),
            Column("day", _l("Until"), _day),
        ),
    ),
    Finding(
        "signatures",
        _l("Declarations they signed"),
        (DECLARATION, DAY),
        _of_those_asked,
    ),
    Finding(
        "our_signatures",
        _l("Declarations of theirs that we signed"),
        (DECLARATION, DAY),
        _of_those_asked,
    ),
    Finding("declined", _l("Declarations they declined"), (DECLARATION, DAY)),
    Finding("unanswered", _l("Declarations they did not answer"), (DECLARATION, DAY, STATUS)),
    Finding(
        "projects",
        _l("Projects in common"),
        (
            Column("record", _l("Project"), _record),
            Column("role", _l("Their role"), _roles),
            Column("status", _l("Status"), _word("status", ProjectStatus)),
        ),
    ),
    Finding("networks", _l("Networks in common"), (Column("record", _l("Network"), _record),)),
    Finding("late", _l("Commitments late"), OWED, _whose),
)


@dataclass(frozen=True)
class FindingView:
    """A finding as the template draws it.

    :param before: what the number was at the review before.
    :param note: that not all lines are shown, and why.
    """

    key: str
    title: str
    number: int
    detail: str
    before: str
    columns: Sequence[HeaderCell]
    rows: Sequence[Row]
    note: str


def for_reader(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return evidence as far as its reader may know it.

    What was gathered while only managers saw the partner stays theirs, whoever sees it now.
    """
    principal = principal_of(db.session)
    is_manager = principal is not None and principal.can(Permission.RECORDS_CONFIDENTIAL)
    if is_manager or not evidence.get("is_for_managers"):
        return evidence
    return {**evidence, "findings": {}, "agreed": [], "is_kept_back": True}


def read(evidence: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[FindingView]:
    """Return what evidence says, to whoever reads it.

    Lines that name what the reader may not see any more are left out; the numbers stay.

    :param before: the evidence of the review before.
    """
    found = evidence.get("findings", {})
    known = [(each, found[each.key]) for each in FINDINGS if each.key in found]
    seen = _seen([row for _finding, kept in known for row in kept["rows"]])
    past = (before or {}).get("findings", {})
    return [_view(finding, kept, past.get(finding.key), seen) for finding, kept in known]


def _seen(rows: Sequence[Mapping[str, Any]]) -> set[int]:
    ids = {record_id for row in rows for record_id in named_in(row)}
    return set(db.session.scalars(queries.seen_among(ids))) if ids else set()


def _view(
    finding: Finding, kept: Mapping[str, Any], past: Mapping[str, Any] | None, seen: set[int]
) -> FindingView:
    rows = [row for row in kept["rows"] if named_in(row) <= seen]
    return FindingView(
        key=finding.key,
        title=str(finding.title),
        number=kept["total"],
        detail=finding.says(kept) if kept["total"] or kept["rows"] else "",
        before=_("before: %(number)s", number=past["total"]) if past is not None else "",
        columns=headings(finding.columns),
        rows=[Row([column.cell(row) for column in finding.columns]) for row in rows],
        note=_left_out(kept, len(rows)),
    )


def _left_out(kept: Mapping[str, Any], shown: int) -> str:
    hidden = len(kept["rows"]) - shown
    if hidden:
        return _n(
            "%(num)d line names what fewer people may see since, or what is gone.",
            "%(num)d lines name what fewer people may see since, or what is gone.",
            hidden,
        )
    is_cut = kept["total"] > len(kept["rows"]) > 0
    return _("The last %(number)s are listed.", number=len(kept["rows"])) if is_cut else ""


def in_short(evidence: Mapping[str, Any]) -> str:
    """Return the numbers of evidence in a row, those that are not nothing."""
    numbers = {key: kept["total"] for key, kept in evidence.get("findings", {}).items()}
    return in_a_row(
        _("%(label)s: %(value)s", label=each.title, value=numbers[each.key])
        for each in FINDINGS
        if numbers.get(each.key)
    )


def period_of(evidence: Mapping[str, Any]) -> tuple[date, date]:
    """Return of which time evidence tells: its last day before, and its last day."""
    return date.fromisoformat(evidence["after"]), date.fromisoformat(evidence["until"])


def agreed(rows: Sequence[Mapping[str, Any]]) -> tuple[Sequence[HeaderCell], Sequence[Row]]:
    """Return the commitments agreed in a review as a table."""
    seen = _seen(rows)
    shown = [row for row in rows if named_in(row) <= seen]
    columns = OWED[:-1]
    return headings(columns), [Row([column.cell(row) for column in columns]) for row in shown]
