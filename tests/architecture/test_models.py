"""Every table and column: described, named by convention, with its personal data declared."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa

import crm
from crm.core.db import Base, Personal
from crm.records.kinds import registry
from crm.records.models import Part, Record

ROOT = Path(crm.__file__).parent
RAW_SQL_ALLOWED = {
    "core/literals.py",
    "records/search.py",
    "records/ddl.py",
    "core/engine.py",
    "cli.py",
    "web/health.py",
}


def columns():
    return [
        (mapper.class_, column)
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
    ]


def test_every_column_says_what_it_is(app):
    silent = [
        f"{model.__name__}.{column.key}"
        for model, column in columns()
        if "label" not in column.info
    ]
    assert not silent, f"Add info=about(...) to {sorted(set(silent))}"


def test_every_column_says_whether_it_is_personal(app):
    for model, column in columns():
        assert isinstance(column.info.get("personal"), Personal), f"{model.__name__}.{column.key}"


def test_a_personal_text_says_why_it_is_kept(app):
    silent = [
        f"{model.__name__}.{column.key}"
        for model, column in columns()
        if issubclass(model, Record)
        and column.info.get("personal") in (Personal.YES, Personal.SENSITIVE)
        and not column.foreign_keys
        and not column.info.get("internal")
        and not column.info.get("purpose")
    ]
    assert not silent, f"Say the purpose of {sorted(set(silent))}"


def test_every_part_names_all_the_records_it_points_at(app):
    tables = {mapper.local_table for mapper in sa.inspect(Record).self_and_descendants}
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Part):
            continue
        pointing = {
            prop.key
            for prop in mapper.column_attrs
            if any(key.column.table in tables for key in prop.columns[0].foreign_keys)
        }
        assert pointing == set(mapper.class_.__records__), mapper.class_.__name__


def test_every_foreign_key_is_indexed(app):
    for table in Base.metadata.tables.values():
        leading = {next(iter(index.columns)).name for index in table.indexes if index.columns}
        leading |= {column.name for column in list(table.primary_key.columns)[:1]}
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint) and list(constraint.columns):
                leading.add(next(iter(constraint.columns)).name)
        for column in table.columns:
            points_at_users = any(key.column.table.name == "users" for key in column.foreign_keys)
            if column.foreign_keys and not points_at_users and column.name != "merged_into_id":
                assert column.name in leading, f"{table.name}.{column.name} has no index"


def test_sql_by_hand_lives_only_in_the_modules_that_are_allowed():
    for path in ROOT.rglob("*.py"):
        name = str(path.relative_to(ROOT))
        if name in RAW_SQL_ALLOWED:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                if ast.unparse(node.func).startswith("self."):
                    continue  # A method of ours, not SQLAlchemy's.
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                assert called not in ("text", "exec_driver_sql", "literal_column"), (
                    f"{name}:{node.lineno}"
                )


def test_services_and_queries_never_commit():
    for path in [*ROOT.rglob("services.py"), *ROOT.rglob("queries.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("commit", "rollback"), f"{path}:{node.lineno}"


def test_doors_hold_no_queries_of_their_own():
    for path in ROOT.glob("*/views.py"):
        if path.parent.name == "records":
            continue  # The generic pages fetch the row that the address names.
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("add", "flush", "delete") or not (
                    isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "session"
                ), f"{path}:{node.lineno}: move this to services"


@pytest.mark.parametrize("what", ["imports"])
def test_no_import_hides_in_a_function(what):
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for inner in ast.walk(node):
                    if isinstance(inner, (ast.Import, ast.ImportFrom)):
                        module = getattr(inner, "module", None) or inner.names[0].name
                        assert module.split(".")[0] != "crm", f"{path}:{inner.lineno}"


def test_every_form_field_is_a_column_of_its_model(app):
    forms = [kind.form for kind in registry.kinds.values()] + [
        part.form for part in registry.parts.values()
    ]
    allowed = {"visibility", "reader_ids", "csrf_token", "version", "once"}
    for form in forms:
        if form.model is None:
            continue
        names = {name for name in dir(form) if hasattr(getattr(form, name), "field_class")}
        extra = (
            names
            - set(sa.inspect(form.model).columns.keys())
            - allowed
            - set(getattr(form, "extra_fields", ()))
        )
        assert not extra, f"{form.__name__} has fields that {form.model.__name__} has not: {extra}"
