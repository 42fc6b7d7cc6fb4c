"""Closed lists of values with a label in each language."""

from enum import StrEnum
from typing import Any, Self


class Choice(StrEnum):
    """A value stored by its code and shown by its label.

    Members are written ``NAME = "code", _l("Label")``.
    """

    label: Any

    def __new__(cls, code: str, label: Any = "") -> Self:
        """Keep the label beside the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
