"""Real processes of ``crm``, each with an instance folder of its own."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CRM = (sys.executable, "-c", "from crm.cli import main; main()")
PATIENCE = 120


def environment(instance: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a process."""
    names = ("PATH", "HOME", "LANG", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PASSERELLE_INSTANCE": str(instance), **variables}


def crm(instance: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 - our own command
        [*CRM, *arguments],
        env=environment(instance, **variables),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running ``crm run`` and what it has said."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        """Read what the process says while it runs."""
        self.process, self.address = process, f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any) -> None:
        for line in stream:
            self.said.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        """Return all that was said."""
        return "\n".join(self.said)

    def wait_until_ready(self) -> None:
        """Return when the server answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                Visitor().get(f"{self.address}/healthz")
            except OSError:
                assert self.process.poll() is None, self.output
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"no answer\n{self.output}")

    def first_link(self) -> str:
        """Return the address by which the first administrator comes in."""
        found = re.search(r"http://\S+/link/\w+", self.output)
        assert found, self.output
        return found[0]

    def stop(self) -> None:
        """End the process at once, as a power cut does."""
        self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


@contextmanager
def running(instance: Path, *arguments: str, **variables: str) -> Iterator[Server]:
    """Run a server until the end of the block."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*CRM, "run", "--port", str(port), "--no-example", *arguments],
        env=environment(instance, **variables),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    server = Server(process, port)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


class Visitor:
    """A browser that keeps cookies and sends forms with their token."""

    def __init__(self) -> None:
        """Open the browser."""
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, address: str) -> tuple[int, str, str]:
        """Open a page: its status, its final address, its text."""
        return self._open(urllib.request.Request(address))  # noqa: S310 - our own server

    def send(self, address: str, form: dict[str, str]) -> tuple[int, str, str]:
        """Open the page of a form, fill it in and send it."""
        _status, _address, page = self.get(address)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, page
        data = urllib.parse.urlencode({**form, "csrf_token": token[1]}).encode()
        return self._open(urllib.request.Request(address, data))  # noqa: S310 - our own server

    def _open(self, asked: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self.opener.open(asked, timeout=PATIENCE) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.url or "", error.read().decode()
