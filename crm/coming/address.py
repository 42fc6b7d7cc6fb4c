"""Reads the values of an address one by one, and says what in it makes no sense."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from crm.core.i18n import _
from crm.core.text import clean_line

LONGEST = 300


class Reading:
    """What an address asks for: the first value of each key; what makes no sense is left out.

    :ivar values: what of the address is kept, by key.
    :ivar notices: a sentence for each thing that was ignored.
    """

    def __init__(self, args: MultiDict[str, str], labels: Mapping[str, Any]) -> None:
        """Take an address.

        :param labels: the keys that the page knows, and how they read.
        """
        self.labels = labels
        self.values: dict[str, str] = {}
        self.notices: list[str] = []
        for key, value in args.items(multi=True):
            cleaned = clean_line(value)[:LONGEST]
            if key not in labels:
                self.notices.append(
                    _(
                        "This list has no filter called “%(key)s”: it was ignored",
                        key=clean_line(key)[:60],
                    )
                )
            elif cleaned:
                self.values.setdefault(key, cleaned)

    def one_of(self, key: str, choices: Mapping[str, Any]) -> Any:
        """Return what a value stands for; None where it is missing or none of the choices."""
        value = self.values.get(key)
        if value is None:
            return None
        if value in choices:
            return choices[value]
        self.notices.append(
            _(
                "“%(value)s” is no value of “%(label)s”: it was ignored",
                value=self.values.pop(key)[:60],
                label=self.labels[key],
            )
        )
        return None
