"""Names of languages."""

from babel import Locale, UnknownLocaleError


def language_name(text: str, locale: str) -> str:
    """Return the name of a language that is given by its code; the code where it is unknown."""
    try:
        name = Locale.parse(text.strip(), sep="-").get_language_name(locale)
    except (ValueError, UnknownLocaleError):
        return text
    return name or text
