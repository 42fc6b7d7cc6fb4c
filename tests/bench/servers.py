"""The real server and the bare one: started alike, measured alike, stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.client import Visitor
from tests.cli.processes import ROOT, free_port

WORKERS = 2
START = 60.0


class ServerFailed(Exception):
    """A server did not start; the message says what it said."""


@dataclass(frozen=True)
class Memory:
    """What a tree of processes holds, in MB."""

    rss: float
    pss: float
    workers_rss: float


@dataclass
class Server:
    """A running gunicorn."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def wait_until_ready(self, path: str) -> None:
        """Return when the server answers."""
        until = time.monotonic() + START
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if Visitor(self.port).get(path).status == 200:
                    return
            except (OSError, IndexError, ValueError):
                pass
            time.sleep(0.1)
        said = self.log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
        raise ServerFailed(f"The server did not start; it said: {said[0]}")

    def memory(self) -> Memory:
        """Return what the master and its workers hold."""
        workers = _children(self.process.pid)
        rss = {pid: _kilobytes(pid, "VmRSS", "status") for pid in (self.process.pid, *workers)}
        pss = sum(_kilobytes(pid, "Pss", "smaps_rollup") for pid in rss)
        return Memory(sum(rss.values()) / 1024, pss / 1024, sum(rss[pid] for pid in workers) / 1024)

    def resident(self) -> float:
        """Return what the workers hold, in MB; quick enough to be asked while they work."""
        return sum(_kilobytes(pid, "VmRSS", "status") for pid in _children(self.process.pid)) / 1024

    def stop(self) -> None:
        """End the master, which ends its workers."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in found.split()]


def _kilobytes(pid: int, key: str, file: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0  # Not every system tells how much is shared.
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{key}:")), 0)


@contextmanager
def gunicorn(
    target: str, environment: Mapping[str, str], folder: Path, ready: str
) -> Iterator[Server]:
    """Run two workers until the end of the block.

    :param target: the application, as gunicorn names it.
    :param ready: the path that answers 200 when all is up.
    """
    port = free_port()
    log = folder / f"{target.partition(':')[0]}-{port}.log"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--no-control-socket"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", target),
    ]
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
            cwd=ROOT,
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
        )
    server = Server(process, port, log)
    try:
        server.wait_until_ready(ready)
        yield server
    finally:
        server.stop()
