"""Libraries that few requests need."""

import importlib
from typing import Any


class LoadedWhenUsed:
    """A library that the first request to need it loads: idle workers are spared its memory."""

    def __init__(self, name: str) -> None:
        """Name the module."""
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Return what the module holds.

        :raises ImportError: when it is not installed.
        """
        return getattr(importlib.import_module(self._name), name)
