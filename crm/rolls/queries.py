"""Questions about lists of signatories. Each returns a statement; the caller fetches."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from crm.declarations.models import Signature, SignatureStatus
from crm.organisations.models import Organisation
from crm.records.models import Name, NameKind, Record
from crm.records.search import matching_any


def bearing_any_word(
    words: Sequence[str],
) -> Select[int, str, str, str | None, str | None, str, NameKind]:
    """Return the organisations that have one of the words in a name, once for each other name.

    :returns: (id, title, name, acronym, country, another name, its kind). Columns, not
        organisations: hundreds of universities share a word.
    """
    return (
        select(
            Organisation.id,
            Organisation.title,
            Organisation.name,
            Organisation.acronym,
            Organisation.country,
            Name.text,
            Name.kind,
        )
        .outerjoin(Name, Name.record_id == Organisation.id)
        .where(matching_any(Organisation.id, words))
    )


def with_ids(organisation_ids: Sequence[int]) -> Select[Organisation]:
    """Return these organisations."""
    return select(Organisation).where(Organisation.id.in_(organisation_ids))


def on_the_list(record: Record) -> Select[int, int, str, SignatureStatus]:
    """Return (id, signatory's id, printed name, status) of the signatures of a declaration.

    Those that were withdrawn come first: whoever signed again stands on the list.
    """
    return (
        select(Signature.id, Signature.signatory_id, Signature.displayed_name, Signature.status)
        .where(Signature.declaration_id == record.id)
        .order_by(Signature.status != SignatureStatus.WITHDRAWN, Signature.id)
    )


def signatures_with_ids(signature_ids: Sequence[int]) -> Select[Signature]:
    """Return these signatures."""
    return select(Signature).where(Signature.id.in_(signature_ids))


def signature_ids(record: Record) -> Select[int]:
    """Return the ids of the signatures of a declaration."""
    return select(Signature.id).where(Signature.declaration_id == record.id)
