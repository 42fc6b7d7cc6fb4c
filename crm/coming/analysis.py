"""Who is noted at a meeting: what is counted, and which of them a question keeps."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crm.core.partial_date import PartialDate
from crm.meetings.attendance import SEVERAL, country_of
from crm.meetings.models import PRESENT, Attendance, AttendanceStatus, Meeting

NOT_STATED = "none"
"""Stands for a country or a kind that is not known."""


@dataclass(frozen=True)
class Acquaintance:
    """Somebody of us had exchanges with somebody: how many, and when the last was."""

    user_id: int
    name: str
    count: int
    last: PartialDate


@dataclass(frozen=True)
class Noted:
    """Somebody noted at a meeting, and what we know of earlier times.

    :param is_counted: whether the status counts.
    :param last_seen: the last earlier meeting where the person, or the organisation, was.
    :param known_by: who of us knows them, who last was in touch first.
    :param is_unseen: not seen since the day that was asked for.
    """

    attendance: Attendance
    is_counted: bool
    last_seen: Meeting | None = None
    known_by: Sequence[Acquaintance] = ()
    is_unseen: bool = False

    @property
    def party_id(self) -> int | None:
        """Return the id of the person, else of the organisation; None for a group."""
        return party_of(self.attendance)

    @property
    def is_group(self) -> bool:
        """Tell whether these are people whom nobody has named."""
        noted = self.attendance
        return noted.person_id is None and bool(noted.category or noted.headcount)

    @property
    def is_first_time(self) -> bool:
        """Tell whether they were at no earlier meeting that we know of."""
        return self.party_id is not None and self.last_seen is None

    @property
    def heads(self) -> int:
        """Return for how many people it stands; an organisation alone stands for none."""
        if self.attendance.person_id is not None:
            return 1
        return self.attendance.headcount or 0

    @property
    def country(self) -> str:
        """Return the code of the country they stand for, ``several`` or ``none``."""
        return country_of(self.attendance) or NOT_STATED

    @property
    def kind(self) -> str:
        """Return the code of the kind of organisation they come from, or ``none``."""
        organisation = self.attendance.organisation
        return str(organisation.organisation_kind) if organisation else NOT_STATED

    def is_there_on(self, day: int) -> bool | None:
        """Tell whether they are there on a day; None where their days are not noted."""
        return day in self.attendance.days if self.attendance.days else None


def party_of(attendance: Attendance) -> int | None:
    """Return the id of the person, else of the organisation; None for a group."""
    if attendance.person_id is not None:
        return attendance.person_id
    return None if attendance.category else attendance.organisation_id


@dataclass(frozen=True)
class Question:
    """Which of those noted are asked for; nothing asked keeps everybody."""

    is_first: bool = False
    is_counted: bool = False
    is_present: bool = False
    is_group: bool = False
    unseen_since: PartialDate | None = None
    on_day: int | None = None
    not_on_day: int | None = None
    status: AttendanceStatus | None = None
    country: str | None = None
    kind: str | None = None
    organisation: int | None = None

    @property
    def needs_days(self) -> bool:
        """Tell whether only those whose days are noted can answer."""
        return self.on_day is not None or self.not_on_day is not None


def keeps(asked: Question, noted: Noted) -> bool:
    """Tell whether somebody is among those asked for."""
    attendance = noted.attendance
    wanted = (
        not asked.is_first or noted.is_first_time,
        not asked.is_counted or noted.is_counted,
        not asked.is_present or attendance.status in PRESENT,
        not asked.is_group or noted.is_group,
        asked.unseen_since is None or noted.is_unseen,
        asked.on_day is None or noted.is_there_on(asked.on_day) is True,
        asked.not_on_day is None or noted.is_there_on(asked.not_on_day) is False,
        asked.status in (None, attendance.status),
        asked.country in (None, noted.country),
        asked.kind in (None, noted.kind),
        asked.organisation in (None, attendance.organisation_id),
    )
    return all(wanted)


@dataclass(frozen=True)
class Figures:
    """How many are counted, and how many are noted with each status.

    :param people: those named and those of groups.
    :param in_groups: those of them whom nobody has named.
    """

    people: int
    in_groups: int
    organisations: int
    by_status: Mapping[AttendanceStatus, int]


@dataclass
class Group:
    """Those counted who have something in common: a country, or a kind of organisation."""

    key: str
    people: int = 0
    organisation_ids: set[int] = field(default_factory=set)

    @property
    def is_stated(self) -> bool:
        """Tell whether it is one country, or one kind, that is known."""
        return self.key not in (SEVERAL, NOT_STATED)

    @property
    def organisations(self) -> int:
        """Return how many organisations they come from."""
        return len(self.organisation_ids)


def figures(everybody: Sequence[Noted]) -> Figures:
    """Count those at a meeting."""
    counted = [each for each in everybody if each.is_counted]
    return Figures(
        people=sum(each.heads for each in counted),
        in_groups=sum(each.heads for each in counted if each.is_group),
        organisations=len({each.attendance.organisation_id for each in counted} - {None}),
        by_status=Counter(each.attendance.status for each in everybody),
    )


def groups(everybody: Sequence[Noted], key_of: Callable[[Noted], str]) -> list[Group]:
    """Return those counted by what they have in common: the largest first, those unknown last."""
    found: dict[str, Group] = {}
    for each in everybody:
        if each.is_counted:
            group = found.setdefault(key_of(each), Group(key_of(each)))
            group.people += each.heads
            if each.attendance.organisation_id is not None:
                group.organisation_ids.add(each.attendance.organisation_id)
    return sorted(
        found.values(),
        key=lambda each: (not each.is_stated, -each.people, -each.organisations, each.key),
    )


def largest(found: Sequence[Group], size: Callable[[Group], int]) -> list[Group]:
    """Return the largest group, and others as large."""
    most = max((size(each) for each in found), default=0)
    return [each for each in found if size(each) == most]
