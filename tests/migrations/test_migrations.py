"""Migrations: one line, equal to the models, both ways, and nothing lost on the way."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from crm.app import MIGRATIONS
from crm.core.db import Base, db
from crm.duties.models import shipped_templates
from crm.meetings.models import shipped_attendance_rules
from crm.networks.models import shipped_kinds
from crm.reviews.models import shipped_criteria
from crm.rhythms.models import shipped_rhythms
from crm.statuses.models import shipped_rules
from crm.web.migrations import flask_migrate
from tests.conftest import make_app
from tests.databases import postgresql_url

SEARCH = ("records_fts", "ix_records_search")


@pytest.fixture
def migrated(database, tmp_path):
    """Return an application on a database made by the migrations alone."""
    app = make_app(tmp_path, "" if database == "sqlite" else postgresql_url("migrations"))
    with app.app_context():
        flask_migrate(current_app).upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_there_is_one_head_and_it_is_written_down():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert [scripts.get_current_head()] == list(scripts.get_heads())
    assert scripts.get_current_head() == (MIGRATIONS / ".current-head").read_text().strip()


def test_files_are_numbered_by_their_revision():
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert path.name[:4].isdigit(), path.name


def test_the_migrations_make_exactly_the_tables_of_the_models(migrated):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: not (name or "").startswith(SEARCH),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_history_is_append_only_and_search_is_there_after_the_migrations(migrated):
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            names = set(connection.scalars(sa.text("SELECT name FROM sqlite_master")))
            assert {
                "records_fts",
                "changes_keep_update",
                "changes_keep_delete",
                "changed_records_keep_delete",
            } <= names
        else:
            names = set(connection.scalars(sa.text("SELECT tgname FROM pg_trigger")))
            assert {"changes_keep", "changed_records_keep"} <= names


def test_down_and_up_again_leaves_the_same_schema(migrated):
    before = _schema()
    flask_migrate(current_app).downgrade(revision="base")
    flask_migrate(current_app).upgrade()
    assert _schema() == before


SHIPPED = {
    "membership_kinds": shipped_kinds,
    "status_rules": shipped_rules,
    "duty_templates": shipped_templates,
    "attendance_rules": shipped_attendance_rules,
    "review_criteria": shipped_criteria,
    "rhythms": shipped_rhythms,
}


@pytest.mark.parametrize("table", SHIPPED)
def test_the_lists_begin_as_they_are_shipped(migrated, table):
    rows = db.session.execute(sa.select(Base.metadata.tables[table])).mappings()
    found = {row["id"]: dict(row) for row in rows}
    assert found == {row["id"]: row for row in SHIPPED[table]()}


def test_kinds_of_link_survive_the_way_up_and_down(migrated):
    flask_migrate(current_app).downgrade(revision="0001")
    with db.engine.begin() as connection:
        connection.execute(sa.text(_OLD_RECORDS))
        connection.execute(sa.text(_OLD_NETWORK), {"no": False})
        connection.execute(sa.text(_OLD_LINK))
    flask_migrate(current_app).upgrade()
    with db.engine.begin() as connection:
        assert connection.scalar(sa.text(_NEW_KIND)) == "registered"
    flask_migrate(current_app).downgrade(revision="0001")
    with db.engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT kind FROM memberships")) == "registered"
    flask_migrate(current_app).upgrade()


def test_presence_at_a_distance_and_themes_survive_the_way_up_and_down(migrated):
    flask_migrate(current_app).downgrade(revision="0002")
    with db.engine.begin() as connection:
        connection.execute(sa.text(_OLD_MEETING_RECORD))
        connection.execute(sa.text(_OLD_MEETING), {"no": False})
        connection.execute(sa.text(_OLD_ATTENDANCES), {"yes": True, "no": False})
    flask_migrate(current_app).upgrade()
    with db.engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT themes FROM meetings")) == "asylum"
        found = connection.scalars(sa.text("SELECT status FROM attendances ORDER BY id")).all()
        assert found == ["remote", "attended"]
    flask_migrate(current_app).downgrade(revision="0002")
    with db.engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT theme FROM meetings")) == "asylum"
        found = connection.scalars(sa.text("SELECT status FROM attendances ORDER BY id")).all()
        assert found == ["attended", "attended"]
    flask_migrate(current_app).upgrade()


_OLD_MEETING_RECORD = """
    INSERT INTO records
        (id, kind, title, sort_key, search_text, visibility, version, created_at, updated_at)
    VALUES (100001, 'meeting', 'A', 'a', 'a', 'team', 1, '2026-01-01', '2026-01-01')
"""
_OLD_MEETING = """
    INSERT INTO meetings (id, name, meeting_kind, theme, is_cancelled)
    VALUES (100001, 'A', 'plenary', 'asylum', :no)
"""
_OLD_ATTENDANCES = """
    INSERT INTO attendances (id, meeting_id, status, role, is_remote, category, version)
    VALUES
        (100002, 100001, 'attended', 'participant', :yes, 'students', 1),
        (100003, 100001, 'attended', 'participant', :no, 'researchers', 1)
"""
_OLD_RECORDS = """
    INSERT INTO records
        (id, kind, title, sort_key, search_text, visibility, version, created_at, updated_at)
    VALUES
        (100001, 'organisation', 'A', 'a', 'a', 'team', 1, '2026-01-01', '2026-01-01'),
        (100002, 'organisation', 'B', 'b', 'b', 'team', 1, '2026-01-01', '2026-01-01')
"""
_OLD_NETWORK = """
    INSERT INTO organisations (id, name, organisation_kind, is_us)
    VALUES (100001, 'A', 'ngo', :no), (100002, 'B', 'network', :no)
"""
_OLD_LINK = """
    INSERT INTO memberships (id, member_id, network_id, kind, version)
    VALUES (100003, 100001, 100002, 'registered', 1)
"""
_NEW_KIND = """
    SELECT code FROM memberships JOIN membership_kinds ON membership_kinds.id = kind_id
"""


def _schema():
    inspector = sa.inspect(db.engine)
    return {
        name: sorted(column["name"] for column in inspector.get_columns(name))
        for name in inspector.get_table_names()
    }
