"""How each engine is opened: SQLite's settings are asserted on every connection."""

import time
from collections.abc import Mapping
from typing import Any

import pysqlite3
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

WAL_SAFE_FROM = (3, 51, 3)
"""Older versions can corrupt a database in write-ahead mode (SQLite's WAL-reset bug)."""

PATIENCE = 10
"""Seconds for which one waits for another to have written."""
NAP = 0.0005
"""Seconds between two looks. SQLite's own waiting sleeps for longer each time, up to a tenth of a
second, while nobody writes."""

SETTINGS: Mapping[str, tuple[str, str]] = {
    # pragma: (value to set, value to read back)
    "foreign_keys": ("ON", "1"),
    "busy_timeout": (str(PATIENCE * 1000), str(PATIENCE * 1000)),
    "synchronous": ("FULL", "2"),
    "secure_delete": ("ON", "1"),
    "trusted_schema": ("OFF", "0"),
}


class UnusableDatabase(Exception):
    """The database cannot be used; the message says why in one sentence."""


# A cursor is for a file, which is read to its end: plans must not be made for its first rows.
# A long list is sorted, and what is withheld from it looked up, in memory and not on the disk.
_POSTGRESQL_SETTINGS = "-c timezone=utc -c cursor_tuple_fraction=1 -c work_mem=16MB"

STATEMENTS_KEPT = 800
"""Compiled once each; the row filter makes them long, so that compiling is what costs. Some hold
half a megabyte."""


def engine_options(url: str) -> dict[str, Any]:
    """Return the options of ``create_engine`` for this address."""
    if _is_sqlite(make_url(url)):
        return {
            "module": pysqlite3.dbapi2,
            "connect_args": {"timeout": PATIENCE},
            "query_cache_size": STATEMENTS_KEPT,
        }
    return {
        "pool_pre_ping": True,
        "pool_timeout": 3,
        "query_cache_size": STATEMENTS_KEPT,
        "connect_args": {"connect_timeout": 3, "options": _POSTGRESQL_SETTINGS},
    }


def prepare_engine(engine: sa.Engine) -> None:
    """Attach the settings to an engine before its first connection."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def journal_mode(version: tuple[int, ...]) -> str:
    """Return the journal mode that is safe with this version of SQLite."""
    return "wal" if version >= WAL_SAFE_FROM else "delete"


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _open_sqlite(connection: Any, record: Any) -> None:
    # The driver must not open transactions by itself: a SELECT would then run outside of one.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        version = tuple(int(part) for part in pysqlite3.dbapi2.sqlite_version.split("."))
        settings = dict(SETTINGS)
        if version < WAL_SAFE_FROM:
            settings["synchronous"] = ("EXTRA", "3")
        wanted = journal_mode(version)
        (actual,) = cursor.execute(f"PRAGMA journal_mode={wanted}").fetchone()
        if actual not in (wanted, "memory"):
            raise UnusableDatabase(f"SQLite refuses journal_mode={wanted} (it answers {actual}).")
        for name, (value, expected) in settings.items():
            cursor.execute(f"PRAGMA {name}={value}").fetchall()
            (actual,) = cursor.execute(f"PRAGMA {name}").fetchone()
            if str(actual) != expected:
                raise UnusableDatabase(f"SQLite refuses {name}={value} (it answers {actual}).")
    finally:
        cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    # Taking the write lock at once makes read-then-write atomic and never fails half-way.
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + PATIENCE
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except pysqlite3.dbapi2.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != pysqlite3.dbapi2.SQLITE_BUSY:
                    break
                time.sleep(NAP)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # Fails as any statement does.
    finally:
        driver.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
