"""Languages by their codes (BCP 47) and by their names."""

from functools import cache

from babel import Locale, UnknownLocaleError

from crm.core.text import fold

OURS = ("fr", "en")
"""The languages in which people here name a language."""


def language_name(text: str, locale: str) -> str:
    """Return the name of a language that is given by its code; the code where it is unknown."""
    code = text.strip().replace("-", "_")
    if code in (known := Locale(locale).languages):
        return str(known[code])
    try:
        name = Locale.parse(code).get_language_name(locale)
    except (ValueError, UnknownLocaleError):
        return text
    return name or text


def language_code(text: str) -> str | None:
    """Return the code of a language that is given by its code or its name; None if unknown."""
    asked = fold(text.replace("-", "_"))
    if asked in (codes := _codes()):
        return codes[asked]
    try:
        return str(Locale.parse(asked)).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        return None


@cache
def _codes() -> dict[str, str]:
    """Return all codes known, by their folded names and by themselves."""
    known = [
        (str(code), str(name)) for each in OURS for code, name in Locale(each).languages.items()
    ]
    by_name = {fold(name): code.replace("_", "-") for code, name in known}
    return by_name | {fold(code): code.replace("_", "-") for code, _name in known}
