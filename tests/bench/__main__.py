"""``script/bench``: fill, serve, measure, tell."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from crm.core.clock import today
from tests.bench import measures, report
from tests.bench.client import UnexpectedAnswer
from tests.bench.files import files
from tests.bench.measures import FULL, GROUPS, QUICK, MeasureFailed, Pace
from tests.bench.results import Result
from tests.bench.servers import ServerFailed
from tests.bench.stores import ENGINES, CommandFailed, Store, postgresql, prepare, stores
from tests.cli.processes import ROOT

PAGE = ROOT / "docs" / "performance.md"
PEOPLE = 100_000
QUICK_PEOPLE = 10_000
GROWTH = (10_000, 100_000, 1_000_000)
STARTED = time.monotonic()


@dataclass(frozen=True)
class Choices:
    """What was asked for on the command line."""

    people: int
    pace: Pace
    sizes: Sequence[int]
    """Numbers of people over which growth is measured; none: it is not."""
    only: Sequence[str]

    def wants_tables(self) -> bool:
        """Tell whether anything but growth is asked for."""
        return not self.only or bool(set(self.only) - {"growth"})


def say(text: str) -> None:
    """Tell how far it has come, beside the results."""
    click.echo(f"[{time.monotonic() - STARTED:5.0f} s] {text}", err=True)


def _groups(context: click.Context, option: click.Parameter, value: str) -> list[str]:
    groups = [each.strip() for each in value.split(",") if each.strip()]
    for group in groups:
        if group not in GROUPS:
            raise click.BadParameter(f"“{group}” is none of {', '.join(GROUPS)}.")
    return groups


@click.command(epilog="Example: script/bench --quick --database sqlite --only list,search")
@click.option("--quick", is_flag=True, help="10,000 people and few requests: about a minute.")
@click.option("--people", type=click.IntRange(100, 10_000_000), help="How many people. [100000]")
@click.option(
    "--database", type=click.Choice([*ENGINES, "both"]), default="both", show_default=True
)
@click.option(
    "--growth/--no-growth",
    "with_growth",
    default=False,
    help="Also fill 10,000 and 1,000,000 people, and compare. Takes half an hour.",
)
@click.option("--write", is_flag=True, help="Write docs/performance.md.")
@click.option(
    "--only", default="", callback=_groups, help=f"Some of {', '.join(GROUPS)}; commas between."
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the filled databases in this folder, and use those that are there.",
)
def main(  # noqa: PLR0913 - one for each option
    *,
    quick: bool,
    people: int | None,
    database: str,
    with_growth: bool,
    write: bool,
    only: list[str],
    keep: Path | None,
) -> None:
    """Measure Passerelle beside a bare page, over a large database of invented people."""
    choices = Choices(
        people or (QUICK_PEOPLE if quick else PEOPLE),
        QUICK if quick else FULL,
        GROWTH if with_growth else (),
        only,
    )
    engines = ENGINES if database == "both" else (database,)
    before = os.getloadavg()[0]
    results: list[Result] = []
    servers: list[str] = []
    sizes: list[tuple[str, float]] = []
    try:
        with _folder(keep) as folder:
            for engine in engines:
                with _server(engine, folder, keep=keep is not None) as (address, version):
                    servers.append(version)
                    found, size = _measure(engine, folder, address, choices)
                    results += found
                    sizes.append((report.TITLES[engine], size))
    except (CommandFailed, ServerFailed, UnexpectedAnswer, MeasureFailed) as failure:
        raise click.ClickException(str(failure)) from failure
    except (OSError, subprocess.SubprocessError, SQLAlchemyError, psycopg.Error) as failure:
        first = (str(failure) or type(failure).__name__).splitlines()[0]
        raise click.ClickException(f"The bench stopped: {first}") from failure
    click.echo(report.terminal(results))
    if write:
        load = (before, os.getloadavg()[0])
        about = report.Circumstances(choices.people, sizes, servers, load, choices.pace.rounds)
        report.write(PAGE, results, about, today())
        say(f"wrote {PAGE.relative_to(ROOT)}")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        yield Path(folder)


@contextmanager
def _server(engine: str, folder: Path, *, keep: bool) -> Iterator[tuple[str, str]]:
    """Run the database server, if there is one; return its address and its version."""
    if engine == "sqlite":
        yield "", report.sqlite_version()
        return
    with postgresql(folder, keep=keep) as address:
        with psycopg.connect(address) as connection:
            number = connection.info.server_version
        yield address, f"PostgreSQL {number // 10_000}.{number % 10_000}"


def _measure(
    engine: str, folder: Path, address: str, choices: Choices
) -> tuple[list[Result], float]:
    results: list[Result] = []
    size = 0.0
    if choices.wants_tables():
        (store,) = stores(engine, [choices.people], folder, address)
        _fill(store)
        size = store.megabytes
        with measures.opened(store) as at:
            found = measures.measured(at, choices.pace, choices.only, say)
            wants_files = not choices.only or "files" in choices.only
            for result in chain(found, files(at) if wants_files else ()):
                results.append(result)
                say(f"  {result.what}: {report.value_text(result)} {result.verdict}")
    if choices.sizes:
        results += _grow(stores(engine, list(choices.sizes), folder, address), choices.pace)
    return results, size


def _grow(found: list[Store], pace: Pace) -> list[Result]:
    for store in found:
        _fill(store)
    results = []
    with ExitStack() as stack:
        fields = [stack.enter_context(measures.opened(store)) for store in found]
        for result in measures.growth(fields, pace):
            results.append(result)
            say(f"  growth, {result.what}: {report.value_text(result)} {result.verdict}")
    return results


def _fill(store: Store) -> None:
    title = f"{report.TITLES[store.engine]}, {store.people:,} people"
    say(f"{title}: filling")
    prepare(store, lambda step: say(f"  {title}: {step}"))


if __name__ == "__main__":
    try:
        main(prog_name="script/bench")
    except KeyboardInterrupt:
        sys.exit("The bench was stopped.")
