"""Whether texts, signatures, lists and fingerprints of a declaration agree with each other.

Each text, signature, confirmation and frozen list is compared with its fingerprint, and with what
the sealed history says of it: what was changed past Passerelle, in the database itself, shows. All
of them are, whoever asks; who asks is told the names of what they may see.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.core.db import db
from crm.core.i18n import _
from crm.declarations.models import (
    Confirmation,
    Declaration,
    DeclarationText,
    FrozenList,
    Signature,
    SignatureStatus,
)
from crm.declarations.versions import version_words
from crm.records import history
from crm.records.history import Place

PROVED: tuple[type[Any], ...] = (DeclarationText, Signature, Confirmation, FrozenList)
_OWNER = "declaration_id"


@dataclass(frozen=True)
class Fault:
    """Something that does not agree.

    :param place: the row it is about; None for what is about history itself.
    """

    place: Place | None
    words: str


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


Rows = Mapping[type[Any], Sequence[Any]]


def verify(declaration: Declaration) -> Verification:
    """Compute every fingerprint again, and compare all of it with what was kept."""
    rows = {
        model: history.stored_rows(db.session(), model, _OWNER, declaration.id) for model in PROVED
    }
    faults = [*_of_fingerprints(rows), *_of_signed(rows), *_of_history(declaration, rows)]
    return Verification(
        texts=sum(text["frozen_at"] is not None for text in rows[DeclarationText]),
        signatures=sum(each["status"] is SignatureStatus.SIGNED for each in rows[Signature]),
        lists=len(rows[FrozenList]),
        faults=_told(faults),
    )


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _of_fingerprints(rows: Rows) -> Iterator[Fault]:
    for text in rows[DeclarationText]:
        if text["frozen_at"] is not None and text["sha256"] != _fingerprint(text["text"]):
            yield Fault(
                (DeclarationText.__tablename__, text["id"]),
                _(
                    "The text “%(version)s” is not the one that was frozen",
                    version=version_words(text["language"], text["edition"]),
                ),
            )
    for listed in rows[FrozenList]:
        if listed["sha256"] != _fingerprint(listed["text"]):
            place = (FrozenList.__tablename__, listed["id"])
            yield Fault(place, _("A list was changed after it was frozen"))


def _of_signed(rows: Rows) -> Iterator[Fault]:
    """Compare what was signed or confirmed with the texts that are kept."""
    texts = {text["id"]: _fingerprint(text["text"]) for text in rows[DeclarationText]}
    names = {each["id"]: each["displayed_name"] for each in rows[Signature]}
    for model in (Signature, Confirmation):
        for each in rows[model]:
            text_id, sha256 = each["text_id"], each["text_sha256"]
            if (text_id is None and sha256 is None) or texts.get(text_id) == sha256:
                continue
            signature_id = each["id"] if model is Signature else each["signature_id"]
            yield Fault(
                (model.__tablename__, each["id"]),
                _(
                    "“%(name)s” signed another text than the one that is kept",
                    name=names.get(signature_id, ""),
                ),
            )


def _of_history(declaration: Declaration, rows: Rows) -> Iterator[Fault]:
    changes = history.changes_told(db.session(), PROVED, _OWNER, declaration.id)
    labels = {model.__tablename__: model.__part_label__ for model in PROVED}
    names = {
        (model.__tablename__, row["id"]): _name(model, row)
        for model in PROVED
        for row in rows[model]
    }
    for place in sorted(history.altered_rows(rows, changes)):
        yield Fault(
            place,
            _(
                "%(what)s “%(name)s” is not what history says: it was changed past Passerelle",
                what=labels[place[0]],
                name=names.get(place, place[1]),
            ),
        )
    for number in history.broken_seals(db.session(), changes):
        yield Fault(None, _("The seal of change %(place)d in history does not fit", place=number))


def _name(model: type[Any], row: Any) -> str:
    if model is DeclarationText:
        return version_words(row["language"], row["edition"])
    return str(row["displayed_name"] if model is Signature else row["id"])


def _told(faults: Sequence[Fault]) -> list[str]:
    """Return what the reader may know of the faults: of what hides, that there is one."""
    told = [each.words for each in faults if each.place is None or _may_be_named(each.place)]
    if len(told) < len(faults):
        told.append(_("Something that you may not see, or that is gone, does not agree"))
    return told


def _may_be_named(place: Place) -> bool:
    model = next(each for each in PROVED if each.__tablename__ == place[0])
    return db.session.scalar(select(model.id).where(model.id == place[1])) is not None
