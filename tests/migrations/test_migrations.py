"""Migrations: one line, equal to the models, both ways, and nothing lost on the way."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from crm.app import MIGRATIONS
from crm.core.db import Base, db
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


def _schema():
    inspector = sa.inspect(db.engine)
    return {
        name: sorted(column["name"] for column in inspector.get_columns(name))
        for name in inspector.get_table_names()
    }
