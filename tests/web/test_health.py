"""Whether the process lives, whether it can serve, and what is wrong before others may connect."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from crm.core import queue
from crm.core.clock import now
from crm.core.db import db
from crm.web import health
from crm.web.checks import CHECKS, deployment_problems
from tests.web.apps import committed, own_app


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """Return an application at the code's revision, with room on the disk."""
    with own_app(tmp_path) as app:
        with committed(app):
            db.session.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            db.session.execute(
                sa.text("INSERT INTO alembic_version VALUES (:head)"),
                {"head": app.config["SCHEMA_HEAD"]},
            )
        room = SimpleNamespace(free=health.SPACE_NEEDED * 2)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: room)
        yield SimpleNamespace(app=app, room=room)


def ask(app, address="127.0.0.1"):
    answer = app.test_client().get("/readyz", environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.json


def test_the_process_lives_without_asking_the_database(browser, count_statements):
    assert browser.get("/healthz").response.json == {"status": "ok"}
    assert count_statements == []


def test_all_is_ready(ready):
    checks = {"database": True, "jobs": True, "disk": True}
    assert ask(ready.app) == (200, {"status": "ok", "checks": checks})


def test_only_this_machine_learns_the_cause(ready):
    ready.room.free = 0
    assert ask(ready.app, "192.0.2.1") == (503, {"status": "not ready"})


@pytest.mark.parametrize("revision", ["0000", "9999", None])
def test_a_database_of_another_revision_is_not_ready(ready, revision):
    with committed(ready.app):
        db.session.execute(sa.text("DELETE FROM alembic_version"))
        if revision:
            db.session.execute(
                sa.text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision}
            )
    status, answer = ask(ready.app)
    assert status == 503
    assert [name for name, fine in answer["checks"].items() if not fine] == ["database", "jobs"]


def test_a_database_without_tables_is_not_ready(ready):
    with committed(ready.app):
        db.session.execute(sa.text("DROP TABLE alembic_version"))
    assert ask(ready.app)[0] == 503


def test_a_full_disk_is_not_ready(ready):
    ready.room.free = health.SPACE_NEEDED - 1
    assert ask(ready.app)[1]["checks"] == {"database": True, "jobs": True, "disk": False}


def test_jobs_that_nobody_does_are_not_ready(ready):
    with committed(ready.app):
        queue.enqueue("mail", {}, run_at=now() - timedelta(minutes=9))
        queue.enqueue("mail", {}, run_at=now() + timedelta(hours=1))
    assert ask(ready.app)[0] == 200
    with committed(ready.app):
        queue.enqueue("mail", {}, run_at=now() - timedelta(minutes=11))
    assert ask(ready.app)[1]["checks"] == {"database": True, "jobs": False, "disk": True}


SAFE = {
    "PASSERELLE_BASE_URL": "https://crm.example.org",
    "PASSERELLE_TRUSTED_PROXIES": "1",
    "SMTP_URL": "smtp://mail.example.org",
}


@pytest.fixture
def deployed(tmp_path):
    """Return an application with nothing to mend."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    with own_app(instance, protected=True, **SAFE) as app:
        yield app


def test_an_installation_with_nothing_to_mend(deployed):
    assert deployment_problems(deployed) == []


def _http(app, instance):
    app.config["BASE_URL"] = "http://crm.example.org"


def _plain_cookies(app, instance):
    app.config["SESSION_COOKIE_SECURE"] = False


def _debugging(app, instance):
    app.debug = True


def _simple_secret(app, instance):
    app.config["SECRET_KEY"] = "passerelle" * 4


def _open_secret(app, instance):
    (instance / "secret_key").write_text("x" * 40)
    (instance / "secret_key").chmod(0o640)


def _open_instance(app, instance):
    instance.chmod(0o755)


def _no_files(app, instance):
    (instance / "in-the-way").write_text("")
    app.config["FILES_DIR"] = instance / "in-the-way" / "files"


def _no_mail(app, instance):
    app.config["SMTP_URL"] = ""


def _no_proxy(app, instance):
    app.config["TRUSTED_PROXIES"] = 0


def _testing(app, instance):
    app.config["WTF_CSRF_ENABLED"] = False


FAULTS = {
    "D01": _http,
    "D02": _plain_cookies,
    "D03": _debugging,
    "D04": _simple_secret,
    "D05": _open_secret,
    "D06": _open_instance,
    "D07": _no_files,
    "D08": _no_mail,
    "D09": _no_proxy,
    "D10": _testing,
}


@pytest.mark.parametrize("number", FAULTS)
def test_each_check_finds_its_fault_and_only_that(deployed, number, monkeypatch):
    FAULTS[number](deployed, deployed.config["INSTANCE"])
    assert [one[:3] for one in deployment_problems(deployed)] == [number]


def test_every_check_is_tested():
    assert [check.__doc__[:3] for check in CHECKS] == list(FAULTS)
