"""What declarations say on the public page."""

from collections.abc import Sequence

from crm.core.i18n import _l, _n
from crm.core.partial_date import PartialDate
from crm.declarations import queries
from crm.declarations.models import Declaration
from crm.declarations.signatories import list_of
from crm.records.publishing import (
    PublicContext,
    PublicFact,
    PublicFacts,
    PublicSection,
    fact,
)


def _facts(context: PublicContext, declaration: Declaration) -> Sequence[PublicFact]:
    language = context.language
    listed = list_of(declaration, is_public=True)
    announced = declaration.announced_count
    origin = declaration.origin_meeting
    dated = declaration.dated
    return [
        fact("kind", _l("Kind of text"), declaration.declaration_kind.label),
        fact("dated", _l("Date"), dated.format(language, "long") if dated else None),
        fact("origin", _l("Comes out of"), context.name(origin)),
        fact("subject", _l("Subject"), context.words(declaration, declaration.subject)),
        fact("ask", _l("What it asks for"), context.words(declaration, declaration.ask)),
        fact(
            "announced",
            _l("Signatories"),
            _n("%(num)d co-signatory", "%(num)d co-signatories", announced) if announced else None,
            source=declaration.announced_source,
        ),
        fact(
            "categories",
            _l("Who signed"),
            context.words(declaration, declaration.signatory_categories),
        ),
        fact(
            "signatories",
            _l("Signatories who agreed to be named"),
            *(
                _signatory(entry.name, entry.country)
                for block in listed.blocks
                for entry in block.entries
            ),
        ),
        fact(
            "addressees",
            _l("Addressed to"),
            context.words(declaration, declaration.addressee_kinds),
        ),
    ]


def _signatory(name: str, country: str | None) -> str:
    return f"{name} – {country}" if country else name


def _when(declaration: Declaration) -> PartialDate | None:
    return declaration.dated


SECTIONS = (
    PublicSection(
        key="declarations",
        kind="declaration",
        records=queries.listed,
        schema="CreativeWork",
        when=_when,
    ),
)
FACTS = (PublicFacts(("declaration",), 10, _facts),)
