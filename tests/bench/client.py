"""A visitor who asks over a socket, with so little overhead that the server is what is measured."""

import gzip
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from lxml import html as lxml_html  # type: ignore[import-untyped]

PATIENCE = 120.0
HOST = "127.0.0.1"


class UnexpectedAnswer(Exception):
    """The server answered something else than was asked for; the message says what."""


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def text(self) -> str:
        """Return the body as text."""
        body = (
            gzip.decompress(self.body) if self.header("content-encoding") == "gzip" else self.body
        )
        return body.decode()


def send(port: int, raw: bytes) -> bytes:
    """Send a request and return all that comes back; workers of gunicorn close after each."""
    with socket.create_connection((HOST, port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(raw)
        received = []
        while part := connection.recv(262_144):
            received.append(part)
    return b"".join(received)


def read(received: bytes) -> Answer:
    """Read an answer."""
    head, _blank, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    headers = tuple((name.strip().lower(), value.strip()) for name, value in pairs)
    return Answer(int(first.split()[1]), headers, body)


def status_of(received: bytes) -> int:
    """Return the status of an answer, without reading the rest."""
    return int(received[9:12] or b"0")


@dataclass
class Visitor:
    """A browser: keeps cookies, fills in forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def raw(
        self,
        path: str,
        form: Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the bytes of a request."""
        lines = [
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            "Connection: close",
            "Accept: text/html",
        ]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        body = b""
        if form is not None:
            body = urlencode(form).encode()
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page."""
        return self._keep(read(send(self.port, self.raw(path, headers=headers))))

    def post(self, path: str, form: Sequence[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self._keep(read(send(self.port, self.raw(path, form))))

    def _keep(self, answer: Answer) -> Answer:
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer

    def page(self, path: str) -> Answer:
        """Open a page that must be there."""
        answer = self.get(path)
        if answer.status != 200:
            raise UnexpectedAnswer(f"{path} answers {answer.status}")
        return answer

    def form(self, path: str, **changes: str) -> list[tuple[str, str]]:
        """Open the page of a form and return it filled in, as a browser would send it."""
        tree = lxml_html.document_fromstring(self.page(path).text)
        forms = [each for each in tree.forms if each.method == "POST" and _is_main(each)]
        if not forms:
            raise UnexpectedAnswer(f"{path} has no form")
        filled = [(name, value) for name, value in forms[0].form_values() if name not in changes]
        return filled + list(changes.items())

    def sign_in(self, link: str, email: str, password: str) -> None:
        """Choose a password by a one-time link, if there is one, and sign in."""
        if link:
            self.post(link, self.form(link, password=password, repeat=password))
        answer = self.post("/sign-in", self.form("/sign-in", email=email, password=password))
        if answer.status != 302:
            raise UnexpectedAnswer(f"signing in answers {answer.status}")


def _is_main(form: lxml_html.FormElement) -> bool:
    return bool(form.xpath("ancestor::main")) and "csrf_token" in form.fields


def fresh(form: Sequence[tuple[str, str]], **changes: str) -> list[tuple[str, str]]:
    """Return a form as another page would have held it: it counts as sent for the first time."""
    changes = {"once": secrets.token_hex(12), **changes}
    return [(name, changes.get(name, value)) for name, value in form]


Ask = Callable[[], bytes]
"""Returns the next request."""


@dataclass(frozen=True)
class Served:
    """What came of many requests."""

    times: list[float]
    errors: int
    seconds: float

    @property
    def throughput(self) -> float:
        """Return the answers a second."""
        return len(self.times) / self.seconds


def serve(asks: Sequence[tuple[int, Ask]], each: int, expected: int = 200) -> Served:
    """Send requests, one client for each of the ports and askers, as fast as they are answered."""
    results: list[tuple[list[float], int]] = []
    begin = threading.Barrier(len(asks) + 1)

    def client(port: int, ask: Ask) -> None:
        times, errors = [], 0
        begin.wait()
        for _request in range(each):
            raw = ask()
            started = time.perf_counter()
            try:
                good = status_of(send(port, raw)) == expected
            except OSError:
                good = False
            times.append((time.perf_counter() - started) * 1000)
            errors += not good
        results.append((times, errors))

    threads = [threading.Thread(target=client, args=pair) for pair in asks]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    return Served(
        [each for times, _errors in results for each in times],
        sum(errors for _times, errors in results),
        seconds,
    )


ASSETS = re.compile(r'(?:href|src)="(/static/[^"#]+)')


def first_view(visitor: Visitor, path: str) -> tuple[int, int, int]:
    """Return the bytes of a first view as sent with gzip, of its HTML so, and before."""
    packed = {"Accept-Encoding": "gzip"}
    answer = visitor.get(path, packed)
    html = answer.text
    page = total = len(answer.body)
    for address in sorted(set(ASSETS.findall(html))):
        total += len(visitor.get(address.replace("&amp;", "&"), packed).body)
    return total, page, len(html.encode())
