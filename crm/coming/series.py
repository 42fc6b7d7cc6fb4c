"""Who came to a series when, and what changed from one of its meetings to another."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm.meetings.models import PRESENT, AttendanceRole, AttendanceStatus

PRECEDENCE = (
    AttendanceStatus.ATTENDED,
    AttendanceStatus.REMOTE,
    AttendanceStatus.REGISTERED,
    AttendanceStatus.ACCEPTED,
    AttendanceStatus.TENTATIVE,
    AttendanceStatus.INVITED,
    AttendanceStatus.APOLOGIES,
    AttendanceStatus.DECLINED,
    AttendanceStatus.NO_SHOW,
    AttendanceStatus.CANCELLED,
)
"""Of several people of one organisation, the one who came furthest stands for it."""


@dataclass(frozen=True)
class Entry:
    """Somebody noted at a meeting of a series."""

    meeting_id: int
    person_id: int | None
    organisation_id: int | None
    status: AttendanceStatus
    role: AttendanceRole = AttendanceRole.PARTICIPANT
    headcount: int | None = None

    @property
    def is_present(self) -> bool:
        """Tell whether they were there."""
        return self.status in PRESENT


# The matrix


@dataclass(frozen=True)
class Cell:
    """How many of a row are noted at a meeting, by status."""

    counts: Mapping[AttendanceStatus, int]

    @property
    def best(self) -> AttendanceStatus:
        """Return the status that stands for all."""
        return next(status for status in PRECEDENCE if status in self.counts)

    @property
    def total(self) -> int:
        """Return how many are noted."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Line:
    """A person or an organisation, and how they are noted at each meeting, by its id."""

    id: int
    cells: Mapping[int, Cell]

    @property
    def times_present(self) -> int:
        """Return at how many meetings they were."""
        return sum(1 for cell in self.cells.values() if cell.best in PRESENT)


def by_organisation(entry: Entry) -> int | None:
    """Return the row of an entry where organisations are rows."""
    return entry.organisation_id


def by_person(entry: Entry) -> int | None:
    """Return the row of an entry where people are rows."""
    return entry.person_id


def lay_out(entries: Iterable[Entry], row_of: Callable[[Entry], int | None]) -> dict[int, Line]:
    """Return the rows of the matrix by their id; entries without a row are left out."""
    counts: dict[int, dict[int, Counter[AttendanceStatus]]] = {}
    for entry in entries:
        row_id = row_of(entry)
        if row_id is not None:
            cells = counts.setdefault(row_id, {})
            cells.setdefault(entry.meeting_id, Counter())[entry.status] += 1
    return {
        row_id: Line(row_id, {meeting_id: Cell(each) for meeting_id, each in cells.items()})
        for row_id, cells in counts.items()
    }


# What changed


@dataclass(frozen=True)
class Stay:
    """A person at both meetings: how they were noted then and now."""

    before: Entry
    after: Entry

    @property
    def changed_role(self) -> bool:
        """Tell whether the role, or whether they were in the room, is another."""
        return (self.before.role, self.before.status) != (self.after.role, self.after.status)

    @property
    def changed_organisation(self) -> bool:
        """Tell whether they came on behalf of another organisation."""
        then, since = self.before.organisation_id, self.after.organisation_id
        return then is not None and since is not None and then != since


@dataclass(frozen=True)
class Changes:
    """What changed from one meeting to another.

    :param newcomers: people who are there only now.
    :param gone: people who were there only then, each with how they are noted now, if at all.
    :param stayed: people who are there both times.
    :param new_organisations: ids of those represented only now.
    :param gone_organisations: ids of those represented only then.
    """

    newcomers: Sequence[Entry]
    gone: Sequence[tuple[Entry, Entry | None]]
    stayed: Sequence[Stay]
    new_organisations: Sequence[int]
    gone_organisations: Sequence[int]

    @property
    def changed_role(self) -> list[Stay]:
        """Return those whose role, or whether they were in the room, is another."""
        return [each for each in self.stayed if each.changed_role]

    @property
    def changed_organisation(self) -> list[Stay]:
        """Return those who came on behalf of another organisation."""
        return [each for each in self.stayed if each.changed_organisation]


def is_held(entries: Iterable[Entry]) -> bool:
    """Tell whether somebody has noted who came."""
    return any(entry.is_present for entry in entries)


def there(entries: Sequence[Entry], is_counted: Callable[[AttendanceStatus], bool]) -> list[Entry]:
    """Return those who came, or where nobody has noted that yet, those who are counted."""
    if is_held(entries):
        return [entry for entry in entries if entry.is_present]
    return [entry for entry in entries if is_counted(entry.status)]


def compare(
    before: Sequence[Entry],
    after: Sequence[Entry],
    is_counted: Callable[[AttendanceStatus], bool],
) -> Changes:
    """Compare those noted at a meeting with those noted at a later one."""
    then, since = there(before, is_counted), there(after, is_counted)
    people_then, people_since = _people(then), _people(since)
    noted_since = _people(after)
    organisations_then, organisations_since = _organisations(then), _organisations(since)
    return Changes(
        newcomers=[each for key, each in people_since.items() if key not in people_then],
        gone=[
            (each, noted_since.get(key))
            for key, each in people_then.items()
            if key not in people_since
        ],
        stayed=[
            Stay(each, people_since[key])
            for key, each in people_then.items()
            if key in people_since
        ],
        new_organisations=[each for each in organisations_since if each not in organisations_then],
        gone_organisations=[each for each in organisations_then if each not in organisations_since],
    )


def _people(entries: Iterable[Entry]) -> dict[int, Entry]:
    return {each.person_id: each for each in entries if each.person_id is not None}


def _organisations(entries: Iterable[Entry]) -> dict[int, None]:
    """Return the ids of the organisations represented, each once, in their order."""
    return {each.organisation_id: None for each in entries if each.organisation_id is not None}
