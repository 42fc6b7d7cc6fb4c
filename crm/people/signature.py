"""Reads the signature below a mail: who it is, where they work and how they are reached.

Rules on lines, in French, English, German and Italian. Nothing here touches the database, and
nothing that is read is more than a proposal.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import clean_text, fold
from crm.documents.vcard import MOBILE, Card, Phone
from crm.people import vocabulary as words

phonenumbers = LoadedWhenUsed("phonenumbers")

MOST_CHARACTERS = 20_000
MOST_LINES = 200
LONGEST_LINE = 300
LONGEST_NAME = 60

_MAIL = re.compile(r"[\w.+'’-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SITE = re.compile(r"(?:https?://|www\.)[^\s<>|,;·]+|\b(?:[\w-]+\.){1,5}(?:[a-z]{2,12})\b(?:/\S*)?")
_PHONE = re.compile(r"(?<![\w@])(?:\+|00)?\(?\d[\d\s().\-/–]{5,30}\d(?![\w@])")
_EXTENSION = re.compile(
    r"\s*(?:\(|,)?\s*\b(?:poste|ext|int|dw|durchwahl|extension|interno)\b\.?\s*\d{1,6}\)?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W*(?:e-?mail|courriel|mail|mél|pec|t|tel|tél|téléphone|telephone|telefon|telefono|phone|ph"
    r"|fon|fixe|standard|direct|ligne directe|ddi|office|büro|bureau|m|mob|mobil|mobile|port"
    r"|portable|cell|cellulare|handy|whatsapp|signal|fax|telefax|télécopie|w|web|internet|site|e"
    r"|secrétariat|sekretariat)\b[\s.:/()]*(?:\([^)]*\))?[\s.:]*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[|•·✉☎🌐]\s*|\s+[–—-]+\s+|\s+/\s+|\t+|\s{3,}")
_SHOWN = re.compile(r"\[(?:cid|logo|image|photo)[^\]]*\]|<(?:mailto:|https?:)[^>]*>", re.IGNORECASE)
_PRONOUNS = re.compile(
    r"\(?\b(?:she/her|he/him|they/them|elle|il|iel|er/ihm|sie/ihr|lui|lei)(?:/\w+)*\)",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"\s*\(([A-ZÀ-Ý][\w&.-]{1,11})\)\s*$")


def read(text: str) -> Card:
    """Read a signature.

    :raises InvalidValue: at ``text``, when it is empty, far too long, or says nothing of anybody.
    """
    if not text.strip():
        raise InvalidValue("text", _("Paste a signature, or choose a card"))
    if len(text) > MOST_CHARACTERS:
        raise InvalidValue(
            "text", _("This is longer than a signature. Paste only the lines below the mail")
        )
    lines = _signature_lines(text)
    draft = _Draft()
    region = _region(lines)
    for line in lines:
        draft.rest.append(_without_contacts(line, draft, region))
    _read_words(draft)
    if not (draft.name or draft.emails or draft.phones):
        raise InvalidValue("text", _("Nobody was found in this text. Add the person by hand"))
    return _card(draft)


def domains(card: Card) -> list[str]:
    """Return the domains under which somebody is reached, without ``www``."""
    addresses = [*card.emails, *card.websites]
    return list(dict.fromkeys(host for each in addresses for host in hosts_of(each)))


def hosts_of(address: str) -> list[str]:
    """Return the domain of a mail or web address, or nothing."""
    _local, at, domain = address.rpartition("@")
    host = domain if at else re.sub(r"^https?://", "", address, flags=re.IGNORECASE)
    host = host.partition("/")[0].strip().casefold().removeprefix("www.")
    return [host] if host else []


@dataclass
class _Draft:
    """What has been found so far."""

    emails: list[str] = field(default_factory=list)
    phones: dict[str, Phone] = field(default_factory=dict)
    websites: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    name: str = ""
    honorific: str = ""
    title: str = ""
    organisation: str = ""
    department: str = ""


# Which lines


def _signature_lines(text: str) -> list[str]:
    """Return the lines of the signature alone, without greeting, warning and adverts."""
    cleaned = clean_text(text).replace("\u00a0", " ").replace("\u202f", " ")
    lines = [_SHOWN.sub(" ", line)[:LONGEST_LINE].strip() for line in cleaned.split("\n")]
    lines = [line for line in lines[:MOST_LINES] if not line.startswith(">")]
    lines = _after(lines, lambda line: line in ("--", "-- ", "—", "__"))
    lines = _after(lines, _is_greeting)
    return [line for line in _before_caution(lines) if line and not _is_noise(line)]


def _after(lines: Sequence[str], is_border: Callable[[str], bool]) -> list[str]:
    """Return what follows the last border, where that is enough to say who it is."""
    for place in range(len(lines) - 1, -1, -1):
        if is_border(lines[place]):
            below = [line for line in lines[place + 1 :] if line]
            if len(below) > 1 or any("@" in line for line in below):
                return below
    return [line for line in lines if not _is_greeting(line)]


def _is_greeting(line: str) -> bool:
    folded = fold(line)
    found = words.GREETING.match(folded)
    return bool(found) and "@" not in line and len(folded.split()) <= 8


def _before_caution(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if words.CAUTION.match(fold(line)):
            return
        yield line


def _is_noise(line: str) -> bool:
    if "@" in line and _MAIL.search(line):
        return False
    folded = fold(line)
    return not folded or words.NOISE.match(folded) is not None


# Addresses and numbers


def _without_contacts(line: str, draft: _Draft, region: str) -> str:
    """Take addresses and numbers out of a line and return what is left of it."""
    for mail in _MAIL.findall(line):
        address = mail.strip(".'’")
        if address.casefold() not in {each.casefold() for each in draft.emails}:
            draft.emails.append(address)
    line = _MAIL.sub(" | ", line)
    line = _without_phones(line, draft, region)
    for found in _SITE.finditer(line):
        if _is_site(found[0]):
            draft.websites.append(found[0].rstrip(".)"))
            line = line.replace(found[0], " | ")
    return line


def _is_site(text: str) -> bool:
    if text.casefold().startswith(("http", "www.")):
        return True
    host = text.partition("/")[0]
    return host == host.casefold() and host.count(".") >= 1 and len(host.rpartition(".")[0]) > 3


def _without_phones(line: str, draft: _Draft, region: str) -> str:
    line = _EXTENSION.sub(" ", line)
    before = 0
    for found in _PHONE.finditer(line):
        label = line[before : found.start()]
        before = found.end()
        is_said = _LABEL.match(label) is not None
        numbers = list(_numbers(found[0], region, is_said=is_said))
        if not numbers:
            continue
        line = line.replace(found[0], " | " + " " * max(0, len(found[0]) - 3), 1)
        if words.FAX.search(label):
            continue
        usage = MOBILE if words.MOBILE.search(label) else ""
        for number in numbers:
            draft.phones.setdefault(number, Phone(number, usage))
    return line


def _numbers(text: str, region: str, *, is_said: bool) -> Iterator[str]:
    """Yield the numbers that a run of digits holds: one, or several with dashes between.

    :param is_said: a word before it says that it is a number.
    """
    whole = _number(text, region) if is_said or text.lstrip(" (").startswith(("+", "0")) else None
    if whole:
        yield whole
        return
    for part in re.split(r"\s+[/–-]\s+", text):
        if part != text and part.startswith(("+", "0")) and (number := _number(part, region)):
            yield number


def _number(text: str, region: str) -> str | None:
    """Return a number as it is dialled from anywhere; None when it is none."""
    cleaned = re.sub(r"\(\s*0\s*\)", "", text) if text.lstrip().startswith(("+", "00")) else text
    try:
        parsed = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    written: str = phonenumbers.format_number(parsed, international)
    return written


_LANDS = {"de": "DE", "at": "AT", "ch": "CH", "it": "IT", "be": "BE", "uk": "GB", "fr": "FR"}
_MARKS = (
    (re.compile(r"\b(?:CH-?\d{4})\b"), "CH"),
    (re.compile(r"\b(?:B-?\d{4})\b"), "BE"),
    (re.compile(r"\bA-?\d{4}\b|Österreich|Wien\b"), "AT"),
    (re.compile(r"\bD-?\d{5}\b|stra(?:ß|ss)e\b|\b(?:e\.V\.|Mobil:|Fon\b|Referent|GmbH)"), "DE"),
    (re.compile(r"\b(?:Referat|Amt|Verein|Stadt|für|Abteilung|Stiftung|von meinem)\b"), "DE"),
    (re.compile(r"\bI-?\d{5}\b|\b(?:Via|Piazza|Viale|Cell|Telefono|Corso)\b"), "IT"),
    (re.compile(r"\b(?:della?|degli|dei|per|di)\b(?=.*[oaei]$)"), "IT"),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\bLondon\b|Registered in England"), "GB"),
)


def _region(lines: Sequence[str]) -> str:
    """Return the country whose numbers are written without its code; France when nothing tells."""
    text = "\n".join(lines)
    for top in re.findall(r"\.([a-z]{2})\b", text):
        if top in _LANDS:
            return _LANDS[top]
    for mark, region in _MARKS:
        if any(mark.search(line) for line in lines):
            return region
    abroad = re.search(r"(?:\+|\b00)[1-9][\d\s().-]{6,}", text)
    if abroad:
        try:
            number = phonenumbers.parse(abroad[0], None)
        except phonenumbers.NumberParseException:
            return "FR"
        return phonenumbers.region_code_for_number(number) or "FR"
    return "FR"


# Words


@dataclass
class _Piece:
    """A part of a line between separators."""

    text: str
    line: int

    def __post_init__(self) -> None:
        self.folded = fold(self.text)
        self.is_title = words.TITLES.search(self.folded) is not None
        self.is_body = words.ORGANISATIONS.search(self.folded) is not None
        self.is_unit = words.DEPARTMENTS.match(self.folded) is not None


def _read_words(draft: _Draft) -> None:
    """Tell name, title, department, organisation and address apart."""
    pieces = []
    for place, line in enumerate(draft.rest):
        for piece in _pieces(line, place):
            if words.is_address(piece.folded):
                draft.addresses.append(piece.text)
            else:
                pieces.append(piece)
    named = _take_name(draft, pieces)
    later = [piece for piece in pieces if piece is not named and _is_other(piece, draft.name)]
    body = _organisation(draft, later)
    if body is not None:
        later.remove(body)
        draft.organisation = _ACRONYM.sub("", body.text).strip(" -–—,")
    for piece in later:
        if piece.is_unit and not draft.department:
            draft.department = piece.text
        elif (piece.is_title or (named is not None and piece.line <= named.line + 1)) and (
            not draft.title and not piece.is_unit and not piece.text.isupper()
        ):
            draft.title = piece.text


def _pieces(line: str, place: int) -> Iterator[_Piece]:
    line = _PRONOUNS.sub(" ", line)
    for part in _BETWEEN.split(line):
        text = (
            part.strip(' ,;:–—-*_<>()[]"')
            if part.count("(") != part.count(")")
            else part.strip(' ,;:–—-*_<>[]"')
        )
        if text and not _LABEL.match(text) and any(each.isalpha() for each in text):
            yield from _parted_by_comma(_Piece(text, place))


def _parted_by_comma(piece: _Piece) -> Iterator[_Piece]:
    """Yield “Name, title” and “Title, organisation” as two pieces, and all else as it is."""
    before, comma, after = piece.text.partition(", ")
    if comma and not words.is_address(piece.folded):
        first, second = _Piece(before, piece.line), _Piece(after, piece.line)
        is_named = _name_score(first, (), piece.line) > 0 and second.is_title
        if is_named or (first.is_title and second.is_body and not first.is_body):
            yield from (first, *_parted_by_comma(second)) if is_named else (first, second)
            return
    yield piece


def _is_other(piece: _Piece, name: str) -> bool:
    """Tell whether a piece is more than the name, said again below a greeting."""
    folded = fold(name)
    return piece.folded not in (folded, folded.partition(" ")[0]) and not (
        folded and piece.folded.endswith(folded)
    )


def _take_name(draft: _Draft, pieces: Sequence[_Piece]) -> _Piece | None:
    scored = [
        (_name_score(piece, draft.emails, piece.line), -place, piece)
        for place, piece in enumerate(pieces)
    ]
    best = max(scored, key=lambda each: each[:2], default=(0.0, 0, None))
    if best[0] <= 0 or best[2] is None:
        return None
    draft.honorific, draft.name = _bare_name(best[2].text)
    return best[2]


def _name_score(piece: _Piece, emails: Sequence[str], line: int) -> float:
    """Return how much a piece looks like a name; nothing or less when it is none."""
    honorific, name = _bare_name(piece.text)
    parts = name.split()
    if not 2 <= len(parts) <= 6 or len(name) > LONGEST_NAME or any(c.isdigit() for c in name):
        return 0
    if not all(_is_name_word(part) for part in parts):
        return 0
    score = 3.0 - 0.3 * min(line, 8) + (2 if honorific else 0)
    score -= 3 * piece.is_title + 3 * piece.is_body + 2 * piece.is_unit
    return score + 4 * _likeness_to_mail(parts, emails)


def _is_name_word(word: str) -> bool:
    bare = word.strip(".,’'")
    if fold(bare) in words.PARTICLES:
        return True
    return bare[:1].isupper() and all(each.isalpha() or each in "'’-." for each in word)


def _likeness_to_mail(parts: Sequence[str], emails: Sequence[str]) -> float:
    """Return from 0 to 1 how much the name stands before the @ of one of the addresses."""
    plain = [fold(part).replace(" ", "") for part in parts]
    ways = {"".join(plain), plain[-1], plain[0], plain[0][:1] + "".join(plain[1:])}
    best = 0.0
    for mail in emails:
        local = fold(mail.partition("@")[0]).replace(" ", "")
        ratios = [SequenceMatcher(None, way, local).ratio() for way in ways if way]
        contained = any(len(part) > 2 and part in local for part in plain)
        best = max([best, *ratios, 0.7 if contained else 0])
    return best if best >= 0.6 else 0


def _bare_name(text: str) -> tuple[str, str]:
    """Return the form of address and the name without it, nor degrees behind it."""
    text = words.BEFORE_NAMES.sub("", text)
    first, _comma, after = text.partition(",")
    if not _comma or all(fold(each).replace(" ", "") in words.SUFFIXES for each in after.split()):
        text = first
    found: list[str] = []
    parts = text.split()
    while len(parts) > 1 and _is_honorific(parts[0]):
        found.append(parts.pop(0))
    while len(parts) > 2 and fold(parts[-1]).replace(" ", "") in words.SUFFIXES:
        parts.pop()
    return " ".join(found), _ACRONYM.sub("", " ".join(parts))


def _is_honorific(word: str) -> bool:
    return fold(word).replace(" ", "") in words.HONORIFICS and (
        len(fold(word)) > 1 or word in ("M.", "M")
    )


def _organisation(draft: _Draft, pieces: Sequence[_Piece]) -> _Piece | None:
    hosts = " ".join(domains(Card(emails=draft.emails, websites=draft.websites)))
    scored = [(_body_score(piece, hosts), -place, piece) for place, piece in enumerate(pieces)]
    best = max(scored, key=lambda each: each[:2], default=(0.0, 0, None))
    return best[2] if best[0] > 1 else None


def _body_score(piece: _Piece, hosts: str) -> float:
    """Return how much a piece looks like the name of an organisation."""
    long = [word for word in piece.folded.split() if len(word) > 2]
    if not long or len(piece.text) > 150:
        return 0
    spelled = fold(hosts).replace(" ", "")
    in_host = sum(len(word) > 3 and word in spelled for word in long)
    initials = "".join(word[0] for word in piece.folded.split() if word not in words.PARTICLES)
    score = 1.5 * piece.is_body + min(in_host, 2) * 1.5
    score += 1.5 * (len(initials) > 2 and initials in re.split(r"[.\s-]", hosts))
    score += 0.6 * (piece.text.isupper() and len(piece.text) > 5)
    score -= 1.6 * piece.is_title + 1.8 * piece.is_unit
    return score + 0.3 * piece.text[:1].isupper() + 0.3 * (len(long) > 1) + 0.2


# The card


def _card(draft: _Draft) -> Card:
    given, family = split_name(draft.name)
    return Card(
        name=" ".join(filter(None, (given, family))),
        given_name=given,
        family_name=family,
        form_of_address=draft.honorific,
        title=draft.title,
        department=draft.department,
        organisation=draft.organisation,
        emails=draft.emails,
        phones=list(draft.phones.values()),
        websites=list(dict.fromkeys(draft.websites)),
        addresses=[", ".join(draft.addresses)] if draft.addresses else [],
    )


def split_name(name: str) -> tuple[str, str]:
    """Return the given and the family name, in small letters behind the first.

    The family name is what stands in capitals, else what begins with a particle, else one word.
    """
    parts = name.split()
    if len(parts) < 2:
        return "", _in_small_letters(name)
    shouted = [place for place, part in enumerate(parts) if _is_shouted(part)]
    first = len(parts) - 1
    if shouted and len(shouted) < len(parts):
        first = shouted[0] or shouted[-1] + 1  # The family name may come first: “TEST Ada”.
        if shouted[0] == 0:
            return _join(parts[first:]), _join(parts[:first])
    elif fold(parts[-1]) in ("jr", "sr", "ii", "iii") and len(parts) > 2:
        first = len(parts) - 2
    while first > 1 and fold(parts[first - 1]) in words.PARTICLES:
        first -= 1
    return _join(parts[:first]), _join(parts[first:])


def _is_shouted(part: str) -> bool:
    letters = [each for each in part if each.isalpha()]
    return len(letters) > 1 and part.isupper()


def _join(parts: Iterable[str]) -> str:
    return " ".join(_in_small_letters(part) for part in parts)


def _in_small_letters(word: str) -> str:
    if not _is_shouted(word):
        return word
    return "".join(each.capitalize() for each in re.split(r"(['’-]|\s)", word))
