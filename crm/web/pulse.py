"""A sign of life with each piece of an answer: a long file does not look like a worker that hangs.

Where a worker of gunicorn does one thing at a time, it says nothing while it answers, and is ended
after 30 seconds. With this it still is when nothing comes for so long.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Beat = Callable[[], None]


class _Pieces:
    """The pieces of an answer; the server closes them, however far they were sent."""

    def __init__(self, pieces: Iterable[bytes], beat: Beat) -> None:
        self.pieces, self.beat = pieces, beat

    def __iter__(self) -> Iterator[bytes]:
        self.beat()
        for piece in self.pieces:
            yield piece
            self.beat()

    def close(self) -> None:
        close: Any = getattr(self.pieces, "close", None)
        if close is not None:
            close()


def with_pulse(application: WSGIApplication, beat: Beat) -> WSGIApplication:
    """Return the application, which calls ``beat`` when its answer begins and after each piece."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return _Pieces(application(environ, start_response), beat)

    return answer
