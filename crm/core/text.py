"""Text as people type it: folded for search, cut down for addresses, cleaned for storage."""

import re
import unicodedata

from anyascii import anyascii

APOSTROPHES = (
    "'\u2019\u2018\u201b\u02bc\u02bb\u02bd\u02be\u02bf\u02c8\u2032\u2035`\u00b4\u02b9\uff07"
)
"""What stands for an apostrophe on one keyboard or another."""

_ARTICLES = frozenset({"le", "la", "les", "the"})
_WORD_CHARACTER = re.compile(r"[a-z0-9]+")

# No control characters, no lone surrogates, no byte-order mark or non-characters (databases and
# XML refuse them), and nothing that turns the order of the surrounding text round.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\n]{2,}|[\t\n]")


class _FoldTable(dict[int, str]):
    """What each character is in folded text, worked out when it is first met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        category = unicodedata.category(character)
        if category in {"Cn", "Co", "Cs"}:
            return " "  # Not kept: there are a million of them.
        self[point] = folded = _fold_character(character, category)
        return folded


def _fold_character(character: str, category: str) -> str:
    if category == "Cf":
        return ""  # A soft hyphen or a joiner does not part a word.
    if character in APOSTROPHES or category[0] in "CPSZ":
        return " "
    # The transliteration of a soft sign or an ayin is an apostrophe, which must not part a word.
    return "".join(_WORD_CHARACTER.findall(anyascii(character).casefold()))


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Return the text as search compares it: words of a-z and 0-9 with single spaces between.

    Case, accents, script, punctuation and the kind of apostrophe or hyphen make no difference.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.translate(_FOLD).split())


_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "å": "aa"}
)
_COLLAPSED = re.compile("([aou])e")
_GREEK_OU = re.compile("[οό][υύ]", re.IGNORECASE)
"""One sound, which people write so; letter by letter it would be “oy”."""
_INSIDE = re.compile(rf"(?<=\w)[{APOSTROPHES}\-\u2010-\u2015.](?=\w)")


def spellings(text: str) -> list[str]:
    """Return the text folded, and the other ways in which people write the same.

    “Müller” is also mueller, “Mueller” muller, “N’Diaye” and “Saint-Denis” are one word as well.
    """
    composed = unicodedata.normalize("NFC", text)
    plain = fold(composed)
    written = [
        plain,
        fold(_GREEK_OU.sub("ou", composed.translate(_UMLAUTS))),
        _COLLAPSED.sub(r"\1", plain),
        fold(_INSIDE.sub("", composed)),
    ]
    return [each for each in dict.fromkeys(written) if each]


_LEGAL_FORMS = frozenset(
    {
        *("aisbl", "aps", "asbl", "bv", "ggmbh", "gmbh", "inc", "llc", "ltd", "nv", "onlus"),
        *("plc", "sarl", "sas", "scop", "stichting", "ug", "vzw"),
    }
)
_SPELT_OUT = re.compile(r"\b(?:e\.\s?v|s\.\s?a|a\.\s?s\.\s?b\.\s?l)\b\.?", re.IGNORECASE)


def searched(text: str) -> list[str]:
    """Return the words of a search: what an organisation is in law is left out beside others."""
    every = tokens(text)
    kept = [word for word in tokens(_SPELT_OUT.sub(" ", text)) if word not in _LEGAL_FORMS]
    return kept or every


def tokens(text: str) -> list[str]:
    """Return the words of the text as search knows them, in order."""
    return fold(text).split()


def sort_key(text: str, *, drop_article: bool = False) -> str:
    """Return the text as lists sort it.

    :param drop_article: sort “Les Amis” and “The Friends” by their second word, as lists of
        organisations do.
    """
    folded = fold(text)
    if drop_article:
        first, _space, rest = folded.partition(" ")
        # Only an apostrophe makes an article of “l”: “L Street” starts with an L.
        elided = first == "l" and text.lstrip()[1:2] in APOSTROPHES
        if rest and (elided or first in _ARTICLES):
            return rest
    return folded


def slug(text: str, limit: int = 60) -> str:
    """Return the text as part of an address, cut between words where that is possible."""
    words = "-".join(tokens(text))
    if len(words) <= limit:
        return words
    cut = words[: limit + 1].rpartition("-")[0]
    return cut or words[:limit]


def capitalised(text: str) -> str:
    """Return words as they begin a line: French names of languages and months are small."""
    return text[:1].upper() + text[1:]


def clean_line(text: str) -> str:
    """Return what was typed in one line, fit to be stored."""
    return _SPACES.sub(" ", clean_text(text))


def clean_text(text: str) -> str:
    """Return what was typed, fit to be stored: composed, and rid of unseen characters."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _UNWANTED.sub("", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip()
