"""How the people at a meeting are laid out: by country, then by name."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from crm.core.countries import country_name
from crm.core.i18n import _, _l
from crm.core.partial_date import format_range
from crm.core.text import sort_key
from crm.meetings.models import Attendance, AttendanceStatus, Meeting, MeetingKind
from crm.records.kinds import Column, record_link
from crm.records.times import span_in_words
from crm.web.cells import Chip, Tone, lines
from crm.web.templating import babel_locale, locale_code

STATUS_LOOKS: dict[AttendanceStatus, tuple[Tone, str]] = {
    AttendanceStatus.INVITED: ("neutral", "◔"),
    AttendanceStatus.ACCEPTED: ("info", "◐"),
    AttendanceStatus.TENTATIVE: ("neutral", "◔"),
    AttendanceStatus.DECLINED: ("neutral", "■"),
    AttendanceStatus.REGISTERED: ("info", "◐"),
    AttendanceStatus.ATTENDED: ("ok", "●"),
    AttendanceStatus.REMOTE: ("ok", "◉"),
    AttendanceStatus.APOLOGIES: ("neutral", "■"),
    AttendanceStatus.NO_SHOW: ("warn", "▲"),
    AttendanceStatus.CANCELLED: ("neutral", "■"),
}


def status_chip(attendance: Attendance) -> Chip:
    """Return how far somebody's coming has got, as a chip."""
    return Chip(attendance.status.label, *STATUS_LOOKS[attendance.status])


def dates(meeting: Meeting) -> str:
    """Return when a meeting takes place, and that it does not where it was cancelled."""
    if not meeting.is_cancelled:
        return days(meeting)
    return " – ".join(filter(None, (days(meeting), _("cancelled"))))


def dates_cell(meeting: Meeting) -> Any:
    """Return when a meeting takes place, as tables show it."""
    return lines([days(meeting), cancelled_chip(meeting)])


def cancelled_chip(meeting: Meeting) -> Chip | None:
    """Return that a meeting was cancelled, as a chip."""
    return Chip(_("Meeting cancelled"), "danger", "▲") if meeting.is_cancelled else None


def days(meeting: Meeting) -> str:
    """Return the days of a meeting, whether it takes place or not."""
    starts, ends = meeting.starts, meeting.ends
    if meeting.meeting_kind is MeetingKind.SERIES or starts is None:
        return format_range(starts, ends, locale_code())
    if ends is None or ends == starts:
        return starts.format(locale_code())
    return format_range(starts, ends, locale_code())


def day_choices(meeting: Meeting) -> list[tuple[int, str]]:
    """Return the days of a meeting: the number of each, and how it reads."""
    first = meeting.starts.first_day if meeting.starts else None
    return [(number, day_label(first, number)) for number in meeting.day_numbers]


def day_label(first: date | None, number: int) -> str:
    """Return the number of a day of a meeting, with its date where the first one is known."""
    if first is None:
        return _("Day %(number)s", number=number)
    written = format_date(first + timedelta(days=number - 1), "d MMM", babel_locale())
    return _("Day %(number)s (%(date)s)", number=number, date=written)


def hours(meeting: Meeting) -> str | None:
    """Return from when to when, by the clock of the place and in Paris."""
    if not meeting.start_time:
        return None
    return span_in_words(meeting.starts, meeting.start_time, meeting.end_time, meeting.time_zone)


def place(meeting: Meeting) -> str | None:
    """Return where a meeting takes place."""
    country = country_name(meeting.country, locale_code())
    if meeting.place and country:
        return f"{meeting.place} ({country})"
    return meeting.place or country


def who(attendance: Attendance) -> Any:
    """Return the person, the group in words, or the organisation."""
    if attendance.person_id is not None:
        return record_link(attendance.person)
    if attendance.category:
        count = f" ({attendance.headcount})" if attendance.headcount else ""
        return lines([f"{attendance.category}{count}", countries(attendance)])
    return record_link(attendance.organisation)


def countries(attendance: Attendance) -> str | None:
    """Return the countries of a group."""
    names = [country_name(code, locale_code()) or code for code in attendance.countries or ()]
    return ", ".join(names) or None


COLUMNS = (
    Column("who", _l("Who"), who),
    Column("for", _l("On behalf of"), lambda row: record_link(row.organisation)),
    Column("status", _l("Status"), status_chip),
    Column("role", _l("Role"), lambda row: row.role),
)


SEVERAL = "several"


def country_of(attendance: Attendance) -> str | None:
    """Return the country somebody stands for: the organisation's, else the person's.

    A group that nobody names may come from one country or from several.
    """
    organisation, person = attendance.organisation, attendance.person
    known = (organisation and organisation.country) or (person and person.country)
    if known or not attendance.countries:
        return known or None
    return attendance.countries[0] if len(attendance.countries) == 1 else SEVERAL


def grouped(everybody: Sequence[Attendance]) -> list[tuple[str, list[Attendance]]]:
    """Return those at a meeting by the name of their country, those without one last."""
    groups: dict[str | None, list[Attendance]] = defaultdict(list)
    for attendance in everybody:
        groups[country_of(attendance)].append(attendance)
    named = [
        (country_name(code, locale_code()) or code, rows)
        for code, rows in groups.items()
        if code not in (None, SEVERAL)
    ]
    named.sort(key=lambda pair: sort_key(pair[0]))
    if SEVERAL in groups:
        named.append((_("Several countries"), groups[SEVERAL]))
    if None in groups:
        named.append((_("Country not stated"), groups[None]))
    return named
