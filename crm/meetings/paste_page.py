"""What the pages of a pasted list show, and what was decided on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.clock import today
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.meetings.models import AttendanceStatus, Meeting
from crm.meetings.pasting import Line, Pasted, decoded, read
from crm.meetings.services import Entry
from crm.people.matching import Match, Sought, match_all
from crm.people.models import Person
from crm.records.kinds import registry

NEW, OUT = "new", "out"
"""What the page sends on which the list is checked."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be meant."""

    value: str
    name: str
    context: str
    url: str


@dataclass(frozen=True)
class PastedRow:
    """A line of the list, with who may be meant."""

    key: str
    line: Line
    candidates: Sequence[Candidate]
    reason: str = ""

    @property
    def label(self) -> str:
        """Return the name as the list gives it."""
        return self.line.name or self.line.email


@dataclass(frozen=True)
class PastedPage:
    """A list, read and compared with everybody known, in three groups."""

    recognised: Sequence[PastedRow]
    doubtful: Sequence[PastedRow]
    new: Sequence[PastedRow]
    unread: Sequence[Line]
    was_there: bool

    @property
    def count(self) -> int:
        """Return how many people are on the list."""
        return len(self.recognised) + len(self.doubtful) + len(self.new)

    @property
    def unread_text(self) -> str:
        """Return the lines that were not read, to be mended."""
        return "\n".join(line.raw for line in self.unread)


def usual_status(meeting: Meeting) -> AttendanceStatus:
    """Return what those on a list of a meeting are: there when it is over, else registered."""
    ended = meeting.ends or meeting.starts
    is_over = ended is not None and ended.last_day <= today()
    return AttendanceStatus.ATTENDED if is_over else AttendanceStatus.REGISTERED


def text_of(form: Any) -> str:
    """Return the list that was pasted, or that of the file.

    :raises InvalidValue: at ``upload`` when the file holds no text.
    """
    upload = form.upload.data
    if upload:
        return decoded(upload.stream.read(1024 * 1024 + 1))
    return form.text.data or ""


def compared(text: str) -> tuple[PastedPage, list[tuple[Line, Match]]]:
    """Read a list and find everybody on it.

    :raises InvalidValue: at ``text``.
    """
    pasted: Pasted = read(text)
    readable = [line for line in pasted.lines if not line.problem]
    sought = [Sought(line.name, line.organisation, line.email) for line in readable]
    matched = list(zip(readable, match_all(sought), strict=True))
    recognised, doubtful, new = [], [], []
    seen: set[str] = set()
    for place, (line, match) in enumerate(matched):
        key = f"row-{place}"
        if match.person is not None:
            known = candidate(match.person)
            if known.value not in seen:
                recognised.append(PastedRow(key, line, [known]))
            seen.add(known.value)
        elif match.candidates:
            reason = str(match.doubt.label) if match.doubt else ""
            doubtful.append(
                PastedRow(key, line, [candidate(each) for each in match.candidates], reason)
            )
        else:
            new.append(PastedRow(key, line, ()))
    unread = [line for line in pasted.lines if line.problem]
    return PastedPage(recognised, doubtful, new, unread, pasted.was_there), matched


def candidate(person: Person) -> Candidate:
    """Describe somebody who may be meant, well enough to tell them from their namesakes."""
    now = [
        each.organisation.title
        for each in person.positions
        if each.organisation is not None and each.until is None
    ]
    return Candidate(
        value=f"id:{person.id}",
        name=person.title,
        context=", ".join(now),
        url=registry.kind_of(person).url(person),
    )


def decided(
    matched: Sequence[tuple[Line, Match]], answers: Mapping[str, str]
) -> tuple[list[Entry], list[str]]:
    """Return what was decided of each line, and the lines of which nothing was.

    :param answers: by the key of the row: a person who may be meant, ``new`` or ``out``.
    """
    entries: list[Entry] = []
    left: list[str] = []
    for place, (line, match) in enumerate(matched):
        answer = answers.get(f"row-{place}", "")
        offered = {
            f"id:{person.id}": person.id
            for person in (*match.candidates, *([match.person] if match.person else ()))
        }
        if answer == OUT or (not answer and match.person is not None):
            continue  # Unticked on purpose, or a line that stood there twice.
        if answer in offered:
            person_id: int | None = offered[answer]
        elif answer == NEW:
            person_id = None
        else:
            left.append(line.raw)
            continue
        entries.append(
            Entry(person_id, line.name, match.organisation_id, line.organisation, line.email)
        )
    return entries, left


def check_something(entries: Sequence[Entry]) -> None:
    """Refuse to save nothing.

    :raises InvalidValue: above the form.
    """
    if not entries:
        raise InvalidValue(None, _("Nobody is ticked yet. Tick who was meant, or add them"))
