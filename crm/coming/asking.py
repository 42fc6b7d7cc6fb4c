"""Reads from an address which of those at a meeting are asked for, and says it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from crm.coming.address import Reading
from crm.coming.analysis import NOT_STATED, Question
from crm.core.clock import today
from crm.core.countries import country_name, country_names
from crm.core.i18n import _, _l
from crm.core.partial_date import InvalidPartialDate, PartialDate, format_range
from crm.meetings.attendance import SEVERAL, day_choices
from crm.meetings.models import AttendanceStatus, Meeting
from crm.organisations.models import Organisation, OrganisationKind
from crm.records.kinds import registry
from crm.records.list_page import Chip, FilterControl
from crm.web.templating import locale_code

YES = "1"
LABELS: dict[str, Any] = {
    "first": _l("Seen before"),
    "unseen_since": _l("Not seen since"),
    "on_day": _l("There on"),
    "not_on_day": _l("But not on"),
    "status": _l("Status"),
    "counted": _l("Counted"),
    "present": _l("Came"),
    "country": _l("Country"),
    "kind": _l("Kind of organisation"),
    "group": _l("Groups"),
    "organisation": _l("On behalf of"),
}
FLAGS: dict[str, Any] = {
    "first": _l("First time: at no earlier meeting we know of"),
    "counted": _l("Only those counted"),
    "present": _l("Only those who came"),
    "group": _l("Only groups nobody named"),
}


@dataclass(frozen=True)
class Offered:
    """What one can ask for at a meeting: countries, kinds and organisations of those noted."""

    countries: Sequence[str]
    kinds: Sequence[str]
    organisations: Mapping[int, Organisation]


@dataclass(frozen=True)
class Asked:
    """A reading of the address.

    :param question: what is asked.
    :param values: what of the address is kept in other addresses of the page, by key.
    :param typed: what was typed as a day that was not understood.
    """

    question: Question
    values: Mapping[str, str]
    notices: Sequence[str]
    typed: str = ""


def _day(reading: Reading, key: str) -> tuple[PartialDate | None, str]:
    """Return a date, and what was typed."""
    typed = reading.values.get(key, "")
    if not typed:
        return None, ""
    try:
        return PartialDate.parse(typed, today()), typed
    except InvalidPartialDate:
        del reading.values[key]
        reading.notices.append(_("Write the date like 23/11/2026, 11/2026, 2026 or “yesterday”"))
        return None, typed


def read(args: MultiDict[str, str], meeting: Meeting, offered: Offered) -> Asked:
    """Read an address; what makes no sense is left out and said."""
    reading = Reading(args, LABELS)
    days = {str(day): day for day in _days(meeting)}
    unseen_since, typed = _day(reading, "unseen_since")
    question = Question(
        is_first=bool(reading.one_of("first", {YES: True})),
        is_counted=bool(reading.one_of("counted", {YES: True})),
        is_present=bool(reading.one_of("present", {YES: True})),
        is_group=bool(reading.one_of("group", {YES: True})),
        unseen_since=unseen_since,
        on_day=reading.one_of("on_day", days),
        not_on_day=reading.one_of("not_on_day", days),
        status=reading.one_of("status", {each.value: each for each in AttendanceStatus}),
        country=reading.one_of("country", {each: each for each in _countries()}),
        kind=reading.one_of("kind", {each: each for each in _kinds()}),
        organisation=reading.one_of(
            "organisation", {str(each): each for each in offered.organisations}
        ),
    )
    return Asked(question, reading.values, reading.notices, typed)


def _days(meeting: Meeting) -> Sequence[int]:
    """Return the days that can be told apart; none where there is one alone."""
    days = meeting.day_numbers
    return days if len(days) > 1 else ()


def _countries() -> Sequence[str]:
    return [*country_names("en"), SEVERAL, NOT_STATED]


def _kinds() -> Sequence[str]:
    return [*(each.value for each in OrganisationKind), NOT_STATED]


def name_of_country(code: str) -> str:
    """Return how the country of somebody reads."""
    if code == SEVERAL:
        return _("Several countries")
    if code == NOT_STATED:
        return _("Country not stated")
    return country_name(code, locale_code()) or code


def name_of_kind(code: str) -> str:
    """Return how the kind of organisation of somebody reads."""
    if code == NOT_STATED:
        return _("No organisation")
    return str(OrganisationKind(code).label)


def address(meeting: Meeting, values: Mapping[str, Any], **changes: Any) -> str:
    """Return the address of the list of those at a meeting, with some values changed."""
    kept = {key: value for key, value in {**values, **changes}.items() if value}
    return registry.kind_of(meeting).url(meeting, "attendance", **kept, _anchor="people")


def controls(meeting: Meeting, asked: Asked, offered: Offered) -> list[FilterControl]:
    """Return the filters as the form asks for them."""
    days = [(str(day), words) for day, words in day_choices(meeting)] if _days(meeting) else []
    choices = {
        "first": [(YES, _("First time"))],
        "unseen_since": [],
        "on_day": days,
        "not_on_day": days,
        "status": [(each.value, str(each.label)) for each in AttendanceStatus],
        "counted": [(YES, _("Yes"))],
        "country": _named(asked, "country", offered.countries, name_of_country),
        "kind": _named(asked, "kind", offered.kinds, name_of_kind),
    }
    return [
        _control(key, choices[key], asked)
        for key in choices
        if choices[key] or key == "unseen_since"
    ]


def _named(asked: Asked, key: str, codes: Sequence[str], name: Any) -> list[tuple[str, str]]:
    chosen = asked.values.get(key)
    shown = codes if chosen is None or chosen in codes else [*codes, chosen]
    return [(code, name(code)) for code in shown]


def _control(key: str, choices: Sequence[tuple[str, str]], asked: Asked) -> FilterControl:
    value = asked.values.get(key, asked.typed if key == "unseen_since" else "")
    return FilterControl(
        key,
        str(LABELS[key]),
        "choice" if choices else "date",
        value,
        choices,
        True,
    )


def chips(meeting: Meeting, asked: Asked, offered: Offered) -> list[Chip]:
    """Return what is asked for in words, each with the address without it."""
    return [
        Chip(
            _in_words(meeting, asked.question, key, offered),
            address(meeting, asked.values, **{key: None}),
        )
        for key in asked.values
    ]


def _in_words(meeting: Meeting, question: Question, key: str, offered: Offered) -> str:
    if key in FLAGS:
        return str(FLAGS[key])
    if key == "unseen_since" and question.unseen_since:
        return _(
            "Present at no other meeting and in no exchange with us %(since)s",
            since=format_range(question.unseen_since, None, locale_code()),
        )
    days = dict(day_choices(meeting))
    values: dict[str, Any] = {
        "on_day": days.get(question.on_day or 0),
        "not_on_day": days.get(question.not_on_day or 0),
        "status": question.status.label if question.status else None,
        "country": name_of_country(question.country) if question.country else None,
        "kind": name_of_kind(question.kind) if question.kind else None,
        "organisation": _title(offered, question.organisation),
    }
    return _("%(label)s: %(value)s", label=LABELS[key], value=values[key])


def _title(offered: Offered, organisation_id: int | None) -> str | None:
    organisation = offered.organisations.get(organisation_id or 0)
    return organisation.title if organisation else None
