"""The map of Europe: who is on it, and that a page can draw it."""

import re

import pytest

from crm.web import europe as module
from crm.web.europe import europe

MEMBER_STATES = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
OTHERS = [
    "AD", "AL", "AM", "AZ", "BA", "BY", "CH", "GB", "GE", "IS", "LI", "MC", "MD", "ME", "MK", "NO",
    "RS", "RU", "SM", "TR", "UA", "VA", "XK",
]  # fmt: skip
SHAPES = {shape.code: shape for shape in europe().shapes}


def rings(path):
    """Return the points of each ring of a path that begins at M and goes on in steps."""
    for part in path.removesuffix("Z").split("Z"):
        x = y = 0
        ring = []
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + right, y + down
            ring.append((x, y))
        yield ring


def holds(path, x, y):
    """Tell whether a point is inside a path, holes left out."""
    inside = False
    for ring in rings(path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


@pytest.mark.parametrize("code", [*MEMBER_STATES, *OTHERS])
def test_the_states_of_the_union_and_their_neighbours_are_drawn_and_can_be_labelled(code):
    shape = SHAPES[code]
    assert shape.x is not None
    assert shape.y is not None


@pytest.mark.parametrize("code", SHAPES)
def test_a_path_begins_with_a_move_goes_in_steps_and_is_closed(code):
    assert re.fullmatch(r"(M-?\d+[ -]\d+l-?\d+(?:[ -]-?\d+)+Z)+", SHAPES[code].path)


def test_a_label_stands_on_its_own_country_inside_the_map():
    drawn = europe()
    for shape in drawn.shapes:
        if shape.x is not None:
            assert 0 < shape.x < drawn.width, shape.code
            assert 0 < shape.y < drawn.height, shape.code
            owners = {other.code for other in drawn.shapes if holds(other.path, shape.x, shape.y)}
            # The dots of the smallest states lie on top of their neighbours.
            assert shape.code in owners, shape.code
            assert len(owners) == 1 or shape.is_small, owners


def test_the_shapes_no_label_fits_in_are_drawn_last():
    small = [shape.is_small for shape in europe().shapes]
    assert small == sorted(small)
    assert {"LU", "LI", "MC", "MT", "SM", "VA"} <= {
        shape.code for shape in europe().shapes if shape.is_small
    }


def test_land_without_a_country_code_has_no_label():
    unnamed = [shape for shape in europe().shapes if shape.code.startswith("_")]
    assert unnamed
    assert {(shape.x, shape.y) for shape in unnamed} == {(None, None)}


def test_the_map_says_where_it_comes_from():
    assert re.fullmatch(r"Natural Earth via world-atlas [\d.]+, public domain", europe().source)


def test_the_file_is_small_and_read_once():
    assert module._FILE.stat().st_size < 60_000
    assert europe() is europe()


def test_crimea_is_drawn_with_ukraine():
    simferopol, dzhankoi = (1280, 964), (1278, 933)
    for place in (simferopol, dzhankoi):
        assert holds(SHAPES["UA"].path, *place)
        assert not holds(SHAPES["RU"].path, *place)
