"""Everything that changes a declaration. No service commits."""

from typing import Any

from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.declarations import queries
from crm.declarations.models import (
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
    declaration = db.session.get(Declaration, values["declaration_id"])
    known = db.session.scalars(queries.texts_of(declaration)).all() if declaration else []
    editions = [text.edition for text in known if text.language == values["language"]]
    return services.add(DeclarationText(**values, edition=max(editions, default=0) + 1))


def change_text(text: DeclarationText, version: int, **values: Any) -> DeclarationText:
    """Change a text that is not frozen."""
    _check_not_frozen(text)
    return services.change_part(text, version, **values)


def remove_text(text: DeclarationText) -> None:
    """Remove a text that is not frozen."""
    _check_not_frozen(text)
    services.remove_part(text)


def _check_not_frozen(text: DeclarationText) -> None:
    if text.frozen_at is not None:
        raise InvalidValue(
            None, _("This text is frozen and stays as it is. Add a new version instead")
        )


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
    _check_single(values["declaration_id"], values["signatory_id"])
    values = {**values, **_bound(values)}
    if not values.get("displayed_name"):
        signatory = db.session.get(Record, values["signatory_id"])
        values["displayed_name"] = signatory.title if signatory else ""
    return services.add(Signature(**values))


def change_signature(signature: Signature, version: int, **values: Any) -> Signature:
    """Change a signature; an empty printed name keeps the one that was frozen."""
    if not values.get("displayed_name"):
        values.pop("displayed_name", None)
    signatory_id = values.get("signatory_id", signature.signatory_id)
    if signatory_id != signature.signatory_id:
        _check_single(signature.declaration_id, signatory_id)
    if "text_id" in values and values["text_id"] != signature.text_id:
        values.update(_bound({**values, "declaration_id": signature.declaration_id}))
    status = values.get("status", signature.status)
    if status is SignatureStatus.WITHDRAWN and signature.status is not SignatureStatus.WITHDRAWN:
        values.setdefault("withdrawn_on", today())
    return services.change_part(signature, version, **values)


def _check_single(declaration_id: int, signatory_id: int) -> None:
    known = db.session.scalars(queries.open_signature(declaration_id, signatory_id)).first()
    if known is not None:
        raise InvalidValue(
            "signatory_id", _("They are on the list already. Change that line instead")
        )


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
