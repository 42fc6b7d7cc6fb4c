"""The fonts that come with Passerelle: which characters they draw, and how wide."""

import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
LATIN = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf")
ARABIC = ("Vazirmatn-Regular.ttf", "Vazirmatn-Bold.ttf")
UNKNOWN = "\ufffd"
"""Stands for a character that no font draws: PDF/UA allows no empty place."""

Widths = Mapping[str, float]


def _tables(font: bytes) -> dict[bytes, int]:
    (count,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * i) for i in range(count))
    return {tag: offset for tag, _, offset, _ in records}


def _glyphs(font: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Yield each character of a font with the number of its drawing (OpenType, table cmap)."""
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    starts = {cmap + struct.unpack_from(">HHL", font, cmap + 4 + 8 * i)[2] for i in range(count)}
    for start in starts:
        (kind,) = struct.unpack_from(">H", font, start)
        if kind == 12:
            (groups,) = struct.unpack_from(">L", font, start + 12)
            for i in range(groups):
                first, last, glyph = struct.unpack_from(">LLL", font, start + 16 + 12 * i)
                yield from ((code, glyph + code - first) for code in range(first, last + 1))
        elif kind == 4:
            yield from _segments(font, start)


def _segments(font: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield the characters of a table of format 4."""
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = start + 14
    for i in range(count):
        (last,) = struct.unpack_from(">H", font, ends + 2 * i)
        (first,) = struct.unpack_from(">H", font, ends + 2 + 2 * (count + i))
        (delta,) = struct.unpack_from(">H", font, ends + 2 + 2 * (2 * count + i))
        at = ends + 2 + 2 * (3 * count + i)
        (offset,) = struct.unpack_from(">H", font, at)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", font, at + offset + 2 * (code - first))
            if glyph or not offset:
                yield code, (glyph + delta) & 0xFFFF


def _read(name: str) -> Widths:
    font = (FOLDER / name).read_bytes()
    tables = _tables(font)
    (size,) = struct.unpack_from(">H", font, tables[b"head"] + 18)
    (count,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
    advances = struct.unpack_from(">" + "Hh" * count, font, tables[b"hmtx"])[::2]
    return {
        chr(code): advances[min(glyph, count - 1)] / size
        for code, glyph in _glyphs(font, tables[b"cmap"])
        # An archive may hold no private characters, which mean nothing elsewhere.
        if glyph and unicodedata.category(chr(code)) not in {"Co", "Cc", "Cs"}
    }


@cache
def widths(family: tuple[str, ...]) -> Widths:
    """Return the characters that all fonts of a family draw, each with its width in em."""
    regular, *others = [_read(name) for name in family]
    return {c: width for c, width in regular.items() if all(c in other for other in others)}


@cache
def _plain() -> frozenset[str]:
    """Return the characters that need no second look."""
    return frozenset(c for c in widths(LATIN) if not _joins(c)) | {"\n"}


def _joins(character: str) -> bool:
    """Tell if a character is drawn together with the one before."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def drawable(text: str) -> str:
    """Return the text with a mark for each character that no font draws."""
    plain = _plain()
    if plain.issuperset(text):
        return text
    families = [widths(family).keys() for family in (LATIN, ARABIC)]
    drawn = []
    for cluster in _clusters(text):
        if plain.issuperset(cluster) or any(keys >= set(cluster) for keys in families):
            drawn.append(cluster)
        elif any(cluster[0] in keys for keys in families):
            # A letter is better without its accent than not at all.
            drawn.append(cluster[0])
        elif not _joins(cluster[0]):
            drawn.append(UNKNOWN)
    return "".join(drawn)


def _clusters(text: str) -> Iterator[str]:
    """Cut a text in letters, each with the marks it bears."""
    start = 0
    for end in range(1, len(text)):
        if not _joins(text[end]):
            yield text[start:end]
            start = end
    yield text[start:]


def width(text: str) -> float:
    """Return how wide a text is, in em."""
    latin, arabic = widths(LATIN), widths(ARABIC)
    return sum(latin.get(c) or arabic.get(c, 0.6) for c in text)
