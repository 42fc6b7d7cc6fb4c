"""The report of a round of reviews for the board: gathered once, told as a page and as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.core.clock import PARIS, now
from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import OUTSIDE
from crm.core.text import slug
from crm.documents import sheets
from crm.documents.model import Document, Empty, Facts, Section, Table, Value
from crm.documents.sheets import Sheet, SheetColumn
from crm.organisations.models import Organisation
from crm.packs.files import (
    MEDIA_TYPES,
    File,
    Format,
    Language,
    file_of,
    in_words,
    stamped,
    withheld_of,
)
from crm.records.visibility import alone
from crm.reviews import queries, waiting
from crm.reviews.findings import FINDINGS, for_reader, in_short
from crm.reviews.models import Decision, Review
from crm.reviews.waiting import OVERDUE, Question
from crm.web.templating import shown

FORMATS = (Format.PDF, Format.XLSX)
"""In which the board reads it."""


@dataclass(frozen=True)
class Line:
    """A review of the round: no row of the database any more.

    :param before: what was decided the time before; None where there was none.
    """

    review_id: int
    partner_id: int
    partner: str
    decision: Decision
    before: Decision | None
    found: str
    numbers: Mapping[str, int]
    reason: str
    next_review: Any
    mark: float | None
    mark_before: float | None

    @property
    def has_changed(self) -> bool:
        """Tell whether something else was decided than the time before."""
        return self.before is not None and self.before is not self.decision


@dataclass(frozen=True)
class Late:
    """A partner that should have been reviewed by now."""

    partner_id: int
    partner: str
    due: Any
    owner: str | None


@dataclass
class Round:
    """All reviews closed in a period, and the partners that still wait."""

    since: date
    until: date
    lines: list[Line] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)

    def with_decision(self, decision: Decision) -> list[Line]:
        """Return the reviews that came to a decision."""
        return [line for line in self.lines if line.decision is decision]

    def count_before(self, decision: Decision) -> int:
        """Return for how many of these partners it was the decision the time before."""
        return sum(line.before is decision for line in self.lines)

    def ids(self) -> set[int]:
        """Return the ids of the partners of which it tells."""
        return {line.partner_id for line in self.lines} | {each.partner_id for each in self.late}


def gather(since: date, until: date) -> Round:
    """Return the round of a period, as whoever the session acts for may see it."""
    reviews = db.session.scalars(queries.closed_between(since, until)).all()
    previous = _previous(reviews)
    late = db.session.scalars(queries.listed(waiting.waiting(Question(why=OVERDUE))))
    return Round(
        since,
        until,
        [_line(each, previous.get(each.previous_id or 0)) for each in reviews],
        [_late(each) for each in late],
    )


def _previous(reviews: Sequence[Review]) -> dict[int, Review]:
    ids = [each.previous_id for each in reviews if each.previous_id is not None]
    return {each.id: each for each in db.session.scalars(queries.with_ids(ids))}


def _line(review: Review, previous: Review | None) -> Line:
    evidence = for_reader(review.evidence)
    found = evidence.get("findings", {})
    return Line(
        review_id=review.id,
        partner_id=review.organisation_id,
        partner=review.organisation.title,
        decision=review.decision or Decision.KEEP,
        before=previous.decision if previous else None,
        found=in_short(evidence),
        numbers={key: kept["total"] for key, kept in found.items()},
        reason=review.reason or "",
        next_review=review.next_review,
        mark=_mean(review),
        mark_before=_mean(previous) if previous else None,
    )


def _mean(review: Review) -> float | None:
    scores = [each["score"] for each in review.ratings if each["score"]]
    return round(sum(scores) / len(scores), 1) if scores else None


def _late(organisation: Organisation) -> Late:
    owner = organisation.owner
    return Late(
        organisation.id,
        organisation.title,
        organisation.next_review,
        owner.name if owner else None,
    )


# Files


def make(
    since: date,
    until: date,
    *,
    author: str,
    language: Language,
    file_format: Format,
) -> File:
    """Make the report as a file: it leaves the house, so it tells what may leave it (0009, 0023).

    :param author: who is named on it.
    """
    seen = gather(since, until).ids()
    with alone(OUTSIDE):
        found = gather(since, until)
    stamp = stamped(author, language, withheld_of(seen - found.ids()))
    name = f"{slug(_('Partnership reviews'))}-{since.isoformat()}-{until.isoformat()}"
    if file_format is Format.XLSX:
        about = sheets.About(
            title=title_of(found, language),
            author=author,
            made_at=now().astimezone(PARIS),
            language=language,
            note=" · ".join(stamp),
        )
        content = b"".join(sheets.xlsx_file(_sheets(found), about))
        return File(f"{name}.xlsx", MEDIA_TYPES[Format.XLSX], content)
    document = Document(
        title=_("Partnership reviews"),
        subtitle=_period(found, language),
        language=language,
        author=author,
        made_at=now().astimezone(PARIS),
        stamp=stamp,
        sections=_sections(found),
        format_date=lambda each: in_words(each, language),
    )
    return file_of(document, file_format, name)


def title_of(found: Round, language: Language) -> str:
    """Return the title of the report, with its period."""
    title, period = _("Partnership reviews"), _period(found, language)
    return f"{title}, {period}"


def _period(found: Round, language: Language) -> str:
    first, last = in_words(found.since, language), in_words(found.until, language)
    return _("From %(first)s to %(last)s", first=first, last=last)


def _sections(found: Round) -> list[Section]:
    """Return what the report says, decision by decision, the decisions counted first."""
    counted: list[Sequence[Value]] = [
        [str(each.label), len(found.with_decision(each)), found.count_before(each)]
        for each in Decision
    ]
    columns = [_("Decision"), _("This round"), _("The same partners before")]
    sections = [
        Section(
            _("In short"),
            [
                Facts(
                    [
                        (_("Partners reviewed"), len(found.lines)),
                        (_("Decided otherwise than before"), _changes(found)),
                        (_("Still waiting"), len(found.late)),
                    ]
                ),
                Table("", columns, counted),
            ],
        )
    ]
    sections += [
        Section(f"{decision.label} ({len(lines)})", [_table(lines)])
        for decision in Decision
        if (lines := found.with_decision(decision))
    ]
    return [*sections, _still_waiting(found)]


def _changes(found: Round) -> int:
    return sum(line.has_changed for line in found.lines)


def before_in_words(line: Line) -> str:
    """Return what was decided the time before, or that there was none."""
    return str(line.before.label) if line.before else _("First review")


def _table(lines: Sequence[Line]) -> Table:
    return Table(
        "",
        [_("Partner"), _("Why"), _("What was found"), _("Before"), _("Next review")],
        [
            [
                line.partner,
                line.reason,
                line.found,
                before_in_words(line),
                str(shown(line.next_review)) or None,
            ]
            for line in lines
        ],
        widths=(0.2, 0.28, 0.28, 0.12, 0.12),
    )


def _still_waiting(found: Round) -> Section:
    if not found.late:
        return Section(_("Still waiting"), [Empty(_("Everything is up to date"))])
    rows: list[Sequence[Value]] = [
        [each.partner, str(shown(each.due)) or _("No date"), each.owner] for each in found.late
    ]
    return Section(
        _("Still waiting"), [Table("", [_("Partner"), _("Review due"), _("Owner")], rows)]
    )


def _sheets(found: Round) -> list[Sheet]:
    """Return the reviews, number by number, and the partners that wait."""
    return [_sheet_of_reviews(found), _sheet_of_late(found)]


def _sheet_of_reviews(found: Round) -> Sheet:
    numbers = [SheetColumn(str(each.title), "number") for each in FINDINGS]
    return Sheet(
        _("Reviews"),
        [
            SheetColumn(_("Partner")),
            SheetColumn(_("Decision")),
            SheetColumn(_("Decision before")),
            SheetColumn(_("Why")),
            SheetColumn(_("Next review")),
            SheetColumn(_("Average mark"), "number"),
            SheetColumn(_("Average mark before"), "number"),
            *numbers,
        ],
        [
            [
                [
                    line.partner,
                    str(line.decision.label),
                    before_in_words(line),
                    line.reason,
                    str(shown(line.next_review)),
                    line.mark,
                    line.mark_before,
                    *(line.numbers.get(each.key) for each in FINDINGS),
                ]
                for line in found.lines
            ]
        ],
    )


def _sheet_of_late(found: Round) -> Sheet:
    return Sheet(
        _("Still waiting"),
        [SheetColumn(_("Partner")), SheetColumn(_("Review due")), SheetColumn(_("Owner"))],
        [[[each.partner, str(shown(each.due)), each.owner] for each in found.late]],
    )
