"""What a cell of a file says: whether it is what was exported, and what it would be as typed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from flask_babel import force_locale
from wtforms import DateField, Field

from crm.accounts import queries as accounts
from crm.core.choice import Choice
from crm.core.clock import today
from crm.core.countries import country_names
from crm.core.db import db
from crm.core.partial_date import InvalidPartialDate, PartialDate, Precision
from crm.core.text import clean_text, fold
from crm.corrections.returned import LANGUAGES
from crm.documents.cells import without_zone, written_date
from crm.documents.sheet_model import Cell
from crm.records.fields import ChoiceField, CountryField, UserField

NOBODY = "0"
"""The id of no colleague: a name that nobody has must not read as an empty cell."""


# Whether two cells say the same


def is_same(cell: Cell, other: Cell) -> bool:
    """Tell whether two cells say the same, however a program has saved them."""
    return cell == other or not _forms(cell).isdisjoint(_forms(other))


def _forms(cell: Cell) -> set[str]:
    """Return the texts that a cell may have become: CSV and some programs know only texts."""
    if cell is None:
        return {""}
    if isinstance(cell, str):
        return {clean_text(cell)}
    if isinstance(cell, datetime):
        cell = without_zone(cell)
        days = _forms(cell.date()) if cell.time() == time() else set()
        return days | {written_date(cell, language) for language in LANGUAGES}
    if isinstance(cell, date):
        return {written_date(cell, language) for language in LANGUAGES}
    if isinstance(cell, float) and cell.is_integer():
        return {str(int(cell))}
    text = str(cell)
    return {text, text.replace(".", ",")}


# What somebody would have typed


def typed(field: Field, cell: Cell) -> str:
    """Return what a cell says as the form takes it: codes for names, in either language."""
    text = _text(cell)
    if not text:
        return ""
    match field:
        case ChoiceField():
            return _codes(field.kind).get(fold(text), text)
        case CountryField():
            return text if text in country_names("en") else _countries().get(fold(text), text)
        case UserField():
            return _colleagues().get(fold(text), NOBODY)
        case DateField():
            return _day(text)
    return text


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean_text(cell) if isinstance(cell, str) else str(cell)


def _unmistakable(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return codes by their folded names, without the names that stand for several."""
    found: dict[str, str] = {}
    twice = set()
    for name, code in named:
        key = fold(name)
        if found.setdefault(key, code) != code:
            twice.add(key)
    return {key: code for key, code in found.items() if key not in twice}


@cache
def _codes(kind: type[Choice]) -> Mapping[str, str]:
    named = []
    for language in LANGUAGES:
        with force_locale(language):
            named += [(str(member.label), member.value) for member in kind]
    return _unmistakable(named)


@cache
def _countries() -> Mapping[str, str]:
    return _unmistakable(
        (name, code) for language in LANGUAGES for code, name in country_names(language).items()
    )


def _colleagues() -> Mapping[str, str]:
    people: Any = db.session.scalars(accounts.team())
    return _unmistakable((user.name, str(user.id)) for user in people)


def _day(text: str) -> str:
    """Return a day as the field for days reads it; what is no day stays, to be refused there."""
    try:
        found = PartialDate.parse(text, today())
    except InvalidPartialDate:
        return text
    return str(found) if found.precision is Precision.DAY else text
