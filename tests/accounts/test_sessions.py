"""Sessions: how long they last, who sees and ends them, and when an end takes effect."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select

from crm.accounts import services
from crm.accounts.models import Role, User, UserSession
from crm.core.db import db
from tests.accounts.people import (
    OTHER_PASSWORD,
    PASSWORD,
    cookie_of,
    is_signed_in,
    member,
    sign_in,
    use_cookie,
)
from tests.at_once import at_once
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.web.apps import committed, own_app, url_of

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def change(user, **values):
    """Change a user as somebody else's request would."""
    stored = db.session.get(User, user.id)
    for name, value in values.items():
        setattr(stored, name, value)
    db.session.commit()


@pytest.mark.parametrize(("role", "idle"), [("viewer", 30), ("manager", 30), ("admin", 15)])
def test_a_session_ends_when_it_is_not_used(browser, session, role, idle):
    with time_machine.travel(START, tick=False) as clock:
        user = member(role)
        sign_in(browser, user.email)
        clock.shift(idle * MINUTE - MINUTE)
        assert is_signed_in(browser)
        clock.shift(idle * MINUTE - MINUTE)
        assert is_signed_in(browser), "the request before was a use"
        clock.shift(idle * MINUTE + MINUTE)
        assert not is_signed_in(browser)


@pytest.mark.parametrize(("role", "hours"), [("viewer", 8), ("manager", 8), ("admin", 4)])
def test_a_session_ends_however_much_it_is_used(browser, session, role, hours):
    with time_machine.travel(START, tick=False) as clock:
        user = member(role)
        sign_in(browser, user.email)
        while datetime.now(UTC) < START + timedelta(hours=hours) - 10 * MINUTE:
            clock.shift(10 * MINUTE)
            if datetime.now(UTC) < START + timedelta(hours=hours):
                assert is_signed_in(browser)
        clock.move_to(START + timedelta(hours=hours) - MINUTE)
        assert is_signed_in(browser)
        clock.move_to(START + timedelta(hours=hours) + MINUTE)
        assert not is_signed_in(browser)


def test_who_becomes_administrator_gets_the_shorter_limits_at_once(browser, session):
    with time_machine.travel(START, tick=False) as clock:
        user = member("viewer")
        sign_in(browser, user.email)
        change(user, role=Role.ADMIN)
        clock.shift(20 * MINUTE)
        assert not is_signed_in(browser)


def test_a_use_is_noted_once_a_minute(browser, session, count_statements):
    with time_machine.travel(START, tick=False) as clock:
        browser.sign_in("viewer")
        for seconds in (10, 20, 29, 3):
            count_statements.clear()
            clock.shift(timedelta(seconds=seconds))
            browser.get("accounts.account")
            wrote = any(one.startswith("UPDATE user_sessions") for one in count_statements)
            assert wrote == (seconds == 3), "62 seconds after the start"


def test_a_new_role_counts_on_the_next_request(browser, session):
    browser.sign_in("viewer")
    assert browser.get("organisations.create").status == 403
    change(browser.user, role=Role.CONTRIBUTOR)
    assert browser.get("organisations.create").status == 200
    change(browser.user, role=Role.VIEWER)
    assert browser.get("organisations.create").status == 403


def test_who_is_turned_off_is_out_on_the_next_request_and_for_good(app, session):
    admin, user = Browser(app).sign_in("admin"), Browser(app).sign_in("contributor")
    assert is_signed_in(user)
    form = {"name": "Paul", "email": user.user.email, "role": "contributor"}
    admin.post("accounts.edit_user", form, user_id=user.user.id)
    assert not is_signed_in(user)
    admin.post("accounts.edit_user", {**form, "is_enabled": "y"}, user_id=user.user.id)
    assert session.get(User, user.user.id).is_enabled
    assert not is_signed_in(user), "the session was ended, not only suspended"


def test_an_administrator_signs_somebody_out_everywhere(app, session):
    user = member()
    browsers = [Browser(app) for _ in range(3)]
    for one in browsers:
        sign_in(one, user.email)
    admin = Browser(app).sign_in("admin")
    admin.post("accounts.end_sessions_of", user_id=user.id)
    assert [is_signed_in(one) for one in browsers] == [False] * 3
    assert is_signed_in(admin)


def test_changing_the_password_ends_all_other_sessions_and_renews_this_one(app, session):
    user = member()
    here, there = Browser(app), Browser(app)
    sign_in(here, user.email)
    sign_in(there, user.email)
    before = cookie_of(here)
    page = here.post(
        "accounts.change_password",
        {"current": PASSWORD, "password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD},
    )
    assert page.title == "My account"
    assert is_signed_in(here)
    assert not is_signed_in(there)
    thief = Browser(app)
    use_cookie(thief, before)
    assert not is_signed_in(thief)
    assert sign_in(Browser(app), user.email, OTHER_PASSWORD).status == 302
    assert sign_in(Browser(app), user.email, PASSWORD).status == 200


def test_a_wrong_current_password_changes_nothing(app, session):
    user = member()
    browser = Browser(app)
    sign_in(browser, user.email)
    page = browser.post(
        "accounts.change_password",
        {"current": "wrong", "password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD},
    )
    assert page.error_at("current") == "This is not your current password"
    assert sign_in(Browser(app), user.email, PASSWORD).status == 302


def test_people_see_their_own_sessions_and_end_one_of_them(app, session):
    user = member()
    here, there = Browser(app), Browser(app)
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    there.client.environ_base["HTTP_USER_AGENT"] = firefox
    sign_in(here, user.email)
    sign_in(there, user.email)
    Browser(app).sign_in("viewer")  # Somebody else's is not shown.
    page = here.get("accounts.sessions")
    assert len(page.select("//table/tbody/tr")) == 2
    assert "Firefox 140, Linux" in page.text
    assert page.text.count("This browser") == 1
    [address] = page.select("//table//form/@action")
    here.post(address)
    assert not is_signed_in(there)
    assert is_signed_in(here)
    assert len(here.get("accounts.sessions").select("//table/tbody/tr")) == 1


def test_people_end_all_their_other_sessions(app, session):
    user = member()
    browsers = [Browser(app) for _ in range(3)]
    for one in browsers:
        sign_in(one, user.email)
    browsers[0].post("accounts.end_other_sessions")
    assert [is_signed_in(one) for one in browsers] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else(app, session):
    user, other = Browser(app).sign_in("viewer"), Browser(app).sign_in("admin")
    found = session.scalar(select(UserSession).where(UserSession.user_id == user.user.id))
    assert other.post("accounts.end_session", session_id=found.id).status == 404
    assert is_signed_in(user)


@pytest.mark.parametrize("number", ["0", "999999999", "1000000000", "9" * 40, "-1", "x"])
def test_a_session_that_is_not_there_is_not_found(browser, session, number):
    browser.sign_in("viewer")
    assert browser.post(f"/account/sessions/{number}/end").status == 404


def test_a_list_of_sessions_leaves_out_those_that_have_ended_by_themselves(app, session):
    with time_machine.travel(START, tick=False) as clock:
        user = member()
        here, there = Browser(app), Browser(app)
        sign_in(there, user.email)
        clock.shift(40 * MINUTE)
        sign_in(here, user.email)
        assert len(here.get("accounts.sessions").select("//table/tbody/tr")) == 1


@pytest.mark.slow
def test_no_request_that_starts_after_somebody_was_turned_off_is_let_in(database, tmp_path):
    with own_app(tmp_path, url_of(database, "turned_off")) as app:
        with committed(app):
            user = UserFactory(role=Role.CONTRIBUTOR)
            user_id = user.id
            tokens = [services.open_session(user, browser="test") for _ in range(20)]
        turned_off, late, before = threading.Event(), [], []

        def read(token):
            client = app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
            for _ in range(500):
                is_late = turned_off.is_set()
                status = client.get("/account").status_code
                (late if is_late else before).append(status)
                if is_late:
                    return

        def turn_off():
            with committed(app):
                services.disable(db.session.get(User, user_id))
            turned_off.set()

        at_once(*(partial(read, token) for token in tokens), turn_off)
        # So many at once may also be asked to try again in a moment.
        assert set(before) <= {200, 302, 503}
        assert len(late) == 20
        assert 200 not in late
