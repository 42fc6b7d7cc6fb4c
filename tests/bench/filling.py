"""Fills a database with what the application would have written: one seed, the same rows.

Titles, sort keys, words of the search and seals of the history come from the application's own
functions, so that they cannot drift apart. History is kept of the records, not of their parts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from anyascii import anyascii

from crm.core.partial_date import PartialDate
from crm.core.text import fold, sort_key
from crm.interactions.models import Interaction, InteractionKind, Participant
from crm.meetings.models import Attendance, AttendanceStatus, Meeting, MeetingKind
from crm.organisations.models import (
    Organisation,
    OrganisationKind,
    PartnershipStatus,
    Relation,
    RelationKind,
    Tier,
)
from crm.people.models import Person, Position
from crm.records import history, indexing
from crm.records.history import recorded_columns, seal, to_json
from crm.records.models import Act, ContactKind, ContactPoint, Record
from crm.records.search import merge_all
from crm.tasks.models import Task
from tests.bench import names
from tests.bench.bulk import Values, Writer, bulk_writer, default_of

SEED = 20_261_126
BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When the data was entered."""
LAST_DAY = date(2026, 11, 20)
DAYS = 3_600
HUB_LINKS = 300
"""Relations, people or meetings of the one organisation and the one person that have many."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How many there are of each."""

    people: int

    @property
    def organisations(self) -> int:
        """Return a tenth of the people."""
        return max(self.people // 10, 2)

    @property
    def meetings(self) -> int:
        """Return a fifth of the people."""
        return max(self.people // 5, 2)

    @property
    def attendances(self) -> int:
        """Return three for each of the people."""
        return self.people * 3

    @property
    def interactions(self) -> int:
        """Return a fifth of the people."""
        return max(self.people // 5, 2)

    @property
    def tasks(self) -> int:
        """Return a fiftieth of the people."""
        return max(self.people // 50, 2)


@dataclass
class Ids:
    """The ids of all records, drawn as the application draws them: telling nothing."""

    organisations: Sequence[int]
    people: Sequence[int]
    meetings: Sequence[int]
    interactions: Sequence[int]
    tasks: Sequence[int]


def draw(chance: Random, count: int) -> list[int]:
    """Return ids that differ, in no order: six digits, more where these would not do."""
    first = 100_000
    while 9 * first < 3 * count:
        first *= 10
    return chance.sample(range(first, 10 * first), count)


def draw_records(chance: Random, sizes: Sizes) -> Ids:
    """Return the ids of all records."""
    counts = (
        *(sizes.organisations, sizes.people, sizes.meetings, sizes.interactions),
        sizes.tasks,
    )
    drawn = draw(chance, sum(counts))
    groups = []
    for count in counts:
        groups.append(sorted(drawn[:count]))
        del drawn[:count]
    return Ids(*groups)


@dataclass(frozen=True)
class Landmarks:
    """Records that the measures open: with few relations and with many."""

    person_few: int
    person_many: int
    person_logged: int
    """With whom exchanges are noted while it is measured."""
    organisation_few: int
    organisation_many: int
    meeting: int


@dataclass
class Chain:
    """The history of what is written, sealed link by link."""

    user_id: int | None
    place: int
    last: str
    columns: dict[type[Record], dict[str, str]] = field(default_factory=dict)

    def added(self, model: type[Record], row: Values, tick: int) -> dict[str, Any]:
        """Return the change that added a record."""
        if model not in self.columns:
            self.columns[model] = {
                prop.key: prop.columns[0].name for prop in recorded_columns(model)
            }
        told = {key: to_json(row.get(name)) for key, name in self.columns[model].items()}
        self.place += 1
        change = {
            "id": self.place,
            "key": f"{self.place:024x}",
            "at": BEGINNING + timedelta(seconds=tick),
            "user_id": self.user_id,
            "batch": f"{tick // 500:024x}",
            "act": Act.CREATE,
            "row_table": model.__tablename__,
            "row_id": row["id"],
            "row_version": 1,
            "values": {key: [None, value] for key, value in told.items() if value is not None},
            "reason": None,
            "undoes_key": None,
        }
        self.last = seal(self.last, change)
        return {**change, "seal": self.last}


class Filling:
    """One filling of an empty database."""

    def __init__(self, writer: Writer, sizes: Sizes, user_id: int | None, chain: Chain) -> None:
        """Draw the ids."""
        self.writer, self.sizes, self.user_id, self.chain = writer, sizes, user_id, chain
        self.chance = Random(SEED)  # noqa: S311 - the same data each time
        self.ids = draw_records(self.chance, sizes)
        self.words: set[str] = set()
        self.at: dict[int, int] = {}

    def _part_ids(self, count: int) -> list[int]:
        return draw(self.chance, count)

    def _day(self) -> PartialDate:
        return PartialDate.of(LAST_DAY - timedelta(days=self.chance.randrange(DAYS)))

    # Records

    def records(
        self,
        model: type[Record],
        rows: Iterable[dict[str, Any]],
        words: Callable[[Values], indexing._Words] = lambda row: indexing._Words(),
    ) -> None:
        """Write records of a kind: the root row, the row of the kind, and their history."""
        table: Any = model.__table__
        columns = (*Record.__table__.c, *table.c)
        defaults = {column.name: default_of(column) for column in columns}
        kind = sa.inspect(model).polymorphic_identity
        whole, changes = [], []
        for tick, given in enumerate(rows):
            row = {**defaults, **given, "kind": kind}
            whole.append(self._root(model, row, words(row), tick))
            changes.append(self.chain.added(model, row, tick))
        self.writer.write(Record.__table__, whole)  # type: ignore[arg-type]
        self.writer.write(table, whole)
        self.writer.write(history.CHANGES, changes)
        self.writer.write(
            history.CHANGED,
            ({"change_id": each["id"], "record_id": each["row_id"]} for each in changes),
        )

    def _root(
        self, model: type[Record], row: dict[str, Any], words: indexing._Words, tick: int
    ) -> dict[str, Any]:
        record = model(**{name: value for name, value in row.items() if name != "kind"})
        record.title = record.compose_title()[:400]
        found = indexing._index(record, {row["id"]: words})
        self.words.update(found.names.split())
        at = BEGINNING + timedelta(seconds=tick)
        row.update(
            title=record.title,
            sort_key=sort_key(record.sort_text())[:400],
            search_text=found.text,
            search_names=found.names,
            created_at=at,
            updated_at=at,
            created_by_id=self.user_id,
            updated_by_id=self.user_id,
        )
        return row

    def organisations(self) -> None:
        """Write organisations, some of them our partners."""
        self.records(Organisation, self._organisations())

    def _organisations(self) -> Iterator[dict[str, Any]]:
        chance = self.chance
        for number, record_id in enumerate(self.ids.organisations, start=1):
            is_partner = chance.random() < 0.3
            yield {
                "id": record_id,
                "name": names.organisation_name(chance, number),
                "acronym": f"AB{number}" if chance.random() < 0.3 else None,
                "organisation_kind": chance.choice(list(OrganisationKind)),
                "country": chance.choice(names.LANGUAGES).country,
                "city": names.town(chance),
                "partnership_status": chance.choice(list(PartnershipStatus))
                if is_partner
                else None,
                "tier": chance.choice(list(Tier)) if is_partner else None,
                "owner_id": self.user_id if is_partner and chance.random() < 0.1 else None,
                "partner_since": self._day() if is_partner else None,
                "is_us": number == 1,
            }

    def people(self) -> None:
        """Write people, each with an address."""
        emails: dict[int, str] = {}

        def rows() -> Iterator[dict[str, Any]]:
            for number, record_id in enumerate(self.ids.people, start=1):
                row = self._person(record_id, number)
                local = fold(row["name"]).replace(" ", ".")
                emails[record_id] = f"{local}.{number}@example.org"
                yield row

        def words(row: Values) -> indexing._Words:
            return indexing._Words(others=[emails[row["id"]]])

        self.records(Person, rows(), words)
        ids = self._part_ids(len(emails))
        self.writer.write(
            ContactPoint.__table__,  # type: ignore[arg-type]
            (
                {"id": each, "record_id": record_id, "kind": ContactKind.EMAIL, "value": value}
                for each, (record_id, value) in zip(ids, emails.items(), strict=True)
            ),
        )

    def _person(self, record_id: int, number: int) -> dict[str, Any]:
        chance = self.chance
        called = names.person_name(chance)
        given, family, native = called.given, called.family, None
        if number == 1:
            family = names.RARE
        if called.language in _OTHER_SCRIPTS and chance.random() < 0.5:
            native = called.full
            given, family = _in_latin(given), _in_latin(family)
        return {
            "id": record_id,
            "name": f"{given} {family}"[:120],
            "given_name": given,
            "family_name": family,
            "native_name": native,
            "country": called.country,
            "languages": called.language,
        }

    def meetings(self) -> None:
        """Write meetings, the last of them to come."""
        kinds = [kind for kind in MeetingKind if kind is not MeetingKind.SERIES]
        self.records(
            Meeting,
            (
                {
                    "id": record_id,
                    "name": names.meeting_name(self.chance),
                    "meeting_kind": self.chance.choice(kinds),
                    "starts": PartialDate.of(
                        LAST_DAY + timedelta(days=60 - self.chance.randrange(DAYS))
                    ),
                    "place": names.town(self.chance),
                    "country": self.chance.choice(names.LANGUAGES).country,
                    "themes": names.theme(self.chance),
                }
                for record_id in self.ids.meetings
            ),
        )

    def interactions(self) -> None:
        """Write exchanges, each with one of the people, the hub of them with many."""
        many = min(HUB_LINKS, len(self.ids.interactions) // 2)
        with_whom = {
            record_id: self.ids.people[-1] if place < many else self.chance.choice(self.ids.people)
            for place, record_id in enumerate(self.ids.interactions)
        }
        self.records(
            Interaction,
            (
                {
                    "id": record_id,
                    "interaction_kind": self.chance.choice(list(InteractionKind)),
                    "happened": self._day(),
                    "subject": f"{names.theme(self.chance)} – {names.town(self.chance)}",
                    "note": f"{names.theme(self.chance)}, {names.theme(self.chance)}",
                }
                for record_id in self.ids.interactions
            ),
        )
        ids = self._part_ids(len(with_whom))
        self.writer.write(
            Participant.__table__,  # type: ignore[arg-type]
            (
                {"id": each, "interaction_id": interaction_id, "record_id": record_id}
                for each, (interaction_id, record_id) in zip(ids, with_whom.items(), strict=True)
            ),
        )
        self._guard(with_whom.items())

    def tasks(self) -> None:
        """Write tasks, half of them done."""
        about = {record_id: self.chance.choice(self.ids.people) for record_id in self.ids.tasks}
        self.records(
            Task,
            (
                {
                    "id": record_id,
                    "name": f"{names.theme(self.chance)} – {names.town(self.chance)}",
                    "subject_id": subject_id,
                    "due": self._day(),
                    "assignee_id": self.user_id if self.chance.random() < 0.1 else None,
                    "done_on": LAST_DAY if self.chance.random() < 0.5 else None,
                }
                for record_id, subject_id in about.items()
            ),
        )
        self._guard(about.items())

    def _guard(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.writer.write(
            history.GUARDS,
            ({"record_id": record_id, "guard_id": guard_id} for record_id, guard_id in pairs),
        )

    # Parts

    def positions(self) -> None:
        """Write a position for nearly everybody; one organisation has very many people."""
        ids = iter(self._part_ids(len(self.ids.people)))
        self.writer.write(Position.__table__, self._positions(ids))  # type: ignore[arg-type]

    def _positions(self, ids: Iterator[int]) -> Iterator[dict[str, Any]]:
        many = min(HUB_LINKS, len(self.ids.people) // 3)
        for place, person_id in enumerate(self.ids.people):
            if place >= many and self.chance.random() < 0.05:
                continue
            organisation_id = (
                self.ids.organisations[-1]
                if place < many
                else self.chance.choice(self.ids.organisations)
            )
            self.at[person_id] = organisation_id
            yield {
                "id": next(ids),
                "person_id": person_id,
                "organisation_id": organisation_id,
                "title": names.job_title(self.chance),
                "since": self._day(),
                "is_primary": True,
            }

    def relations(self) -> None:
        """Write relations between organisations; one of them has very many."""
        organisations = self.ids.organisations
        many = min(HUB_LINKS, len(organisations) // 2)
        pairs = [(organisations[-1], each) for each in organisations[:many]]
        others = organisations[:-1]
        pairs += [
            (self.chance.choice(organisations), self.chance.choice(others))
            for _each in range(len(organisations))
        ]
        ids = self._part_ids(len(pairs))
        self.writer.write(
            Relation.__table__,  # type: ignore[arg-type]
            (
                {
                    "id": each,
                    "organisation_id": first,
                    "other_id": second,
                    "kind": self.chance.choice(list(RelationKind)),
                    "since": self._day(),
                }
                for each, (first, second) in zip(ids, pairs, strict=True)
                if first != second
            ),
        )

    def attendances(self) -> None:
        """Write who came to which meeting; one of the people came to very many."""
        ids = iter(self._part_ids(self.sizes.attendances + HUB_LINKS))
        self.writer.write(Attendance.__table__, self._attendances(ids))  # type: ignore[arg-type]

    def _attendances(self, ids: Iterator[int]) -> Iterator[dict[str, Any]]:
        people, meetings, chance = self.ids.people, self.ids.meetings, self.chance
        hub = people[-1]
        each_meeting, rest = divmod(self.sizes.attendances, len(meetings))
        statuses = list(AttendanceStatus)
        for place, meeting_id in enumerate(meetings):
            came = min(each_meeting + (place < rest), len(people) // 2)
            who = set(chance.sample(people, came))
            if place < HUB_LINKS:
                who.add(hub)
            for person_id in sorted(who):
                yield {
                    "id": next(ids),
                    "meeting_id": meeting_id,
                    "person_id": person_id,
                    "organisation_id": self.at.get(person_id),
                    "status": chance.choice(statuses),
                }

    def search_words(self) -> None:
        """Write the words that are guessed from what was mistyped."""
        self.writer.write(
            indexing.WORDS,
            (
                {"word": word, "backwards": word[::-1]}
                for word in sorted(self.words)
                if indexing.SHORTEST_WORD <= len(word) <= indexing.LONGEST_WORD
            ),
        )


def _in_latin(name: str) -> str:
    """Return a name as its bearer might write it abroad."""
    return "".join(each for each in anyascii(name) if each.isalpha() or each == " ").title()


_OTHER_SCRIPTS = frozenset({"el", "uk", "bg", "ar", "fa", "he"})


def fill(
    engine: sa.Engine, people: int, *, user_id: int | None = None, say: Say = lambda text: None
) -> None:
    """Fill an empty database; the application must have been made, for the seals of history.

    :param user_id: of whom the records are.
    """
    with engine.connect() as connection:
        query = sa.select(history.CHANGES.c.id, history.CHANGES.c.seal)
        last = connection.execute(query.order_by(history.CHANGES.c.id.desc()).limit(1)).first()
    chain = Chain(user_id, last.id if last else 0, last.seal if last else "")
    with bulk_writer(engine) as writer:
        filling = Filling(writer, Sizes(people), user_id, chain)
        for step in (
            *(filling.organisations, filling.people, filling.meetings, filling.positions),
            *(filling.relations, filling.attendances, filling.interactions, filling.tasks),
            filling.search_words,
        ):
            say(step.__name__.replace("_", " "))
            step()
    with engine.begin() as connection:
        merge_all(connection)  # As the worker has, an hour after so much was written.


def landmarks(people: int) -> Landmarks:
    """Return the records to open in a database of this size."""
    ids = draw_records(Random(SEED), Sizes(people))  # noqa: S311 - the same as when filled
    return Landmarks(
        person_few=ids.people[len(ids.people) // 2],
        person_many=ids.people[-1],
        person_logged=ids.people[len(ids.people) // 3],
        organisation_few=ids.organisations[len(ids.organisations) // 2],
        organisation_many=ids.organisations[-1],
        meeting=ids.meetings[len(ids.meetings) // 2],
    )
