"""The versions of a text in each language, and how they are named."""

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.languages import language_code, language_name
from crm.core.lists import language as of_reader
from crm.core.text import capitalised


def version_words(language: str, edition: int) -> str:
    """Return the name of a version to its reader: “English, version 2”."""
    return _(
        "%(language)s, version %(number)s",
        language=capitalised(language_name(language, of_reader())),
        number=edition,
    )


def code_of(text: str) -> str:
    """Return the code of the language of a text.

    :raises InvalidValue: at ``language``.
    """
    code = language_code(text)
    if code is None:
        raise InvalidValue(
            "language",
            _("No language is called that. Enter its name, or a code such as fr"),
        )
    return code
