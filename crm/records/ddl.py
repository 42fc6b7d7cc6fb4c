"""What the tables of records need besides columns: search index and append-only history."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from crm.core.db import Base
from crm.records.search import POSTGRESQL_INDEX, SQLITE_INDEX

_KEPT = ("changes", "changed_records")

_SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_keep_{verb.lower()} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    for table in _KEPT
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$""",
    *(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_history()"
        for table in _KEPT
    ),
)

STATEMENTS = {
    "sqlite": (*SQLITE_INDEX, *_SQLITE_TRIGGERS),
    "postgresql": (*POSTGRESQL_INDEX, *_POSTGRESQL_TRIGGERS),
}

REVERSED = {
    "sqlite": (
        *(
            f"DROP TRIGGER {table}_keep_{verb.lower()}"
            for table in _KEPT
            for verb in ("UPDATE", "DELETE")
        ),
        *(f"DROP TRIGGER records_fts_{verb}" for verb in ("insert", "delete", "update")),
        "DROP TABLE records_fts",
    ),
    "postgresql": (
        *(f"DROP TRIGGER {table}_keep ON {table}" for table in _KEPT),
        "DROP FUNCTION keep_history()",
        "DROP INDEX ix_records_search",
    ),
}


@event.listens_for(Base.metadata, "after_create")
def complete(target: sa.MetaData, connection: sa.Connection, **options: Any) -> None:
    """Add them when the tables are made without migrations."""
    for statement in STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
