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


def on_the_list(record: Record) -> Select[int, str, SignatureStatus]:
    """Return (id, printed name, status) of whoever stands on the list of a declaration."""
    return select(Signature.signatory_id, Signature.displayed_name, Signature.status).where(
        Signature.declaration_id == record.id, Signature.status != SignatureStatus.WITHDRAWN
    )


def signature_ids(record: Record) -> Select[int]:
    """Return the ids of the signatures of a declaration."""
    return select(Signature.id).where(Signature.declaration_id == record.id)
