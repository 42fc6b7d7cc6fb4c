"""Rows by the hundred thousand, as the mapped types store them, past the session."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import sqlalchemy as sa

Values = Mapping[str, Any]
Processor = Callable[[Any], Any]

CHUNK = 20_000


class Writer:
    """Writes rows into tables; defaults of columns hold as in the application."""

    def __init__(self, connection: Any, dialect: sa.Dialect) -> None:
        """Write through a connection of the driver."""
        self.connection = connection
        self.dialect = dialect

    def write(self, table: sa.Table, rows: Iterable[Values]) -> int:
        """Write rows and return how many there were."""
        described = [(column.name, default_of(column), self._bind(column)) for column in table.c]
        tuples = (
            tuple(bind(row.get(name, default)) for name, default, bind in described) for row in rows
        )
        if self.dialect.name == "postgresql":
            return self._copy(table, tuples)
        return self._insert(table, tuples)

    def _bind(self, column: sa.Column[Any]) -> Processor:
        found: Processor | None = column.type.dialect_impl(self.dialect).bind_processor(
            self.dialect
        )
        if found is None:
            return _unchanged
        if isinstance(column.type, sa.JSON):
            # What is not there is NULL, not the JSON value null.
            return lambda value: None if value is None else found(value)
        return found

    def _copy(self, table: sa.Table, rows: Iterator[tuple[Any, ...]]) -> int:
        columns = ", ".join(f'"{column.name}"' for column in table.c)
        count = 0
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)
                count += 1
        return count

    def _insert(self, table: sa.Table, rows: Iterator[tuple[Any, ...]]) -> int:
        columns = ", ".join(f'"{column.name}"' for column in table.c)
        places = ", ".join("?" for _column in table.c)
        statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'
        count = 0
        while chunk := list(islice(rows, CHUNK)):
            # In the order of the file: pages are written once. What is stored is the same.
            chunk.sort(key=lambda row: str(row[0]) if isinstance(row[0], str) else row[0])
            self.connection.executemany(statement, chunk)
            count += len(chunk)
        return count


def default_of(column: sa.Column[Any]) -> Any:
    """Return the value a column has where none is given; None where it is worked out."""
    default: Any = column.default
    return default.arg if default is not None and default.is_scalar else None


def _unchanged(value: Any) -> Any:
    return value


@contextmanager
def bulk_writer(engine: sa.Engine) -> Iterator[Writer]:
    """Open a writer; all is kept at the end of the block, with fresh statistics."""
    # A connection of its own: the settings of haste must not come back from the pool.
    connection = engine.raw_connection()
    driver: Any = connection.dbapi_connection
    connection.detach()
    assert driver is not None
    try:
        if engine.dialect.name == "postgresql":
            # Keys and links are right by construction; checking each takes twice as long.
            driver.execute("SET session_replication_role = replica")
            yield Writer(driver, engine.dialect)
            driver.commit()
            driver.autocommit = True
            driver.execute("VACUUM ANALYZE")  # As autovacuum would do within the minute.
        else:
            for setting in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -200000"):
                driver.execute(f"PRAGMA {setting}")
            driver.execute("BEGIN IMMEDIATE")
            yield Writer(driver, engine.dialect)
            driver.execute("COMMIT")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        driver.close()
