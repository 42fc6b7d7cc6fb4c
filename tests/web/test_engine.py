"""SQLite's settings hold on every connection; reads and writes begin as they must."""

import pysqlite3
import pytest
import sqlalchemy as sa

from crm.accounts.models import User
from crm.core import engine as engines
from crm.core.db import db
from crm.core.engine import UnusableDatabase, engine_options, journal_mode, prepare_engine
from tests.accounts.people import member
from tests.at_once import at_once
from tests.web.apps import committed, own_app, url_of

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10000,
    "secure_delete": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
}


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens an engine on a file."""
    made = []

    def open_engine():
        url = f"sqlite:///{tmp_path / 'x.sqlite'}"
        engine = sa.create_engine(url, **engine_options(url))
        prepare_engine(engine)
        made.append(engine)
        return engine

    yield open_engine
    for engine in made:
        engine.dispose()


def test_the_library_is_one_that_does_not_damage_a_write_ahead_log():
    assert pysqlite3.dbapi2.sqlite_version_info >= (3, 51, 3)


def test_the_settings_hold_on_every_connection(opened):
    engine = opened()
    connections = [engine.connect() for _ in range(5)]
    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in EXPECTED}
        assert found == EXPECTED
        connection.close()


def test_the_settings_hold_on_the_connections_of_the_application(app, database, session):
    if database != "sqlite":
        pytest.skip("settings of SQLite")
    with db.engine.execution_options(read_only=True).connect() as connection:
        for name, value in EXPECTED.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "delete"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 52, 0), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_a_version_that_can_damage_a_write_ahead_log_gets_none(version, mode):
    assert journal_mode(version) == mode


def test_with_an_older_library_the_journal_is_deleted_and_written_twice_as_safely(
    opened, monkeypatch
):
    monkeypatch.setattr(pysqlite3.dbapi2, "sqlite_version", "3.40.1")
    with opened().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3


@pytest.mark.parametrize("name", engines.SETTINGS)
def test_a_setting_that_does_not_take_stops_the_connection(opened, monkeypatch, name):
    wrong = {**engines.SETTINGS, name: (engines.SETTINGS[name][0], "other")}
    monkeypatch.setattr(engines, "SETTINGS", wrong)
    if name == "synchronous":
        monkeypatch.setattr(pysqlite3.dbapi2, "sqlite_version", "3.53.4")
    with pytest.raises(UnusableDatabase, match=name):
        opened().connect()


def test_a_journal_that_does_not_take_stops_the_connection(opened, monkeypatch):
    monkeypatch.setattr(engines, "journal_mode", lambda _version: "rubbish")
    with pytest.raises(UnusableDatabase, match="journal_mode"):
        opened().connect()


def test_a_write_waits_for_another_and_a_read_does_not(opened):
    engine = opened()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counts (number INTEGER)")
        connection.exec_driver_sql("INSERT INTO counts VALUES (0)")
    with engine.begin() as writing:
        writing.exec_driver_sql("UPDATE counts SET number = 1")
        reading = engine.execution_options(read_only=True)
        with reading.begin() as connection:
            found = connection.exec_driver_sql("SELECT number FROM counts").scalar()
        assert found == 0


def test_who_waits_too_long_to_write_is_told_and_may_try_again(opened, monkeypatch):
    monkeypatch.setattr(engines, "PATIENCE", 1)
    engine = opened()
    with engine.begin(), engine.connect() as other:
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            other.begin()
        other.invalidate()
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 1000


def test_what_else_keeps_one_from_writing_is_said_without_waiting(opened, monkeypatch):
    monkeypatch.setattr(pysqlite3.dbapi2, "SQLITE_BUSY", -1)
    naps = []
    monkeypatch.setattr(engines.time, "sleep", naps.append)
    engine = opened()
    with engine.begin(), engine.connect() as other:
        with pytest.raises(sa.exc.OperationalError):
            other.begin()
        other.invalidate()
    assert naps == []


@pytest.mark.slow
def test_sixteen_writers_lose_nothing_and_wait_their_turn(database, tmp_path):
    with own_app(tmp_path, url_of(database, "writers")) as app:
        with committed(app):
            user = member(name="0")
            user_id = user.id

        def count():
            for _ in range(25):
                with committed(app):
                    query = sa.select(User).where(User.id == user_id)
                    found = db.session.scalar(query.with_for_update())
                    found.name = str(int(found.name) + 1)

        at_once(*[count] * 16)
        with committed(app):
            assert db.session.get(User, user_id).name == str(16 * 25)
            if database == "sqlite":
                check = db.session.execute(sa.text("PRAGMA integrity_check")).scalar()
                assert check == "ok"


def test_what_is_deleted_is_no_longer_in_the_file(tmp_path):
    with own_app(tmp_path) as app:
        with committed(app):
            user_id = member(name="Kanarienvogel").id
        with committed(app):
            db.session.delete(db.session.get(User, user_id))
        with app.app_context(), db.engine.connect() as connection:
            connection.commit()
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("passerelle.sqlite*"))
    assert b"Kanarienvogel" not in stored
