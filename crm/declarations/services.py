"""Everything that changes a declaration. No service commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.declarations import queries
from crm.declarations.models import (
    FROZEN_STAYS,
    Declaration,
    DeclarationText,
    Signature,
    SignatureStatus,
    Stage,
    Submission,
)
from crm.records import services
from crm.records.models import Record


def create_declaration(**values: Any) -> Declaration:
    """Add a declaration."""
    return services.create_record(Declaration, **values)


def change_declaration(declaration: Declaration, version: int, **values: Any) -> Declaration:
    """Change a declaration."""
    predecessor = values.get("predecessor_id")
    seen = {declaration.id}
    while predecessor is not None:
        if predecessor in seen:
            raise InvalidValue(
                "predecessor_id", _("A declaration cannot follow itself. Choose another")
            )
        seen.add(predecessor)
        found = db.session.get(Declaration, predecessor)
        predecessor = found.predecessor_id if found else None
    return services.change_record(declaration, version, **values)


def move(declaration: Declaration, *, stage: Stage, reason: str | None) -> Declaration:
    """Move a declaration to another stage; managers do, and say why when it goes back."""
    order = list(Stage)
    if order.index(stage) < order.index(declaration.stage) and not reason:
        raise InvalidValue("reason", _("Say why it goes back to an earlier stage"))
    if stage is Stage.OPEN and not any(
        text.frozen_at for text in db.session.scalars(queries.texts_of(declaration))
    ):
        raise InvalidValue("stage", _("Freeze a text first: people sign a text that stays"))
    with services.because(reason):
        declaration.stage = stage
    return declaration


# Texts


def add_text(**values: Any) -> DeclarationText:
    """Add a text; a language that has one already gets the next version."""
    edition = _next_edition(values["declaration_id"], values["language"])
    return services.add(DeclarationText(**values, edition=edition))


def _next_edition(declaration_id: int, language: str) -> int:
    declaration = db.session.get(Declaration, declaration_id)
    known = db.session.scalars(queries.texts_of(declaration)).all() if declaration else []
    return max((text.edition for text in known if text.language == language), default=0) + 1


def change_text(text: DeclarationText, version: int, /, **values: Any) -> DeclarationText:
    """Change a text that is not frozen; in another language it is the next version there."""
    _check_not_frozen(text)
    if values.get("language", text.language) != text.language:
        values["edition"] = _next_edition(text.declaration_id, values["language"])
    return services.change_part(text, version, **values)


def remove_text(text: DeclarationText) -> None:
    """Remove a text that is not frozen and was not handed in."""
    _check_not_frozen(text)
    try:
        with db.session.begin_nested():
            services.remove_part(text)
    except IntegrityError:
        raise InvalidValue(None, _("This text was handed in and stays")) from None


def _check_not_frozen(text: DeclarationText) -> None:
    if text.frozen_at is not None:
        raise InvalidValue(None, FROZEN_STAYS)


def freeze(text: DeclarationText) -> DeclarationText:
    """Freeze a text with its fingerprint; from now on it never changes."""
    if text.frozen_at is None:
        text.sha256 = text.fingerprint()
        text.frozen_at = now()
        db.session.flush()
    return text


# Signatures


def add_signature(**values: Any) -> Signature:
    """Note a signature under the name of the day, bound to the text that was signed."""
    if values.get("status") is SignatureStatus.WITHDRAWN:
        values.setdefault("withdrawn_on", today())
    else:
        _check_single(values["declaration_id"], values["signatory_id"])
    values = {**values, **_bound(values)}
    if not values.get("displayed_name"):
        values["displayed_name"] = _name_today(values["signatory_id"])
    with _single():
        return services.add(Signature(**values))


def change_signature(signature: Signature, version: int, **values: Any) -> Signature:
    """Change a signature; an empty printed name keeps the one that was frozen."""
    signatory_id = values.get("signatory_id", signature.signatory_id)
    if not values.get("displayed_name"):
        values.pop("displayed_name", None)
        if signatory_id != signature.signatory_id:
            values["displayed_name"] = _name_today(signatory_id)
    if "text_id" in values and values["text_id"] != signature.text_id:
        values.update(_bound({**values, "declaration_id": signature.declaration_id}))
    status = values.get("status", signature.status)
    if status is not SignatureStatus.WITHDRAWN:
        _check_single(signature.declaration_id, signatory_id, but=signature)
        if signature.status is SignatureStatus.WITHDRAWN:
            values["withdrawn_on"] = None
    elif signature.status is not SignatureStatus.WITHDRAWN:
        values.setdefault("withdrawn_on", today())
    with _single():
        return services.change_part(signature, version, **values)


def _name_today(signatory_id: int) -> str:
    signatory = db.session.get(Record, signatory_id)
    return signatory.title if signatory else ""


def _check_single(declaration_id: int, signatory_id: int, but: Signature | None = None) -> None:
    for known in db.session.scalars(queries.open_signature(declaration_id, signatory_id)):
        if known is not but:
            raise _on_the_list()


def _on_the_list() -> InvalidValue:
    return InvalidValue("signatory_id", _("They are on the list already. Change that line instead"))


@contextmanager
def _single() -> Iterator[None]:
    """Refuse a second open signature that hides from the person, or comes at the same moment."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise _on_the_list() from None


def _bound(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fingerprint of the text that is signed."""
    text_id = values.get("text_id")
    if text_id is None:
        return {"text_sha256": None}
    text = db.session.get(DeclarationText, text_id)
    if text is None or text.declaration_id != values["declaration_id"]:
        raise InvalidValue("text_id", _("Choose a text of this declaration"))
    if text.frozen_at is None:
        raise InvalidValue("text_id", _("Freeze this text first: people sign a text that stays"))
    return {"text_sha256": text.sha256}


def add_submission(**values: Any) -> Submission:
    """Note that a declaration was handed in, with the count of that day."""
    text_id = values.get("text_id")
    if text_id is not None:
        text = db.session.get(DeclarationText, text_id)
        if text is None or text.declaration_id != values["declaration_id"]:
            raise InvalidValue("text_id", _("Choose a text of this declaration"))
    return services.add(Submission(**values))
