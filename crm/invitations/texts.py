"""The texts of a declaration that may be signed now."""

from collections.abc import Mapping

from crm.core.db import db
from crm.declarations.models import DeclarationText
from crm.invitations import queries


def newest(declaration_id: int) -> Mapping[str, DeclarationText]:
    """Return the newest frozen text of each language, by the language."""
    texts = db.session.scalars(queries.frozen_texts(declaration_id)).all()
    # The newest first: the first of a language is the one that counts.
    found: dict[str, DeclarationText] = {}
    for text in texts:
        found.setdefault(text.language, text)
    return dict(sorted(found.items()))


def in_language(texts: Mapping[str, DeclarationText], language: str | None) -> DeclarationText:
    """Return the text in a language, or else in English, French or whatever there is."""
    for each in (language or "", "en", "fr"):
        if each in texts:
            return texts[each]
    return next(iter(texts.values()))
