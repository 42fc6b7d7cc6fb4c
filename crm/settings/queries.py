"""What an administrator asks of the installation."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import sqlalchemy as sa

from config import SETTINGS
from crm.core.db import db
from crm.core.i18n import _

LIBRARIES = ("Flask", "SQLAlchemy", "typst", "pysqlite3", "psycopg")


@dataclass(frozen=True)
class Line:
    """A setting or a fact, with what it means."""

    name: str
    value: str
    meaning: str


def settings(environment: Mapping[str, str]) -> Sequence[Line]:
    """Return the variables of the environment; secrets are only said to be set."""
    lines = []
    for setting in SETTINGS:
        given = environment.get(setting.name, "")
        if setting.is_secret:
            value = _("set") if given else _("not set")
        else:
            value = given or setting.default or _("not set")
        lines.append(Line(setting.name, value, setting.meaning))
    return lines


def facts(config: Mapping[str, Any]) -> Sequence[Line]:
    """Return the versions and places in use."""
    kind = db.engine.dialect.name
    asked = sa.func.sqlite_version() if kind == "sqlite" else sa.func.version()
    server = db.session.scalar(sa.select(asked))
    lines = [
        Line(_("Database"), f"{kind} {str(server)[:60]}", ""),
        Line(_("Revision of the database"), config["SCHEMA_HEAD"], ""),
        Line("Python", platform.python_version(), ""),
    ]
    for library in LIBRARIES:
        try:
            lines.append(Line(library, version(library), ""))
        except PackageNotFoundError:
            continue
    return lines
