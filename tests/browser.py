"""Somebody who reads pages: an endpoint in, a checked page out."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, url_for
from lxml import html as lxml_html

from crm.accounts.models import Role, User
from crm.accounts.services import open_session
from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.web.headers import HEADERS
from tests.factories.accounts import UserFactory


class Page:
    """An answer of the application, read as a person reads it."""

    def __init__(self, response: Any) -> None:
        """Read the answer."""
        self.response = response
        self.status: int = response.status_code
        self.location: str = response.headers.get("Location", "")
        self.html: str = response.get_data().decode("utf-8", "replace")  # Files are pages, too.
        is_html = response.mimetype == "text/html" and self.html
        self.tree = lxml_html.document_fromstring(self.html) if is_html else None

    @property
    def text(self) -> str:
        """Return the words of the page."""
        if self.tree is None:
            return self.html
        main = self.tree.xpath("//main") or [self.tree]
        return re.sub(
            r"\s+", " ", main[0].text_content().replace("\u00a0", " ").replace("\u202f", " ")
        )

    @property
    def title(self) -> str:
        """Return the heading of the page."""
        return " ".join(self.tree.xpath("string(//h1)").split()) if self.tree is not None else ""

    def select(self, xpath: str) -> list[Any]:
        """Return what an XPath finds."""
        return list(self.tree.xpath(xpath)) if self.tree is not None else []

    def links(self) -> dict[str, str]:
        """Return the addresses of the links by their words."""
        return {
            " ".join(link.text_content().split()): link.get("href")
            for link in self.select("//a[@href]")
        }

    def section(self, key: str) -> str:
        """Return the words of a panel of a record's page."""
        found = self.select(f'//*[@id="{key}"]')
        return re.sub(r"\s+", " ", found[0].text_content()).strip() if found else ""

    def error_at(self, field: str) -> str | None:
        """Return the error shown at a field."""
        found = self.select(f'//*[@id="{field}-error"]')
        return " ".join(found[0].text_content().split()) if found else None

    def errors(self) -> list[str]:
        """Return the sentences of the error summary."""
        return [
            " ".join(each.text_content().split()) for each in self.select('//*[@role="alert"]//li')
        ]


class Browser:
    """Gets and posts pages by endpoint; every HTML page is checked on the way."""

    def __init__(self, app: Flask) -> None:
        """Open a browser that nobody has signed in with."""
        self.app = app
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.user: User | None = None

    def sign_in(self, role: str | User = "viewer", **values: Any) -> "Browser":
        """Sign in as a new user of a role, or as the user given."""
        with acting_as(db.session, SYSTEM):
            user = (
                role
                if isinstance(role, User)
                else UserFactory(role=Role(role), locale="en", **values)
            )
            db.session.flush()
            token = open_session(user, browser="test")
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        self.user = user
        return self

    def address(self, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint, or the address itself."""
        if endpoint.startswith("/"):
            return endpoint
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def get(self, endpoint: str, *, follow: bool = True, **values: Any) -> Page:
        """Open a page."""
        return self._open("GET", self.address(endpoint, **values), follow)

    def post(
        self,
        endpoint: str,
        data: Mapping[str, Any] | None = None,
        *,
        follow: bool = True,
        **values: Any,
    ) -> Page:
        """Send a form."""
        return self._open("POST", self.address(endpoint, **values), follow, data=dict(data or {}))

    def _open(self, method: str, address: str, follow: bool, **options: Any) -> Page:
        db.session.commit()  # What the test prepared must outlive a request that is rolled back.
        db.session.expunge_all()
        db.session.info.clear()
        response = self.client.open(address, method=method, follow_redirects=follow, **options)
        db.session.expunge_all()
        db.session.info.clear()
        db.session.info["principal"] = SYSTEM
        page = Page(response)
        self._check(page)
        return page

    @staticmethod
    def _check(page: Page) -> None:
        """Hold what must be true of every page."""
        headers = page.response.headers
        for name, value in HEADERS.items():
            assert name in headers, f"{name} is missing"
            if name != "Content-Security-Policy":
                assert headers[name] == value
        if page.tree is None or page.status in (301, 302, 303, 308):
            return
        assert headers["Cache-Control"] == "no-store"
        assert len(page.select("//h1")) == 1, "a page has one h1"
        assert page.tree.xpath("string(//title)").strip(), "a page has a title"
        ids = [each.get("id") for each in page.select("//*[@id]")]
        assert len(ids) == len(set(ids)), (
            f"ids are unique: {sorted(i for i in ids if ids.count(i) > 1)}"
        )
        assert not page.select("//*[@style]"), "no inline style"
        assert not page.select("//script[not(@src)]"), "no inline script"
        assert not page.select("//@*[starts-with(name(), 'on')]"), "no inline handler"
        for form in page.select("//form"):
            assert form.get("action") is not None, "a form has an action"
        labelled = {label.get("for") for label in page.select("//label[@for]")}
        for control in page.select("//input[not(@type='hidden')] | //select | //textarea"):
            named = (
                control.get("id") in labelled
                or control.get("aria-label")
                or control.xpath("ancestor::label")
            )
            assert named, f"{control.get('name')} has a label"
