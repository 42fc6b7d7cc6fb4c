"""What a cell of a list says of where somebody is: a country, a scope such as Europe."""

from functools import cache

from babel import Locale
from babel.core import get_global

from crm.core.countries import UNION, country_names
from crm.core.text import fold
from crm.people.proposals import country_code

LONGEST = 100
"""No country has a longer name."""

_LOCALES = ("fr", "en")
_SMALL_WORDS = frozenset({"the", "and", "et", "und", "e"})
_FORMS = ("republic of", "republique de", "republique d", "kingdom of", "royaume de", "state of")

# What countries are called besides the names of CLDR and ISO 3166, folded.
_OTHER_NAMES = {
    "BA": ("bosnia", "bosnie"),
    "BO": ("plurinational state of bolivia",),
    "CD": (
        "democratic republic of congo", "democratic republic of the congo", "drc", "rdc",
        "dr congo", "rd congo", "congo kinshasa", "congo democratic republic of the",
        "congo the democratic republic of the", "republique democratique du congo",
    ),
    "CG": ("congo", "congo brazzaville", "republique du congo"),
    "CI": ("ivory coast", "cote d ivoire"),
    "CN": ("people s republic of china", "republique populaire de chine"),
    "CV": ("cape verde", "cabo verde"),
    "CZ": ("czech republic", "czechia", "republique tcheque", "tchequie"),
    "GB": (
        "great britain", "grande bretagne", "england", "angleterre", "scotland", "ecosse", "wales",
        "pays de galles", "northern ireland", "irlande du nord",
        "united kingdom of great britain and northern ireland",
    ),
    "HK": ("hong kong",),
    "IE": ("eire",),
    "IR": ("islamic republic of iran", "iran islamic republic of"),
    "KP": (
        "north korea", "coree du nord", "democratic people s republic of korea",
        "korea democratic people s republic of",
    ),
    "KR": ("south korea", "coree du sud", "korea", "coree", "korea republic of"),
    "LA": ("lao pdr", "lao people s democratic republic"),
    "MD": ("moldavia", "moldavie"),
    "MK": (
        "macedonia", "macedoine", "fyrom", "fyr macedonia",
        "former yugoslav republic of macedonia", "ancienne republique yougoslave de macedoine",
    ),
    "MM": ("burma", "birmanie"),
    "MO": ("macao", "macau"),
    "NL": ("holland", "hollande"),
    "PS": (
        "palestine", "occupied palestinian territory", "occupied palestinian territories",
        "palestinian territory", "territoires palestiniens occupes",
        "territoire palestinien occupe",
    ),
    "RU": ("russian federation", "federation de russie"),
    "SK": ("slovak republic", "republique slovaque"),
    "SY": ("syrian arab republic", "republique arabe syrienne"),
    "SZ": ("swaziland",),
    "TL": ("east timor", "timor leste", "timor oriental"),
    "TR": ("turkey", "turquie", "turkiye"),
    "TW": ("republic of china", "chinese taipei"),
    "TZ": ("united republic of tanzania", "tanzania united republic of"),
    "US": ("usa", "united states of america", "etats unis d amerique"),
    "VA": ("vatican", "holy see", "saint siege", "vatican city"),
    "VE": ("bolivarian republic of venezuela",),
    "VN": ("viet nam",),
    "XK": ("kosovo",),
}  # fmt: skip

_SCOPES = frozenset({
    "global", "world", "worldwide", "world wide", "international", "intergovernmental", "universal",
    "monde", "mondial", "mondiale", "multinational", "multi country", "several countries",
    "plusieurs pays", "europe", "european", "europeen", "europeenne", "pan european", "paneuropean",
    "paneuropeen", "europe wide", "eu", "ue", "eu wide", "eu level", "european union",
    "union europeenne", "european level", "niveau europeen", "africa wide", "african", "afrique",
    "asia pacific", "asie pacifique", "middle east", "moyen orient", "near east", "proche orient",
    "mena", "middle east north africa", "mediterranean", "mediterranee", "balkans",
    "western balkans", "balkans occidentaux", "nordic countries", "pays nordiques", "scandinavia",
    "scandinavie", "baltic states", "pays baltes", "benelux", "south caucasus", "caucase",
    "caucasus", "latin america caribbean", "amerique latine caraibes", "transnational",
})  # fmt: skip

_WITHIN_ONE = frozenset({
    "national", "nationale", "local", "locale", "regional", "regionale", "municipal", "municipale",
    "country", "pays",
})  # fmt: skip
_NOTHING = frozenset({
    "", "n a", "none", "aucun", "aucune", "unknown", "inconnu", "inconnue", "not stated",
    "not specified", "non precise", "non precisee", "non renseigne",
})  # fmt: skip


def country_of(text: str) -> str | None:
    """Return the code of the country a text names, whatever it calls it.

    The Union is no country (R-10.6).
    """
    words = _plain(text[: LONGEST + 1])
    if len(text) > LONGEST or not words or words in _scopes():
        return None
    found = _countries().get(words) or country_code(text)
    if found is None:
        first, comma, rest = text.replace("(", ",").partition(",")
        shorter = first if comma and _is_form(rest) else _without_form(words)
        found = country_of(shorter) if shorter else None
    return None if found == UNION else found


def is_scope(text: str) -> bool:
    """Tell whether a text names where somebody is active beyond one country."""
    return len(text) <= LONGEST and _plain(text) in _scopes()


def says_nothing(text: str) -> bool:
    """Tell whether a cell is empty, or filled by somebody who had nothing to put there."""
    return fold(text) in _NOTHING


def is_within_one(text: str) -> bool:
    """Tell whether a text says that somebody is active within one country alone."""
    return fold(text) in _WITHIN_ONE


def _plain(text: str) -> str:
    words = [word for word in fold(text).split() if word not in _SMALL_WORDS]
    is_dotted = len(words) > 1 and all(len(word) == 1 for word in words)  # “U.K.”
    return ("" if is_dotted else " ").join(words)


def _is_form(text: str) -> bool:
    """Tell whether this is what ISO 3166 writes behind the name: “Moldova, Republic of”."""
    return bool({"republic", "republique", "kingdom", "state", "states"} & set(fold(text).split()))


def _without_form(words: str) -> str:
    """Return “moldova” of “republic of moldova”; nothing where there is nothing to take away."""
    for form in _FORMS:
        if words.startswith(f"{form} "):
            return words.removeprefix(f"{form} ")
    return ""


@cache
def _countries() -> dict[str, str]:
    """Return the codes by every name and code, folded and without small words."""
    known = {
        _plain(name): code
        for locale in _LOCALES
        for code, name in country_names(locale).items()
        if code != UNION
    }
    codes = country_names("en")
    aliases = get_global("territory_aliases")  # ISO 3166 in three letters, and UK.
    known |= {
        fold(alias): targets[0]
        for alias, targets in aliases.items()
        if alias.isalpha() and len(alias) <= 3 and len(targets) == 1 and targets[0] in codes
    }
    return known | {_plain(name): code for code, names in _OTHER_NAMES.items() for name in names}


@cache
def _scopes() -> frozenset[str]:
    """Return the words of scopes, the regions of the United Nations among them."""
    regions = {
        _plain(name)
        for locale in _LOCALES
        for code, name in Locale.parse(locale).territories.items()
        if code.isdigit()
    }
    return frozenset({_plain(each) for each in _SCOPES} | regions)
