"""Every route: named permission, readable address, a place in the policy that is written down."""

import re
from pathlib import Path

import pytest
from flask import Flask

from crm.permissions import ROLES, Permission
from crm.web.blueprint import Blueprint
from crm.web.guard import UndeclaredEndpoint, needed_permission, refuse_undeclared

POLICY = Path(__file__).parent / "permissions.txt"


def policy(app: Flask) -> str:
    """Return the whole policy as text: route, methods, permission, who may."""
    lines = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        permission = needed_permission(app, rule.endpoint)
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        roles = (
            ["everybody"]
            if permission is Permission.PUBLIC
            else [role for role, held in ROLES.items() if permission in held]
        )
        lines.append(f"{rule.rule}  {methods}  {permission}  {' '.join(roles)}")
    return "\n".join(lines) + "\n"


def test_every_route_names_a_permission(app):
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if needed_permission(app, rule.endpoint) is None
    ]
    assert not unguarded, f"Add permission= to these routes: {unguarded}"


def test_a_route_without_permission_cannot_be_written():
    with pytest.raises(TypeError):
        Blueprint("rogue", __name__).get("/rogue")  # type: ignore[call-arg]


def test_an_endpoint_that_nobody_declared_stops_the_start(app):
    rogue = Flask("rogue")
    rogue.add_url_rule("/rogue", "rogue", lambda: "")
    rogue.view_functions["static"].permission = Permission.PUBLIC
    with pytest.raises(UndeclaredEndpoint, match="rogue"):
        refuse_undeclared(rogue)


def test_the_policy_is_the_one_that_was_agreed(app):
    found = policy(app)
    if not POLICY.exists():
        POLICY.write_text(found)
    assert found == POLICY.read_text(), (
        "The access policy changed. If that is meant, delete tests/architecture/permissions.txt, "
        "run this test again and commit the new file, so that the change shows in the review."
    )


def test_addresses_are_kebab_case_and_their_parameters_are_typed(app):
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.\-]*", fixed), rule.rule
        for parameter in re.findall(r"<([^>]+)>", rule.rule):
            assert ":" in parameter or parameter in ("part_name", "token"), (
                f"type {parameter} in {rule.rule}"
            )


def test_the_navigation_leads_to_endpoints_that_exist(app):
    from crm.app import FEATURES  # noqa: PLC0415

    for feature in FEATURES:
        for item in feature.nav:
            assert item.endpoint in app.view_functions, item.endpoint
