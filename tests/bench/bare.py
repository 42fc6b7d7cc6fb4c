"""The bare page: Flask, Jinja and one SQL statement, nothing else.

Served by the same gunicorn, over the same rows, so that what Passerelle adds is what differs.
"""

import csv
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pysqlite3
from flask import Flask, redirect, render_template_string, request
from werkzeug.wrappers import Response

ADDRESS = "BARE_DATABASE"
"""Variable that names the database: a file, or an address that psycopg takes."""

ROWS = 50
LISTED = """
SELECT r.id, p.name, p.family_name, p.given_name, p.country, p.languages, t.title, o.name
FROM records r
JOIN people p ON p.id = r.id
LEFT JOIN positions t ON t.person_id = p.id AND t.is_primary
LEFT JOIN organisations o ON o.id = t.organisation_id
WHERE r.kind = 'person' AND r.deleted_at IS NULL
ORDER BY r.sort_key, r.id LIMIT 50"""
COUNTED = "SELECT count(*) FROM people"
_SQLITE_WORDS = """
SELECT r.id, p.name, p.family_name, p.given_name, p.country, p.languages, t.title, o.name
FROM records_fts f
JOIN records r ON r.id = f.rowid
JOIN people p ON p.id = r.id
LEFT JOIN positions t ON t.person_id = p.id AND t.is_primary
LEFT JOIN organisations o ON o.id = t.organisation_id
WHERE records_fts MATCH ? AND r.deleted_at IS NULL
ORDER BY r.sort_key, r.id LIMIT 50"""
_POSTGRESQL_WORDS = """
SELECT r.id, p.name, p.family_name, p.given_name, p.country, p.languages, t.title, o.name
FROM records r
JOIN people p ON p.id = r.id
LEFT JOIN positions t ON t.person_id = p.id AND t.is_primary
LEFT JOIN organisations o ON o.id = t.organisation_id
WHERE to_tsvector('simple', r.search_text) @@ to_tsquery('simple', %s) AND r.deleted_at IS NULL
ORDER BY r.sort_key, r.id LIMIT 50"""

EXPORTED = """
SELECT r.title, t.title, o.title, p.languages, p.country, p.native_name, p.pronunciation,
  p.informed_on
FROM records r
JOIN people p ON p.id = r.id
LEFT JOIN positions t ON t.person_id = p.id AND t.is_primary
LEFT JOIN records o ON o.id = t.organisation_id
WHERE r.kind = 'person' AND r.deleted_at IS NULL
ORDER BY r.sort_key, r.id"""
EXPORTED_COLUMNS = (
    *("title", "position", "organisation", "languages", "country", "native"),
    *("pronunciation", "informed"),
)
"""The same columns, as the list of people names them."""
AT_ONCE = 2_000

FIRST_INSERTED = 2_100_000_000
"""Ids of the rows added by hand begin here, far above those the application draws."""
_INSERT_ROOT = """
INSERT INTO records (id, kind, title, sort_key, search_text, search_names, visibility, version,
created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_INSERT_PERSON = "INSERT INTO people (id, name, legal_basis, is_at_risk) VALUES (%s, %s, %s, %s)"

TEMPLATE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>People</title></head>
  <body>
    <h1>People</h1>
    <p>{{ count }} people</p>
    <table>
      <tr>{% for each in headings %}<th>{{ each }}</th>{% endfor %}</tr>
      {% for row in rows %}<tr>{% for value in row %}<td>{{ value or "" }}</td>{% endfor %}</tr>
      {% endfor %}
    </table>
  </body>
</html>"""
HEADINGS = (
    *("Number", "Name", "Family name", "Given name", "Country", "Languages", "Position"),
    "Organisation",
)


class Cursor(Protocol):
    """What both drivers answer with."""

    def fetchall(self) -> list[Any]:
        """Return the rows."""


class Database:
    """Plain SQL on either database, through one connection that stays open."""

    def __init__(self, address: str) -> None:
        """Open the connection."""
        self.is_postgresql = address.startswith("postgresql://")
        self.connection: Any = (
            psycopg.connect(address, autocommit=True)
            if self.is_postgresql
            else pysqlite3.dbapi2.connect(address, isolation_level=None, timeout=10)
        )
        if not self.is_postgresql:
            # What the application asks of every connection, so that a commit costs the same.
            for setting in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                self.connection.execute(f"PRAGMA {setting}")

    def listed(self) -> list[Any]:
        """Return the first people by name."""
        return self._rows(LISTED)

    def count(self) -> int:
        """Return how many people there are."""
        return int(self._rows(COUNTED)[0][0])

    def found(self, word: str) -> list[Any]:
        """Return the first people by name of whom a word begins so."""
        if self.is_postgresql:
            return self._rows(_POSTGRESQL_WORDS, f"{word}:*")
        return self._rows(_SQLITE_WORDS, f'"{word}"*')

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        cursor: Cursor = self.connection.execute(statement, values)
        return cursor.fetchall()

    def export(self, path: str) -> int:
        """Write all people into a CSV file, as fast as the driver and Python can."""
        cursor: Any = self.connection.cursor()
        cursor.execute(EXPORTED)
        count = 0
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            while rows := cursor.fetchmany(AT_ONCE):
                writer.writerows(rows)
                count += len(rows)
        cursor.close()
        return count

    def insert(self, number: int) -> None:
        """Add a person as the application stores one, without history, and commit."""
        record_id = FIRST_INSERTED + number
        name = f"Raw Insert {number}"
        at = datetime.now(UTC)
        stamp: Any = at if self.is_postgresql else at.strftime("%Y-%m-%d %H:%M:%S.000000")
        root = (record_id, "person", name, name.lower(), name.lower(), name.lower(), "team", 1)
        self._run("BEGIN")
        self._run(_INSERT_ROOT, *root, stamp, stamp)
        self._run(_INSERT_PERSON, record_id, name, "legitimate_interest", False)
        self._run("COMMIT")

    def forget_inserted(self) -> None:
        """Remove what was added."""
        self._run("DELETE FROM people WHERE id >= %s", FIRST_INSERTED)
        self._run("DELETE FROM records WHERE id >= %s", FIRST_INSERTED)

    def middle(self) -> tuple[str, int]:
        """Return sort key and id of the person in the middle of the list."""
        half = self.count() // 2
        found = self._rows(
            "SELECT sort_key, id FROM records WHERE kind = 'person' AND deleted_at IS NULL "
            f"ORDER BY sort_key, id LIMIT 1 OFFSET {half}"
        )
        return found[0][0], found[0][1]

    def _run(self, statement: str, *values: Any) -> None:
        if not self.is_postgresql:
            statement = statement.replace("%s", "?")
        self.connection.execute(statement, values)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def create_app(address: str) -> Flask:
    """Return the application over a database."""
    app = Flask(__name__)
    opened: list[Database] = []

    def database() -> Database:
        # Opened by each worker for itself, at its first request.
        if not opened:
            opened.append(Database(address))
        return opened[0]

    @app.get("/list")
    def listed() -> str:
        return _page(database().listed(), database().count())

    @app.get("/search")
    def search() -> str:
        rows = database().found(request.args["q"])
        return _page(rows, len(rows))

    @app.post("/insert")
    def insert() -> Response:
        database().insert(int(request.form["number"]))
        return redirect("/list")

    @app.get("/empty")
    def empty() -> str:
        return _page([], 0)

    return app


def _page(rows: list[Any], count: int) -> str:
    return render_template_string(TEMPLATE, headings=HEADINGS, rows=rows, count=count)


def from_environment() -> Flask:
    """Return the application, for gunicorn."""
    return create_app(os.environ[ADDRESS])
