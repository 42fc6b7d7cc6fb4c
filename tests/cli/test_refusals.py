"""What cannot work is said in one sentence, with an exit code other than 0."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.processes import crm, free_port

pytestmark = pytest.mark.slow


def one_sentence(done):
    """Return what a command that failed says."""
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    [sentence] = [line for line in done.stderr.splitlines() if line]
    assert sentence.endswith((".", "--port."))
    return sentence


def run_command():
    """Return the words that start a server."""
    return ("run", "--no-example", "--port", str(free_port()))


@pytest.mark.parametrize(
    ("words", "url", "expected"),
    [
        (("run",), "hello", "DATABASE_URL"),
        (("upgrade",), "mysql://user:hunter2@host/name", "DATABASE_URL"),
        (("user", "list"), "hello", "DATABASE_URL"),
        (("run",), "postgresql://user:hunter2@127.0.0.1:{port}/name", "database"),
        (("user", "list"), "postgresql://user:hunter2@127.0.0.1:{port}/name", "database"),
        (("worker", "--once"), "postgresql://user:hunter2@127.0.0.1:{port}/name", "database"),
        (("run",), "sqlite:////nowhere/at/all.sqlite", "database"),
        (("check",), "sqlite:////nowhere/at/all.sqlite", "database"),
    ],
)
def test_a_wrong_address_of_the_database(tmp_path, words, url, expected):
    url = url.replace("{port}", str(free_port()))
    words = run_command() if words == ("run",) else words
    sentence = one_sentence(crm(tmp_path / "instance", *words, DATABASE_URL=url))
    assert expected in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize("words", [("run",), ("user", "list")])
def test_a_file_that_is_no_database(tmp_path, words):
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "passerelle.sqlite").write_text("This is a letter, not a database. " * 100)
    words = run_command() if words == ("run",) else words
    assert "not a database" in one_sentence(crm(instance, *words))


def test_a_database_newer_than_the_code(tmp_path):
    instance = tmp_path / "instance"
    assert crm(instance, "upgrade").returncode == 0
    with sqlite3.connect(instance / "passerelle.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for words in (run_command(), ("upgrade",), ("check",), ("worker", "--once")):
        done = crm(instance, *words)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        sentence = done.stderr.splitlines()[0]
        assert "newer (revision 9999) than this code" in sentence
        assert "install the newer version" in sentence


def test_an_instance_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    sentence = one_sentence(crm(tmp_path / "file" / "instance", "upgrade"))
    assert "PASSERELLE_INSTANCE" in sentence


@pytest.mark.parametrize("with_key", [False, True])
def test_a_folder_that_is_read_only(tmp_path, with_key):
    if os.geteuid() == 0:
        instance = Path("/proc/self/net")  # Where not even the administrator may write.
    else:
        instance = tmp_path / "instance"
        instance.mkdir(mode=0o500)
    secret = {"SECRET_KEY": "only for tests, and long enough to be taken"} if with_key else {}
    sentence = one_sentence(crm(instance, "upgrade", **secret))
    assert "cannot be" in sentence


def test_an_empty_database_says_what_to_run(tmp_path):
    for words in (("check",), ("worker", "--once")):
        done = crm(tmp_path / "instance", *words)
        assert done.returncode != 0
        assert "run crm upgrade" in done.stderr


def test_help_is_given_even_with_a_wrong_setting(tmp_path):
    done = crm(tmp_path / "instance", "--help", DATABASE_URL="hello")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "DATABASE_URL" in done.stderr
    for word in ("run", "upgrade", "check", "worker"):
        assert word in done.stdout


@pytest.mark.parametrize("words", [("rubbish",), ("run", "--port", "0"), ("run", "--port", "x")])
def test_a_command_that_is_not_one(tmp_path, words):
    done = crm(tmp_path / "instance", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
