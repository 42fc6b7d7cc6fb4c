"""Requests that share nothing.

In a test all requests run in the context that the fixture ``session`` opened, and so would share
``flask.g``: who is signed in, the language. Real requests each have their own.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import g, request_started


@pytest.fixture(autouse=True)
def fresh_requests() -> Iterator[None]:
    """Begin each request with an empty ``flask.g``."""

    def clear(_app: Any, **_more: Any) -> None:
        for name in list(g):
            g.pop(name)

    with request_started.connected_to(clear):
        yield
