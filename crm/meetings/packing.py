"""What meetings put into a briefing pack: the practical sheet and who is expected."""

from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.documents.model import Block, Empty, Facts, Heading, Paragraph, Table, Value
from crm.meetings import queries
from crm.meetings.attendance import countries, dates, grouped, hours, place
from crm.meetings.models import Attendance
from crm.records import queries as records
from crm.records.display import due_in_words
from crm.records.models import DocumentKind
from crm.records.packing import PackContext, PackSection


def _papers(context: PackContext) -> list[str]:
    """Return the names of the agenda and the papers that are kept with the meeting."""
    return [
        each.name
        for each in db.session.scalars(records.documents_of(context.meeting))
        if each.kind in (DocumentKind.AGENDA, DocumentKind.PAPER)
    ]


def practical(context: PackContext) -> Sequence[Block]:
    """Return when, where and by whom the meeting is held, its agenda and what we want to say."""
    meeting = context.meeting
    organisers = ", ".join(
        f"{each.organisation.title} ({each.role.label})"
        for each in db.session.scalars(queries.organisers_of(meeting))
    )
    deadlines = "; ".join(
        f"{each.kind.label} {due_in_words(each)}"
        for each in db.session.scalars(records.deadlines_of(meeting))
    )
    rows: list[tuple[str, Value]] = [
        (_("Dates"), dates(meeting)),
        (_("Hours"), hours(meeting)),
        (_("Format"), str(meeting.format.label) if meeting.format else None),
        (_("Place"), place(meeting)),
        (_("Network that holds it"), context.link(meeting.network)),
        (_("Organisers"), organisers),
        (_("Themes"), meeting.themes),
        (_("Working languages"), meeting.languages),
        (_("Deadlines"), deadlines),
        (_("Agenda and papers"), "; ".join(_papers(context))),
        (_("Purpose"), meeting.purpose),
    ]
    blocks: list[Block] = [Facts([(label, value) for label, value in rows if value])]
    for title, text in ((_("Agenda"), meeting.agenda), (_("Our positions"), meeting.positions)):
        if text:
            blocks += [Heading(title), Paragraph(text)]
    return blocks


def expected(context: PackContext) -> Sequence[Block]:
    """Return those expected, by country."""
    rows = [
        _line(context, country, attendance)
        for country, attendances in grouped(context.attendances)
        for attendance in attendances
    ]
    if not rows:
        return [Empty(_("Nobody is noted as expected yet"))]
    columns = (_("Country"), _("Name"), _("On behalf of"), _("Position"), _("Status"))
    return [Table(_("Expected, by country"), columns, rows)]


def _line(context: PackContext, country: str, attendance: Attendance) -> Sequence[Value]:
    context.note("attendance", attendance.id)
    person, organisation = attendance.person, attendance.organisation
    name: Value = context.link(person)
    if person is None and attendance.category:
        count = f" ({attendance.headcount})" if attendance.headcount else ""
        where = countries(attendance)
        name = f"{attendance.category}{count}" + (f" – {where}" if where else "")
    positions = [
        position.title
        for position in (person.positions if person else ())
        if position.title
        and position.until is None
        and (organisation is None or position.organisation_id == organisation.id)
    ]
    if organisation is None and person is not None:
        current = [each.organisation for each in person.positions if each.until is None]
        organisation = next((each for each in current if each is not None), None)
    return (
        country,
        name,
        context.link(organisation),
        "; ".join(positions),
        str(attendance.status.label),
    )


SECTIONS = (
    PackSection("practical", _l("Practical sheet"), 10, practical),
    PackSection("expected", _l("Who is expected"), 20, expected),
)
