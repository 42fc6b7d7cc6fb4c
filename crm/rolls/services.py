"""Everything that keeps or undoes a list of signatories. No service commits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select

from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.declarations.eligibility import Eligibility, eligibility_of, usual_category
from crm.declarations.models import Declaration, SignatoryCategory, Signature, SignatureStatus
from crm.declarations.services import AlreadyOnTheList, add_signatures, change_signature
from crm.organisations.models import Organisation
from crm.organisations.services import create_organisation
from crm.permissions import Permission
from crm.records import queries as records
from crm.records import services
from crm.records.models import Act
from crm.rolls import queries
from crm.rolls.naming import kind_of
from crm.rolls.reading import Signer

_CHUNK = 500
Row = TypeVar("Row")


@dataclass(frozen=True)
class Entry:
    """Who signed, as a person has decided which organisation it is.

    :param organisation_id: which one; None for one to be added.
    :param signature_id: the line on the list of whoever was asked already.
    """

    signer: Signer
    organisation_id: int | None
    signature_id: int | None = None


@dataclass
class Noted:
    """What became of a list.

    :param refused: who was refused, and why.
    """

    added: int = 0
    organisations: int = 0
    refused: list[tuple[Signer, str]] = field(default_factory=list)


def note_list(
    declaration: Declaration,
    entries: Sequence[Entry],
    *,
    signed_on: PartialDate | None = None,
    may_publish: bool = False,
) -> Noted:
    """Note that everybody on a list has signed, adding the organisations that are new.

    Who is refused is told; all the others are kept.

    :param signed_on: when they signed, where the list itself does not say it.
    """
    noted = Noted()
    asked = [each for each in entries if each.signature_id is not None]
    others = [each for each in entries if each.signature_id is None]
    # Held until the end: the session forgets what nobody holds, and would ask for each again.
    signing = _organisations(declaration, others, noted)
    rows = [_values(entry.signer, organisation) for entry, organisation in signing]
    usual = {"status": SignatureStatus.SIGNED, "may_publish": may_publish}
    for row in rows:
        row.update(usual, signed_on=row["signed_on"] or signed_on)
    for (entry, _known), answer in zip(signing, add_signatures(declaration, rows), strict=True):
        if isinstance(answer, InvalidValue):
            noted.refused.append((entry.signer, str(answer.message)))
        else:
            noted.added += 1
    _note_asked(declaration, asked, noted, signed_on=signed_on, may_publish=may_publish)
    return noted


def _note_asked(
    declaration: Declaration,
    entries: Sequence[Entry],
    noted: Noted,
    *,
    signed_on: PartialDate | None,
    may_publish: bool,
) -> None:
    """Note that those have signed who were asked already: on the line that they have."""
    held = {each.id: each for each in _by_ids(queries.signatures_with_ids, _ids(entries))}
    for entry in entries:
        signature = held.get(entry.signature_id or 0)
        try:
            if signature is None or signature.declaration_id != declaration.id:
                raise InvalidValue(None, _("This record no longer exists. Choose another"))
            if signature.status in (SignatureStatus.SIGNED, SignatureStatus.DECLINED):
                raise AlreadyOnTheList(signature)  # Named twice, or they answered meanwhile.
            change_signature(
                signature,
                signature.version,
                status=SignatureStatus.SIGNED,
                signed_on=entry.signer.signed_on or signed_on,
                listed_under=entry.signer.listed_under or signature.listed_under,
                may_publish=may_publish or signature.may_publish,
                may_show_logo=entry.signer.may_show_logo or signature.may_show_logo,
            )
        except InvalidValue as refused:
            noted.refused.append((entry.signer, str(refused.message)))
        else:
            noted.added += 1


def _ids(entries: Sequence[Entry]) -> list[int]:
    return sorted({each.signature_id for each in entries if each.signature_id is not None})


def _by_ids(ask: Callable[[Sequence[int]], Select[Row]], ids: Sequence[int]) -> list[Row]:
    """Return rows by their ids, so many at once as a statement takes."""
    return [
        each
        for start in range(0, len(ids), _CHUNK)
        for each in db.session.scalars(ask(ids[start : start + _CHUNK]))
    ]


def _organisations(
    declaration: Declaration, entries: Sequence[Entry], noted: Noted
) -> list[tuple[Entry, Organisation]]:
    """Return the organisation of each entry, those that are new added."""
    eligibility = eligibility_of(declaration)
    ids = sorted({each.organisation_id for each in entries if each.organisation_id is not None})
    known = {each.id: each for each in _by_ids(queries.with_ids, ids)}
    found = []
    for entry in entries:
        try:
            if entry.organisation_id is None:
                organisation = _create(entry.signer, eligibility)
                noted.organisations += 1
            elif entry.organisation_id in known:
                organisation = known[entry.organisation_id]
            else:
                raise InvalidValue(None, _("This record no longer exists. Choose another"))
        except InvalidValue as refused:
            noted.refused.append((entry.signer, str(refused.message)))
            continue
        found.append((entry, organisation))
    return found


def _create(signer: Signer, eligibility: Eligibility) -> Organisation:
    """Add an organisation that may sign; one that may not is not left behind."""
    values: dict[str, Any] = {
        "name": signer.name,
        "acronym": signer.acronym or None,
        "country": signer.country,
        "organisation_kind": kind_of(signer.name),
    }
    eligibility.check(0, _category(signer, Organisation(**values)))
    return create_organisation(**values)


def _category(signer: Signer, organisation: Organisation) -> SignatoryCategory:
    return SignatoryCategory.INTERNATIONAL if signer.scope else usual_category(organisation)


def _values(signer: Signer, organisation: Organisation) -> dict[str, Any]:
    """Return the signature of an organisation, printed as the list names it."""
    return {
        "signatory_id": organisation.id,
        "displayed_name": signer.name,
        "category": _category(signer, organisation),
        "listed_under": signer.listed_under or None,
        "country": signer.country or (None if signer.scope else organisation.country),
        "scope": signer.scope or None,
        "signed_on": signer.signed_on,
        "may_show_logo": signer.may_show_logo,
    }


def undo_list(declaration: Declaration, batch: str) -> tuple[int, int]:
    """Put back all that a list has changed.

    :returns: how many changes were put back, and how many were kept because they changed again.
    :raises NotAllowed: when it is no list of this declaration, or somebody else's.
    """
    principal = principal_of(db.session)
    changes = db.session.scalars(records.changes_of_batch(batch)).all()
    here = set(db.session.scalars(queries.signature_ids(declaration)))
    signed = [each for each in changes if each.row_table == Signature.__tablename__]
    added = [each for each in changes if each.row_table == Organisation.__tablename__]
    is_list = any(each.row_id in here for each in signed) and all(
        each in signed or (each in added and each.act is Act.CREATE) for each in changes
    )
    is_mine = principal is not None and (
        principal.can(Permission.RECORDS_TRASH)
        or all(change.user_id == principal.user_id for change in changes)
    )
    if not (is_list and is_mine):
        raise NotAllowed(
            _("This list cannot be undone here. Look at the history of the declaration")
        )
    return services.undo_batch(batch)
