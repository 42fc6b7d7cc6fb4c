"""The outlines of Europe's countries, for maps.

``europe.json`` is written by ``script/vendor-map`` and kept in the repository: maps are drawn
without the network.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "europe.json"


@dataclass(frozen=True)
class Shape:
    """A country's outline as an SVG path, and where its label goes."""

    code: str
    """ISO 3166-1 alpha-2, XK for Kosovo; one that begins with ``_`` is land that is never named."""
    path: str
    x: int | None
    """The label's place, well inside the outline; nothing where no label is to stand."""
    y: int | None
    is_small: bool
    """No figure fits inside: it is to stand beside the place of the label."""


@dataclass(frozen=True)
class EuropeMap:
    """The map of Europe, its shapes in the order in which they are drawn."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    source: str
    """Where the outlines come from, to be said beside the map."""


@cache
def europe() -> EuropeMap:
    """Return the map of Europe."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    shapes = tuple(Shape(code, **drawn) for code, drawn in read["countries"].items())
    return EuropeMap(read["width"], read["height"], shapes, read["source"])
