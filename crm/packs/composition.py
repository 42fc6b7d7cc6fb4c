"""Puts a briefing pack together from what the features contribute."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date, format_datetime

from crm.core.choice import Choice
from crm.core.clock import PARIS, now, today
from crm.core.countries import country_name
from crm.core.db import Base, db
from crm.core.i18n import _, _l
from crm.core.partial_date import covers
from crm.core.principal import TEAM, Principal, acting_as, principal_of
from crm.core.text import slug, sort_key
from crm.documents.docx import write_docx
from crm.documents.model import (
    BlankLines,
    Block,
    Document,
    Empty,
    Facts,
    Heading,
    Section,
    Table,
    Value,
)
from crm.documents.pdf import write_pdf
from crm.documents.xlsx import write_xlsx
from crm.meetings.attendance import dates, place
from crm.meetings.models import Meeting
from crm.organisations.models import Organisation
from crm.organisations.queries import ourselves
from crm.packs import queries
from crm.records.kinds import registry
from crm.records.packing import PackContext, PackTable
from crm.records.visibility import alone
from crm.saved_views.sources import listing_at

Language = Literal["fr", "en"]

NOTE_LINES = 28
MOST_ORGANISATIONS = 200
"""Of a saved view; a pack of more is no pack."""


class Format(Choice):
    """A file a pack is made as."""

    PDF = "pdf", _l("PDF, to print")
    DOCX = "docx", _l("DOCX, to edit")
    XLSX = "xlsx", _l("XLSX, to sort and count")


MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Part(Choice):
    """A part of the pack that no feature contributes."""

    ORGANISATIONS = "organisations", _l("A page for each organisation")
    NOTES = "notes", _l("A blank page for notes")


def parts() -> list[tuple[str, Any]]:
    """Return what a pack may hold, in order: keys and titles."""
    sections = sorted(registry.pack_sections, key=lambda each: each.order)
    return [
        *((section.key, section.title) for section in sections),
        *((part.value, part.label) for part in Part),
    ]


@dataclass(frozen=True)
class File:
    """A pack as a file."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class _Found:
    """All a pack shows, gathered for one principal; no rows of the database any more."""

    title: str
    subtitle: str
    sections: dict[str, Sequence[Block]]
    organisations: Sequence[tuple[int, str, Facts]]
    tables: Sequence[tuple[PackTable, dict[int, list[list[Value]]]]]
    shown: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class _Asked:
    """What somebody wants to have in a pack."""

    meeting_id: int
    language: Language
    base_url: str
    wanted: set[str]
    view: tuple[str, str] | None


def make(  # noqa: PLR0913 - each is a choice of whoever makes one
    meeting_id: int,
    *,
    author: str,
    language: Language,
    formats: Sequence[Format] = tuple(Format),
    chosen: Collection[str] | None = None,
    view: tuple[str, str] | None = None,
    base_url: str = "",
) -> list[File]:
    """Make the pack of a meeting.

    :param author: who is named on it.
    :param chosen: keys of the parts it holds; all when None.
    :param view: the list and address of a saved view, whose organisations it then tells of
        instead of those expected.
    :raises LookupError: when the team does not see the meeting.
    """
    base = (Base.metadata.info.get("base_url") or base_url).rstrip("/")
    asking = principal_of(db.session)
    wanted = {key for key, _title in parts()} if chosen is None else set(chosen)
    asked = _Asked(meeting_id, language, base, wanted, view)
    found = _gather(TEAM, asked)
    known = found if asking is None else _gather(asking, asked)
    shown = {row_id for kind, row_id in known.shown if kind == "record"}
    stamp = stamped(author, language, withheld_of(shown))
    return [_write(found, each, language, author, stamp, wanted) for each in formats]


def withheld_of(ids: Iterable[int]) -> int:
    """Count the records that a file would show and the team does not see.

    What is left out along with them, such as the tasks about an organisation, is no secret itself.
    """
    shown = set(ids)
    with acting_as(db.session, TEAM):
        seen = set(db.session.scalars(queries.ids_of(shown)))
    return len(shown - seen)


def _moment(language: Language) -> str:
    return str(
        format_datetime(
            now().astimezone(PARIS),
            "d MMMM y, HH:mm",
            locale="fr" if language == "fr" else "en_GB",
        )
    )


def made_on(language: Language) -> str:
    """Return what stands on every page of a file that is published: it names nobody."""
    return _("Made on %(when)s", when=_moment(language))


def stamped(author: str, language: Language, withheld: int) -> list[str]:
    """Return what stands on every page of a file that leaves the house."""
    return [
        _("Internal document"),
        _("Made on %(when)s by %(who)s", when=_moment(language), who=author),
        _("Confidential items withheld: %(count)s", count=withheld),
    ]


def _gather(principal: Principal, asked: _Asked) -> _Found:
    with alone(principal):
        return _collect(asked)


def _collect(asked: _Asked) -> _Found:
    meeting = db.session.scalar(queries.meeting(asked.meeting_id))
    if meeting is None:
        raise LookupError(asked.meeting_id)
    us = db.session.scalar(ourselves())
    attendances = db.session.scalars(queries.expected(meeting)).all()
    day = _day(meeting)
    context = PackContext(
        meeting=meeting,
        attendances=attendances,
        organisations=_by_country(
            _expected(attendances, day) if asked.view is None else _of_view(*asked.view),
            asked.language,
        ),
        day=day,
        us_id=us.id if us else None,
        base_url=asked.base_url,
    )
    sections = {
        section.key: section.build(context)
        for section in registry.pack_sections
        if section.key in asked.wanted
    }
    tables = []
    if Part.ORGANISATIONS in asked.wanted:
        for table in sorted(registry.pack_tables, key=lambda each: each.order):
            rows = table.rows(context) if context.organisations else {}
            tables.append((table, {key: [list(row) for row in each] for key, each in rows.items()}))
    return _Found(
        title=meeting.title,
        subtitle=" · ".join(filter(None, (dates(meeting), place(meeting)))),
        sections=sections,
        organisations=[
            (each.id, each.title, _identity(context, each, asked.language))
            for each in context.organisations
        ],
        tables=tables,
        shown=frozenset(context.shown),
    )


def _day(meeting: Meeting) -> date:
    """Return the day for which positions and memberships are looked up."""
    if meeting.starts is None:
        return today()
    return meeting.starts.first_day


def _expected(attendances: Sequence[Any], day: date) -> list[Organisation]:
    """Return the organisations expected: named, or those where the people expected work."""
    found: dict[int, Organisation] = {}
    for attendance in attendances:
        if attendance.organisation is not None:
            found[attendance.organisation.id] = attendance.organisation
        elif attendance.person is not None:
            for position in attendance.person.positions:
                organisation = position.organisation
                if organisation is not None and covers(position.since, position.until, day):
                    found[organisation.id] = organisation
    return list(found.values())


def _of_view(kind: str, address: str) -> list[Organisation]:
    """Return the organisations of a saved view, as many as a pack can tell of."""
    listing = listing_at(kind, address)
    ids = db.session.scalars(listing.ids(MOST_ORGANISATIONS)).all()
    return list(db.session.scalars(queries.organisations_with(ids)))


def _by_country(found: Iterable[Organisation], language: Language) -> list[Organisation]:
    kept = [each for each in found if not each.is_us]
    return sorted(
        kept,
        key=lambda each: (
            each.country is None,
            sort_key(country_name(each.country, language) or ""),
            each.sort_key,
            each.id,
        ),
    )


def _identity(context: PackContext, organisation: Organisation, language: Language) -> Facts:
    status = organisation.partnership_status
    place_of = ", ".join(
        filter(None, (organisation.city, country_name(organisation.country, language)))
    )
    rows: list[tuple[str, Value]] = [
        (_("Kind of organisation"), str(organisation.organisation_kind.label)),
        (_("Place"), place_of),
        (_("Partnership"), str(status.label) if status else None),
    ]
    link = context.link(organisation)
    if link is not None and not isinstance(link, str):
        rows.append((_("Page"), link))
    return Facts([(label, value) for label, value in rows if value])


def _write(
    found: _Found,
    file_format: Format,
    language: Language,
    author: str,
    stamp: Sequence[str],
    wanted: set[str],
) -> File:
    is_sheet = file_format is Format.XLSX
    sections = [
        Section(str(section.title), found.sections[section.key])
        for section in sorted(registry.pack_sections, key=lambda each: each.order)
        if found.sections.get(section.key)
    ]
    if Part.ORGANISATIONS in wanted:
        sections += _sheets(found) if is_sheet else _pages(found)
    if Part.NOTES in wanted and not is_sheet:
        sections.append(Section(_("Notes"), [BlankLines(NOTE_LINES)], page_break=True))
    document = Document(
        title=found.title,
        subtitle=found.subtitle,
        language=language,
        author=author,
        made_at=now().astimezone(PARIS),
        stamp=stamp,
        sections=sections,
        format_date=lambda day: in_words(day, language),
        contents=_("Contents"),
    )
    return file_of(document, file_format, slug(found.title) or _("pack"))


def file_of(document: Document, file_format: Format, name: str) -> File:
    """Write a document as a file of the format."""
    writer = {Format.PDF: write_pdf, Format.DOCX: write_docx, Format.XLSX: write_xlsx}[file_format]
    return File(f"{name}.{file_format.value}", MEDIA_TYPES[file_format], writer(document))


def in_words(day: date | datetime, language: Language) -> str:
    """Return a day as a file says it."""
    return str(format_date(day, "d MMMM y", locale="fr" if language == "fr" else "en_GB"))


def _pages(found: _Found) -> list[Section]:
    """Return the organisations, each with what the features know of it."""
    if not found.organisations:
        return [
            Section(
                str(Part.ORGANISATIONS.label), [Empty(_("No organisation is noted as expected"))]
            )
        ]
    pages = [Section(_("Organisations"), [], page_break=True)]
    for organisation_id, title, identity in found.organisations:
        blocks: list[Block] = [identity]
        for table, rows in found.tables:
            blocks.append(Heading(str(table.title), 3))
            lines = rows.get(organisation_id)
            if lines:
                columns = [str(column) for column in table.columns]
                blocks.append(Table("", columns, lines))  # The heading above names it.
            else:
                blocks.append(Empty(str(table.empty)))
        pages.append(Section(title, blocks, level=2))
    return pages


def _sheets(found: _Found) -> list[Section]:
    """Return a sheet per table, the organisation in the first column of each row."""
    sheets = []
    for table, rows in found.tables:
        lines: list[list[Value]] = [
            [title, *row]
            for organisation_id, title, _identity_of in found.organisations
            for row in rows.get(organisation_id, ())
        ]
        columns = [_("Organisation"), *(str(column) for column in table.columns)]
        block: Block = Table(str(table.title), columns, lines) if lines else Empty(str(table.empty))
        sheets.append(Section(str(table.title), [block], sheet=str(table.title)))
    return sheets
