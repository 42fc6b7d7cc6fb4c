"""What administrators decide of users, what people decide of themselves, and what they see."""

import re
from functools import partial

import pytest
from sqlalchemy import select

from crm.accounts import services
from crm.accounts.models import Role, Theme, User
from crm.accounts.wording import MEANING
from crm.core import queue
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.queue import Job, JobState
from crm.permissions import Permission
from tests.accounts.people import OTHER_PASSWORD, PASSWORD, is_signed_in, member, sign_in
from tests.at_once import at_once
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.web.apps import committed, own_app, url_of


def form_of(user, **values):
    form = {"name": user.name, "email": user.email, "role": user.role.value, "is_enabled": "y"}
    form.update(values)
    return {key: value for key, value in form.items() if value is not None}


def test_the_list_says_who_may_sign_in(app, session):
    member("manager", name="Claire")
    member(name="Paul", is_enabled=False)
    UserFactory(name="Ines")
    services.issue_link(UserFactory(name="Omar"))
    page = Browser(app).sign_in("admin", name="Ada").get("accounts.users")
    for name, state in (
        ("Claire", "May sign in"),
        ("Paul", "Turned off"),
        ("Ines", "Invitation expired"),
        ("Omar", "Invited"),
    ):
        [row] = [one for one in page.select("//tbody/tr") if name in one.text_content()]
        assert state in row.text_content()


def test_an_address_is_used_once_in_whatever_case(app, session):
    member(email="claire@example.org")
    form = {"name": "Claire", "email": "CLAIRE@Example.Org", "role": "viewer", "locale": "fr"}
    page = Browser(app).sign_in("admin").post("accounts.invite_user", form)
    assert "already has this address" in page.error_at("email")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "claire",
        "claire@",
        "@example.org",
        "a b@example.org",
        "a@b",
        "a@example.org\nBcc: b@example.org",
        "<script>@example.org",
        "x" * 300 + "@example.org",
        "a@example.org,b@example.org",
    ],
)
def test_what_cannot_be_an_address_is_refused(app, session, email):
    form = {"name": "Claire", "email": email, "role": "viewer", "locale": "fr"}
    page = Browser(app).sign_in("admin").post("accounts.invite_user", form)
    assert page.status == 200
    assert page.error_at("email")
    assert session.scalar(select(User).where(User.name == "Claire")) is None


@pytest.mark.parametrize("field", ["role", "locale"])
def test_a_value_out_of_the_list_is_refused(app, session, field):
    form = {"name": "Claire", "email": "c@example.org", "role": "viewer", "locale": "fr"}
    page = Browser(app).sign_in("admin").post("accounts.invite_user", {**form, field: "god"})
    assert page.error_at(field)


def test_the_last_administrator_keeps_role_and_access(app, session):
    admin = member("admin")
    browser = Browser(app)
    sign_in(browser, admin.email)
    UserFactory(role=Role.ADMIN)  # Has no password yet, so does not count.
    member("admin", is_enabled=False)
    page = browser.post("accounts.edit_user", form_of(admin, role="viewer"), user_id=admin.id)
    assert "last administrator" in page.error_at("role")
    form = form_of(admin, is_enabled=None)
    page = browser.post("accounts.edit_user", form, user_id=admin.id)
    assert "last administrator" in page.error_at("is_enabled")
    stored = session.get(User, admin.id)
    assert (stored.role, stored.is_enabled) == (Role.ADMIN, True)
    assert is_signed_in(browser)


def test_one_of_two_administrators_may_go(app, session):
    admin, other = member("admin"), member("admin")
    browser = Browser(app)
    sign_in(browser, admin.email)
    browser.post("accounts.edit_user", form_of(admin, role="viewer"), user_id=admin.id)
    assert session.get(User, admin.id).role is Role.VIEWER
    assert browser.get("accounts.users").status == 403
    with pytest.raises(InvalidValue):
        services.disable(session.get(User, other.id))


def test_somebody_who_may_not_sign_in_gets_no_link(app, session):
    user = member(is_enabled=False)
    page = Browser(app).sign_in("admin").post("accounts.new_link", user_id=user.id)
    assert page.status == 400
    assert "Allow it first" in page.text


def test_a_changed_address_is_the_one_to_sign_in_with(app, session):
    user = member(email="old@example.org")
    form = form_of(user, email="new@example.org")
    Browser(app).sign_in("admin").post("accounts.edit_user", form, user_id=user.id)
    assert sign_in(Browser(app), "old@example.org").status == 200
    assert sign_in(Browser(app), "new@example.org").status == 302


@pytest.mark.parametrize("number", ["0", "999999999", "1000000000", "9" * 40, "-1", "x"])
@pytest.mark.parametrize(
    "rule", ["users/{}", "users/{}/link", "users/{}/sessions/end", "jobs/{}/retry"]
)
def test_what_is_not_there_is_not_found(browser, session, rule, number):
    browser.sign_in("admin")
    assert browser.post("/admin/" + rule.format(number)).status == 404


def test_people_choose_their_name_language_colours_and_shortcuts(browser, session):
    browser.sign_in("viewer")
    form = {"name": "Ana", "locale": "fr", "theme": "dark"}
    page = browser.post("accounts.account", form)
    assert page.title == "Mon compte" or page.tree.get("lang") == "fr"
    stored = session.get(User, browser.user.id)
    assert (stored.name, stored.locale, stored.theme) == ("Ana", "fr", Theme.DARK)
    assert stored.shortcuts is False


def test_people_do_not_choose_their_role_or_address(browser, session):
    browser.sign_in("viewer")
    form = {"name": "Ana", "locale": "en", "theme": "auto", "role": "admin", "is_enabled": "",
            "email": "other@example.org", "password_hash": "x"}  # fmt: skip
    browser.post("accounts.account", form)
    stored = session.get(User, browser.user.id)
    assert (stored.role, stored.email) == (Role.VIEWER, browser.user.email)
    assert stored.password_hash is None
    assert stored.is_enabled


@pytest.mark.parametrize("field", ["name", "locale", "theme"])
def test_a_value_of_ones_own_that_cannot_be_is_refused(browser, session, field):
    browser.sign_in("viewer")
    form = {"name": "Ana", "locale": "fr", "theme": "dark", field: ""}
    page = browser.post("accounts.account", form)
    assert page.error_at(field) or page.errors()
    assert session.get(User, browser.user.id).name != "Ana"


def test_a_stranger_reads_the_language_they_choose(browser, session):
    del browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"]
    assert browser.get("accounts.sign_in").tree.get("lang") == "fr"
    browser.post("accounts.language", {"locale": "en", "next": "/sign-in"})
    assert browser.get("accounts.sign_in").tree.get("lang") == "en"
    browser.post("accounts.language", {"locale": "xx", "next": "/sign-in"})
    assert browser.get("accounts.sign_in").tree.get("lang") == "en"


def test_the_language_of_an_account_goes_with_the_person(app, session):
    browser = Browser(app).sign_in("viewer")
    assert browser.get("accounts.account").tree.get("lang") == "en"
    browser.post("accounts.language", {"locale": "fr", "next": "/account"})
    assert browser.get("accounts.account").tree.get("lang") == "fr"
    assert session.get(User, browser.user.id).locale == "fr"


EXPECTED_PAGE = """
viewer 2
contributor 6
manager 16
admin 19
"""


@pytest.mark.parametrize("line", EXPECTED_PAGE.split("\n")[1:-1])
def test_the_page_what_may_i_do_shows_the_policy_and_marks_ones_own_role(browser, session, line):
    role, held = line.split()
    page = browser.sign_in(role).get("accounts.permissions")
    headings = [" ".join(one.text_content().split()) for one in page.select("//thead//th")]
    [mine] = [number for number, text in enumerate(headings) if "(you)" in text]
    column = [
        "Yes" in row.xpath("(./td | ./th)")[mine].text_content()
        for row in page.select("//tbody/tr")
    ]
    assert sum(column) == int(held)
    assert len(column) == len(Permission) - 1


def test_every_permission_is_put_in_words():
    assert set(MEANING) == set(Permission) - {Permission.PUBLIC}


def test_a_new_browser_is_told_of_by_mail_and_a_known_one_is_not(app, session, monkeypatch):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "smtp://mail.example.org")
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")
    user = member()
    first = Browser(app)
    sign_in(first, user.email)
    assert session.scalars(select(Job)).all() == [], "the very first browser is no news"
    first.post("accounts.sign_out")
    sign_in(first, user.email)
    assert session.scalars(select(Job)).all() == []
    sign_in(Browser(app), user.email)
    [job] = session.scalars(select(Job)).all()
    assert job.payload["to"] == user.email
    assert "another" not in job.payload["subject"].lower()


def test_a_changed_password_is_told_of_by_mail_in_the_language_of_the_person(
    app, session, monkeypatch
):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "smtp://mail.example.org")
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")
    user = member(name="Claire <b>&")
    browser = Browser(app)
    sign_in(browser, user.email)
    form = {"current": PASSWORD, "password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD}
    browser.post("accounts.change_password", form)
    [job] = session.scalars(select(Job)).all()
    assert job.payload["subject"] == "Your access to Passerelle"
    assert "Hello Claire <b>&," in job.payload["text"]
    assert OTHER_PASSWORD not in str(job.payload)


def test_jobs_are_shown_by_state_without_their_content(browser, session):
    for state in JobState:
        session.add(Job(name="mail", payload={"to": "claire@example.org"}, state=state))
    session.add(Job(name="mail", payload={}, state=JobState.DEAD, last_error="refused (550)"))
    session.flush()
    browser.sign_in("admin")
    page = browser.get("accounts.jobs")
    assert "claire@example.org" not in page.html
    assert "refused (550)" in page.text
    assert len(page.select("//tbody/tr")) == 5
    assert len(browser.get("accounts.jobs", state="dead").select("//tbody/tr")) == 2
    assert len(browser.get("accounts.jobs", state="rubbish").select("//tbody/tr")) == 5


def test_a_job_that_was_given_up_is_tried_again(browser, session):
    job = Job(name="mail", payload={}, state=JobState.DEAD, run_at=now(), first_tried_at=now())
    session.add(job)
    session.flush()
    browser.sign_in("admin").post("accounts.retry_job", job_id=job.id)
    stored = session.get(Job, job.id)
    assert (stored.state, stored.first_tried_at) == (JobState.WAITING, None)
    assert queue.is_anything_due()


@pytest.mark.slow
def test_two_administrators_who_remove_each_other_at_once_leave_one(database, tmp_path):
    with own_app(tmp_path, url_of(database, "last_admin")) as app:
        with committed(app):
            pair = [member("admin").id, member("admin").id]

        def remove(user_id):
            try:
                with committed(app):
                    services.disable(db.session.get(User, user_id))
            except InvalidValue:
                return

        at_once(*(partial(remove, user_id) for user_id in pair))
        with committed(app):
            enabled = db.session.scalars(select(User.is_enabled)).all()
        assert sorted(enabled) == [False, True]


def test_a_browser_is_named_by_no_more_than_its_owner_would_say(app, session):
    browser = Browser(app)
    phone = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 Chrome/126.0.6478.71 Mobile Safari/537.36"  # noqa: E501
    browser.client.environ_base["HTTP_USER_AGENT"] = phone
    user = member()
    sign_in(browser, user.email)
    page = browser.get("accounts.sessions")
    assert "Chrome 126, Android" in page.text
    assert not re.search(r"SM-S918B|6478", page.html)
