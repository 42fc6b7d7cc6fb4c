"""Names of sheets that spreadsheets accept, and the length of texts as Excel counts it."""

import re
from itertools import count

from crm.documents.text import clean_line

_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_RESERVED = frozenset({"history", "historique"})


def unique_sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and that no other sheet has.

    :param taken: the names of the others, folded; the new one is added.
    """
    wanted = _FORBIDDEN.sub(" ", clean_line(wanted))
    wanted = " ".join(wanted.split()).strip("' ") or "–"
    for attempt in count(1):
        suffix = "" if attempt == 1 else f" ({attempt})"
        name = cut(wanted, _LONGEST_NAME - len(suffix)).strip("' ") + suffix
        if name.casefold() not in taken | _RESERVED:
            break
    taken.add(name.casefold())
    return name


def cut(text: str, limit: int) -> str:
    """Return the text in at most so many UTF-16 units, which is how Excel counts."""
    if 2 * len(text) <= limit:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return text
    return units[: 2 * limit - 2].decode("utf-16-le", "ignore").rstrip() + "…"
