"""The words a person reads: translate now, translate when shown, and plurals."""

from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext


def _(message: str, **values: Any) -> str:
    """Return a message in the language of the reader."""
    return str(gettext(message, **values))


def _l(message: str, **values: Any) -> Any:
    """Return a message that is translated when it is shown."""
    return lazy_gettext(message, **values)


def _n(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return the message that fits the number, in the language of the reader."""
    return str(ngettext(singular, plural, num, **values))


__all__ = ["_", "_l", "_n"]
