"""What meetings put into a briefing pack: the practical sheet, who is expected, what we want."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import covers
from crm.core.text import fold
from crm.documents.model import (
    Block,
    Bullets,
    Empty,
    Facts,
    Heading,
    Paragraph,
    Table,
    Value,
)
from crm.meetings import queries
from crm.meetings.attendance import countries, dates, day_choices, grouped, hours, place
from crm.meetings.models import Attendance
from crm.records import queries as records
from crm.records.display import due_in_words
from crm.records.models import DocumentKind
from crm.records.packing import PackContext, PackSection, PackTable, Rows


def practical(context: PackContext) -> Sequence[Block]:
    """Return when, where and by whom the meeting is held, and until when to do what."""
    meeting = context.meeting
    deadlines = "; ".join(
        f"{each.kind.label} {due_in_words(each)}"
        for each in db.session.scalars(records.deadlines_of(meeting))
    )
    rows: list[tuple[str, Value]] = [
        (_("Dates"), dates(meeting) if meeting.starts else _("not set yet")),
        (_("Hours"), hours(meeting)),
        (_("Format"), str(meeting.format.label) if meeting.format else None),
        (_("Place"), place(meeting)),
        (_("Network that holds it"), context.link(meeting.network)),
        (_("Organisers"), _organisers(context)),
        (_("Themes"), meeting.themes),
        (_("Working languages"), meeting.languages),
        (_("Deadlines"), deadlines),
        (_("Purpose"), meeting.purpose),
        (_("Page"), context.link(meeting)),
    ]
    return [Facts([(label, value) for label, value in rows if value])]


def _organisers(context: PackContext) -> str:
    named = []
    for each in db.session.scalars(queries.organisers_of(context.meeting)):
        context.note("record", each.organisation_id)
        named.append(f"{each.organisation.title} ({each.role.label})")
    return ", ".join(named)


def agenda(context: PackContext) -> Sequence[Block]:
    """Return the agenda and the names of the papers that are kept with the meeting."""
    blocks: list[Block] = []
    if context.meeting.agenda:
        blocks.append(Paragraph(context.meeting.agenda))
    papers = [
        f"{each.name} ({each.kind.label})"
        for each in db.session.scalars(records.documents_of(context.meeting))
        if each.kind in (DocumentKind.AGENDA, DocumentKind.PAPER)
    ]
    if papers:
        blocks += [Heading(_("Papers kept with the meeting")), Bullets(papers)]
    return blocks or [Empty(_("No agenda and no paper yet."))]


def positions(context: PackContext) -> Sequence[Block]:
    """Return what we want to say, theme by theme."""
    meeting = context.meeting
    if not meeting.positions:
        return [Empty(_("No position noted yet."))]
    return list(_by_theme(meeting.positions, meeting.themes or ""))


def _by_theme(text: str, themes: str) -> Iterable[Block]:
    """Cut a text where a line is a theme of the meeting, or begins with a number sign."""
    known = {fold(theme) for theme in themes.split(";") if theme.strip()}
    lines: list[str] = []
    for line in text.split("\n"):
        heading = line.strip().lstrip("#").strip().rstrip(":").strip()
        if heading and (line.lstrip().startswith("#") or fold(heading) in known):
            yield from _paragraph(lines)
            yield Heading(heading)
            lines = []
        else:
            lines.append(line)
    yield from _paragraph(lines)


def _paragraph(lines: Sequence[str]) -> Iterable[Block]:
    text = "\n".join(lines).strip()
    if text:
        yield Paragraph(text)


def _is_ours(context: PackContext, attendance: Attendance) -> bool:
    """Tell whether somebody comes on our behalf: as noted, else because they work with us."""
    if context.us_id is None:
        return False
    if attendance.organisation_id is not None or attendance.person is None:
        return attendance.organisation_id == context.us_id
    return any(
        each.organisation_id == context.us_id and covers(each.since, each.until, context.day)
        for each in attendance.person.positions
    )


def delegation(context: PackContext) -> Sequence[Block]:
    """Return who comes on our behalf, in what role and on which days."""
    ours = [each for each in context.attendances if _is_ours(context, each)]
    if not ours:
        return [Empty(_("Nobody of ours is noted as coming yet."))]
    days = dict(day_choices(context.meeting))
    rows = []
    for attendance in ours:
        context.note("attendance", attendance.id)
        present = [days[number] for number in attendance.days or () if number in days]
        rows.append(
            (
                context.link(attendance.person or attendance.organisation),
                str(attendance.role.label),
                str(attendance.status.label),
                ", ".join(present) or None,
                attendance.note,
            )
        )
    columns = (_("Name"), _("Role"), _("Status"), _("On which days"), _("Note"))
    return [Table("", columns, rows)]


def aims(context: PackContext) -> Rows:
    """Return what we want from each organisation, what we ask it, and who speaks with it."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    for aim in db.session.scalars(queries.aims_at(context.meeting)):
        context.note("aim", aim.id)
        rows[aim.organisation_id].append([aim.wanted, aim.questions, context.link(aim.speaker)])
    return rows


def expected(context: PackContext) -> Sequence[Block]:
    """Return those expected besides ourselves, by country."""
    others = [each for each in context.attendances if not _is_ours(context, each)]
    rows = [
        _line(context, country, attendance)
        for country, attendances in grouped(others)
        for attendance in attendances
    ]
    if not rows:
        return [Empty(_("Nobody is noted as expected yet"))]
    columns = (_("Country"), _("Name"), _("On behalf of"), _("Position"), _("Status"))
    return [Table("", columns, rows)]


def _line(context: PackContext, country: str, attendance: Attendance) -> Sequence[Value]:
    context.note("attendance", attendance.id)
    person, organisation = attendance.person, attendance.organisation
    name: Value = context.link(person)
    if person is None and attendance.category:
        count = f" ({attendance.headcount})" if attendance.headcount else ""
        where = countries(attendance)
        name = f"{attendance.category}{count}" + (f" – {where}" if where else "")
    held = [
        each
        for each in (person.positions if person else ())
        if covers(each.since, each.until, context.day)
    ]
    if organisation is None:
        organisation = next((each.organisation for each in held if each.organisation), None)
    titles = [
        each.title
        for each in held
        if each.title and (organisation is None or each.organisation_id == organisation.id)
    ]
    return (
        country,
        name,
        context.link(organisation),
        "; ".join(titles) or None,
        str(attendance.status.label),
    )


SECTIONS = (
    PackSection("practical", _l("Practical sheet"), 10, practical),
    PackSection("agenda", _l("Agenda and papers"), 15, agenda),
    PackSection("delegation", _l("Our delegation"), 20, delegation),
    PackSection("positions", _l("Our positions"), 30, positions),
    PackSection("expected", _l("Who is expected"), 50, expected),
)
TABLES = (
    PackTable(
        "aims",
        _l("What we want"),
        5,
        (_l("What we want"), _l("Questions to ask"), _l("Who of us speaks")),
        aims,
        _l("What we want is not noted yet."),
        is_spelt_out=True,
    ),
)
