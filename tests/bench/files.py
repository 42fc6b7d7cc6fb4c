"""Files of a long list: how fast they come, when they begin, what they weigh in memory."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Self

import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from tests.bench.bare import EXPORTED, EXPORTED_COLUMNS
from tests.bench.client import HOST, PATIENCE, Visitor
from tests.bench.measures import Field, MeasureFailed
from tests.bench.results import Bar, Result
from tests.bench.stores import ADMIN, PASSWORD

ROUNDS = 3
MOST_WAITED_FOR = 262_144
LOOK_EVERY = 0.02  # seconds


@dataclass(frozen=True)
class Received:
    """A file that came."""

    first_byte: float
    seconds: float
    growth: float
    """By how many megabytes the worker that made it grew, at most."""
    content: bytes


class _Watch:
    """Looks at the memory of the workers while a file is made."""

    def __init__(self, at: Field) -> None:
        self.at = at
        self.before = at.ours.resident()
        self.most = self.before
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.done.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.done.wait(LOOK_EVERY):
            self.most = max(self.most, self.at.ours.resident())


def _body(received: bytes) -> bytes:
    """Return the content of an answer that may come in chunks."""
    head, _blank, body = received.partition(b"\r\n\r\n")
    if b"chunked" not in head.lower():
        return body
    parts, place = [], 0
    while True:
        line_end = body.index(b"\r\n", place)
        size = int(body[place:line_end], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[line_end + 2 : line_end + 2 + size])
        place = line_end + 2 + size + 2


def _fetch(at: Field, visitor: Visitor, file_format: str) -> Received:
    path = f"/exports/new/people?cols={','.join(EXPORTED_COLUMNS)}"
    form = [
        (name, value)
        for name, value in visitor.form(path, reason="For the bench")
        if name not in ("file_format", "look")
    ]
    raw = visitor.raw(path, [*form, ("file_format", file_format)])
    with _Watch(at) as watch, socket.create_connection((HOST, at.port), PATIENCE) as connection:
        started = time.perf_counter()
        connection.sendall(raw)
        received, first_byte = [], 0.0
        while part := connection.recv(MOST_WAITED_FOR):
            first_byte = first_byte or time.perf_counter() - started
            received.append(part)
        seconds = time.perf_counter() - started
    content = b"".join(received)
    if not content.startswith(b"HTTP/1.1 200") or b"attachment" not in content[:2000]:
        raise MeasureFailed("the file did not come")
    return Received(first_byte, seconds, watch.most - watch.before, _body(content))


def _sheet_of_library(at: Field, path: Path) -> float:
    """Write the same rows with XlsxWriter in constant memory; return how long it took."""
    started = time.perf_counter()
    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        cursor = at.raw.connection.cursor()
        cursor.execute(EXPORTED)
        for number, row in enumerate(iter(cursor.fetchone, None)):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write_string(number, place, str(value))
        cursor.close()
    return time.perf_counter() - started


def _csv(at: Field, visitor: Visitor, folder: Path) -> Iterator[Result]:
    engine, people = at.store.engine, at.raw.count()
    ours, raw, begun, growth = [], [], [], []
    for _round in range(ROUNDS + 1):  # The first makes the statements.
        started = time.perf_counter()
        at.raw.export(str(folder / "raw.csv"))
        raw.append(time.perf_counter() - started)
        got = _fetch(at, visitor, "csv")
        if got.content.count(b"\r\n") < people:
            raise MeasureFailed("the file is not whole")
        ours.append(got.seconds)
        begun.append(got.first_byte)
        growth.append(got.growth)
    shares = [its / mine for its, mine in zip(raw[1:], ours[1:], strict=True)]
    mine, its = median(ours[1:]), median(raw[1:])
    yield Result(
        engine,
        "files",
        "CSV of all people: speed / driver to csv.writer",
        its / mine,
        bar=Bar(0.5, at_least=True),
        ours=mine * 1000,
        other=its * 1000,
        other_name="driver to csv.writer",
        spread=(min(shares), max(shares)),
        note=f"{people / mine:,.0f} rows/s",
    )
    yield Result(
        engine, "files", "CSV, first byte", median(begun[1:]) * 1000, unit="ms", bar=Bar(100)
    )
    yield Result(
        engine,
        "files",
        "CSV, growth of the workers",
        max(growth),
        unit="MB",
        bar=Bar(20),
        note="; ".join(f"{each:.1f}" for each in growth),
    )


def _xlsx(at: Field, visitor: Visitor, folder: Path) -> Iterator[Result]:
    engine, people = at.store.engine, at.raw.count()
    got = [_fetch(at, visitor, "xlsx") for _round in range(ROUNDS)]
    seconds = median(each.seconds for each in got)
    library = _sheet_of_library(at, folder / "library.xlsx")
    kept = folder / "ours.xlsx"
    kept.write_bytes(got[-1].content)
    sheet = CalamineWorkbook.from_path(str(kept)).get_sheet_by_index(0)
    rows = len(sheet.to_python()) - 1
    yield Result(
        engine,
        "files",
        "XLSX of all people, rows a second",
        people / seconds,
        unit="",
        bar=Bar(30_000, at_least=True),
        note=f"{rows:,} rows read back by calamine",
    )
    yield Result(
        engine,
        "files",
        "XLSX: speed / driver to XlsxWriter",
        library / seconds,
        bar=Bar(2.5, at_least=True),
        ours=seconds * 1000,
        other=library * 1000,
        other_name="driver to XlsxWriter",
    )
    yield Result(
        engine,
        "files",
        "XLSX, growth of the workers",
        max(each.growth for each in got),
        unit="MB",
        bar=Bar(30),
    )
    yield Result(
        engine,
        "files",
        "XLSX, rows that are missing when it is read back",
        abs(rows - people),
        unit="",
        bar=Bar(0),
    )


def files(at: Field) -> Iterator[Result]:
    """Measure files of the list of all people, made by an administrator."""
    visitor = Visitor(at.port)
    visitor.sign_in(at.store.sign_in_link(ADMIN), ADMIN, PASSWORD)
    with TemporaryDirectory(prefix="passerelle-files-") as folder:
        yield from _csv(at, visitor, Path(folder))
        yield from _xlsx(at, visitor, Path(folder))
