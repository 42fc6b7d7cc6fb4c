"""Fixtures: the application on each database, one transaction per test, a browser of pages."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import scoped_session, sessionmaker

import config as configuration
from crm.app import create_app
from crm.core import clock, engine
from crm.core.db import Session, db
from crm.core.principal import SYSTEM, Principal, set_principal
from crm.records import gathering
from crm.records.models import Base
from tests.browser import Browser
from tests.databases import postgresql_url
from tests.fresh import fresh_requests

__all__ = ["fresh_requests"]

settings.register_profile(
    "passerelle",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("passerelle")

DATABASES = os.environ.get("PASSERELLE_TEST_DATABASES", "sqlite,postgresql").split(",")
SECRET = "only-for-tests-" * 4
YOUNG_OBJECTS = 20_000
"""How many objects are made before rubbish is looked for: that took a fifth of the time."""

# The tests of a process open every page there is, on many days: making statements anew because
# others were made meanwhile took a quarter of their time. A thousand of them weigh hundreds of
# megabytes, though, and there are two processes.
engine.STATEMENTS_KEPT = 1_000
gathering.MOST_KEPT = 40


class _NoDayYet:
    """Stands for the clock while tests are collected."""

    @staticmethod
    def now(_zone: object) -> None:
        """Refuse: what is worked out here is old when the tests run into the next day."""
        raise RuntimeError("Ask for the day when a test runs: midnight may lie between")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let no test ask for the day before it runs."""
    clock.datetime, real = _NoDayYet, clock.datetime  # type: ignore[assignment, misc]
    try:
        return (yield)
    finally:
        clock.datetime = real  # type: ignore[misc]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser to the end: in a process where it has begun, asyncio.run refuses."""
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Take what was loaded as there for good: looking for rubbish passes it over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on each database."""
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", DATABASES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Return the name of the database under test."""
    return str(request.param)


@pytest.fixture(scope="session")
def app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the application on a database made for this run."""
    instance = tmp_path_factory.mktemp(f"instance-{database}")
    url = "" if database == "sqlite" else postgresql_url("passerelle")
    application = make_app(instance, url)
    with application.app_context():
        Base.metadata.create_all(db.engine)
    yield application
    with application.app_context():
        # The engine stays known (crm/core/db.py): its statements would be kept while the next
        # database is tested.
        db.engine.clear_compiled_cache()
        db.engine.dispose()
    gc.collect()


def make_app(instance: Path, url: str = "") -> Flask:
    """Return an application of its own, for tests that must commit."""
    environment = {
        "PASSERELLE_INSTANCE": str(instance),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
    }
    return create_app(configuration.read(environment, TESTING=True, WTF_CSRF_ENABLED=False))


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[scoped_session[Session]]:
    """Run the test in one transaction and roll it back, commits included; act as the system."""
    for name in ("crm.access", "crm.security"):
        logging.getLogger(name).disabled = True
    with app.app_context(), db.engine.connect() as connection:
        transaction = connection.begin()
        maker = sessionmaker(
            class_=Session,
            db=db,
            bind=connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        )
        monkeypatch.setattr(db, "session", scoped_session(maker))
        set_principal(db.session, SYSTEM)
        yield db.session
        db.session.remove()
        transaction.rollback()


@pytest.fixture
def browser(app: Flask, session: scoped_session[Session]) -> Browser:
    """Return somebody who reads pages; sign in with ``browser.sign_in("viewer")``."""
    return Browser(app)


@pytest.fixture
def acting(session: scoped_session[Session]) -> Iterator[object]:
    """Return a function that makes the session act for a user."""

    def act(user: object) -> Principal:
        principal = Principal(user.id, user.permissions)  # type: ignore[attr-defined]
        session.flush()
        session.expunge_all()
        set_principal(session, principal)
        return principal

    yield act
    set_principal(session, SYSTEM)


@pytest.fixture
def count_statements(app: Flask, session: scoped_session[Session]) -> Iterator[list[str]]:
    """Collect the SQL statements that are run."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(db.engine, "before_cursor_execute", note)
