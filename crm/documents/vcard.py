"""Cards of people as files: vCard 2.1, 3.0 and 4.0 in, 4.0 out (RFC 6350).

The library that decodes lines takes longer to load than most of a start, and most starts read no
card. Which lines reach it, and how long they are, is decided here: a card may hold a photo of any
size, and none is ever kept in memory.
"""

import importlib
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.text import clean_line, clean_text

MEDIA_TYPE = "text/vcard"
PRODUCT = "-//Passerelle//Passerelle//FR"

MOST_BYTES = 60 * 1024 * 1024
MOST_CARDS = 200
MOST_LINES = 500
"""Of one card; what comes after them is no longer read."""
LONGEST_LINE = 8_192
MOST_VALUES = 20

MOBILE, FAX, HOME = "mobile", "fax", "home"


class Phone(NamedTuple):
    """A telephone number.

    :param usage: ``mobile``, or nothing.
    """

    number: str
    usage: str = ""


@dataclass(frozen=True)
class Card:
    """What a card, or a signature, says of somebody at work.

    :param country: the code of the country, where it is stated.
    :param languages: names or codes of languages.
    :param uid: names the card for good, as ``urn:uuid:…``.
    """

    name: str = ""
    given_name: str = ""
    family_name: str = ""
    form_of_address: str = ""
    title: str = ""
    department: str = ""
    organisation: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[Phone] = ()
    websites: Sequence[str] = ()
    addresses: Sequence[str] = ()
    languages: Sequence[str] = ()
    country: str = ""
    uid: str = ""
    modified: datetime | None = None

    @property
    def says_who(self) -> bool:
        """Tell whether anybody could be recognised by it."""
        return bool(self.name or self.emails or self.phones)


# Reading


@dataclass(frozen=True)
class Line:
    """A property of a card, decoded."""

    name: str
    kinds: frozenset[str]
    value: str


@dataclass
class _Draft:
    """The lines of a card, until its end is read."""

    lines: list[Line] = field(default_factory=list)

    def of(self, name: str) -> list[Line]:
        """Return the lines of a property, those of the house and of fax machines left out.

        What is private is taken only where a card says nothing else: many programs mark all they
        write as private.
        """
        found = [line for line in self.lines if line.name == name and FAX not in line.kinds]
        at_work = [line for line in found if HOME not in line.kinds]
        return (at_work or found)[:MOST_VALUES]

    def first(self, *names: str) -> str:
        """Return the first value there is of these properties."""
        values = (clean_line(line.value) for name in names for line in self.of(name))
        return next((value for value in values if value), "")


def is_card(text: str) -> bool:
    """Tell whether a pasted text is a card."""
    return "BEGIN:VCARD" in text[:2_000].upper()


def read(stream: BinaryIO, field: str = "upload") -> list[Card]:
    """Read the cards of a file, without its photos, sounds and keys.

    :raises InvalidValue: at the field, when there is no card in it, or far too many.
    """
    cards: list[Card] = []
    has_begun = False
    for draft in _drafts(_decoded(_unfolded(_physical_lines(stream, field)))):
        has_begun = True
        card = _card(draft)
        if card.says_who:
            cards.append(card)
        if len(cards) > MOST_CARDS:
            raise InvalidValue(
                field,
                _("This file holds more than %(most)d cards. Choose another", most=MOST_CARDS),
            )
    if cards:
        return cards
    if has_begun:
        raise InvalidValue(
            field, _("Nobody is named on this card. Choose another, or paste the signature")
        )
    raise InvalidValue(
        field, _("This file is no vCard. Choose a .vcf file, or paste the signature")
    )


def _physical_lines(stream: BinaryIO, field: str) -> Iterator[bytes]:
    """Yield the lines of a file, each cut at its limit, never holding more than that."""
    total = 0
    is_inside = False
    while chunk := stream.readline(LONGEST_LINE):
        total += len(chunk)
        if total > MOST_BYTES:
            raise InvalidValue(
                field, _("This file is larger than 60 MB. Save the card without its photo")
            )
        if not is_inside:
            yield from chunk.rstrip(b"\r\n").split(b"\r")  # Some old programs end lines so.
        is_inside = not chunk.endswith(b"\n")


_DROPPED = re.compile(
    rb"(?:[a-z0-9-]+\.)?(?:photo|logo|sound|key|note|bday|anniversary|gender|related"
    rb"|x-abrelatednames|x-ms-cardpicture|x-evolution-[a-z-]+)[;:]",
    re.IGNORECASE,
)
"""Pictures, and what is nobody's business at work."""

_QUOTED = re.compile(rb"[^:]*quoted-printable[^:]*:", re.IGNORECASE)
_PROPERTY = re.compile(rb"(?:[A-Za-z0-9-]+\.)?[A-Za-z][A-Za-z0-9_-]*[;:]")


def _unfolded(physical: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines of properties, joined over the places where they were folded."""
    current, is_dropped = b"", False
    for line in physical:
        text = line.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")  # UTF-16 of plain letters.
        is_folded = text[:1] in (b" ", b"\t")
        is_soft = current.endswith(b"=") and _QUOTED.match(current) is not None
        if is_dropped and (is_folded or not _PROPERTY.match(text)):
            continue
        if is_soft or (is_folded and current):
            kept = current[:-1] if is_soft else current
            current = (kept + (text.lstrip() if is_soft else text[1:]))[:LONGEST_LINE]
            continue
        if current:
            yield current
        is_dropped = _DROPPED.match(text) is not None
        current = b"" if is_dropped else text.lstrip()  # A space at the end may be of a fold.
    if current:
        yield current


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield line.decode("cp1252", "replace")


def _drafts(lines: Iterable[str]) -> Iterator[_Draft]:
    """Yield the cards one by one; one that does not end, ends where the next begins."""
    draft: _Draft | None = None
    for line in lines:
        marker = line.replace(" ", "").upper()
        if marker in ("BEGIN:VCARD", "END:VCARD"):
            if draft is not None:
                yield draft
            draft = _Draft() if marker == "BEGIN:VCARD" else None
        elif draft is not None and len(draft.lines) < MOST_LINES:
            read_line = _line(line)
            if read_line is not None:
                draft.lines.append(read_line)
    if draft is not None:
        yield draft


def _line(text: str) -> Line | None:
    """Return the property a line says; None when it cannot be read.

    The library takes lines to pieces by expressions that a line made for it keeps busy for hours.
    """
    head, value = _parted(text, ":")
    name, *rest = _split(head, ";")
    params = [_parameter(each) for each in rest]
    try:
        found = _library("base").ContentLine(name.rpartition(".")[2], params, value, encoded=True)
    except (ValueError, LookupError, TypeError):  # A value that is not in its character set.
        return None
    given = [*found.singletonparams, *found.params.get("TYPE", ())]
    kinds = {kind.strip().casefold() for each in given for kind in each.split(",")}
    if kinds & {"cell", "pcs"}:
        kinds.add(MOBILE)
    return Line(found.name, frozenset(kinds), found.value)


def _split(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators that stand outside quotation marks."""
    parts: list[str] = []
    for each in text.split(separator):
        if parts and parts[-1].count('"') % 2:
            parts[-1] += separator + each
        else:
            parts.append(each)
    return parts


def _parted(text: str, separator: str) -> tuple[str, str]:
    """Return what is before and after the first separator outside quotation marks."""
    is_quoted = False
    for place, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            return text[:place], text[place + 1 :]
    return text, ""


def _parameter(text: str) -> list[str]:
    """Return a parameter as its name and values, or as one word."""
    name, equals, values = text.partition("=")
    if not equals:
        return [name.upper()]
    is_code = name.upper() in ("ENCODING", "CHARSET")
    cleaned = [each.strip().strip('"') for each in _split(values, ",")]
    return [name, *(each.upper() if is_code else each for each in cleaned)]


def _library(name: str) -> Any:
    logging.getLogger("vobject").disabled = True  # Its messages quote what stands on cards.
    logging.getLogger("vobject.base").disabled = True
    return importlib.import_module(f"vobject.{name}")


def _fields(value: str) -> list[str]:
    """Return the parts of a value that semicolons separate."""
    whole = value[:-1] if _ends_escaped(value) else value
    parts = _library("vcard").splitFields(whole)
    return [clean_text(part if isinstance(part, str) else ", ".join(part)) for part in parts]


def _plain(value: str) -> str:
    """Return a value that is one text, rid of its escapes."""
    return ";".join(_fields(value.replace(";", r"\;") if r"\;" not in value else value))


def _ends_escaped(value: str) -> bool:
    return (len(value) - len(value.rstrip("\\"))) % 2 == 1


def _card(draft: _Draft) -> Card:
    if draft.first("KIND", "X-ADDRESSBOOKSERVER-KIND").casefold() in ("group", "org", "location"):
        return Card()
    family, given, more, prefix, _suffix = (_padded(draft.first("N"), 5))[:5]
    name = clean_line(_plain(draft.first("FN"))) or " ".join(filter(None, (given, more, family)))
    organisation, *departments = _padded(draft.first("ORG"), 1)
    if name and name == organisation and not (given or family):
        return Card()  # The card of an organisation.
    card = Card(
        name=_without(prefix, name),
        given_name=" ".join(filter(None, (given, more))),
        family_name=family,
        form_of_address=prefix,
        title=clean_line(_plain(draft.first("TITLE", "ROLE"))),
        department=", ".join(filter(None, departments)),
        organisation=organisation,
        emails=_once(_plain(line.value).removeprefix("mailto:") for line in draft.of("EMAIL")),
        websites=_once(_plain(line.value) for line in draft.of("URL")),
        languages=_once(line.value for line in draft.of("LANG")),
    )
    return _with_places(replace(card, phones=_phones(draft)), draft)


def _padded(value: str, count: int) -> list[str]:
    parts = [clean_line(part) for part in _fields(value)]
    return parts + [""] * (count - len(parts))


def _without(prefix: str, name: str) -> str:
    return name.removeprefix(prefix).strip() or name if prefix else name


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (clean_line(value) for value in values))))


def _phones(draft: _Draft) -> list[Phone]:
    found: dict[str, Phone] = {}
    for line in draft.of("TEL"):
        number = clean_line(_plain(line.value)).removeprefix("tel:").partition(";")[0]
        if number:
            found.setdefault(number, Phone(number, MOBILE if MOBILE in line.kinds else ""))
    return list(found.values())


def _with_places(card: Card, draft: _Draft) -> Card:
    addresses, country = [], ""
    for line in draft.of("ADR"):
        box, extended, street, city, region, code, land = _padded(line.value, 7)[:7]
        town = " ".join(filter(None, (code, city)))
        parts = [box, extended, street, town, region, land]
        addresses.append(", ".join(filter(None, parts)))
        country = country or land
    return replace(card, addresses=_once(addresses), country=country)


# Writing


def write(cards: Iterable[Card]) -> Iterator[bytes]:
    """Yield cards as a file of version 4.0, one by one."""
    for card in cards:
        yield b"".join(_folded(line) for line in _content(card))


def _content(card: Card) -> Iterator[str]:
    yield from ("BEGIN:VCARD", "VERSION:4.0", f"PRODID:{PRODUCT}")
    if card.uid:
        yield f"UID:{card.uid}"
    if card.modified:
        yield f"REV:{card.modified.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"FN:{_escaped(card.name)}"
    named = (card.family_name, card.given_name, "", card.form_of_address, "")
    yield f"N:{';'.join(_escaped(part) for part in named)}"
    if card.organisation:
        units = filter(None, (card.organisation, card.department))
        yield f"ORG:{';'.join(_escaped(unit) for unit in units)}"
    if card.title:
        yield f"TITLE:{_escaped(card.title)}"
    yield from (f"EMAIL;TYPE=work:{_escaped(mail)}" for mail in card.emails)
    for phone in card.phones:
        yield f"TEL;TYPE={'cell' if phone.usage == MOBILE else 'work'}:{_escaped(phone.number)}"
    yield from (f"URL:{_escaped(address)}" for address in card.websites)
    yield from (f"ADR;TYPE=work:;;{_escaped(place)};;;;" for place in card.addresses)
    yield from (f"LANG:{_escaped(language)}" for language in card.languages)
    yield "END:VCARD"


def _escaped(text: str) -> str:
    cleaned = clean_text(text).replace("\\", r"\\").replace(",", r"\,").replace(";", r"\;")
    return cleaned.replace("\n", r"\n")


def _folded(line: str, most: int = 75) -> bytes:
    """Return a line in pieces of at most 75 octets, never cut within a character."""
    encoded = line.encode("utf-8", "ignore")
    cuts = [0]
    while len(encoded) - cuts[-1] > (room := most - (len(cuts) > 1)):
        cut = cuts[-1] + room
        while encoded[cut] & 0xC0 == 0x80:  # The middle of a character.
            cut -= 1
        cuts.append(cut)
    pieces = [encoded[start:end] for start, end in pairwise([*cuts, len(encoded)])]
    return b"\r\n ".join(pieces) + b"\r\n"
