"""Whether texts, signatures and fingerprints of a declaration agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.core.db import db
from crm.core.i18n import _
from crm.declarations import queries
from crm.declarations.models import Declaration, DeclarationText


@dataclass(frozen=True)
class Verification:
    """What was compared, and what does not agree."""

    texts: int
    signatures: int
    faults: list[str]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything agrees."""
        return not self.faults


def verify(declaration: Declaration) -> Verification:
    """Compute every fingerprint again and compare it with what was kept."""
    texts = db.session.scalars(queries.texts_of(declaration)).all()
    signatures = db.session.scalars(queries.signatures_on(declaration)).all()
    bound: list[tuple[str, int | None, str | None]] = [
        (each.displayed_name, each.text_id, each.text_sha256) for each in signatures
    ]
    names = {each.id: each.displayed_name for each in signatures}
    bound += [
        (names.get(each.signature_id, ""), each.text_id, each.text_sha256)
        for each in db.session.scalars(queries.confirmations_of(declaration))
    ]
    faults = [*_of_texts(texts), *_of_bound(bound, {text.id: text for text in texts})]
    return Verification(sum(text.frozen_at is not None for text in texts), len(bound), faults)


def _of_texts(texts: Sequence[DeclarationText]) -> Iterator[str]:
    for text in texts:
        if text.frozen_at is not None and text.sha256 != text.fingerprint():
            yield _(
                "The text “%(language)s, version %(number)s” is not the one that was frozen",
                language=text.language,
                number=text.edition,
            )


def _of_bound(
    bound: Sequence[tuple[str, int | None, str | None]], texts: dict[int, DeclarationText]
) -> Iterator[str]:
    for name, text_id, sha256 in bound:
        if text_id is None and sha256 is None:
            continue
        text = texts.get(text_id) if text_id is not None else None
        if text is None or text.fingerprint() != sha256:
            yield _("“%(name)s” signed another text than the one that is kept", name=name)
