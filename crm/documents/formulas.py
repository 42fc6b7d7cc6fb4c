"""Keeps spreadsheets from reckoning with a text that begins as a formula does; and takes that back.

The mark is the one people use themselves, an apostrophe in front. One that has apostrophes before
such a sign gets one more, so that taking one off always gives the text there was.
"""

import re

# Tabs and line ends are skipped by some programs, and the full-width signs are read as the others.
_READ_AS_FORMULA = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")  # noqa: RUF001
_SIGNED_FIGURES = re.compile(r"[+-][0-9\s()./-]*")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula, not even in a CSV file."""
    if text[:1].isalnum():
        return text
    return f"'{text}" if _READ_AS_FORMULA.match(text) else text


def harmless_as_typed(text: str) -> str:
    """Return a text for a cell that is marked as text, and that may be saved as CSV afterwards.

    Telephone numbers stay as they are: figures with a sign name no function and no cell, so the
    worst that a CSV file makes of them is another number.
    """
    return text if _SIGNED_FIGURES.fullmatch(text) else harmless(text)


def restored(text: str) -> str:
    """Return the text that was made harmless, one way or the other; any other text is the same."""
    return text[1:] if text.startswith("'") and _READ_AS_FORMULA.match(text) else text
