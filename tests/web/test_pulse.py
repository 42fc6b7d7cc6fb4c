"""Long answers of the server of an installation: the worker that sends one is left alone."""

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from crm.web.pulse import with_pulse
from tests.cli.processes import PATIENCE, ROOT, environment, free_port

TIMEOUT = 2  # seconds
SLOW = """
import time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/hang":
        time.sleep(600)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return pieces() if environ["PATH_INFO"] == "/long" else [b"ready"]

def pieces():
    for number in range(12):
        time.sleep(0.5)
        yield b"%d " % number
"""
LOADED = """
import wsgi
from crm.core.db import db

with wsgi.app.app_context():
    print(db.engine.pool.checkedin() + db.engine.pool.checkedout())
"""


@contextmanager
def served(folder):
    """Run gunicorn with one worker, as it is started in the folder of the application."""
    (folder / "slow.py").write_text(SLOW)
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--timeout", str(TIMEOUT), "--no-control-socket"),
        *("--bind", f"127.0.0.1:{port}", "--pythonpath", str(folder), "slow:app"),
    ]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment(folder), cwd=ROOT, stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                assert got(address) == "ready"
                break
            except OSError:
                assert time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def got(address):
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own
        return answer.read().decode()


@pytest.mark.slow
def test_an_answer_that_takes_longer_than_a_worker_is_waited_for_comes_whole(tmp_path):
    with served(tmp_path) as address:
        assert got(f"{address}/long").split() == [str(number) for number in range(12)]
        assert "TIMEOUT" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_a_worker_that_hangs_is_ended_still(tmp_path):
    with served(tmp_path) as address:
        with pytest.raises(OSError, match=r"Internal Server Error|closed|reset"):
            got(f"{address}/hang")
        assert "WORKER TIMEOUT" in (tmp_path / "log").read_text()
        assert got(address) == "ready"


def test_an_answer_that_is_given_up_is_closed_like_any_other():
    beats, closed = [], []

    def pieces():
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append("closed")

    answer = with_pulse(lambda _environ, _start: pieces(), lambda: beats.append("beat"))({}, None)
    assert next(iter(answer)) == b"one"
    answer.close()
    assert closed == ["closed"]
    assert beats == ["beat"]


@pytest.mark.parametrize("url", ["", "postgresql://nobody@127.0.0.1:1/nowhere"])
def test_what_the_workers_are_copies_of_has_asked_no_database(tmp_path, url):
    loaded = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", LOADED],
        env={**environment(tmp_path), "DATABASE_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (loaded.returncode, loaded.stdout.strip()) == (0, "0"), loaded.stderr
