"""Logs: a JSON object a line, in UTC, that names nobody."""

import io
import json
import logging
from datetime import datetime, timedelta

import pytest

from crm.accounts import services
from crm.core import queue
from crm.core.db import db
from crm.web.logs import JsonFormatter
from tests.accounts.people import PASSWORD, member, sign_in
from tests.browser import Browser

CANARY = "Kanarienvogel"


@pytest.fixture
def log(monkeypatch):
    """Return what is written to the log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("crm", "waitress", "crm.app")]
    for logger in loggers:
        logger.addHandler(handler)
    for name in ("crm.access", "crm.security"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_that_names_the_route_and_not_the_address(browser, session, log):
    browser.sign_in("viewer")
    browser.get("/organisations/?q=Durand")
    [line] = [one for one in lines(log) if one["logger"] == "crm.access"]
    assert line["route"] == "/organisations/"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["user"] == browser.user.id
    assert len(line["reference"]) == 6
    moment = datetime.fromisoformat(line["time"])
    assert moment.utcoffset() == timedelta(0)


def test_nothing_that_people_type_or_are_reaches_the_log(app, session, log, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    user = member(name=f"{CANARY} Durand", email=f"{CANARY.lower()}@example.org")
    browser = Browser(app)
    browser.client.environ_base.update(
        HTTP_USER_AGENT=CANARY, HTTP_REFERER=f"http://localhost/{CANARY}", REMOTE_ADDR="192.0.2.77"
    )
    browser.client.set_cookie("other", CANARY)
    browser.get("accounts.sign_in", next=f"/{CANARY}")
    sign_in(browser, f"{CANARY}@example.org", CANARY)
    sign_in(browser, user.email)
    browser.get(f"/{CANARY}")
    browser.get("accounts.link", token=CANARY)
    browser.get("organisations.index", q=CANARY, sort=CANARY)
    browser.post("accounts.forgot", {"email": f"{CANARY}@example.org"})
    form = {"current": CANARY, "password": PASSWORD, "repeat": PASSWORD}
    browser.post("accounts.change_password", form)
    browser.post("accounts.account", {"name": CANARY, "locale": "en", "theme": "auto"})
    path = services.link_path(services.issue_link(db.session.get(type(user), user.id)))
    browser.get(path)

    def broken(**_values):
        raise RuntimeError(CANARY)

    broken.permission = app.view_functions["accounts.link"].permission
    monkeypatch.setitem(app.view_functions, "accounts.link", broken)
    assert browser.get(path).status == 500

    def fails(_payload):
        raise RuntimeError(CANARY)

    monkeypatch.setitem(queue.handlers, "fails", fails)
    queue.enqueue("fails", {"to": CANARY})
    db.session.commit()
    queue.run_due()
    written = log.getvalue().lower()
    assert len(lines(log)) > 15
    for secret in (CANARY.lower(), "192.0.2.77", path.rpartition("/")[2], "durand"):
        assert secret not in written


def test_what_people_do_with_their_accounts_is_logged_by_number(app, session, log):
    user = member()
    browser = Browser(app)
    sign_in(browser, user.email, "not the right password")
    sign_in(browser, user.email)
    browser.post("accounts.sign_out")
    events = [(one["event"], one["user"]) for one in lines(log) if one["logger"] == "crm.security"]
    assert events == [
        ("sign_in_failed", user.id),
        ("signed_in", user.id),
        ("session_ended", user.id),
    ]


def test_a_message_stays_on_one_line():
    record = logging.LogRecord("crm.x", logging.INFO, "", 0, "a\r\nb\u2028c %s", ("\n{",), None)
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == "a\r\nb\u2028c \n{"


def test_libraries_log_their_sentence_without_its_values():
    record = logging.LogRecord("waitress", 40, "", 0, "Exception while serving %s", (CANARY,), None)
    assert CANARY not in JsonFormatter().format(record)
