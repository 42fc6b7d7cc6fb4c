"""What the public page needs of every feature: sections, and facts that name their source.

A feature says in its manifest what it contributes; :mod:`crm.publishing` puts it together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from sqlalchemy import Select

from crm.core.partial_date import PartialDate
from crm.records.models import Record

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


class PublicContext(Protocol):
    """The page that is being made, in one language; facts are read as the whole team may see them.

    Statements run as :data:`crm.core.principal.TEAM`: what is confidential does not exist.
    """

    language: Language
    day: date
    us_id: int | None

    def words(self, record: Record, text: str | None) -> str:
        """Return a free text in the language of the page; where that is missing, note it.

        Empty where there is none, or where the team keeps it for itself: whatever is said with
        it then stays away as well.
        """

    def name(self, record: Record | None) -> str:
        """Return what a record is called in the language of the page; empty for none.

        A meeting or a declaration is named only where it stands on the page itself.
        """


@dataclass(frozen=True)
class PublicLine:
    """One value of a fact.

    :param url: an address outside, where it leads to one.
    """

    text: str
    url: str = ""


@dataclass(frozen=True)
class PublicFact:
    """Something the page says of a record.

    :param key: the same in both languages and from one edition to the next.
    :param source: where it comes from, when the fact has a source of its own; else a source of
        the record must cover it.
    """

    key: str
    label: Any
    lines: Sequence[PublicLine]
    source: str | None = None


@dataclass(frozen=True)
class PublicFacts:
    """What a feature knows of records of some kinds.

    :param build: returns the facts of a record, those it has nothing to say of left out.
    """

    kinds: Sequence[str]
    order: int
    build: Callable[[PublicContext, Any], Sequence[PublicFact]]


@dataclass(frozen=True)
class PublicSection:
    """A section of the page.

    :param key: its code in the list of sections, where the team gives it a heading and a place.
    :param kind: the kind of record that it shows.
    :param records: the records it may show, in their order; only those marked public are.
    :param belongs: tells whether a record belongs to this section on a day.
    :param schema: what a record is in the vocabulary of schema.org.
    :param when: returns the date by which a reader would look for it.
    """

    key: str
    kind: str
    records: Callable[[], Select[Any]]
    schema: str
    belongs: Callable[[Any, date], bool] = lambda record, day: True
    when: Callable[[Any], PartialDate | None] = lambda record: None


def lowered(label: Any) -> str:
    """Return a label as it stands within a line."""
    text = str(label)
    return text[:1].lower() + text[1:]


def with_words(words: str, more: Any) -> str:
    """Return words with more in brackets; nothing where the words are kept inside."""
    said = [str(each) for each in more if each]
    return f"{words} ({', '.join(said)})" if words and said else words


def fact(key: str, label: Any, *texts: Any, source: str | None = None) -> PublicFact:
    """Return a fact from its texts; empty ones are left out."""
    return PublicFact(key, label, [PublicLine(str(text)) for text in texts if text], source)
