"""Headers, cookies and protection against requests from other sites."""

import re

import pytest

from crm.web.guard import check_origin
from tests.accounts.people import PASSWORD, member
from tests.accounts.test_permissions_matrix import cells
from tests.browser import Browser
from tests.web.apps import committed, own_app

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap draws its check marks with data:.
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
ADDRESSES = {
    "/sign-in": 200,
    "/healthz": 200,
    "/nothing-here": 404,
    "/sign-out": 405,
    "/admin/users": 302,
    "/organisations": 302,
    "/static/nothing.css": 404,
    "/link/nothing": 404,
}
HTTPS = {"PASSERELLE_BASE_URL": "https://crm.example.org"}


@pytest.fixture
def secure(tmp_path):
    """Return an application as it runs behind https, with the tokens of forms checked."""
    with own_app(tmp_path, protected=True, **HTTPS) as app:
        yield app


def client_of(app, **headers):
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_HOST"] = "crm.example.org"
    client.environ_base.update({f"HTTP_{key.upper()}": value for key, value in headers.items()})
    return client


def token_in(response):
    return re.search(r'name="csrf_token" value="([^"]+)"', response.get_data(as_text=True))[1]


def signed_in(app, email):
    client = client_of(app)
    page = client.get("/sign-in", base_url="https://crm.example.org")
    form = {"email": email, "password": PASSWORD, "csrf_token": token_in(page)}
    answer = client.post("/sign-in", data=form, base_url="https://crm.example.org")
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_every_answer_says_what_a_browser_may_load_keep_and_tell(browser, address, status):
    page = browser.get(address, follow=False)
    assert page.status == status
    headers = page.response.headers
    given = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert given == POLICY
    for name, value in EXPECTED.items():
        assert headers.getlist(name) == [value], name
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


def test_without_https_browsers_are_not_told_to_insist_on_it(browser):
    assert "Strict-Transport-Security" not in browser.get("/sign-in").response.headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_behind_https_browsers_insist_on_it_for_a_year(secure, address):
    answer = client_of(secure).get(address, base_url="https://crm.example.org")
    given = answer.headers["Strict-Transport-Security"]
    assert int(re.match(r"max-age=(\d+)", given)[1]) >= 365 * 24 * 3600


def test_every_cookie_is_bound_to_the_host_encrypted_and_unseen_by_scripts(secure):
    with committed(secure):
        email = member().email
    client = client_of(secure)
    base = "https://crm.example.org"
    page = client.get("/sign-in", base_url=base)
    form = {"email": email, "password": PASSWORD, "csrf_token": token_in(page)}
    answers = [page, client.post("/sign-in", data=form, base_url=base)]
    answers.append(client.get("/account", base_url=base))
    given = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in given}
    assert {"__Host-session", "__Host-device"} <= names
    for cookie in given:
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(parts), cookie
        assert not [part for part in parts if part.lower().startswith("domain")]


def test_a_session_cookie_is_forgotten_when_the_browser_is_closed(secure):
    with committed(secure):
        email = member().email
    client = signed_in(secure, email)
    cookie = client.get_cookie("__Host-session", domain="crm.example.org")
    assert cookie.max_age is None
    assert cookie.expires is None


def test_a_change_needs_the_token_of_the_form(secure):
    with committed(secure):
        email = member().email
    client = signed_in(secure, email)
    base = "https://crm.example.org"
    page = client.get("/account", base_url=base)
    form = {"name": "Ana", "locale": "en", "theme": "auto"}
    assert client.post("/account", data=form, base_url=base).status_code == 400
    wrong = {**form, "csrf_token": "x"}
    assert client.post("/account", data=wrong, base_url=base).status_code == 400
    # Browsers send no referrer, because our pages ask them not to.
    right = {**form, "csrf_token": token_in(page)}
    assert client.post("/account", data=right, base_url=base).status_code == 302


def test_the_token_of_somebody_else_is_refused(secure):
    with committed(secure):
        emails = [member().email, member().email]
    mine, theirs = (signed_in(secure, email) for email in emails)
    base = "https://crm.example.org"
    token = token_in(theirs.get("/account", base_url=base))
    form = {"name": "Ana", "locale": "en", "theme": "auto", "csrf_token": token}
    assert mine.post("/account", data=form, base_url=base).status_code == 400


def test_every_change_without_a_token_is_refused(secure):
    with committed(secure):
        email = member("admin").email
    client = signed_in(secure, email)
    changes = [one for one in cells(secure) if one[1] == "POST"]
    assert len(changes) > 20
    for rule, _method, address in changes:
        answer = client.post(address, base_url="https://crm.example.org")
        # The address of the page to sign is itself the secret: without it there is nothing.
        expected = 404 if rule.endpoint.startswith("signing.") else 400
        assert answer.status_code == expected, rule.rule


def test_no_page_but_that_to_sign_does_without_a_token(secure):
    exempt = {name for name, blueprint in secure.blueprints.items() if blueprint.is_secret}
    assert exempt == {"signing"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "none"}, 302),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 302),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({}, 302),
    ],
)
def test_a_change_asked_for_by_another_site_is_refused(browser, session, headers, expected):
    browser.sign_in("viewer")
    form = {"name": "Ana", "locale": "en", "theme": "auto"}
    browser.client.environ_base.update(
        {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    )
    page = browser.post("accounts.account", form, follow=False)
    assert page.status == expected


def test_a_link_from_another_site_opens_a_page(browser, session):
    browser.sign_in("viewer")
    browser.client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert browser.get("accounts.account").status == 200


def test_behind_a_proxy_the_address_people_use_is_ours(secure):
    with secure.test_request_context(
        "/", method="POST", headers={"Origin": "https://crm.example.org"}
    ):  # The proxy speaks http to us and names no scheme.
        check_origin()


def test_a_page_is_compressed_but_says_so(app, session):
    browser = Browser(app).sign_in("admin")
    answer = browser.client.get("/admin/settings", headers={"Accept-Encoding": "gzip"})
    assert "Accept-Encoding" in answer.headers["Vary"]
