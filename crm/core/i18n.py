"""The words a person reads: translate now, translate when shown, and plurals."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


def language() -> str:
    """Return the language of the reader: "fr" or "en"."""
    return str(get_locale().language)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(TRANSLATIONS), [language])


def _words() -> NullTranslations:
    """Return the words of the reader's language; those of the code where nobody reads."""
    # Asked some hundred times a page: Flask-Babel's own way looks up four things each time.
    locale = get_locale()
    return _catalogue(locale.language if locale else "")


def _(message: str, **values: Any) -> str:
    """Return a message in the language of the reader."""
    words: str = _words().gettext(message)
    return words % values if values else words


def _l(message: str, **values: Any) -> Any:
    """Return a message that is translated when it is shown."""
    return LazyString(_, message, **values)


def _n(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return the message that fits the number, in the language of the reader."""
    words: str = _words().ngettext(singular, plural, num)
    return words % {"num": num, **values}


__all__ = ["TRANSLATIONS", "_", "_l", "_n", "language"]
