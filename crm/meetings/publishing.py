"""What meetings say on the public page."""

from collections.abc import Sequence

from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate, format_range
from crm.meetings import queries
from crm.meetings.models import PRESENT, Attendance, Meeting, MeetingKind, Organiser
from crm.records.publishing import (
    Language,
    PublicContext,
    PublicFact,
    PublicFacts,
    PublicSection,
    fact,
    lowered,
    with_words,
)


def _facts(context: PublicContext, meeting: Meeting) -> Sequence[PublicFact]:
    language = context.language
    return [
        fact("kind", _l("Kind of meeting"), meeting.meeting_kind.label),
        fact("dates", _l("Dates"), _dates(meeting, language)),
        fact("format", _l("Format"), meeting.format.label if meeting.format else None),
        fact("place", _l("Place"), meeting.place, country_name(meeting.country, language)),
        fact(
            "series",
            _l("Part of the series"),
            context.name(meeting.series),
        ),
        fact(
            "network",
            _l("Network that holds it"),
            context.name(meeting.network),
        ),
        fact(
            "organisers",
            _l("Organisers and partners"),
            *(
                _organiser(context, each)
                for each in db.session.scalars(queries.organisers_of(meeting))
            ),
        ),
        fact("themes", _l("Themes"), context.words(meeting, meeting.themes)),
        fact("purpose", _l("Purpose"), context.words(meeting, meeting.purpose)),
        fact("recurrence", _l("How often"), context.words(meeting, meeting.recurrence)),
        fact("framework", _l("Framework"), context.words(meeting, meeting.framework)),
        fact(
            "participants",
            _l("Who took part"),
            *(
                _group(context, meeting, each)
                for each in db.session.scalars(queries.attendance_of(meeting))
                if each.person_id is None and each.category and each.status in PRESENT
            ),
        ),
    ]


def _dates(meeting: Meeting, language: Language) -> str:
    if meeting.is_cancelled:
        return _("cancelled")
    one_day = meeting.meeting_kind is not MeetingKind.SERIES and meeting.ends is None
    if one_day and meeting.starts is not None:
        return meeting.starts.format(language, "long")
    return format_range(meeting.starts, meeting.ends, language)


def _organiser(context: PublicContext, organiser: Organiser) -> str:
    return with_words(context.name(organiser.organisation), [lowered(organiser.role.label)])


def _group(context: PublicContext, meeting: Meeting, group: Attendance) -> str:
    """Return people whom nobody has named: of what sort, how many, from where."""
    what = context.words(meeting, group.category)
    if not what:
        return ""
    said = [what]
    if group.headcount:
        said.append(_n("%(num)d person", "%(num)d people", group.headcount))
    if group.countries:
        names = [country_name(code, context.language) or code for code in group.countries]
        said.append(", ".join(names))
    return " – ".join(said)


def _when(meeting: Meeting) -> PartialDate | None:
    return meeting.starts


SECTIONS = (
    PublicSection(
        key="meetings", kind="meeting", records=queries.listed, schema="Event", when=_when
    ),
)
FACTS = (PublicFacts(("meeting",), 10, _facts),)
