"""``crm upgrade``, ``crm check`` and ``crm user``."""

import pytest

from tests.accounts.people import PASSWORD
from tests.cli.processes import Visitor, crm, running

pytestmark = pytest.mark.slow

SAFE = {
    "PASSERELLE_BASE_URL": "https://crm.example.org",
    "PASSERELLE_TRUSTED_PROXIES": "1",
    "SMTP_URL": "smtp://mail.example.org",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return an instance with a database, for tests that leave it as it is."""
    instance = tmp_path_factory.mktemp("made") / "instance"
    assert crm(instance, "upgrade").returncode == 0
    return instance


def test_a_database_is_made_then_left_as_it_is(tmp_path):
    instance = tmp_path / "instance"
    first, second = crm(instance, "upgrade"), crm(instance, "upgrade")
    assert (first.returncode, first.stdout) == (0, "The database was upgraded.\n")
    assert (second.returncode, second.stdout) == (0, "The database is up to date.\n")


def test_the_check_names_what_a_server_open_to_others_lacks(tmp_path):
    instance = tmp_path / "instance"
    crm(instance, "upgrade")
    assert crm(instance, "check").stdout == "All is well.\n"
    done = crm(instance, "check", "--deploy")
    assert done.returncode != 0
    assert [line[:3] for line in done.stderr.splitlines()[:-1]] == ["D01", "D02", "D08", "D09"]
    assert done.stderr.splitlines()[-1] == "4 to mend."
    done = crm(instance, "check", "--deploy", **SAFE)
    assert (done.returncode, done.stdout) == (0, "All is well.\n")
    (instance / "secret_key").chmod(0o644)
    assert "D05" in crm(instance, "check", "--deploy", **SAFE).stderr


def test_users_are_invited_listed_turned_off_and_on(tmp_path):
    instance = tmp_path / "instance"
    crm(instance, "upgrade")
    words = ("user", "invite", "Claire@Example.org", "--name", "Claire", "--role", "admin")
    done = crm(instance, *words)
    assert done.returncode == 0
    path = done.stdout.strip()[done.stdout.index("/link/") :]
    with running(instance) as server:
        visitor = Visitor()
        form = {"password": PASSWORD, "repeat": PASSWORD}
        _status, address, _text = visitor.send(server.address + path, form)
        assert address.endswith("/sign-in")
        visitor.send(address, {"email": "claire@example.org", "password": PASSWORD})
        assert visitor.get(f"{server.address}/account")[1].endswith("/account")
        refused = crm(instance, "user", "disable", "claire@example.org")
        assert refused.returncode != 0, "the last administrator"
        assert len(refused.stderr.splitlines()) == 1
        crm(instance, "user", "invite", "paul@example.org", "--name", "Paul")
        assert crm(instance, "user", "disable", "paul@example.org").returncode == 0
        listed = crm(instance, "user", "list").stdout.splitlines()
        assert listed == [
            "claire@example.org\tadmin\ton\tClaire",
            "admin@localhost\tadmin\toff\tAdministration",  # Of the first start, not needed.
            "paul@example.org\tcontributor\toff\tPaul",
        ]
        refused = crm(instance, "user", "link", "paul@example.org")
        assert refused.returncode != 0
        assert crm(instance, "user", "enable", "paul@example.org").returncode == 0
        done = crm(instance, "user", "link", "paul@example.org", **SAFE)
        assert done.stdout.startswith("https://crm.example.org/link/")


@pytest.mark.parametrize(
    "words",
    [
        ("user", "invite", "nothing", "--name", "x"),
        ("user", "invite", "a@example.org", "--name", "x", "--role", "god"),
        ("user", "invite", "a@example.org"),
        ("user", "link", "nobody@example.org"),
        ("user", "disable", "nobody@example.org"),
        ("user", "enable", "nobody@example.org"),
    ],
)
def test_what_cannot_be_done_to_a_user_is_refused(made, words):
    done = crm(made, *words)
    assert done.returncode != 0
    assert done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_after_refusals_there_is_nobody_more(made):
    crm(made, "user", "invite", "nothing", "--name", "x")
    assert crm(made, "user", "list").stdout == ""


def test_an_address_is_invited_once(tmp_path):
    instance = tmp_path / "instance"
    crm(instance, "upgrade")
    words = ("user", "invite", "a@example.org", "--name", "x")
    assert crm(instance, *words).returncode == 0
    assert crm(instance, *words).returncode != 0
    assert len(crm(instance, "user", "list").stdout.splitlines()) == 1
