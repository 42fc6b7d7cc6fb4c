"""Signing in and out: who is let in, and what a stranger learns."""

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from crm.accounts import passwords, services
from crm.accounts.models import User, UserSession
from tests.accounts.people import (
    PASSWORD,
    cookie_of,
    is_signed_in,
    member,
    sign_in,
    use_cookie,
)
from tests.browser import Browser

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/organisations/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/;@evil.example",
    "http:evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/@evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "/\r\nLocation: https://evil.example",
    "//evil.example@localhost/",
    "/account/sessions/end",
]


def test_who_knows_the_password_is_let_in_and_led_where_they_wanted_to_go(browser, session):
    user = member("contributor")
    page = sign_in(browser, user.email, next="/organisations/?sort=name")
    assert (page.status, page.location) == (302, "/organisations/?sort=name")
    assert is_signed_in(browser)


def test_the_address_is_taken_in_any_case_and_with_spaces_around(browser, session):
    user = member(email="claire@example.org")
    assert sign_in(browser, f" {user.email.upper()} ").status == 302


def test_a_stranger_is_led_back_after_signing_in(browser, session):
    user = member("contributor")
    page = browser.get("/organisations/?q=x", follow=False)
    assert page.status == 302
    data = {"email": user.email, "password": PASSWORD}
    assert browser.post(page.location, data, follow=False).location == "/organisations/?q=x"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(browser, session, target):
    user = member()
    page = sign_in(browser, user.email, next=target)
    assert page.status == 302
    assert re.match(r"/(?![/\\])", page.location)
    assert "evil" not in page.location


@pytest.mark.parametrize("target", ELSEWHERE)
def test_choosing_a_language_never_leads_to_another_site(browser, session, target):
    page = browser.post("accounts.language", {"locale": "en", "next": target}, follow=False)
    assert page.status == 302
    assert page.location == "/"


def test_an_unknown_account_answers_like_a_known_one(app, browser, session, monkeypatch):
    member(email="known@example.org")
    member(email="gone1@example.org", is_enabled=False)
    member(email="asked@example.org", password_hash=None)
    compared = []

    class Counted(PasswordHasher):
        def verify(self, *values):
            compared.append(values)
            return super().verify(*values)

    monkeypatch.setattr(passwords, "_HASHER", Counted())
    answers = set()
    for name in ("known", "gone1", "asked", "nobdy"):
        page = sign_in(Browser(app), f"{name}@example.org", "not the right password")
        body = re.sub(r'name="csrf_token" value="[^"]+"', "", page.html.replace(name, "name!"))
        headers = [one for one in page.response.headers if one[0] != "Set-Cookie"]
        answers.add((page.status, body, tuple(headers)))
    assert answers == {min(answers)}
    assert len(compared) == 4


def test_a_disabled_account_stays_out_with_the_right_password(browser, session):
    user = member(is_enabled=False)
    page = sign_in(browser, user.email)
    assert page.status == 200
    assert "The address or the password is wrong" in page.text
    assert not is_signed_in(browser)


@pytest.mark.parametrize("data", [{}, {"email": "x"}, {"password": PASSWORD}, {"email": "\x00"}])
def test_an_incomplete_form_is_asked_again(browser, session, data):
    page = browser.post("accounts.sign_in", data)
    assert page.status == 200
    assert page.title == "Sign in"
    assert page.errors()


def test_a_huge_password_is_refused_unread(browser, session, monkeypatch):
    user = member()
    monkeypatch.setattr(passwords, "_HASHER", None)
    page = sign_in(browser, user.email, "x" * 1_000_000)
    assert page.status == 200
    assert page.error_at("password")


def test_a_hash_of_older_settings_is_renewed_on_signing_in(browser, session):
    older = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    user = member(password_hash=older)
    sign_in(browser, user.email)
    stored = session.get(User, user.id).password_hash
    assert stored != older
    assert not passwords.is_outdated(stored)
    assert passwords.matches(stored, PASSWORD)


def test_signing_in_gives_a_new_cookie_and_the_one_before_opens_nothing(app, browser, session):
    user = member()
    browser.post("accounts.sign_out", follow=False)  # A message waits, so there is a cookie.
    planted = cookie_of(browser)
    assert planted
    sign_in(browser, user.email)
    assert cookie_of(browser) != planted
    attacker = Browser(app)
    use_cookie(attacker, planted)
    assert not is_signed_in(attacker)
    assert is_signed_in(browser)


def test_each_sign_in_has_its_own_session(app, session):
    user = member()
    one, two = Browser(app), Browser(app)
    sign_in(one, user.email)
    sign_in(two, user.email)
    with one.client.session_transaction() as first, two.client.session_transaction() as second:
        assert first["_user_id"] != second["_user_id"]
        assert len(first["_user_id"]) >= 43  # 256 bits


def test_a_copy_of_the_database_opens_no_session(app, browser, session):
    user = member()
    sign_in(browser, user.email)
    stored = session.scalar(select(UserSession).where(UserSession.user_id == user.id))
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert token not in (stored.token_hash, str(stored.id))
    for guess in (stored.token_hash, str(stored.id), str(user.id), ""):
        other = Browser(app)
        with other.client.session_transaction() as cookie:
            cookie["_user_id"] = guess
        assert not is_signed_in(other)


def test_after_signing_out_the_old_cookie_opens_nothing(app, browser, session):
    user = member()
    sign_in(browser, user.email)
    kept = cookie_of(browser)
    page = browser.post("accounts.sign_out", follow=False)
    assert page.location == "/sign-in"
    assert page.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(browser)
    thief = Browser(app)
    use_cookie(thief, kept)
    assert not is_signed_in(thief)


def test_signing_out_twice_or_as_a_stranger_is_no_error(browser, session):
    assert browser.post("accounts.sign_out").title == "Sign in"
    assert browser.post("accounts.sign_out").title == "Sign in"


def test_who_is_signed_in_is_not_asked_again(browser, session):
    browser.sign_in("viewer")
    page = browser.get("accounts.sign_in", next="/organisations/", follow=False)
    assert page.location == "/organisations/"


def test_a_session_does_not_name_the_person(browser, session):
    user = member(name="Claire Durand", email="claire@example.org")
    sign_in(browser, user.email)
    with browser.client.session_transaction() as cookie:
        kept = str(dict(cookie))
    assert "laire" not in kept
    assert f"'{user.id}'" not in kept


def test_old_sessions_are_deleted_when_somebody_signs_in(session):
    user = member()
    services.open_session(user, browser="old")
    old = session.scalar(select(UserSession).where(UserSession.user_id == user.id))
    old.seen_at -= services.KEEP_SESSIONS * 2
    session.flush()
    services.open_session(user, browser="new")
    kept = session.scalars(select(UserSession.browser).where(UserSession.user_id == user.id))
    assert list(kept) == ["new"]
