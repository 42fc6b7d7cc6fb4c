"""The texts of a declaration that may be signed now."""

from collections.abc import Mapping

from crm.core.db import db
from crm.declarations.models import Declaration, DeclarationText
from crm.invitations import queries


def newest(declaration: Declaration) -> Mapping[str, DeclarationText]:
    """Return the frozen texts of the newest version, by their language."""
    texts = db.session.scalars(queries.frozen_texts(declaration.id)).all()
    edition = max((text.edition for text in texts), default=0)
    return {text.language: text for text in texts if text.edition == edition}


def in_language(texts: Mapping[str, DeclarationText], language: str | None) -> DeclarationText:
    """Return the text in a language, or else in English, French or whatever there is."""
    for each in (language or "", "en", "fr"):
        if each in texts:
            return texts[each]
    return next(iter(texts.values()))
