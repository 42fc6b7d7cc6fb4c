"""A map of Europe with a number on each country; the same numbers stand in a table beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.core.i18n import _
from crm.web.europe import europe

LEVELS = 5
DOT = 22
"""Radius of the disc that makes a tiny country visible, in the units of the map."""


@dataclass(frozen=True)
class Counted:
    """What is counted in a country.

    :param label: the number with what it counts, for who does not see the map.
    :param url: the list behind the number.
    """

    number: int
    label: str
    url: str


@dataclass(frozen=True)
class Land:
    """A country without a number."""

    path: str


@dataclass(frozen=True)
class CountedCountry:
    """A country with its number, and the shade it has from 1 to 5."""

    path: str
    x: float
    y: float
    is_small: bool
    number: int
    label: str
    url: str
    level: int


@dataclass(frozen=True)
class EuropeView:
    """The map as the template draws it.

    :param notes: what must be said of it: disputed borders, and what is not on the map.
    """

    title: str
    width: int
    height: int
    land: Sequence[Land]
    counted: Sequence[CountedCountry]
    notes: Sequence[str]
    dot: int = DOT


def europe_map(title: str, counts: Mapping[str, Counted]) -> EuropeView:
    """Put numbers on the map of Europe.

    :param counts: by country code, in the order in which they are reached by keyboard.
    """
    drawn = europe()
    shapes = {shape.code: shape for shape in drawn.shapes}
    largest = max((each.number for each in counts.values()), default=1)
    counted = [
        CountedCountry(
            path=shape.path,
            x=shape.x,
            y=shape.y,
            is_small=shape.is_small,
            number=each.number,
            label=each.label,
            url=each.url,
            level=-(-LEVELS * each.number // largest),
        )
        for code, each in counts.items()
        if each.number and (shape := shapes.get(code)) is not None
        if shape.x is not None and shape.y is not None
    ]
    notes = [_("The map takes no side on the status of any territory or on any border.")]
    if "XK" in counts:
        notes.append(
            _(
                "Kosovo: the name is without prejudice to positions on status, and in line with "
                "Resolution 1244 (1999) of the United Nations Security Council and the opinion of "
                "the International Court of Justice on the declaration of independence."
            )
        )
    if len(counted) < sum(1 for each in counts.values() if each.number):
        notes.append(_("Countries outside the map are in the table."))
    outlines = drawn.source.removesuffix(", public domain")
    notes.append(_("Map: %(source)s, public domain", source=outlines))
    return EuropeView(
        title,
        drawn.width,
        drawn.height,
        [Land(shape.path) for shape in drawn.shapes if shape.code not in counts],
        counted,
        notes,
    )
