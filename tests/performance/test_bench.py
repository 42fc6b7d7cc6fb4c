"""What the bench fills and tells holds; how fast things are is for the bench alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as, set_principal
from crm.people.models import Person
from crm.records import history, indexing
from crm.records.models import Base
from tests.bench import names, report
from tests.bench.filling import fill, landmarks
from tests.bench.results import Bar, Result, Rounds
from tests.browser import Browser
from tests.conftest import make_app
from tests.databases import postgresql_url

PEOPLE = 120


@pytest.fixture(scope="module")
def filled(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    url = "" if database == "sqlite" else postgresql_url("bench")
    app = make_app(tmp_path_factory.mktemp(f"bench-{database}"), url)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        fill(db.engine, PEOPLE)
        set_principal(db.session, SYSTEM)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_filled_database_says_in_its_index_what_its_records_say(filled: Flask):
    with acting_as(db.session, SYSTEM):
        assert indexing.count_stale(db.session()) == 0


def test_the_history_of_the_filled_database_is_sealed_throughout(filled: Flask):
    assert history.broken_chain(db.session()) is None


def test_every_link_of_the_filled_database_points_at_something(filled: Flask):
    with db.engine.execution_options(read_only=True).connect() as connection:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                target = key.column
                orphans = sa.select(sa.func.count()).where(
                    key.parent.is_not(None), ~sa.exists().where(target == key.parent)
                )
                if target.table is table:
                    continue  # Nothing that is filled points at its own table.
                assert connection.scalar(orphans) == 0, f"{table.name}.{key.parent.name}"


def test_the_list_of_the_filled_database_shows_the_people(filled: Flask):
    page = Browser(filled).sign_in("viewer").get("/people/")
    assert page.status == 200
    assert len(page.select("//main//tbody/tr")) == 50
    assert f"{PEOPLE} results" in page.text


def test_the_rare_name_is_borne_by_one_and_the_absent_by_nobody(filled: Flask):
    browser = Browser(filled).sign_in("viewer")
    assert "1 result" in browser.get(f"/people/?q={names.RARE}").text
    assert "No record matches" in browser.get(f"/people/?q={names.ABSENT}").text


def test_the_records_to_open_are_there(filled: Flask):
    found = landmarks(PEOPLE)
    browser = Browser(filled).sign_in("viewer")
    for path in (
        f"/people/{found.person_few}",
        f"/people/{found.person_many}",
        f"/organisations/{found.organisation_few}",
        f"/organisations/{found.organisation_many}",
        f"/meetings/{found.meeting}",
    ):
        assert browser.get(path).status == 200


def test_the_same_seed_gives_the_same_people(filled: Flask, tmp_path: Path):
    query = sa.select(Person.__table__.c.id, Person.__table__.c.name).order_by(
        Person.__table__.c.id
    )
    first = db.session().connection().execute(query).all()
    other = make_app(tmp_path)
    with other.app_context():
        Base.metadata.create_all(db.engine)
        fill(db.engine, PEOPLE)
        with db.engine.connect() as connection:
            assert connection.execute(query).all() == first
        db.engine.dispose()


# The report


def result(value: float, bar: Bar | None) -> Result:
    return Result("sqlite", "list", "list", value, bar=bar, other_name="bare page")


def test_a_ratio_beyond_its_bar_is_not_held():
    assert result(1.51, Bar(1.5)).verdict == "not held"
    assert result(1.4, Bar(1.5, at_least=True)).verdict == "not held"
    assert result(1.5, Bar(1.5)).verdict == "held"
    assert result(9, None).verdict == ""


def test_the_report_names_what_is_not_held():
    about = report.Circumstances(PEOPLE, [("SQLite", 1.0)], ["SQLite"], (0.1, 0.2), 3)
    page = report.markdown([result(1.2, Bar(1.5)), result(4, Bar(1.5))], about, date(2026, 11, 26))
    assert "1 of 2 bars are held." in page
    assert "- SQLite, list: 4.00 ×, bar ≤ 1.5" in page
    assert "2026-11-26" in page


def test_the_ratio_is_that_of_the_medians_of_the_rounds():
    rounds = Rounds()
    for ours, other in (([2.0, 2.0, 9.0], 1.0), ([4.0], 2.0), ([30.0], 3.0)):
        rounds.add(ours, other)
    assert rounds.ratio == 2.0
    assert rounds.spread == (2.0, 10.0)
