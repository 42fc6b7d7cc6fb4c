"""What declarations put into a briefing pack: what is signed, what waits, what was signed since."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate
from crm.declarations import queries
from crm.declarations.models import Declaration, Signature, SignatureStatus, Stage
from crm.declarations.status import last_deadline, stage_now
from crm.documents.model import Block, Empty, Lines, Linked, Table, Value
from crm.records.display import due_in_words
from crm.records.packing import (
    PackChange,
    PackChanges,
    PackContext,
    PackSection,
    PackTable,
    Rows,
    Since,
)
from crm.web.templating import shown

MOST_NAMED = 6
"""Of those who have not signed yet; the declaration has the rest."""


def cosigned(context: PackContext) -> Rows:
    """Return the declarations that we and each organisation have signed."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    if context.us_id is None:
        return rows
    found = db.session.execute(queries.cosigned_with_many(context.us_id, context.organisation_ids))
    for organisation_id, declaration in found:
        rows[organisation_id].append([context.link(declaration), str(shown(declaration.dated))])
    return rows


TABLES = (
    PackTable(
        "declarations",
        _l("Declarations signed together"),
        50,
        (_l("Declaration"), _l("Date")),
        cosigned,
        _l("No declaration signed together."),
    ),
)


def still_open(context: PackContext) -> Sequence[Block]:
    """Return the declarations open for signature that we, those expected or members may sign."""
    signatories = [*context.organisation_ids, *context.our_ids]
    found = db.session.scalars(queries.open_for(context.meeting, signatories, context.day))
    declarations = [each for each in found if stage_now(each) is Stage.OPEN]
    answers: dict[int, list[Signature]] = defaultdict(list)
    asked = queries.answers_to([each.id for each in declarations], signatories)
    for signature in db.session.scalars(asked):
        answers[signature.declaration_id].append(signature)
    rows = [_line(context, each, answers[each.id]) for each in declarations]
    if not rows:
        return [Empty(_("No declaration is open for signature here."))]
    columns = (
        _("Declaration"),
        _("Until"),
        _("We"),
        _("Expected, signed"),
        _("Expected, not signed"),
    )
    return [Table("", columns, rows)]


def _line(
    context: PackContext, declaration: Declaration, answers: Sequence[Signature]
) -> Sequence[Value]:
    for signature in answers:
        context.note("signature", signature.id)
    ours = [each for each in answers if each.signatory_id == context.us_id]
    theirs = [each for each in answers if each.signatory_id != context.us_id]
    deadline = last_deadline(declaration)
    return (
        context.link(declaration),
        due_in_words(deadline) if deadline else None,
        str(ours[0].status.label) if ours else _("Not asked"),
        sum(each.status is SignatureStatus.SIGNED for each in theirs),
        _named(context, (each for each in theirs if each.status in queries.WAITING)),
    )


def _named(context: PackContext, waiting: Iterable[Signature]) -> Value:
    """Return the first of those whose signature is expected, and how many more there are."""
    names: list[str | Linked] = [
        link for each in waiting if (link := context.link(each.signatory)) is not None
    ]
    more = len(names) - MOST_NAMED
    if more > 0:
        names[MOST_NAMED:] = [_n("and %(num)d more", "and %(num)d more", more)]
    return Lines(names) if names else None


SECTIONS = (PackSection("open_declarations", _l("Open declarations"), 70, still_open),)


def changes(context: PackContext, since: Since) -> Sequence[PackChange]:
    """Return what those expected, and we, have signed since or withdrawn."""
    signatories = [*context.organisation_ids, *context.our_ids]
    found = db.session.execute(queries.signed_between(signatories, since.after, since.until))
    return [_turn(context, since, signature, day) for signature, day in found]


def _turn(
    context: PackContext, since: Since, signature: Signature, signed: PartialDate | None
) -> PackChange:
    context.note("signature", signature.id)
    what, day = _("Signed"), signed
    if signature.status is SignatureStatus.WITHDRAWN and signature.withdrawn_on is not None:
        what, day = _("Signature withdrawn"), PartialDate.of(signature.withdrawn_on)
    declaration: Linked | None = context.link(signature.declaration)
    return PackChange(day, what, context.link(signature.signatory), declaration)


CHANGES = (PackChanges(30, changes),)
