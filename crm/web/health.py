"""Whether the process lives and whether it can serve."""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from crm.core.db import db
from crm.permissions import Permission
from crm.web.blueprint import Blueprint

SPACE_NEEDED = 500 * 1024 * 1024

bp = Blueprint("health", __name__)


@bp.get("/healthz", permission=Permission.PUBLIC)
def alive() -> ResponseReturnValue:
    """Answer as long as the process runs; asks nothing of the database."""
    return jsonify(status="ok")


@bp.get("/readyz", permission=Permission.PUBLIC)
def ready() -> ResponseReturnValue:
    """Answer whether the database is there and up to date, and the disk has room."""
    checks = {"database": _database(), "disk": _disk()}
    fine = all(checks.values())
    return jsonify(status="ok" if fine else "not ready", checks=checks), 200 if fine else 503


def _database() -> bool:
    try:
        found: Any = db.session.execute(
            sa.select(sa.column("version_num")).select_from(sa.table("alembic_version"))
        )
        return {row.version_num for row in found} == {current_app.config["SCHEMA_HEAD"]}
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _disk() -> bool:
    folder = Path(current_app.config["INSTANCE"])
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free > SPACE_NEEDED
