"""Attempts are counted by account, address and browser; nobody is locked out for good."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, select

from crm.accounts import passwords, throttle
from crm.accounts.models import AuthAttempt
from crm.accounts.throttle import Bucket, TooManyAttempts
from crm.core.db import Base
from tests.accounts.people import (
    OTHER_PASSWORD,
    PASSWORD,
    is_signed_in,
    member,
    sign_in,
)
from tests.at_once import at_once
from tests.browser import Browser
from tests.web.apps import committed, own_app, url_of

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WRONG = "not the right password"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Compare passwords without the cost of a hash: here only the counting is tested."""
    monkeypatch.setattr(
        passwords, "matches", lambda stored, typed: stored is not None and typed == PASSWORD
    )


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def at(app, address):
    """Return a new browser at an address of the network."""
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def fail(app, email, times, network="10.0"):
    """Fail to sign in, each time from another address."""
    return [
        sign_in(at(app, f"{network}.{number // 250}.{number % 250 + 1}"), email, WRONG).status
        for number in range(times)
    ]


def wait(page):
    """Return after how many seconds the answer says to come back."""
    assert page.status == 429
    return int(page.response.headers["Retry-After"])


def test_ten_attempts_on_an_account_are_free_and_the_eleventh_waits(app, session, clock):
    user = member()
    assert fail(app, user.email, 11) == [200] * 10 + [429]
    page = sign_in(at(app, "10.9.9.9"), user.email, PASSWORD)
    assert wait(page) == 60
    assert "one minute" in page.text or "une minute" in page.text


def test_an_account_that_does_not_exist_is_counted_the_same(app, session, clock):
    assert fail(app, "nobody@example.org", 11) == [200] * 10 + [429]


def test_the_delay_doubles_up_to_fifteen_minutes_and_never_more(app, session, clock):
    user = member()
    fail(app, user.email, 10)
    waits = []
    for number in range(7):
        seconds = wait(sign_in(at(app, f"10.8.0.{number + 1}"), user.email, WRONG))
        waits.append(seconds)
        clock.shift(timedelta(seconds=seconds - 1))
        assert wait(sign_in(at(app, f"10.8.1.{number + 1}"), user.email, WRONG)) == 1
        clock.shift(SECOND)
        assert sign_in(at(app, f"10.8.2.{number + 1}"), user.email, WRONG).status == 200
    assert waits == [60, 120, 240, 480, 900, 900, 900]
    clock.shift(15 * MINUTE)
    assert sign_in(at(app, "10.8.3.1"), user.email).status == 302


def test_attempts_that_are_refused_do_not_lengthen_the_wait(app, session, clock):
    user = member()
    fail(app, user.email, 10)
    fail(app, user.email, 100, network="10.7")
    clock.shift(MINUTE)
    assert sign_in(at(app, "10.6.0.1"), user.email).status == 302


def test_after_a_success_the_account_is_counted_anew(app, session, clock):
    user = member()
    fail(app, user.email, 9)
    assert sign_in(at(app, "10.6.0.1"), user.email).status == 302
    assert fail(app, user.email, 10, network="10.5") == [200] * 10


def test_a_day_after_the_last_attempt_all_is_forgotten(app, session, clock):
    user = member()
    fail(app, user.email, 10)
    clock.shift(timedelta(hours=24))
    assert fail(app, user.email, 10) == [200] * 10
    kept = session.scalar(select(func.count()).select_from(AuthAttempt))
    assert kept == 20  # Ten by account, ten by address: those of yesterday are deleted.


def test_ten_slow_attempts_are_not_a_flood(app, session, clock):
    user = member()
    for _ in range(20):
        clock.shift(2 * MINUTE)
        assert fail(app, user.email, 1) == [200]


def test_thirty_attempts_from_an_address_are_free_on_whatever_accounts(app, session, clock):
    statuses = [
        sign_in(at(app, "10.1.1.1"), f"x{number}@example.org", WRONG).status for number in range(31)
    ]
    assert statuses == [200] * 30 + [429]
    user = member()
    assert wait(sign_in(at(app, "10.1.1.1"), user.email)) == 15 * 60
    assert sign_in(at(app, "10.1.1.2"), user.email).status == 302
    clock.shift(15 * MINUTE)
    assert sign_in(at(app, "10.1.1.1"), user.email).status == 302


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_an_address_of_the_new_kind_is_counted_by_its_network(one, other, same):
    assert (throttle.network(one) == throttle.network(other)) is same


@pytest.mark.slow
def test_a_browser_that_is_known_lets_its_owner_in_while_the_account_is_flooded(
    app, session, clock
):
    user = member()
    known = at(app, "10.1.0.1")
    sign_in(known, user.email)
    known.post("accounts.sign_out")
    for _ in range(8):
        fail(app, user.email, 40, network="10.2")
        clock.shift(10 * MINUTE)
    fail(app, user.email, 40, network="10.3")
    assert sign_in(at(app, "10.4.0.1"), user.email).status == 429, "a stranger with the password"
    for number in range(60):  # Even from the address of the flood.
        sign_in(at(app, "10.1.0.1"), f"x{number}@example.org", WRONG)
    assert sign_in(known, user.email).status == 302
    assert is_signed_in(known)
    other = member()
    assert sign_in(at(app, "10.4.0.2"), other.email).status == 302, "others are unaffected"


def test_a_browser_that_is_known_is_counted_too(app, session, clock):
    user = member()
    known = at(app, "10.1.0.1")
    sign_in(known, user.email)
    known.post("accounts.sign_out")
    assert [sign_in(known, user.email, WRONG).status for _ in range(11)] == [200] * 10 + [429]
    assert sign_in(at(app, "10.1.0.2"), user.email).status == 302, "with a count of its own"


def test_a_browser_is_known_for_its_own_account_only(app, session, clock):
    user, other = member(), member()
    known = at(app, "10.1.0.1")
    sign_in(known, user.email)
    known.post("accounts.sign_out")
    fail(app, other.email, 10)
    assert sign_in(known, other.email).status == 429


@pytest.mark.parametrize("forged", ["", "x", "WzEsIngiXQ.x.x", "é", "null"])
def test_a_forged_browser_is_not_known(app, session, clock, forged):
    user = member()
    fail(app, user.email, 10)
    browser = at(app, "10.1.0.1")
    browser.client.set_cookie("device", forged)
    assert sign_in(browser, user.email).status == 429


def test_guessing_the_current_password_is_slowed_down(app, session, clock):
    user = member()
    browser = Browser(app)
    sign_in(browser, user.email)
    form = {"current": WRONG, "password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD}
    statuses = [browser.post("accounts.change_password", form).status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    page = browser.post("accounts.change_password", {**form, "current": PASSWORD}, follow=False)
    assert wait(page) == 60
    clock.shift(MINUTE)
    page = browser.post("accounts.change_password", {**form, "current": PASSWORD}, follow=False)
    assert page.status == 302


def test_a_new_password_may_be_asked_three_times_an_hour_for_an_account(
    app, session, clock, monkeypatch
):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "smtp://mail.example.org")
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")

    def ask(address, email="claire@example.org"):
        return at(app, address).post("accounts.forgot", {"email": email})

    statuses = [ask(f"10.0.0.{number}").status for number in range(1, 5)]
    assert statuses == [200, 200, 200, 429]
    assert wait(ask("10.0.0.9")) == 3600
    statuses = [ask("10.0.1.1", f"x{number}@example.org").status for number in range(11)]
    assert statuses == [200] * 10 + [429]
    clock.shift(timedelta(hours=1))
    assert ask("10.0.1.1").status == 200


def test_the_table_of_attempts_names_nobody(app, session, clock):
    user = member(email="claire@example.org")
    fail(app, user.email, 1)
    for bucket in session.scalars(select(AuthAttempt.bucket)):
        assert len(bucket) == 64
        assert "claire" not in bucket
        assert "10.0" not in bucket


@pytest.mark.slow
def test_four_workers_together_let_exactly_ten_attempts_through(database, tmp_path):
    with own_app(tmp_path, url_of(database, "throttle_race")) as app:
        looked_at = []

        def attempt(number):
            buckets = [
                Bucket(throttle.ACCOUNT, "claire@example.org"),
                Bucket(throttle.ADDRESS, f"10.0.0.{number}"),
            ]
            with committed(app):
                try:
                    throttle.let_through(buckets)
                except TooManyAttempts:
                    return
                looked_at.append(number)
                throttle.note(buckets)

        at_once(*(partial(attempt, number) for number in range(24)))
        assert len(looked_at) == 10
