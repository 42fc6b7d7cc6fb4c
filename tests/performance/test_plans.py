"""How lists are read: by an index, whatever is asked, and never further than a page."""

import re

import pytest
import sqlalchemy as sa

from crm.core.db import db
from crm.exports import asking
from crm.records.kinds import registry
from tests.factories.declarations import DeclarationFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.networks import NetworkFactory, WorkingGroupFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.projects import ProjectFactory
from tests.factories.tasks import TaskFactory

LARGE = frozenset(
    {
        "attendances",
        "contact_points",
        "interactions",
        "meetings",
        "memberships",
        "names",
        "organisations",
        "participants",
        "people",
        "positions",
        "record_guards",
        "records",
        "signatures",
        "taggings",
        "terms",
        "topics",
    }
)
"""Tables that grow with the work; the others hold the team and its lists."""


@pytest.fixture
def reader(browser, session):
    """Return somebody who reads lists in which each kind of record stands."""
    made = {
        "organisation": OrganisationFactory,
        "person": PersonFactory,
        "meeting": MeetingFactory,
        "declaration": DeclarationFactory,
        "project": ProjectFactory,
        "interaction": InteractionFactory,
        "task": TaskFactory,
    }
    browser.samples = {name: factory().id for name, factory in made.items()}
    browser.samples["group"] = WorkingGroupFactory(network_id=NetworkFactory().id).id
    return browser.sign_in("viewer")


def value_for(each, samples):
    """Return a value that a filter understands."""
    if each.choices:
        offered = [code for code, _label in each.choices()]
        return str(offered[0]) if offered else str(samples["group"])
    if each.kind == "record":
        return str(samples[each.kinds[0] if each.kinds else "organisation"])
    if each.kind == "date":
        return "2026-01-01"
    return {"year": "2026", "organisation_country": "FR"}.get(each.key, "asile")


def addresses(app, samples):
    """Return every list with every filter and its contrary, every order, every page, a search."""
    found = []
    with app.test_request_context():
        for kind in registry.kinds.values():
            filters = registry.filters_of(kind).values()
            columns = registry.columns_of(kind)
            asked = [f"{each.key}={value_for(each, samples)}" for each in filters]
            asked += [
                f"{each.key}.not={value_for(each, samples)}" for each in filters if each.is_twofold
            ]
            asked += [f"sort={key}" for key, each in columns.items() if each.sort is not None]
            asked += [f"sort=-{key}" for key, each in columns.items() if each.sort is not None]
            asked += ["", "q=asile", "size=25", f"cols={','.join(columns)}"]
            found += [f"/{kind.path}/?{each}" for each in asked]
    return found


def statements_of(browser, app, session, address):
    noted = []

    def note(_connection, _cursor, statement, parameters, _context, many):
        if statement.lstrip("(").startswith(("SELECT", "WITH")) and not many:
            noted.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return noted


def skips_rows(statement, parameters):
    """Tell whether a statement leaves rows behind; SQLite is always told how many, mostly 0."""
    for found in re.finditer(r"\bOFFSET (\?|%\(\w+\)s|\d+)", statement):
        told = found[1]
        if told == "?":
            told = str(parameters[statement[: found.start(1)].count("?")])
        if told != "0":
            return True
    return False


def whole_tables(session, statement, parameters, name):
    """Return the large tables that a statement reads from one end to the other."""
    cursor = session.connection().connection.cursor()
    if name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(row[3]) for row in cursor.fetchall()]
        read = [re.match(r"SCAN (\w+)(?! USING)", step) for step in steps]
        aliases = {
            alias or table: table
            for table, alias in re.findall(r"(?:FROM|JOIN|,) \(*(\w+)(?: AS (\w+))?", statement)
        }
        return {aliases.get(each[1], each[1]) for each in read if each} & LARGE
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute(f"EXPLAIN {statement}", parameters)
    lines = [str(row[0]) for row in cursor.fetchall()]
    return {table for line in lines for table in re.findall(r"Seq Scan on (\w+)", line)} & LARGE


def test_every_list_with_every_filter_is_read_by_an_index(reader, app, session, database):
    wrong = []
    for address in addresses(app, reader.samples):
        for statement, parameters in statements_of(reader, app, session, address):
            if skips_rows(statement, parameters):
                wrong.append((address, "skips rows", statement))
            if "count(" in statement and "LIMIT" not in statement:
                wrong.append((address, "counts without end", statement))
            is_of_few = "MATCH" in statement or "to_tsquery" in statement
            if re.search(r"\bI?LIKE\b", statement) and not is_of_few:
                wrong.append((address, "compares texts row by row", statement))
            if "WHERE 0 = 1" in statement or "WHERE false" in statement:
                continue  # Nothing is read.
            whole = whole_tables(session, statement, parameters, database)
            if whole:
                wrong.append((address, f"reads all of {sorted(whole)}", statement))
    assert [each[:2] for each in wrong] == []


def walks_a_list(session, statement, parameters):
    """Tell whether SQLite goes through all records of a kind, one by one."""
    cursor = session.connection().connection.cursor()
    cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return any("ix_records_kind_sort_key" in str(row[3]) for row in cursor.fetchall())


def test_what_a_file_leaves_out_is_asked_of_the_few_not_of_each_record_of_the_list(
    reader, app, session, database, monkeypatch
):
    monkeypatch.setattr(asking, "COUNTED", 0)  # Every list is too long to be counted.
    reader.sign_in("manager")
    wrong = []
    for kind in registry.kinds.values():
        asked = statements_of(reader, app, session, f"/exports/new/{kind.path}")
        counts = [each for each in asked if "count(" in each[0]]
        if not all("LIMIT" in statement for statement, _values in counts):
            wrong.append((kind.name, "counts without end"))
        of_few = [each for each in counts if " AS few" in each[0]]
        if len(of_few) != 1 + len(registry.withheld):
            wrong.append((kind.name, "asks each record of the list"))
        for statement, parameters in of_few if database == "sqlite" else ():
            if walks_a_list(session, statement, parameters):
                wrong.append((kind.name, "goes through the list"))
    assert wrong == []
