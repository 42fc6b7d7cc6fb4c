"""What declarations put into files of lists: which organisation signed which text."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from crm.core.i18n import _l
from crm.declarations.models import Declaration, Signature
from crm.records.filed import LinkedColumn, LinkedSheet, Scope, as_shown
from crm.records.models import Record


def _signatures(scope: Scope) -> Select[*tuple[Any, ...]]:
    declaration, signatory = aliased(Declaration, flat=True), aliased(Record)
    return (
        select(
            declaration.id,
            declaration.title,
            signatory.id,
            signatory.title,
            Signature.displayed_name,
            Signature.status,
            Signature.signed_on,
        )
        .select_from(Signature)
        .join(declaration, declaration.id == Signature.declaration_id)
        .join(signatory, signatory.id == Signature.signatory_id)
        # Of organisations alone: what somebody signs in their own name tells their opinions.
        .where(Signature.signatory_id.in_(scope.ids["organisation"]))
        .order_by(declaration.sort_key, declaration.id, signatory.sort_key, Signature.id)
    )


SHEETS = (
    LinkedSheet(
        "signatures",
        _l("Signatures"),
        40,
        (
            LinkedColumn(_l("Number of the declaration")),
            LinkedColumn(_l("Declaration")),
            LinkedColumn(_l("Number of the signatory")),
            LinkedColumn(_l("Signatory")),
            LinkedColumn(_l("Name on the list")),
            LinkedColumn(_l("Status"), as_shown),
            LinkedColumn(_l("Signed on"), as_shown),
        ),
        _signatures,
    ),
)
