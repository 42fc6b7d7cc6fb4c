"""The results as a table of the terminal, and as ``docs/performance.md``."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pysqlite3

from tests.bench.results import Result

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LIBRARIES = ("Flask", "SQLAlchemy", "gunicorn", "psycopg")


@dataclass(frozen=True)
class Circumstances:
    """Under what the results were measured."""

    people: int
    sizes: Sequence[tuple[str, float]]
    """Each database and how many megabytes it has."""
    servers: Sequence[str]
    """Versions of the databases."""
    load: tuple[float, float]
    """Load average before and after."""
    rounds: int


def value_text(result: Result) -> str:
    """Return the value with its unit."""
    if result.unit == "":
        return f"{result.value:g}"
    if result.unit == "×":
        return f"{result.value:.2f} ×"
    return f"{result.value:.1f} {result.unit}"


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _spread(result: Result) -> str:
    return "" if result.spread is None else f"{result.spread[0]:.2f} to {result.spread[1]:.2f}"


def cells(result: Result) -> list[str]:
    """Return a line of the table."""
    return [
        result.what,
        value_text(result),
        str(result.bar or ""),
        result.verdict,
        _milliseconds(result.ours),
        _milliseconds(result.other),
        result.other_name,
        _spread(result),
        result.note,
    ]


HEADINGS = ("what", "ratio", "bar", "", "ms", "beside ms", "beside", "rounds", "more")


def terminal(results: Sequence[Result]) -> str:
    """Return the table for a terminal."""
    found = []
    for engine in dict.fromkeys(result.engine for result in results):
        rows = [HEADINGS, *(cells(each) for each in results if each.engine == engine)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS) - 1)]
        found.append(f"\n{TITLES[engine]}\n")
        found += [
            "  ".join(
                [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]
            ).rstrip()
            for row in rows
        ]
    return "\n".join([*found, "", summary(results)])


def summary(results: Sequence[Result]) -> str:
    """Return in one sentence how many bars are held."""
    held = [result.is_held for result in results if result.is_held is not None]
    return f"{sum(held)} of {len(held)} bars are held."


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: int = 0) -> list[str]:
    marks = ["---:" if 0 < place <= numeric else "---" for place in range(len(headings))]
    return [
        f"| {' | '.join(headings)} |",
        f"| {' | '.join(marks)} |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


EXPLANATION = (
    "Each line is a ratio measured side by side in one run: the same gunicorn with two workers,",
    "the same rows, the same client, in alternating rounds; the ratio is that of the medians, and",
    "“rounds” shows the smallest and the largest of a round. Milliseconds are for orientation",
    "only: client and servers share the machine.",
    "",
    "- **bare page**: Flask, Jinja and one SQL statement, 50 people with eight columns by name",
    "  and an exact count, nothing else (`tests/bench/bare.py`);",
    "- **2 × raw SQL + page**: twice the statement alone, in the process that measures, and a",
    "  bare page;",
    "- **bare empty page**: the same page without a row, the database not asked;",
    "- **raw insert**: root row, row of the person, index of the search, commit; no history.",
)


def markdown(results: Sequence[Result], about: Circumstances, day: date) -> str:
    """Return the page of the documentation."""
    missed = [result for result in results if result.is_held is False]
    lines = [
        "# Performance",
        "",
        f"Written by `script/bench --write` on {day.isoformat()}. Do not edit: run it again.",
        "",
        *EXPLANATION,
        "",
        f"**{summary(results)}**",
        "",
        *_circumstances(about),
    ]
    for engine in dict.fromkeys(result.engine for result in results):
        rows = [cells(each) for each in results if each.engine == engine]
        lines += ["", f"## {TITLES[engine]}", "", *_table(HEADINGS, rows, numeric=1)]
    lines += ["", "## Not held", ""]
    if missed:
        lines += [
            f"- {TITLES[each.engine]}, {each.what}: {value_text(each)}, bar {each.bar}"
            for each in missed
        ]
    else:
        lines.append("Every bar is held.")
    return "\n".join(lines) + "\n"


def _circumstances(about: Circumstances) -> list[str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    sizes = ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in about.sizes)
    return [
        "## Circumstances",
        "",
        f"- {about.people:,} people, {about.people // 10:,} organisations,",
        f"  {about.people // 5:,} meetings, {about.people * 3:,} attendances,",
        f"  {about.people // 5:,} exchanges; names in 20 languages; the same rows each time",
        f"- on disk: {sizes}",
        f"- {platform.system()}, {os.cpu_count()} cores, {about.rounds} rounds;",
        f"  load {about.load[0]:.1f} before, {about.load[1]:.1f} after",
        f"- Python {platform.python_version()}, {libraries}",
        f"- {', '.join(about.servers)}",
    ]


def sqlite_version() -> str:
    """Return the version of SQLite that is used."""
    return f"SQLite {pysqlite3.dbapi2.sqlite_version}"


def write(path: Path, results: Sequence[Result], about: Circumstances, day: date) -> None:
    """Write the page of the documentation."""
    path.write_text(markdown(results, about, day), encoding="utf-8")
