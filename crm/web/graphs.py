"""Whom something is tied to, drawn around it; the same stands in a table.

What is drawn stands on two curves beside the middle, one row for each: names never overlap, however
long the lists are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from textwrap import wrap

WIDTH = 1100
ROW = 30
"""Pixels: a name and the room around it."""
REACH = 190
"""Of the curves, from the middle."""
MARGIN = 20
LEAST_HEIGHT = 240
LINE_LENGTH, MOST_LINES = 18, 4
"""Of the name in the middle."""
THICKEST = 5
"""Ties; more make no thicker line."""


@dataclass(frozen=True)
class Node:
    """Something that the middle is tied to.

    :param ties: in how many ways.
    """

    label: str
    url: str
    ties: int = 1


@dataclass(frozen=True)
class NodeGroup:
    """What is tied to the middle in one way."""

    label: str
    nodes: Sequence[Node]


@dataclass(frozen=True)
class DrawnNode:
    """A node, or the heading of a group, with its place in the drawing."""

    label: str
    x: float
    y: float
    is_left: bool
    node: Node | None = None

    @property
    def thickness(self) -> float:
        """Return how thick the line to it is."""
        return 1 + min(self.node.ties if self.node else 0, THICKEST) / 2


@dataclass(frozen=True)
class Graph:
    """A drawing as the template draws it.

    :param lines: the name in the middle.
    """

    title: str
    lines: Sequence[str]
    drawn: Sequence[DrawnNode]
    height: int
    width: int = WIDTH

    @property
    def middle(self) -> tuple[float, float]:
        """Return where the middle is."""
        return self.width / 2, self.height / 2


def around(title: str, name: str, groups: Sequence[NodeGroup]) -> Graph:
    """Lay out groups around a name: the first half down the left side, the rest down the right."""
    slots = [
        (group.label, node) for group in groups if group.nodes for node in (None, *group.nodes)
    ]
    left, right = _halves(slots)
    height = max(LEAST_HEIGHT, 2 * MARGIN + ROW * max(len(left), len(right)))
    return Graph(
        title,
        wrap(name, LINE_LENGTH, max_lines=MOST_LINES, placeholder=" …"),
        [*_down(left, height, is_left=True), *_down(right, height, is_left=False)],
        height,
    )


Slot = tuple[str, Node | None]


def _halves(slots: Sequence[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Cut a sequence in two; what is cut off from its heading gets it again."""
    cut = (len(slots) + 1) // 2
    left, right = list(slots[:cut]), list(slots[cut:])
    if left and left[-1][1] is None:  # A heading alone belongs to what follows it.
        right.insert(0, left.pop())
    if right and right[0][1] is not None:
        right.insert(0, (right[0][0], None))
    return left, right


def _down(slots: Sequence[Slot], height: int, *, is_left: bool) -> list[DrawnNode]:
    middle = height / 2
    top = middle - ROW * (len(slots) - 1) / 2
    bow = max(height / 2, 1) * 1.1  # Never quite as far as its ends, where it would be flat.
    drawn = []
    for place, (label, node) in enumerate(slots):
        y = top + place * ROW
        away = REACH * sqrt(max(0.0, 1 - ((y - middle) / bow) ** 2))
        x = WIDTH / 2 - away if is_left else WIDTH / 2 + away
        drawn.append(
            DrawnNode(node.label if node else label, round(x, 1), round(y, 1), is_left, node)
        )
    return drawn
