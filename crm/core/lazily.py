"""Libraries that few requests need."""

import gc
import importlib
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any


class LoadedWhenUsed:
    """A library that the first request to need it loads: idle workers are spared its memory."""

    def __init__(self, name: str) -> None:
        """Name the module."""
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        """Return what the module holds.

        :raises ImportError: when it is not installed.
        """
        if self._module is None:
            self._module = importlib.import_module(self._name)
        return getattr(self._module, name)


_ONE_AT_A_TIME = threading.Lock()


def used_for_now(name: str, use: Callable[[Any], Any]) -> Any:
    """Return what comes of using a library that is large, seldom needed and quick to load.

    :raises ImportError: when it is not installed.
    """
    with _ONE_AT_A_TIME:
        try:
            return use(importlib.import_module(name))
        finally:
            for each in [each for each in sys.modules if each.partition(".")[0] == name]:
                del sys.modules[each]
            # A module and its functions hold each other. They are young: to go through all that
            # the process holds may take seconds, in which the one who waits holds a transaction.
            gc.collect(1)
