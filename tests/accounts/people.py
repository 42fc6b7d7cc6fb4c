"""People who sign in with a password, in tests of accounts."""

from functools import cache
from typing import Any

from crm.accounts import passwords
from crm.accounts.models import Role, User
from tests.browser import Browser, Page
from tests.factories.accounts import UserFactory

PASSWORD = "verger cobalt marmite tangente"
OTHER_PASSWORD = "seventeen otters borrowed my kayak"


@cache
def _hash() -> str:
    return passwords.hash_password(PASSWORD)


def member(role: str = "viewer", **values: Any) -> User:
    """Return somebody who has chosen PASSWORD."""
    values = {"locale": "en", "password_hash": _hash(), **values}
    return UserFactory(role=Role(role), **values)


def sign_in(browser: Browser, email: str, password: str = PASSWORD, **values: Any) -> Page:
    """Send the form to sign in; do not go on to where it leads."""
    data = {"email": email, "password": password}
    return browser.post("accounts.sign_in", data, follow=False, **values)


def is_signed_in(browser: Browser) -> bool:
    """Tell whether the next request is let in."""
    return browser.get("accounts.account", follow=False).status == 200


def cookie_of(browser: Browser) -> str:
    """Return the cookie of the session."""
    cookie = browser.client.get_cookie("session")
    return cookie.value if cookie else ""


def use_cookie(browser: Browser, value: str) -> None:
    """Put a cookie of a session into a browser."""
    browser.client.set_cookie("session", value)
