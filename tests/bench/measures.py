"""What is measured, and against what, side by side in alternating rounds."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from statistics import median
from urllib.parse import quote

import sqlalchemy as sa

from crm.core.db import db
from crm.records.listing import _cursor_text
from tests.bench import names
from tests.bench.bare import ADDRESS, Database
from tests.bench.client import Ask, Visitor, first_view, fresh, serve
from tests.bench.filling import Say
from tests.bench.results import Bar, Result, Rounds, percentile
from tests.bench.servers import Server, gunicorn
from tests.bench.stores import EMAIL, PASSWORD, Store

CLIENTS = 8
WARM = 24
"""Requests before the first that counts: each worker must have made every statement once."""

Timer = Callable[[int], list[float]]
"""Does a thing so many times and returns how long each took, in milliseconds."""


@dataclass(frozen=True)
class Pace:
    """How long one measures."""

    rounds: int
    seconds: float
    """For each side of a round."""
    most: int = 60
    least: int = 5

    def requests(self, milliseconds: float) -> int:
        """Return how many requests fit."""
        return max(self.least, min(self.most, int(self.seconds * 1000 / max(milliseconds, 0.01))))


QUICK = Pace(rounds=3, seconds=0.25, most=20)
FULL = Pace(rounds=5, seconds=0.8)


@dataclass
class Field:
    """Both servers over one database, and who asks them."""

    store: Store
    ours: Server
    bare: Server
    visitors: list[Visitor]
    raw: Database
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def port(self) -> int:
        """Return where Passerelle listens."""
        return self.ours.port

    def get(self, path: str, *, packed: bool = False) -> Ask:
        """Return what asks for a page of ours."""
        headers = {"Accept-Encoding": "gzip"} if packed else {}
        raw = self.visitors[0].raw(path, headers=headers)
        return lambda: raw

    def page(self, path: str, *, packed: bool = False) -> Timer:
        """Return the time of a page of ours."""
        return self._timer(self.port, self.get(path, packed=packed))

    def form(self, visitor: Visitor, path: str, **values: str) -> Ask:
        """Return what sends a form of ours, another time each time."""
        filled = visitor.form(path, **values)
        action = path.partition("?")[0]

        def ask() -> bytes:
            number = f" {next(self.numbers)}"
            changed = {name: value + number for name, value in values.items() if name in NUMBERED}
            return visitor.raw(action, fresh(filled, **changed))

        return ask

    def sent(self, path: str, **values: str) -> Timer:
        """Return the time of a form of ours."""
        return self._timer(self.port, self.form(self.visitors[0], path, **values), 302)

    def bare_page(self, path: str) -> Timer:
        """Return the time of a bare page."""
        raw = Visitor(self.bare.port).raw(path)
        return self._timer(self.bare.port, lambda: raw)

    def bare_form(self, path: str, numbers: Iterator[int]) -> Timer:
        """Return the time of a bare form, which sends another number each time."""
        visitor = Visitor(self.bare.port)
        return self._timer(
            self.bare.port, lambda: visitor.raw(path, [("number", str(next(numbers)))]), 302
        )

    def _timer(self, port: int, ask: Ask, expected: int = 200) -> Timer:
        def timed(times: int) -> list[float]:
            served = serve([(port, ask)], times, expected)
            if served.errors:
                raise MeasureFailed(f"{served.errors} of {times} requests failed")
            return served.times

        return timed


NUMBERED = frozenset({"name", "family_name", "note"})
"""Fields in which each sending of a form differs."""


class MeasureFailed(Exception):
    """Something could not be measured; the message says what."""


@contextmanager
def opened(store: Store) -> Iterator[Field]:
    """Start both servers over a database and sign in."""
    with ExitStack() as stack:
        ours = stack.enter_context(
            gunicorn("wsgi:app", store.environment, store.folder, "/healthz")
        )
        bare = stack.enter_context(
            gunicorn(
                "tests.bench.bare:from_environment()",
                {ADDRESS: store.address},
                store.folder,
                "/empty",
            )
        )
        raw = Database(store.address)
        stack.callback(raw.close)
        visitors = [Visitor(ours.port) for _each in range(CLIENTS)]
        link = store.sign_in_link()
        for visitor in visitors:
            visitor.sign_in(link, EMAIL, PASSWORD)
            link = ""
        yield Field(store, ours, bare, visitors, raw)


def called(function: Callable[[], object]) -> Timer:
    """Return the time of a function of this process."""

    def timed(times: int) -> list[float]:
        found = []
        for _each in range(times):
            started = time.perf_counter()
            function()
            found.append((time.perf_counter() - started) * 1000)
        return found

    return timed


@dataclass(frozen=True)
class Comparison:
    """Something of ours beside the sum of what it is held against."""

    group: str
    what: str
    ours: Timer
    others: Sequence[tuple[float, Timer]]
    other_name: str
    bar: Bar | None = None

    def measure(self, engine: str, pace: Pace) -> Result:
        """Warm both, then measure them in turns."""
        warm = median(self.ours(WARM)[WARM // 2 :])
        ours = pace.requests(warm)
        others = [
            (factor, timer, pace.requests(median(timer(WARM)[WARM // 2 :])))
            for factor, timer in self.others
        ]
        rounds, times = Rounds(), []
        for _round in range(pace.rounds):
            mine = self.ours(ours)
            times += mine
            rounds.add(mine, sum(factor * median(timer(each)) for factor, timer, each in others))
        return Result(
            engine,
            self.group,
            self.what,
            rounds.ratio,
            bar=self.bar,
            ours=median(rounds.ours),
            other=median(rounds.other),
            other_name=self.other_name,
            spread=rounds.spread,
            note=f"p95 {percentile(times, 0.95):.1f} ms",
        )


LIST = "/people/"
COMMON = quote("müller")


def search_path(word: str) -> str:
    """Return the address of a search."""
    return f"/search?q={quote(word)}"


def middle_path(raw: Database) -> str:
    """Return the address of the page in the middle of the list."""
    return f"{LIST}?next={_cursor_text(*raw.middle())}"


def comparisons(at: Field) -> Iterator[Comparison]:
    """Return the measures with one client."""
    page = at.bare_page("/list")
    empty = at.bare_page("/empty")
    is_sqlite = at.store.engine == "sqlite"
    bare, blank = [(1.0, page)], [(1.0, empty)]
    limit = Bar(1.5) if is_sqlite else Bar(1.0)
    yield Comparison("list", "list", at.page(LIST), bare, "bare page", limit)
    yield Comparison("list", "list, compressed", at.page(LIST, packed=True), bare, "bare page")
    yield Comparison(
        "list", "list, page in the middle", at.page(middle_path(at.raw)), bare, "bare page"
    )
    word = names.COMMON_WORD
    sought = [(2.0, called(lambda: at.raw.found(word))), (1.0, page)]
    for what, path in (
        ("search, common word", search_path("müller")),
        ("search in the list, common word", f"{LIST}?q={COMMON}"),
    ):
        yield Comparison("search", what, at.page(path), sought, "2 × raw SQL + page", Bar(1.0))
    for what, path in (
        ("search, rare word", search_path(names.RARE)),
        ("search, no hit", search_path(names.ABSENT)),
        ("search in the list, rare word", f"{LIST}?q={names.RARE}"),
        ("search in the list, no hit", f"{LIST}?q={names.ABSENT}"),
    ):
        yield Comparison("search", what, at.page(path), blank, "bare empty page", Bar(1.5))
    ours_empty = [(1.0, at.page("/search"))]
    for what, path in (
        ("search, rare word, beside our own empty page", search_path(names.RARE)),
        ("search, no hit, beside our own empty page", search_path(names.ABSENT)),
    ):
        yield Comparison("search", what, at.page(path), ours_empty, "own empty page")
    for what, path in record_pages(at):
        yield Comparison("open", f"open {what}", at.page(path), bare, "bare page", Bar(2.0))
    numbers = count()
    stored = [(1.0, called(partial(_insert, at.raw, numbers)))]
    yield Comparison(
        "create", "create a person", at.sent("/people/new", **PERSON), stored, "raw insert", Bar(10)
    )
    yield Comparison(
        "create",
        "the raw insert in a bare form",
        at.bare_form("/insert", numbers),
        stored,
        "raw insert",
    )
    yield Comparison(
        "log",
        "log an exchange",
        at.sent(f"/interactions/new?person={at.store.landmarks.person_logged}", note="Rang back"),
        stored,
        "raw insert",
    )
    yield Comparison("today", "Today", at.page("/"), bare, "bare page")


PERSON = {"name": "Bench Person", "given_name": "Bench", "family_name": "Person"}


def _insert(raw: Database, numbers: Iterator[int]) -> None:
    raw.insert(next(numbers))


def record_pages(at: Field) -> list[tuple[str, str]]:
    """Return the pages of records with few relations and with many."""
    found = at.store.landmarks
    pages = [
        ("a person", f"/people/{found.person_few}"),
        ("a person with 300 relations", f"/people/{found.person_many}"),
        ("an organisation", f"/organisations/{found.organisation_few}"),
        ("an organisation with 300 relations", f"/organisations/{found.organisation_many}"),
        ("a meeting", f"/meetings/{found.meeting}"),
    ]
    return [(what, canonical(at, path)) for what, path in pages]


def canonical(at: Field, path: str) -> str:
    """Return the address to which the page of a record moves, which has its name in it."""
    return at.visitors[0].get(path).header("location") or path


# Statements


def statements(at: Field) -> Iterator[Result]:
    """Count the statements of the pages of records, in this process."""
    app = at.store.open()
    logging.getLogger("crm.access").disabled = True  # The servers write theirs to a file.
    client = app.test_client()
    for name, value in at.visitors[0].cookies.items():
        client.set_cookie(name, value)
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            run.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for what, path in [*record_pages(at), ("the list", LIST), ("Today", "/")]:
            for _warm in range(2):
                run.clear()
                client.get(path)
            bar = None if path in (LIST, "/") else Bar(8)
            yield Result(
                at.store.engine, "open", f"statements of {what}", len(run), unit="", bar=bar
            )
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
        engine.dispose()


# Eight clients


def crowds(at: Field, pace: Pace) -> Iterator[Result]:
    """Measure one client and eight in turns."""
    bare = Visitor(at.bare.port).raw("/list")
    asks = [_again(bare) for _visitor in at.visitors]
    yield from _crowd(at, "bare page", asks, 200, pace)
    paths = [
        ("list", LIST),
        ("search, common word", search_path("müller")),
        ("open a person", canonical(at, f"/people/{at.store.landmarks.person_few}")),
    ]
    for what, path in paths:
        asks = [_again(visitor.raw(path)) for visitor in at.visitors]
        yield from _crowd(at, what, asks, 200, pace)
    asks = [at.form(visitor, "/people/new", **PERSON) for visitor in at.visitors]
    yield from _crowd(at, "create a person", asks, 302, pace)


def _again(raw: bytes) -> Ask:
    return lambda: raw


def _crowd(
    at: Field, what: str, asks: Sequence[Ask], expected: int, pace: Pace
) -> Iterator[Result]:
    is_bare = what == "bare page"  # Tells what the machine gives; no bar of ours.
    pairs = [(at.bare.port if is_bare else at.port, ask) for ask in asks]
    warm = serve(pairs, 4, expected)
    each = pace.requests(median(warm.times))
    one, many, tails, errors = [], [], [], warm.errors
    times: list[float] = []
    for _round in range(pace.rounds):
        alone = serve(pairs[:1], each, expected)
        crowd = serve(pairs, each, expected)
        errors += alone.errors + crowd.errors
        one.append(alone.throughput)
        many.append(crowd.throughput)
        tails.append(percentile(crowd.times, 0.95) / median(crowd.times))
        times += crowd.times
    name, group = f"{what}, {CLIENTS} clients", "8 clients"
    engine = at.store.engine
    yield Result(engine, group, f"{name}: errors", errors, unit="", bar=None if is_bare else Bar(0))
    yield Result(
        engine,
        group,
        f"{name}: p95 / p50",
        median(tails),
        bar=None if is_bare else Bar(3),
        ours=median(times),
        spread=(min(tails), max(tails)),
        note=f"p95 {percentile(times, 0.95):.1f} ms",
    )
    ratios = [many / one for many, one in zip(many, one, strict=True)]
    yield Result(
        engine,
        group,
        f"{name}: throughput / that of one",
        median(many) / median(one),
        bar=None if is_bare else Bar(1.5, at_least=True),
        spread=(min(ratios), max(ratios)),
        note=f"{median(many):.0f} answers/s; {median(one):.0f} of one client",
    )


# Memory and weight


def idle_memory(at: Field, when: str) -> Iterator[Result]:
    """Measure what the processes hold while nobody asks."""
    found = at.ours.memory()
    yield Result(
        at.store.engine,
        "memory",
        f"two workers and their master, idle {when}, shared memory counted once",
        found.pss,
        unit="MB",
        bar=Bar(200),
        note=f"each process by itself: workers {found.workers_rss:.0f} MB, with their master "
        f"{found.rss:.0f} MB; bare, shared memory counted once, {at.bare.memory().pss:.0f} MB",
    )


def weight(at: Field) -> Iterator[Result]:
    """Weigh the first view of a list."""
    packed, page, html = first_view(at.visitors[0], LIST)
    engine = at.store.engine
    yield Result(
        engine, "weight", "first view of a list, as sent", packed / 1000, unit="KB", bar=Bar(90)
    )
    yield Result(
        engine,
        "weight",
        "HTML of 50 rows, as sent",
        page / 1000,
        unit="KB",
        bar=Bar(35),
        note=f"{html / 1000:.1f} KB unpacked",
    )


# Packs

PACKS = 3
"""As many are made; the median counts."""


def packs(at: Field) -> Iterator[Result]:
    """Make the pack of a meeting, then write it in each format."""
    visitor, engine = at.visitors[0], at.store.engine
    path = f"{canonical(at, f'/meetings/{at.store.landmarks.meeting}')}/pack"
    times, place = [], ""
    for _each in range(PACKS):
        form = visitor.form(path)
        started = time.perf_counter()
        answer = visitor.post(path, form)
        times.append(time.perf_counter() - started)
        if answer.status != 302:
            raise MeasureFailed(f"the pack answers {answer.status}")
        place = answer.header("location") or ""
    yield Result(engine, "pack", "make the pack of a meeting", median(times), unit="s", bar=Bar(5))
    for file_format in ("pdf", "docx", "xlsx"):
        started = time.perf_counter()
        size = len(visitor.get(f"{place}/file?format={file_format}").body)
        yield Result(
            engine,
            "pack",
            f"write it as {file_format.upper()}",
            time.perf_counter() - started,
            unit="s",
            bar=Bar(5),
            note=f"{size / 1000:.0f} KB",
        )


# Growth


def growth(fields: Sequence[Field], pace: Pace) -> Iterator[Result]:
    """Measure the same pages over databases of several sizes, in turns."""
    pages: list[tuple[str, Callable[[Field], Timer], Bar]] = [
        ("list", lambda at: at.page(LIST), Bar(2)),
        ("page in the middle", lambda at: at.page(middle_path(at.raw)), Bar(2)),
        (
            "open a person",
            lambda at: at.page(canonical(at, f"/people/{at.store.landmarks.person_few}")),
            Bar(2),
        ),
        (
            "open an organisation",
            lambda at: at.page(
                canonical(at, f"/organisations/{at.store.landmarks.organisation_few}")
            ),
            Bar(2),
        ),
        ("create a person", lambda at: at.sent("/people/new", **PERSON), Bar(2)),
        ("search, rare word", lambda at: at.page(search_path(names.RARE)), Bar(2)),
        ("search in the list, rare word", lambda at: at.page(f"{LIST}?q={names.RARE}"), Bar(2)),
        ("search, common word", lambda at: at.page(search_path("müller")), Bar(10)),
    ]
    for what, timer_of, bar in pages:
        timers = [timer_of(at) for at in fields]
        requests = [pace.requests(median(timer(WARM)[WARM // 2 :])) for timer in timers]
        found: list[list[float]] = [[] for _timer in timers]
        for _round in range(pace.rounds):
            for medians, timer, times in zip(found, timers, requests, strict=True):
                medians.append(median(timer(times)))
        small, large = found[0], found[-1]
        ratios = [last / first for first, last in zip(small, large, strict=True)]
        yield Result(
            fields[0].store.engine,
            "growth",
            what,
            median(large) / median(small),
            bar=bar,
            ours=median(large),
            other=median(small),
            other_name=f"{fields[0].store.people:,} people",
            spread=(min(ratios), max(ratios)),
            note="; ".join(
                f"{at.store.people:,}: {median(medians):.1f} ms"
                for at, medians in zip(fields, found, strict=True)
            ),
        )


# All of it


def measured(at: Field, pace: Pace, only: Sequence[str], say: Say) -> Iterator[Result]:
    """Measure everything of one database.

    :param only: groups to keep to; all when empty.
    """
    groups = set(only)

    def wanted(*names_of: str) -> bool:
        return not groups or bool(groups & set(names_of))

    if wanted("memory"):
        yield from idle_memory(at, "after signing in")
    if wanted("weight"):
        yield from weight(at)
    try:
        for comparison in comparisons(at):
            if wanted(comparison.group):
                say(comparison.what)
                yield comparison.measure(at.store.engine, pace)
    finally:
        at.raw.forget_inserted()
    if wanted("open"):
        say("statements")
        yield from statements(at)
    if wanted("pack"):
        say("packs")
        yield from packs(at)
    if wanted("clients"):
        say("eight clients")
        yield from crowds(at, pace)
    if wanted("memory"):
        yield from idle_memory(at, "after work")


GROUPS = (
    *("list", "search", "open", "create", "log", "today", "pack", "clients", "memory", "weight"),
    *("files", "growth"),
)
