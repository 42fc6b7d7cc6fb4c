"""The list of signatories as it is published: blocks, order, numbers and counts (R-7.8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm.core.choice import Choice
from crm.core.clock import PARIS
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.lists import language
from crm.core.text import sort_key
from crm.declarations import queries
from crm.declarations.models import Declaration, SignatoryCategory, Signature
from crm.declarations.status import closes_at

ORDER = (
    SignatoryCategory.INTERNATIONAL,
    SignatoryCategory.NATIONAL,
    SignatoryCategory.CITY,
    SignatoryCategory.PERSON,
    SignatoryCategory.OTHER,
)
"""Networks and international organisations first, then national ones by country."""

HEADINGS = {
    SignatoryCategory.INTERNATIONAL: _l("Networks and international organisations"),
    SignatoryCategory.NATIONAL: _l("National organisations"),
    SignatoryCategory.CITY: _l("Cities and local authorities"),
    SignatoryCategory.PERSON: _l("People"),
    SignatoryCategory.OTHER: _l("Others"),
}


class ListFormat(Choice):
    """As which file the list is made."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    HTML = "html", "HTML"


@dataclass(frozen=True)
class Entry:
    """A line of the list.

    :param name: as it is printed, word for word as it was given.
    """

    number: int
    name: str
    country: str
    is_late: bool = False


@dataclass(frozen=True)
class Block:
    """The signatories of a category."""

    category: SignatoryCategory
    entries: Sequence[Entry]

    @property
    def heading(self) -> str:
        """Return what all of them are called."""
        return str(HEADINGS[self.category])


@dataclass(frozen=True)
class SignatoryList:
    """All who signed, or all of them who may be named in public.

    :param withheld: how many signed and are not on it.
    :param by_heading: by the headings of whoever keeps the list; empty where it has none.
    """

    blocks: Sequence[Block]
    withheld: int = 0
    by_category: Sequence[tuple[SignatoryCategory, int]] = field(default_factory=list)
    by_country: Sequence[tuple[str, int]] = field(default_factory=list)
    by_heading: Sequence[tuple[str, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many are on it."""
        return sum(len(block.entries) for block in self.blocks)


def list_of(declaration: Declaration, *, is_public: bool) -> SignatoryList:
    """Return the list of those who signed, for whoever asks.

    :param is_public: only those who agreed that their name is published.
    """
    signed = db.session.scalars(queries.on_the_list(declaration)).all()
    named = [each for each in signed if each.may_publish or not is_public]
    blocks = _blocks(named, closes_at(declaration))
    return SignatoryList(
        blocks=blocks,
        withheld=len(signed) - len(named),
        by_category=[(block.category, len(block.entries)) for block in blocks],
        by_country=_counted(
            entry.country or _("Country not stated") for block in blocks for entry in block.entries
        ),
        by_heading=_by_heading(named),
    )


def is_late(signature: Signature, end: datetime | None) -> bool:
    """Tell whether a signature came after the end (R-7.11).

    :param end: until when one signs in time (:func:`crm.declarations.status.closes_at`).
    """
    if end is None:
        return False
    if signature.signed_at is not None:
        return signature.signed_at > end
    if signature.signed_on is None:
        return False
    return signature.signed_on.first_day > (end - timedelta(seconds=1)).astimezone(PARIS).date()


def _blocks(signatures: Sequence[Signature], end: datetime | None) -> list[Block]:
    blocks: list[Block] = []
    number = 0
    for category in ORDER:
        rows = sorted((each for each in signatures if each.category is category), key=_place)
        entries = []
        for each in rows:
            number += 1
            entries.append(Entry(number, each.displayed_name, _country(each), is_late(each, end)))
        if entries:
            blocks.append(Block(category, entries))
    return blocks


def _place(signature: Signature) -> tuple[bool, str, bool, int, str, int]:
    """Order national signatories by country, all by the place they were given, then by name."""
    is_national = signature.category is SignatoryCategory.NATIONAL
    country = sort_key(_country(signature)) if is_national else ""
    has_country = bool(signature.country) or not is_national
    rank = signature.rank
    return (
        not has_country,
        country,
        rank is None,
        rank or 0,
        sort_key(signature.displayed_name, drop_article=True),
        signature.id,
    )


def _country(signature: Signature) -> str:
    return country_name(signature.country, language()) or signature.scope or ""


def _by_heading(signatures: Sequence[Signature]) -> list[tuple[str, int]]:
    if not any(each.listed_under for each in signatures):
        return []
    return _counted(each.listed_under or _("Heading not stated") for each in signatures)


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    counts = Counter(names)
    return sorted(counts.items(), key=lambda pair: (-pair[1], sort_key(pair[0])))
