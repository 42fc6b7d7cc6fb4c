"""What people put into files of lists: who works where, and how letters address them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from crm.core.i18n import _l
from crm.core.languages import language_code
from crm.core.partial_date import active_on
from crm.organisations.models import Organisation
from crm.people import queries
from crm.people.models import Person, Position
from crm.records.asof import page_day
from crm.records.filed import (
    LinkedColumn,
    LinkedList,
    LinkedSheet,
    Rows,
    Scope,
    as_shown,
)


def _works_at_any(organisations: Select[int], day: date) -> ColumnElement[bool]:
    return queries.has_position(day, Position.organisation_id.in_(organisations))


def _employs_any(people: Select[int], day: date) -> ColumnElement[bool]:
    held = active_on(Position.since, Position.until, day)
    return Organisation.id.in_(
        select(Position.organisation_id).where(Position.person_id.in_(people), held)
    )


def _positions(scope: Scope) -> Select[*tuple[Any, ...]]:
    person, organisation = aliased(Person, flat=True), aliased(Organisation, flat=True)
    return (
        select(
            person.id,
            person.title,
            organisation.id,
            organisation.title,
            Position.title,
            Position.department,
            Position.since,
            Position.until,
        )
        .select_from(Position)
        .join(person, person.id == Position.person_id)
        .join(organisation, organisation.id == Position.organisation_id)
        .where(
            Position.person_id.in_(scope.ids["person"]),
            Position.organisation_id.in_(scope.ids["organisation"]),
        )
        .order_by(organisation.sort_key, organisation.id, person.sort_key, Position.id)
    )


LISTS = (
    LinkedList("organisation", "person", _works_at_any),
    LinkedList("person", "organisation", _employs_any),
)
FOR_LETTERS = (
    *("title", "address", "opening", "position", "organisation", "postal", "emails"),
    *("languages", "country"),
)
"""The columns that a mail merge needs."""

SHEETS = (
    LinkedSheet(
        "positions",
        _l("Positions"),
        10,
        (
            LinkedColumn(_l("Number of the person")),
            LinkedColumn(_l("Person")),
            LinkedColumn(_l("Number of the organisation")),
            LinkedColumn(_l("Organisation")),
            LinkedColumn(_l("Position")),
            LinkedColumn(_l("Department")),
            LinkedColumn(_l("From"), as_shown),
            LinkedColumn(_l("Until"), as_shown),
        ),
        _positions,
    ),
)


# Letters

POSTAL = Rows(lambda ids: queries.postal_addresses(ids, page_day()))
"""Where letters to people go: their own address, else that of where they work."""

OPENING = Rows(queries.said_to)
"""How letters to people begin, in their language."""

_WITHOUT_NAME = {"fr": "Madame, Monsieur,", "en": "Dear colleague,"}
_FRENCH_FORMS = {
    "m": "Monsieur",
    "mr": "Monsieur",
    "monsieur": "Monsieur",
    "mme": "Madame",
    "madame": "Madame",
    "mlle": "Madame",
}


def language_of_letters(languages: str | None) -> str:
    """Return the language in which to write to somebody: the first of theirs that is ours.

    Somebody of whom nothing is known is written to in French; who speaks neither, in English.
    """
    named = [part.strip() for part in (languages or "").replace(";", ",").split(",")]
    codes = [code for part in named if part and (code := language_code(part))]
    ours = [code.partition("-")[0] for code in codes]
    return next((code for code in ours if code in _WITHOUT_NAME), "en" if codes else "fr")


def opening(person: Sequence[Any]) -> str:
    """Return the line with which a letter to somebody begins.

    :param person: languages, form of address, given name, family name, and the name in use.
    """
    languages, form, given, family, name = person
    form = (form or "").strip().rstrip(".,")
    if language_of_letters(languages) == "fr":
        # In French the name is not said: “Madame,” – and a title stays as somebody wrote it.
        said = _FRENCH_FORMS.get(form.casefold(), form)
        return f"{said}," if said else _WITHOUT_NAME["fr"]
    if form and family:
        return f"Dear {form} {family},"
    return f"Dear {form or given or name},"
