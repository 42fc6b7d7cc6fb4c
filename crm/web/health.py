"""Whether the process lives and whether it can serve."""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from crm.core.db import db
from crm.core.queue import is_late
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
    """Answer whether the database is up to date, jobs are done and the disk has room.

    Only who asks from this machine learns which of them is the cause.
    """
    database = _database()
    checks = {"database": database, "jobs": database and _jobs(), "disk": _disk()}
    fine = all(checks.values())
    answer: dict[str, Any] = {"status": "ok" if fine else "not ready"}
    if request.remote_addr in ("127.0.0.1", "::1"):
        answer["checks"] = checks
    return jsonify(answer), 200 if fine else 503


def _database() -> bool:
    try:
        found: Any = db.session.execute(
            sa.select(sa.column("version_num")).select_from(sa.table("alembic_version"))
        )
        return {row.version_num for row in found} == {current_app.config["SCHEMA_HEAD"]}
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _jobs() -> bool:
    try:
        return not is_late()
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _disk() -> bool:
    folder = Path(current_app.config["INSTANCE"])
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free > SPACE_NEEDED
