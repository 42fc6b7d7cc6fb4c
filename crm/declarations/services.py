"""Everything that changes a declaration. No service commits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import TEAM, acting_as, principal_of
from crm.declarations import frozen, queries
from crm.declarations.eligibility import Eligibility, eligibility_of, usual_category
from crm.declarations.models import (
    FROZEN_STAYS,
    Approval,
    Confirmation,
    Declaration,
    DeclarationText,
    FrozenList,
    Signature,
    SignatureStatus,
    Stage,
)
from crm.declarations.versions import code_of
from crm.organisations.models import Organisation
from crm.records import files, services
from crm.records.models import DocumentKind, Record


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
        db.session.flush()  # Whoever signs at this moment is waited for, then nobody signs.
        if stage in _OVER:
            _note_silence(declaration)
            freeze_list(declaration)
        elif stage is Stage.OPEN:
            _ask_again(declaration)
    return declaration


_OVER = (Stage.CLOSED, Stage.SUBMITTED, Stage.FOLLOWED_UP, Stage.ARCHIVED)


def _ask_again(declaration: Declaration) -> None:
    """Take back that nobody answered, when signatures are collected again (R-7.4)."""
    for signature in db.session.scalars(queries.unanswered_on(declaration)):
        signature.status = SignatureStatus.INVITED
    db.session.flush()


def freeze_list(declaration: Declaration) -> FrozenList | None:
    """Keep the list of signatories as it stands; None where nobody has signed.

    Those whom the whole team may see, or whoever freezes it where the declaration itself is
    confidential. A list that is the same as the last one is not kept twice.
    """
    db.session.flush()  # Nothing is written on behalf of the whole team.
    reader = principal_of(db.session) if declaration.is_confidential else TEAM
    with acting_as(db.session, reader or TEAM):
        signed = db.session.scalars(queries.on_the_list(declaration)).all()
    listed = FrozenList(declaration_id=declaration.id, text=frozen.write(signed))
    listed.sha256 = listed.fingerprint()
    last = db.session.scalars(queries.lists_of(declaration)).first()
    if not signed or (last is not None and last.sha256 == listed.sha256):
        return last if signed else None
    return services.add(listed)


def _note_silence(declaration: Declaration) -> None:
    """Note that whoever was asked and has not answered by the end gave no answer."""
    for signature in db.session.scalars(queries.silent_on(declaration)):
        signature.status = SignatureStatus.NO_ANSWER
    db.session.flush()


# Texts


def add_text(**values: Any) -> DeclarationText:
    """Add a text; a language that has one already gets the next version."""
    values["language"] = code_of(values["language"])
    edition = _next_edition(values["declaration_id"], values["language"])
    return services.add(DeclarationText(**values, edition=edition))


def _next_edition(declaration_id: int, language: str) -> int:
    declaration = db.session.get(Declaration, declaration_id)
    known = db.session.scalars(queries.texts_of(declaration)).all() if declaration else []
    return max((text.edition for text in known if text.language == language), default=0) + 1


def change_text(text: DeclarationText, version: int, /, **values: Any) -> DeclarationText:
    """Change a text that is not frozen; in another language it is the next version there."""
    _check_not_frozen(text)
    if "language" in values:
        values["language"] = code_of(values["language"])
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


def behind(text: DeclarationText) -> list[DeclarationText]:
    """Return the newest text of each language whose versions are fewer than those of this one."""
    newest: dict[str, DeclarationText] = {}
    declaration = db.session.get_one(Declaration, text.declaration_id)
    for each in db.session.scalars(queries.texts_of(declaration)):
        known = newest.get(each.language)
        if known is None or known.edition < each.edition:
            newest[each.language] = each
    return [each for each in newest.values() if each.edition < text.edition]


# Signatures


class AlreadyOnTheList(InvalidValue):
    """A second signature of the same signatory.

    :param signature: the first one; None where it hides from the person.
    """

    def __init__(self, signature: Signature | None) -> None:
        super().__init__(
            "signatory_id", _("They are on the list already. Change that line instead")
        )
        self.signature = signature


def add_signature(*, upload: Any = None, **values: Any) -> Signature:
    """Note a signature under the name of the day, bound to the text that was signed.

    :param upload: the message or paper that proves it, kept with the declaration.
    """
    _check_condition(values.get("status"), values.get("condition"))
    values = {**values, **_as_on_record(values)}
    if values.get("status") is SignatureStatus.WITHDRAWN:
        values.setdefault("withdrawn_on", today())
    else:
        _check_single(values["declaration_id"], values["signatory_id"])
        _check_eligible(values)
    values = {**values, **_bound(values)}
    if not values.get("displayed_name"):
        values["displayed_name"] = _name_today(values["signatory_id"])
    with _single():
        signature = services.add(Signature(**values))
    _keep_proof(signature, upload)
    return signature


def _as_on_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the category and the country that the record of the signatory says."""
    signatory = db.session.get(Record, values["signatory_id"])
    found: dict[str, Any] = {}
    if signatory is not None and not values.get("category"):
        found["category"] = usual_category(signatory)
    if isinstance(signatory, Organisation) and not (values.get("country") or values.get("scope")):
        found["country"] = signatory.country
    return found


def add_signatures(
    declaration: Declaration, rows: Sequence[Mapping[str, Any]]
) -> list[Signature | InvalidValue]:
    """Note many signatures at once, each under the rules of :func:`add_signature`.

    What all of them need is asked once and they are written together: hundreds take a second.

    :returns: for each row, in order, its signature or why it was refused.
    """
    eligibility = eligibility_of(declaration)
    taken = {
        each.signatory_id
        for each in declaration.signatures
        if each.status is not SignatureStatus.WITHDRAWN
    }
    whole = [{**values, "declaration_id": declaration.id} for values in rows]
    answers = [_one_of_many(values, eligibility, taken) for values in whole]
    try:
        with db.session.begin_nested():
            db.session.add_all(each for each in answers if isinstance(each, Signature))
    except IntegrityError:
        # One of them hides from the person, or came at the same moment: each alone tells which.
        pairs = zip(answers, whole, strict=True)
        answers = [
            _alone(values) if isinstance(each, Signature) else each for each, values in pairs
        ]
    return answers


def _one_of_many(
    values: dict[str, Any], eligibility: Eligibility, taken: set[int]
) -> Signature | InvalidValue:
    signatory_id = values["signatory_id"]
    try:
        _check_condition(values.get("status"), values.get("condition"))
        services.check_references(Signature, values)
        if signatory_id in taken:
            raise AlreadyOnTheList(None)
        eligibility.check(signatory_id, values["category"])
        signature = Signature(**{**values, **_bound(values)})
    except InvalidValue as refused:
        return refused
    signature.displayed_name = signature.displayed_name or _name_today(signatory_id)
    taken.add(signatory_id)
    return signature


def _alone(values: dict[str, Any]) -> Signature | InvalidValue:
    try:
        return add_signature(**values)
    except InvalidValue as refused:
        return refused


def change_signature(
    signature: Signature, version: int, *, upload: Any = None, **values: Any
) -> Signature:
    """Change a signature; an empty printed name keeps the one that was frozen."""
    _check_condition(
        values.get("status", signature.status), values.get("condition", signature.condition)
    )
    signatory_id = values.get("signatory_id", signature.signatory_id)
    if not values.get("displayed_name"):
        values.pop("displayed_name", None)
        if signatory_id != signature.signatory_id:
            values["displayed_name"] = _name_today(signatory_id)
    if "text_id" in values and values["text_id"] != signature.text_id:
        values.update(_bound({**values, "declaration_id": signature.declaration_id}))
        _check_signed_stays(signature, values["text_id"])
    if "category" in values and not values["category"]:
        del values["category"]
    status = values.get("status", signature.status)
    if status is not SignatureStatus.WITHDRAWN:
        _check_single(signature.declaration_id, signatory_id, but=signature)
        _check_eligible_still(signature, values)
        if signature.status is SignatureStatus.WITHDRAWN:
            values["withdrawn_on"] = None
    elif signature.status is not SignatureStatus.WITHDRAWN:
        values.setdefault("withdrawn_on", today())
    with _single():
        services.change_part(signature, version, **values)
    _keep_proof(signature, upload)
    return signature


def _check_eligible(values: Mapping[str, Any]) -> None:
    declaration = db.session.get(Declaration, values["declaration_id"])
    if declaration is None or values.get("status") is SignatureStatus.DECLINED:
        return
    eligibility_of(declaration).check(values["signatory_id"], values["category"])


def _check_eligible_still(signature: Signature, values: Mapping[str, Any]) -> None:
    """Refuse what a signature becomes by a change, not what it was before the rule."""
    keys = ("status", "category", "signatory_id")
    known = {key: values.get(key, getattr(signature, key)) for key in keys}
    if any(known[key] != getattr(signature, key) for key in keys):
        _check_eligible({**known, "declaration_id": signature.declaration_id})


def remove_signature(signature: Signature) -> None:
    """Remove a line that was entered by mistake; one that others built upon stays."""
    try:
        with db.session.begin_nested():
            services.remove_part(signature)
    except IntegrityError:
        raise InvalidValue(
            None,
            _("They were invited or have confirmed a text: note that they declined or withdrew"),
        ) from None


def _check_condition(status: SignatureStatus | None, condition: str | None) -> None:
    if status is SignatureStatus.CONDITIONAL and not condition:
        raise InvalidValue("condition", _("Say on what condition they sign"))


def _check_signed_stays(signature: Signature, text_id: int | None) -> None:
    """Refuse to bind a signature to a newer text: that is confirmed beside it (R-7.13)."""
    signed = signature.text
    text = db.session.get(DeclarationText, text_id) if text_id is not None else None
    if signature.status is not SignatureStatus.SIGNED or signed is None or text is None:
        return
    if text.language == signed.language and text.edition > signed.edition:
        raise InvalidValue(
            "text_id",
            _("What was signed stays. Note that they confirm the new text instead"),
        )


def _keep_proof(signature: Signature, upload: Any) -> None:
    about = {"beside_id": signature.signatory_id, "through_id": signature.signed_by_id}
    if upload:
        proof = files.attach(
            record_id=signature.declaration_id, upload=upload, kind=DocumentKind.PROOF, **about
        )
        signature.proof_id = proof.id
    else:
        files.also_about(signature.proof_id, **about)
    db.session.flush()


def confirm(signature: Signature, *, text_id: int | None, **values: Any) -> Confirmation:
    """Note that who had signed stands by a newer text; what was signed before stays as it was."""
    text = db.session.get(DeclarationText, text_id) if text_id is not None else None
    if text is None or text.declaration_id != signature.declaration_id or text.frozen_at is None:
        raise InvalidValue("text_id", _("Choose a frozen text of this declaration"))
    if any(each.text_id == text.id for each in signature.confirmations):
        raise InvalidValue("text_id", _("They have confirmed this text already"))
    return services.add(
        Confirmation(
            signature_id=signature.id,
            declaration_id=signature.declaration_id,
            signatory_id=signature.signatory_id,
            text_id=text.id,
            text_sha256=text.sha256,
            **values,
        )
    )


# Our own approval


def add_approval(**values: Any) -> Approval:
    """Note what we decided of a text before signing it."""
    check_text(values["declaration_id"], values.get("text_id"))
    principal = principal_of(db.session)
    return services.add(Approval(**values, noted_by_id=principal.user_id if principal else None))


def change_approval(approval: Approval, version: int, **values: Any) -> Approval:
    """Change what is noted of our own decision."""
    check_text(approval.declaration_id, values.get("text_id"))
    return services.change_part(approval, version, **values)


def check_text(declaration_id: int, text_id: int | None) -> None:
    """Refuse a text of another declaration.

    :raises InvalidValue: at ``text_id``.
    """
    if text_id is None:
        return
    text = db.session.get(DeclarationText, text_id)
    if text is None or text.declaration_id != declaration_id:
        raise InvalidValue("text_id", _("Choose a text of this declaration"))


def _name_today(signatory_id: int) -> str:
    signatory = db.session.get(Record, signatory_id)
    return signatory.title if signatory else ""


def _check_single(declaration_id: int, signatory_id: int, but: Signature | None = None) -> None:
    for known in db.session.scalars(queries.open_signature(declaration_id, signatory_id)):
        if known is not but:
            raise AlreadyOnTheList(known)


@contextmanager
def _single() -> Iterator[None]:
    """Refuse a second open signature that hides from the person, or comes at the same moment."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise AlreadyOnTheList(None) from None


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
