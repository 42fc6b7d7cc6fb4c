"""Every route × every role: who is let in is written here by hand, apart from the policy.

The route says which permission it asks for; which role is the lowest that holds it is said below,
so that a change of crm/permissions.py is noticed here.
"""

import pytest

from crm.accounts.models import Role
from crm.core.db import Base
from crm.permissions import ROLES, Permission
from tests.accounts.people import member, sign_in
from tests.browser import Browser

RANKS = ("viewer", "contributor", "manager", "admin")
LOWEST_ROLE = {
    "account:own": "viewer",
    "records:view": "viewer",
    "files:edit": "contributor",
    "interactions:edit": "contributor",
    "packs:make": "contributor",
    "records:edit": "contributor",
    "declarations:manage": "manager",
    "lists:edit": "manager",
    "networks:manage": "manager",
    "page:publish": "manager",
    "records:bulk": "manager",
    "records:confidential": "manager",
    "records:trash": "manager",
    "reviews:make": "manager",
    "views:share": "manager",
    "exports:make": "manager",
    "exports:large": "admin",
    "admin:settings": "admin",
    "admin:users": "admin",
}
PUBLIC_ROUTES = {
    "accounts.forgot",
    "accounts.language",
    "accounts.link",
    "accounts.sign_in",
    "accounts.sign_out",
    "agenda.feed",
    "health.alive",
    "health.ready",
    "saved_views.read_feed",
    "signing.decline",
    "signing.new_link",
    "signing.pass_on",
    "signing.sign",
    "signing.withdraw",
    "static",
}
DUMMIES = {
    "place": "999999999-nothing",
    "part_name": "nothing",
    "token": "0" * 64,
    "key": "0" * 24,
    "batch": "0" * 24,
    "filename": "nothing.css",
}
ENDS_THE_SESSION = {"accounts.sign_out"}


def permission_of(app, rule):
    return app.view_functions[rule.endpoint].permission.value


def cells(app):
    """Return each route with each method that a browser sends: (rule, method, address)."""
    found = []
    addresses = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        values = {name: DUMMIES.get(name, 999_999_999) for name in rule.arguments}
        address = addresses.build(rule.endpoint, values)
        methods = sorted({"GET", "POST"} & set(rule.methods))
        found += [(rule, method, address) for method in methods]
    return found


def ask(browser, method, address):
    page = browser.get(address, follow=False) if method == "GET" else browser.post(
        address, follow=False
    )  # fmt: skip
    return page.status, page.location


def test_the_table_names_every_permission_and_role():
    assert set(LOWEST_ROLE) == set(Permission) - {"public"}
    assert tuple(ROLES) == tuple(Role) == RANKS


@pytest.mark.parametrize("role", RANKS)
def test_each_role_holds_what_the_table_says_and_nothing_else(role):
    held = {
        name for name, lowest in LOWEST_ROLE.items() if RANKS.index(lowest) <= RANKS.index(role)
    }
    assert ROLES[role] == held | {"public"}


def test_only_the_routes_written_here_are_open_to_everybody(app):
    open_to_all = {
        rule.endpoint for rule in app.url_map.iter_rules() if permission_of(app, rule) == "public"
    }
    assert open_to_all == PUBLIC_ROUTES


def test_a_stranger_is_sent_to_sign_in_from_every_route_but_the_public_ones(app, session):
    wrong = []
    for rule, method, address in cells(app):
        status, location = ask(Browser(app), method, address)
        if rule.endpoint in PUBLIC_ROUTES:
            # /readyz tells by 503 that the tables of a test were not made by migrations.
            fine = status not in (401, 403, 500) and "next=" not in location
        else:
            fine = status == 302 and location.startswith("/sign-in?next=")
        if not fine:
            wrong.append((method, rule.rule, status, location))
    assert not wrong


@pytest.mark.parametrize("role", RANKS)
def test_a_role_is_refused_exactly_where_it_lacks_the_permission(app, session, role):
    wrong, allowed = [], 0
    browser = Browser(app).sign_in(role)
    for rule, method, address in cells(app):
        if rule.endpoint in ENDS_THE_SESSION:
            continue
        status, location = ask(browser, method, address)
        permission = permission_of(app, rule)
        lowest = LOWEST_ROLE.get(permission, "viewer")
        if RANKS.index(role) < RANKS.index(lowest):
            fine = status == 403
        else:
            allowed += 1
            fine = status not in (401, 403, 500) and not location.startswith("/sign-in")
        if not fine:
            wrong.append((method, rule.rule, permission, status, location))
    assert not wrong
    assert allowed


def test_somebody_turned_off_is_a_stranger_everywhere(app, session):
    user = member("admin")
    browser = Browser(app)
    sign_in(browser, user.email)
    session.get(type(user), user.id).is_enabled = False
    session.commit()
    for rule, method, address in cells(app):
        if rule.endpoint not in PUBLIC_ROUTES:
            status, location = ask(browser, method, address)
            assert (status, location[:14]) == (302, "/sign-in?next="), rule.rule


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_no_route_takes_another_method(app, session, method):
    browser = Browser(app).sign_in("admin")
    for rule, _method, address in cells(app):
        status = browser.client.open(address, method=method).status_code
        assert status in (403, 404, 405), rule.rule


def test_asking_for_the_methods_of_a_route_needs_its_permission(app, session):
    viewer, stranger = Browser(app).sign_in("viewer"), Browser(app)
    address = "/admin/users"
    assert viewer.client.options(address).status_code == 403
    assert stranger.client.options(address).status_code == 302
    assert viewer.client.head(address).status_code == 403


def test_a_refusal_changes_nothing(app, session):
    viewer = Browser(app).sign_in("viewer")
    victim = member("admin")
    session.commit()

    def rows():
        return {
            table.name: sorted(map(str, session.execute(table.select())))
            for table in Base.metadata.sorted_tables
        }

    before = rows()
    form = {"name": "x", "email": victim.email, "role": "viewer"}
    viewer.post("accounts.edit_user", form, user_id=victim.id)
    viewer.post("accounts.new_link", user_id=victim.id)
    viewer.post("accounts.end_sessions_of", user_id=victim.id)
    viewer.post("accounts.invite_user", {**form, "email": "x@example.org", "locale": "fr"})
    assert rows() == before
