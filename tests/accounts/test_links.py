"""One-time links: invitations, new passwords, the first administrator."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import select

import crm.app
from crm.accounts import services
from crm.accounts.models import LinkPurpose, OneTimeLink, Role, User
from crm.core import queue
from crm.core.db import Base, db
from crm.core.engine import engine_options
from crm.core.queue import Job, JobState
from tests.accounts.people import OTHER_PASSWORD, PASSWORD, is_signed_in, member, sign_in
from tests.at_once import at_once
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.web.apps import committed, own_app, url_of

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CHOICE = {"password": PASSWORD, "repeat": PASSWORD}


@pytest.fixture
def mail(monkeypatch):
    """Set a mail server; return the mails that are handed to it."""
    delivered = []
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "smtp://mail.example.org")
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")
    monkeypatch.setattr("crm.accounts.mails.deliver", lambda mail, _stamped: delivered.append(mail))
    monkeypatch.setattr("crm.core.mail.deliver", lambda mail, _stamped: delivered.append(mail))
    return delivered


def invite(browser, email="claire@example.org", **values):
    data = {"name": "Claire", "email": email, "role": "contributor", "locale": "en", **values}
    return browser.post("accounts.invite_user", data)


def shown_path(page):
    [address] = page.select("//input[@id='one-time-link']/@value")
    return re.sub(r"^https?://[^/]+", "", address)


def with_email(email):
    return db.session.scalar(select(User).where(User.email == email))


def link_of(user, purpose=None):
    path = services.link_path(services.issue_link(user, purpose))
    db.session.commit()
    return path


def test_without_a_mail_server_the_administrator_is_shown_the_link_once(app, session):
    admin = Browser(app).sign_in("admin")
    page = invite(admin)
    assert page.title == "Link for Claire"
    claire = Browser(app)
    page = claire.post(shown_path(page), CHOICE, follow=False)
    assert page.location == "/sign-in"
    assert not is_signed_in(claire), "who chose a password then signs in with it"
    assert sign_in(claire, "claire@example.org").status == 302
    assert with_email("claire@example.org").role is Role.CONTRIBUTOR
    assert session.scalar(select(Job)) is None


def test_with_a_mail_server_the_link_reaches_only_the_person(app, session, mail):
    admin = Browser(app).sign_in("admin")
    page = invite(admin, locale="fr")
    assert page.title == "Users"
    assert "/link/" not in page.html
    queue.run_due()
    [message] = mail
    assert message.to == "claire@example.org"
    [path] = re.findall(r"https://crm\.example\.org(/link/\w+)", message.text)
    assert path not in str(session.scalars(select(Job.payload)).all())
    assert Browser(app).post(path, CHOICE, follow=False).location == "/sign-in"


def test_neither_the_database_nor_the_queue_holds_a_link_that_works(app, session, mail):
    invite(Browser(app).sign_in("admin"))
    link = session.scalar(select(OneTimeLink))
    token = services.token_of(link)
    assert len(token) == 64  # 256 bits
    session.commit()
    cells = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(sa.select(table)):
            cells += [str(cell) for cell in row]
    assert not [cell for cell in cells if token in cell]
    for guess in (link.token_hash, str(link.id)):
        assert Browser(app).get("accounts.link", token=guess).status == 404


def test_a_link_works_once(app, session):
    path = link_of(member(password_hash=None))
    assert Browser(app).post(path, CHOICE, follow=False).status == 302
    page = Browser(app).post(path, {"password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD})
    assert page.status == 404
    assert Browser(app).get(path).status == 404


def test_looking_at_a_link_does_not_use_it(app, session):
    path = link_of(member(password_hash=None))
    for _ in range(10):
        assert Browser(app).get(path).status == 200
        assert Browser(app).client.head(path).status_code == 200
        assert Browser(app).client.options(path).status_code == 200
    assert Browser(app).post(path, CHOICE, follow=False).status == 302


def test_a_refused_password_does_not_use_the_link(app, session):
    path = link_of(member(password_hash=None))
    page = Browser(app).post(path, {"password": "short", "repeat": "short"})
    assert "15" in page.error_at("password")
    page = Browser(app).post(path, {"password": PASSWORD, "repeat": OTHER_PASSWORD})
    assert page.error_at("repeat")
    assert Browser(app).post(path, CHOICE, follow=False).status == 302


@pytest.mark.parametrize(
    ("purpose", "life"),
    [
        (LinkPurpose.INVITATION, timedelta(days=7)),
        (LinkPurpose.RESET, timedelta(minutes=60)),
    ],
)
def test_a_link_expires(app, session, purpose, life):
    with time_machine.travel(START, tick=False) as clock:
        path = link_of(member(), purpose)
        clock.move_to(START + life - timedelta(seconds=1))
        assert Browser(app).get(path).status == 200
        clock.move_to(START + life)
        assert Browser(app).get(path).status == 404
        assert Browser(app).post(path, CHOICE).status == 404


def test_a_newer_link_replaces_the_older_one(app, session):
    user = member()
    older = link_of(user)
    newer = link_of(user)
    assert Browser(app).get(older).status == 404
    assert Browser(app).get(newer).status == 200


def test_links_die_with_the_account_the_address_and_the_password(app, session):
    admin = Browser(app).sign_in("admin")
    for event in ("turned off", "new address", "new password"):
        user = member()
        path = link_of(user)
        form = {"name": "Paul", "email": user.email, "role": "viewer", "is_enabled": "y"}
        if event == "turned off":
            del form["is_enabled"]
            admin.post("accounts.edit_user", form, user_id=user.id)
        elif event == "new address":
            form["email"] = f"new-{user.email}"
            admin.post("accounts.edit_user", form, user_id=user.id)
        else:
            own = Browser(app)
            sign_in(own, user.email)
            own.post("accounts.change_password", {"current": PASSWORD, **_other()})
        assert Browser(app).get(path).status == 404, event


def _other():
    return {"password": OTHER_PASSWORD, "repeat": OTHER_PASSWORD}


def test_using_a_link_ends_the_sessions_opened_with_the_former_password(app, session):
    user = member()
    browser = Browser(app)
    sign_in(browser, user.email)
    Browser(app).post(link_of(user), _other())
    assert not is_signed_in(browser)
    assert sign_in(Browser(app), user.email, PASSWORD).status == 200


def test_a_link_is_no_session_and_a_session_is_no_link(app, session):
    user = member()
    token = link_of(user).rpartition("/")[2]
    browser = Browser(app)
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert not is_signed_in(browser)
    session_token = services.open_session(user, browser="test")
    session.commit()
    assert Browser(app).get("accounts.link", token=session_token).status == 404


def test_an_administrator_never_chooses_the_password_of_another(app, session):
    admin = Browser(app).sign_in("admin")
    user = member()
    before = user.password_hash
    form = {"name": "x", "email": user.email, "role": "viewer", "is_enabled": "y", **_other()}
    admin.post("accounts.edit_user", {**form, "password_hash": "x"}, user_id=user.id)
    assert session.get(User, user.id).password_hash == before
    for endpoint in ("accounts.edit_user", "accounts.invite_user"):
        page = admin.get(endpoint, **({"user_id": user.id} if "edit" in endpoint else {}))
        assert not page.select("//input[@type='password']")


def test_asking_for_a_new_password_tells_nothing_of_who_has_an_account(app, session, mail):
    member(email="known@example.org")
    member(email="gone1@example.org", is_enabled=False)
    pages, jobs = set(), []
    for name in ("known", "gone1", "nobdy"):
        page = Browser(app).post("accounts.forgot", {"email": f"{name}@example.org"})
        assert page.status == 200
        pages.add(re.sub(r'name="csrf_token" value="[^"]+"', "", page.html.replace(name, "name!")))
        jobs.append(session.scalars(select(Job.name).order_by(Job.created_at)).all())
    assert len(pages) == 1
    assert jobs[-1] == ["accounts.forgot"] * 3
    queue.run_due()
    assert [message.to for message in mail] == ["known@example.org"]
    assert "/link/" in mail[0].text


def test_somebody_invited_who_asks_for_a_password_gets_the_invitation_again(app, session, mail):
    user = member(password_hash=None)
    Browser(app).post("accounts.forgot", {"email": user.email})
    queue.run_due()
    link = session.scalar(select(OneTimeLink))
    assert link.purpose is LinkPurpose.INVITATION
    assert len(mail) == 1


def test_without_a_mail_server_the_page_says_whom_to_ask(app, session):
    user = member()
    page = Browser(app).post("accounts.forgot", {"email": user.email})
    assert "Demandez" in page.text or "Ask an administrator" in page.text
    assert session.scalar(select(Job)) is None


def test_a_mail_that_comes_too_late_is_not_sent(app, session, mail):
    user = member()
    with time_machine.travel(START, tick=False) as clock:
        Browser(app).post("accounts.forgot", {"email": user.email})
        job = session.scalar(select(Job))
        queue.handlers[job.name](job.payload)
        session.delete(session.get(Job, job.id))
        session.commit()
        clock.shift(timedelta(hours=2))
        queue.run_due()
    assert mail == []
    assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_the_first_administrator_says_who_they_are_and_is_the_only_one_to_be_asked(app, session):
    path = services.first_administrator_link()
    session.commit()
    form = {"name": "Claire Durand", "email": "Claire@Example.org", **CHOICE}
    page = Browser(app).post(path, {**form, "email": "nothing"})
    assert page.error_at("email")
    page = Browser(app).post(path, {**form, "name": ""})
    assert page.error_at("name")
    assert Browser(app).post(path, form, follow=False).location == "/sign-in"
    user = with_email("claire@example.org")
    assert (user.name, user.role) == ("Claire Durand", Role.ADMIN)
    assert services.first_administrator_link() is None
    assert sign_in(Browser(app), "claire@example.org").status == 302


def test_the_link_of_the_first_start_dies_when_another_administrator_comes_in(app, session):
    path = services.first_administrator_link()
    session.commit()
    other = link_of(member("admin", password_hash=None))
    assert Browser(app).get(path).status == 200
    Browser(app).post(other, CHOICE)
    assert Browser(app).get(path).status == 404
    assert not with_email(services.FIRST_ADMINISTRATOR).is_enabled


def test_the_password_of_the_first_administrator_is_checked_against_what_they_typed(app, session):
    path = services.first_administrator_link()
    session.commit()
    password = "ClaireDurand-ClaireDurand"
    form = {"name": "Claire Durand", "email": "c@example.org"}
    page = Browser(app).post(path, {**form, "password": password, "repeat": password})
    assert page.error_at("password")


def test_nobody_has_a_password_before_choosing_one(session):
    services.first_administrator_link()
    assert session.scalars(select(User.password_hash)).all() == [None]


def test_each_start_gives_a_new_first_link_until_somebody_has_come_in(app, session):
    first = services.first_administrator_link()
    second = services.first_administrator_link()
    session.commit()
    assert session.query(User).count() == 1
    assert Browser(app).get(first).status == 404
    assert Browser(app).get(second).status == 200


@pytest.mark.slow
def test_of_twenty_uses_at_once_exactly_one_counts(database, tmp_path, monkeypatch):
    # Each has a connection: for how long one waits for a free one is not what is asked here.
    more = {"max_overflow": 20}
    monkeypatch.setattr(crm.app, "engine_options", lambda url: {**engine_options(url), **more})
    with own_app(tmp_path, url_of(database, "link_race")) as app:
        with committed(app):
            path = services.link_path(services.issue_link(UserFactory()))
        # The first answer of an application takes longest: it makes its templates.
        assert app.test_client().post(f"{path}x", data=CHOICE).status_code == 404

        def use():
            return app.test_client().post(path, data=CHOICE).status_code

        answers = at_once(*[use] * 20)
        assert sorted(answers) == [302] + [404] * 19
