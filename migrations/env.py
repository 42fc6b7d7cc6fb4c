"""Run migrations: one at a time, and on SQLite with foreign keys off and checked afterwards."""

from alembic import context
from flask import current_app

from crm.core.db import Base, UtcDateTime
from crm.core.partial_date import PartialDateType

ADVISORY_LOCK = 7_104_113
SEARCH_TABLES = {
    "records_fts",
    "records_fts_config",
    "records_fts_content",
    "records_fts_data",
    "records_fts_docsize",
    "records_fts_idx",
}


def include_name(name, kind, parents):
    """Leave the search index, which search.py writes by hand, to itself."""
    return not (
        (kind == "table" and name in SEARCH_TABLES)
        or (kind == "index" and name == "ix_records_search")
    )


def render_item(kind, item, autogen_context):
    """Write our own column types as the plain types they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, PartialDateType):
        return 'sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")'
    return False


def run(connection):
    """Run on an open connection, all in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=include_name,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '4s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"{len(broken)} rows point at nothing after the migration")


with current_app.extensions["migrate"].db.engine.connect() as connection:
    driver = connection.connection.driver_connection
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Rebuilding a parent table with foreign keys on would delete the rows of its children;
        # SQLite obeys only outside of a transaction.
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        run(connection)
        connection.commit()
    finally:
        if sqlite:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")
