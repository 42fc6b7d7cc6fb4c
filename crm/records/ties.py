"""The ways in which we may work with an organisation, as features declare them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select


@dataclass(frozen=True)
class Tie:
    """A way to work together: in a network, in a project, under a text.

    :param query: takes our own id and a day, and returns rows of (organisation id, record id):
        with whom we share what.
    """

    key: str
    label: Any
    query: Callable[[int, date], Select[int, int]]
