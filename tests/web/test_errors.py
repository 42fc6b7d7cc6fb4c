"""Error pages: what happened, what to do, a reference; in both languages; whatever breaks."""

import json
import logging
import re

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm.accounts import services
from crm.core import engine
from crm.core.db import Session, db
from crm.web import errors, kept
from crm.web.logs import JsonFormatter
from tests.accounts.people import member
from tests.browser import Browser
from tests.web.apps import committed, own_app

REFERENCE = r"\b[0-9A-F]{6}\b"


@pytest.fixture
def lines(monkeypatch):
    """Collect the lines of the log."""
    written = []

    class Collect(logging.Handler):
        def emit(self, record):
            written.append(json.loads(JsonFormatter().format(record)))

    handler = Collect()
    logger = logging.getLogger("crm")
    logger.addHandler(handler)
    for name in ("crm.access", "crm.security"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    yield written
    logger.removeHandler(handler)


@pytest.fixture
def real(tmp_path):
    """Return an application that answers crashes as in real use."""
    with own_app(tmp_path, protected=True) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app


def cookie_for(app, role="viewer", **values):
    with committed(app):
        token = services.open_session(member(role, **values), browser="test")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def crash_with(monkeypatch, app, error, endpoint="accounts.account"):
    def broken(**_values):
        raise error

    broken.permission = app.view_functions[endpoint].permission
    monkeypatch.setitem(app.view_functions, endpoint, broken)


@pytest.mark.parametrize("code", sorted(errors.PAGES))
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_error_has_a_page_with_a_reference(app, session, code, locale):
    with app.test_request_context("/", headers={"Accept-Language": locale}):
        app.preprocess_request()
        response = app.make_response(errors.answer(code))
    assert response.status_code == code
    assert f'lang="{locale}"' in response.get_data(as_text=True)
    assert re.search(REFERENCE, response.get_data(as_text=True))


def test_each_error_has_its_own_reference(browser):
    found = {re.search(REFERENCE, browser.get("/nothing").html)[0] for _ in range(20)}
    assert len(found) == 20


@pytest.mark.parametrize("code", [402, 406, 418, 422, 451, 501, 502, 504])
def test_a_rare_error_has_a_page_too(app, session, code):
    with app.test_request_context("/"):
        app.preprocess_request()
        response = app.make_response(errors.answer(code))
    assert response.status_code == code
    assert "<h1>" in response.get_data(as_text=True)


def test_a_crash_is_a_page_without_details_and_the_log_says_where(real, lines, monkeypatch):
    client = cookie_for(real)
    crash_with(monkeypatch, real, ValueError("Claire Durand, claire@example.org"))
    answer = client.get("/account?q=Durand")
    assert answer.status_code == 500
    assert "Durand" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    reference = re.search(REFERENCE, answer.get_data(as_text=True))[0]
    [crash] = [line for line in lines if line["level"] == "error"]
    assert crash["reference"] == reference
    assert crash["exception"] == "ValueError"
    assert any("test_errors.py" in place for place in crash["at"])
    assert "Durand" not in json.dumps(lines)


def test_a_crash_undoes_all_that_the_request_did(real, monkeypatch):
    client = cookie_for(real)

    def broken():
        member(name="Half done")
        db.session.flush()
        raise ValueError

    broken.permission = real.view_functions["accounts.account"].permission
    monkeypatch.setitem(real.view_functions, "accounts.account", broken)
    assert client.get("/account").status_code == 500
    with committed(real):
        names = [user.name for user in db.session.query(services.User)]
    assert "Half done" not in names


@pytest.mark.parametrize("error", [OperationalError("x", {}, Exception("secret")), PoolTimeout()])
def test_a_database_that_does_not_answer_is_a_page_to_try_again(real, lines, monkeypatch, error):
    client = cookie_for(real)
    crash_with(monkeypatch, real, error)
    answer = client.get("/account")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert re.search(REFERENCE, answer.get_data(as_text=True))
    assert "secret" not in answer.get_data(as_text=True) + json.dumps(lines)
    assert [line["message"] for line in lines if line["level"] == "error"] == [
        "database unavailable"
    ]


def test_who_cannot_save_because_others_write_is_told_so_in_their_language(real, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 1)
    client = cookie_for(real, "contributor", locale="en")
    with real.app_context(), db.engine.begin():
        answer = client.post(
            "/organisations/new",
            data={"name": "Refuge", kept.ADDRESS: "/organisations/new"},
            headers={"Accept-Language": "fr"},
        )
    assert answer.status_code == 503
    assert 'lang="en"' in answer.get_data(as_text=True)
    assert "Refuge" in answer.get_data(as_text=True)


def test_who_is_not_let_in_does_not_wait_for_those_who_write(real, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 1)
    client = cookie_for(real, "viewer")
    with real.app_context(), db.engine.begin():
        assert client.post("/organisations/new").status_code == 403
        assert real.test_client().post("/organisations/new").status_code == 302


@pytest.mark.parametrize("address", ["/account", "/nothing", "/sign-in", "/admin/users"])
def test_with_the_database_gone_every_address_still_answers(real, monkeypatch, address):
    client = cookie_for(real)

    def gone(*_values, **_more):
        raise OperationalError("x", {}, Exception("gone"))

    for name in ("execute", "scalar", "scalars", "get"):
        monkeypatch.setattr(Session, name, gone)
    for method in ("GET", "POST"):
        answer = client.open(address, method=method)
        assert answer.status_code in (404, 405, 503), answer.get_data(as_text=True)
        assert "<h1>" in answer.get_data(as_text=True)
        assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/healthz").status_code in (200, 503)
    assert real.test_client().get("/healthz").status_code == 200


def test_an_error_is_problem_json_for_a_program(browser):
    page = browser.get("/api/nothing")
    assert page.status == 404
    assert page.response.mimetype == "application/problem+json"
    assert page.response.json["status"] == 404


def test_a_form_that_is_too_large_is_refused(app, session):
    answer = Browser(app).client.post("/sign-in", data={"email": "x" * 30_000_000})
    assert answer.status_code == 413
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    many = (part * 5001 + "--x--\r\n").encode()
    answer = Browser(app).client.post(
        "/sign-in", data=many, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"a" * 1000, b"--x\r\n\r\n", b"%00=%00&email=%ff"]
)
@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json",
     "multipart/form-data", "text/html", ""],
)  # fmt: skip
def test_a_body_that_is_no_form_is_no_crash(app, session, body, kind):
    answer = Browser(app).client.post("/sign-in", data=body, content_type=kind)
    assert answer.status_code in (200, 400, 413)


@pytest.mark.parametrize("cookie", ["", "x", "null", ".eJw", "é", "a" * 4000, "..", "e30.x.x"])
def test_a_cookie_that_is_no_session_is_a_stranger(app, session, cookie):
    browser = Browser(app)
    browser.client.set_cookie("session", cookie)
    browser.client.set_cookie("locale", cookie)
    assert browser.get("accounts.account", follow=False).status == 302


@pytest.mark.parametrize("value", [None, "", "x" * 5000, "\x00", "é", "1"])
def test_a_session_that_names_rubbish_is_a_stranger(app, session, value):
    browser = Browser(app)
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = value
    assert browser.get("accounts.account", follow=False).status == 302
