"""How a list of signatories is written down when it is frozen, and read again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from crm.declarations.models import FrozenList, SignatoryCategory, Signature


@dataclass(frozen=True)
class FrozenLine:
    """A signatory of a frozen list.

    :param country: a code of ISO 3166, or a scope such as Europe.
    :param text_sha256: the fingerprint of the text that was signed.
    """

    signatory_id: int
    category: SignatoryCategory
    country: str
    name: str
    text_sha256: str


def write(signatures: Iterable[Signature]) -> str:
    """Return a line per signatory, with tabs between, in an order that tells nothing.

    Names hold no tabs and no line ends: they are cleaned when they are entered.
    """
    return "\n".join(
        sorted(
            "\t".join(
                (
                    str(each.signatory_id),
                    each.category.value,
                    each.country or each.scope or "",
                    " ".join(each.displayed_name.split()),
                    each.text_sha256 or "",
                )
            )
            for each in signatures
        )
    )


def read(listed: FrozenList) -> list[FrozenLine]:
    """Return the lines of a frozen list; one that was tampered with may have fewer."""
    lines = []
    for line in listed.text.splitlines():
        cells = line.split("\t")
        if len(cells) == 5 and cells[0].isdigit() and cells[1] in set(SignatoryCategory):
            lines.append(
                FrozenLine(int(cells[0]), SignatoryCategory(cells[1]), cells[2], cells[3], cells[4])
            )
    return lines


def visible(lines: Iterable[FrozenLine], ids: Collection[int]) -> list[FrozenLine]:
    """Keep the lines of those signatories."""
    return [line for line in lines if line.signatory_id in ids]
