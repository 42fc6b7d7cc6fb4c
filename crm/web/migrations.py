"""Migrations, imported by the command line alone and only when they are needed.

Alembic takes a third of the time of a start, and most starts have nothing to migrate.
"""

import importlib
from pathlib import Path
from typing import Any

from flask import Flask

from crm.core.db import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def flask_migrate(app: Flask) -> Any:
    """Return Flask-Migrate, ready for the application."""
    library = importlib.import_module("flask_migrate")
    if "migrate" not in app.extensions:
        library.Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)
    return library


class MigrationFailed(Exception):
    """The database could not be brought to another revision; the message says why."""


def upgrade_tables(app: Flask) -> None:
    """Bring the database to the newest revision.

    :raises MigrationFailed: when a revision cannot be applied.
    """
    refused = importlib.import_module("alembic.util.exc").CommandError
    try:
        flask_migrate(app).upgrade()
    except refused as wrong:
        raise MigrationFailed(str(wrong)) from None


def known_revisions() -> set[str]:
    """Return all revisions the code knows."""
    script = importlib.import_module("alembic.script")
    directory = script.ScriptDirectory(str(FOLDER))
    return {each.revision for each in directory.walk_revisions()}
