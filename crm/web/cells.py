"""What a table cell or a fact may show besides plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Tone = Literal["neutral", "ok", "warn", "danger", "info", "violet"]


@dataclass(frozen=True)
class Link:
    """A link to a page of ours."""

    text: Any
    url: str
    lang: str | None = None
    cell_kind: ClassVar[str] = "link"

    def __str__(self) -> str:
        """Return the words of the link."""
        return str(self.text)


@dataclass(frozen=True)
class Chip:
    """A status in words, shape and colour."""

    text: Any
    tone: Tone = "neutral"
    shape: str = ""
    cell_kind: ClassVar[str] = "chip"

    def __str__(self) -> str:
        """Return the words of the chip."""
        return str(self.text)


@dataclass(frozen=True)
class Lines:
    """Several values, one below the other."""

    lines: Sequence[Any]
    cell_kind: ClassVar[str] = "lines"

    def __str__(self) -> str:
        """Return the values separated by semicolons."""
        return "; ".join(str(line) for line in self.lines)


@dataclass(frozen=True)
class Long:
    """A text of several paragraphs."""

    text: str
    cell_kind: ClassVar[str] = "long"

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Steps:
    """How far something has come: all steps in order, one of which is the present one."""

    steps: Sequence[Any]
    present: Any
    cell_kind: ClassVar[str] = "steps"

    def __str__(self) -> str:
        """Return the present step."""
        return str(self.present)


@dataclass(frozen=True)
class Keys:
    """Keys pressed one after the other, each of them alone or together with others."""

    strokes: Sequence[Sequence[Any]]
    cell_kind: ClassVar[str] = "keys"

    def __str__(self) -> str:
        """Return the keys as one writes them."""
        return " ".join("+".join(str(key) for key in stroke) for stroke in self.strokes)


@dataclass(frozen=True)
class Address:
    """An e-mail address, a phone number or a web address."""

    text: str
    cell_kind: Literal["email", "phone", "url"]

    def __str__(self) -> str:
        """Return the address."""
        return self.text


@dataclass(frozen=True)
class Action:
    """Something a person can do: a link, or a form that posts.

    :param only_reads: it changes nothing, and so has its place on a page as on a past day.
    """

    label: Any
    url: str
    method: Literal["get", "post"] = "get"
    confirm: Any = None
    only_reads: bool = False


def listed(text: str | None) -> Any:
    """Return one cell for what people have separated with semicolons."""
    return lines([part.strip() for part in (text or "").split(";")])


def lines(values: Sequence[Any]) -> Any:
    """Return one cell for any number of values."""
    kept = [value for value in values if value not in (None, "")]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else Lines(kept)
