"""Countries by ISO 3166-1 code, named in the reader's language."""

from functools import cache

from babel import Locale

from crm.core.text import fold

# Codes that CLDR lists but that are no places a partner can sit in.
_NO_COUNTRY = frozenset({"EZ", "QO", "UN", "XA", "XB", "ZZ"})
UNION = "EU"
"""Stands for the level of the European Union; not a country (R-10.6)."""


@cache
def country_names(locale: str) -> dict[str, str]:
    """Return the name of each country by its code, sorted by name."""
    names = {
        code: name
        for code, name in Locale.parse(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }
    return dict(sorted(names.items(), key=lambda item: fold(item[1])))


def country_name(code: str | None, locale: str) -> str | None:
    """Return the name of a country, or the code itself when it has none."""
    if not code:
        return None
    return country_names(locale).get(code, code)


@cache
def country_words(code: str) -> str:
    """Return the names of a country in French and English, for search."""
    return " ".join(name for name in (country_name(code, "fr"), country_name(code, "en")) if name)
