"""Whether texts, signatures, lists and fingerprints of a declaration agree with each other.

Each text, signature, confirmation and frozen list is compared with its fingerprint, and with what
the sealed history says of it: what was changed past Passerelle, in the database itself, shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.db import db
from crm.core.i18n import _
from crm.declarations import queries
from crm.declarations.models import (
    Confirmation,
    Declaration,
    DeclarationText,
    FrozenList,
    Signature,
)
from crm.records import history
from crm.records.models import Change

PROVED: tuple[type[Any], ...] = (DeclarationText, Signature, Confirmation, FrozenList)


@dataclass(frozen=True)
class Verification:
    """What was compared, and what does not agree."""

    texts: int
    signatures: int
    lists: int
    faults: list[str]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything agrees."""
        return not self.faults


def verify(declaration: Declaration) -> Verification:
    """Compute every fingerprint again, and compare all of it with what was kept."""
    texts = db.session.scalars(queries.texts_of(declaration)).all()
    signatures = db.session.scalars(queries.signatures_on(declaration)).all()
    confirmations = db.session.scalars(queries.confirmations_of(declaration)).all()
    lists = db.session.scalars(queries.lists_of(declaration)).all()
    bound = _bound(signatures, confirmations)
    faults = [
        *_of_texts(texts),
        *_of_bound(bound, {text.id: text for text in texts}),
        *_of_lists(lists),
        *_of_history(declaration, [*texts, *signatures, *confirmations, *lists]),
    ]
    frozen = sum(text.frozen_at is not None for text in texts)
    return Verification(frozen, len(bound), len(lists), faults)


Bound = tuple[str, int | None, str | None]


def _bound(
    signatures: Sequence[Signature], confirmations: Sequence[Confirmation]
) -> Sequence[Bound]:
    """Return (name, id of the text, its fingerprint) of all who stand by a text."""
    names = {each.id: each.displayed_name for each in signatures}
    return [
        *((each.displayed_name, each.text_id, each.text_sha256) for each in signatures),
        *(
            (names.get(each.signature_id, ""), each.text_id, each.text_sha256)
            for each in confirmations
        ),
    ]


def _of_texts(texts: Sequence[DeclarationText]) -> Iterator[str]:
    for text in texts:
        if text.frozen_at is not None and text.sha256 != text.fingerprint():
            yield _(
                "The text “%(language)s, version %(number)s” is not the one that was frozen",
                language=text.language,
                number=text.edition,
            )


def _of_bound(bound: Sequence[Bound], texts: dict[int, DeclarationText]) -> Iterator[str]:
    for name, text_id, sha256 in bound:
        if text_id is None and sha256 is None:
            continue
        text = texts.get(text_id) if text_id is not None else None
        if text is None or text.fingerprint() != sha256:
            yield _("“%(name)s” signed another text than the one that is kept", name=name)


def _of_lists(lists: Sequence[FrozenList]) -> Iterator[str]:
    for listed in lists:
        if listed.fingerprint() != listed.sha256:
            yield _("A list was changed after it was frozen")


def _of_history(declaration: Declaration, rows: Sequence[Any]) -> Iterator[str]:
    tables = [model.__tablename__ for model in PROVED]
    changes: Sequence[Change] = db.session.scalars(
        queries.changes_of_parts(declaration, tables)
    ).all()
    labels = {model.__tablename__: model.__part_label__ for model in PROVED}
    names = {(row.__tablename__, row.id): _name(row) for row in rows}
    for table, row_id in sorted(history.altered_rows(rows, changes)):
        yield _(
            "%(what)s “%(name)s” is not what history says: it was changed past Passerelle",
            what=labels[table],
            name=names.get((table, row_id), row_id),
        )
    for place in history.broken_seals(db.session(), changes):
        yield _("The seal of change %(place)d in history does not fit", place=place)


def _name(row: Any) -> str:
    if isinstance(row, DeclarationText):
        return _("%(language)s, version %(number)s", language=row.language, number=row.edition)
    if isinstance(row, Signature):
        return row.displayed_name
    return str(row.id)
