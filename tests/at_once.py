"""Several callers at the same moment, none of whom is waited for without end."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE = 120
"""Seconds: a statement that hangs has failed long before."""


def at_once(*calls: Callable[[], Result]) -> list[Result]:
    """Make all these calls at the same moment, each in a thread; return what they return.

    :raises BaseExceptionGroup: what was raised by any of them.
    :raises TimeoutError: when one of them has not come back.
    """
    ready = threading.Barrier(len(calls))
    returned: dict[int, Result] = {}
    raised: list[BaseException] = []

    def make(place: int, call: Callable[[], Result]) -> None:
        try:
            ready.wait(PATIENCE)
            returned[place] = call()
        except BaseException as error:  # noqa: BLE001 - told by who asked
            raised.append(error)

    threads = [threading.Thread(target=make, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if raised:
        raise BaseExceptionGroup("calls made at once", raised)
    if len(returned) < len(calls):
        raise TimeoutError(f"{len(calls) - len(returned)} of {len(calls)} calls have not come back")
    return [returned[place] for place in range(len(calls))]
