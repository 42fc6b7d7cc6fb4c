"""What declarations add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.core.countries import country_name
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l, _n
from crm.declarations import (
    agenda,
    filing,
    forms,
    glance,
    jobs,
    packing,
    publishing,
    queries,
    services,
)
from crm.declarations.cli import verify
from crm.declarations.models import (
    Approval,
    Declaration,
    DeclarationKind,
    DeclarationText,
    FrozenList,
    SignatoryCategory,
    Signature,
    SignatureStatus,
    Stage,
    Verdict,
)
from crm.declarations.signatories import is_late
from crm.declarations.status import SUBJECT, closes_at, stage_now
from crm.declarations.versions import version_words
from crm.declarations.views import add_list_routes, add_routes, add_signature_routes
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.permissions import Permission
from crm.records.asof import happened_by
from crm.records.audience import Audience
from crm.records.display import due_in_words
from crm.records.filed import Stored
from crm.records.filters import choice_filter, date_filter, record_filter
from crm.records.kinds import (
    Column,
    Filter,
    HomeBlock,
    Moment,
    Panel,
    PartKind,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.records.reading import Reading
from crm.records.ties import Tie
from crm.statuses import book
from crm.statuses.listing import status_list
from crm.web.cells import Action, Chip, Lines, Link, Long, Steps, Tone, lines, listed
from crm.web.templating import locale_code, shown

STAGE_LOOKS: dict[Stage, tuple[Tone, str]] = {
    Stage.IDEA: ("neutral", "◔"),
    Stage.DRAFTING: ("info", "◔"),
    Stage.RED_LINES: ("info", "◐"),
    Stage.FROZEN: ("info", "◕"),
    Stage.OPEN: ("ok", "●"),
    Stage.CLOSED: ("neutral", "■"),
    Stage.SUBMITTED: ("ok", "▶"),
    Stage.FOLLOWED_UP: ("ok", "▶"),
    Stage.ARCHIVED: ("neutral", "■"),
}
SIGNATURE_LOOKS: dict[SignatureStatus, tuple[Tone, str]] = {
    SignatureStatus.INVITED: ("info", "◐"),
    SignatureStatus.REMINDED: ("info", "◐"),
    SignatureStatus.AGREED: ("info", "◕"),
    SignatureStatus.CONDITIONAL: ("warn", "◕"),
    SignatureStatus.SIGNED: ("ok", "●"),
    SignatureStatus.DECLINED: ("neutral", "■"),
    SignatureStatus.NO_ANSWER: ("neutral", "○"),
    SignatureStatus.WITHDRAWN: ("warn", "▲"),
}
VERDICT_LOOKS: dict[Verdict, tuple[Tone, str]] = {
    Verdict.APPROVED: ("ok", "●"),
    Verdict.CONDITIONAL: ("warn", "◕"),
    Verdict.REFUSED: ("danger", "■"),
}


JOBS = jobs


def _verdict_chip(approval: Approval) -> Chip:
    return Chip(approval.verdict.label, *VERDICT_LOOKS[approval.verdict])


def stage_chip(declaration: Declaration) -> Chip:
    """Return how far a declaration has come, as a chip."""
    stage = stage_now(declaration)
    return Chip(stage.label, *STAGE_LOOKS[stage])


def counts(declaration: Declaration) -> str:
    """Return both numbers of signatories: named here, and announced (R-7.2)."""
    return _both_numbers(declaration, _named(declaration))


def _both_numbers(declaration: Declaration, named: int) -> str:
    if declaration.announced_count is None:
        return _("%(named)s named", named=named)
    return _(
        "%(named)s named / %(announced)s announced",
        named=named,
        announced=declaration.announced_count,
    )


def _missing(declaration: Declaration) -> Any:
    """Return what a declaration waits for."""
    if declaration.stage is Stage.CLOSED:
        return _("It is to be handed in")
    waiting = sum(each.status in queries.WAITING for each in declaration.signatures)
    return _n("%(num)d answer", "%(num)d answers", waiting)


def _deadline(declaration: Declaration) -> Any:
    return lines([due_in_words(each) for each in declaration.signing_deadlines])


def _signatories(declaration: Declaration) -> list[Action]:
    kind = registry.kind_of(declaration)
    return [Action(_("See the signatories"), kind.url(declaration, "panel", key="signatures"))]


def _named(declaration: Declaration) -> int:
    return sum(each.status is SignatureStatus.SIGNED for each in declaration.signatures)


def _date(declaration: Declaration) -> Any:
    return lines([declaration.dated, declaration.dated_note])


def _who_may_sign(declaration: Declaration) -> Any:
    """Return the words of the page to sign, then the rules that hold (R-7.5)."""
    chosen = set(declaration.eligible_categories or ())
    categories = [str(each.label) for each in SignatoryCategory if each.value in chosen]
    network = record_link(declaration.eligible_network)
    return lines(
        [
            declaration.who_may_sign,
            _("Open to: %(categories)s", categories=", ".join(categories)) if categories else None,
            Lines([_("Only members of"), network]) if network else None,
        ]
    )


SUCCESSORS = Reading(("declaration",), queries.successors_of, most=None)
SIGNED = Reading(("declaration",), queries.count_signed)


def _facts(declaration: Declaration) -> list[tuple[str, Any]]:
    successors = SUCCESSORS.rows(declaration)
    facts: list[tuple[str, Any]] = [
        (_("Stage"), Steps([each.label for each in Stage], stage_now(declaration).label)),
        (_("Signatories"), _both_numbers(declaration, SIGNED.first(declaration))),
        (_("Who announced that number"), declaration.announced_source),
        (_("Categories of signatories"), listed(declaration.signatory_categories)),
        (_("Date"), _date(declaration)),
        (_("Came out of the meeting"), record_link(declaration.origin_meeting)),
        (_("Subject"), declaration.subject),
        (_("What it asks for"), Long(declaration.ask) if declaration.ask else None),
        (_("Addressed to"), listed(declaration.addressee_kinds)),
        (_("Who may sign"), _who_may_sign(declaration)),
        (_("Follows the declaration"), record_link(declaration.predecessor)),
        (_("Followed by"), lines([record_link(each) for each in successors])),
    ]
    return [(label, value) for label, value in facts if value]


def _actions(declaration: Declaration) -> list[Action]:
    if not current_user.can(Permission.DECLARATIONS_MANAGE):
        return []
    return [
        Action(_("Move to another stage"), registry.kind_of(declaration).url(declaration, "stage"))
    ]


def _signature_note(record: Declaration, rows: Sequence[Signature]) -> str | None:
    """Say how many of the announced signatories are not named here."""
    named = SIGNED.first(record)
    if record.announced_count is None or named >= record.announced_count:
        return None
    return _(
        "%(announced)s signatories were announced, %(named)s are named here.",
        announced=record.announced_count,
        named=named,
    )


def _text_link(text: DeclarationText) -> Link:
    kind = registry.kinds["declaration"]
    words = version_words(text.language, text.edition)
    return Link(words, kind.url(text.declaration, "text", text_id=text.id))


def _text_state(text: DeclarationText) -> Any:
    if text.frozen_at is None:
        return Chip(_("Draft"), "info", "◔")
    return lines([Chip(_("Frozen"), "ok", "●"), text.frozen_at])


def _text_actions(record: Record, text: DeclarationText) -> list[Action]:
    if text.frozen_at is not None or not current_user.can(Permission.DECLARATIONS_MANAGE):
        return []
    kind = registry.kind_of(record)
    return [Action(_("Freeze"), kind.url(record, "freeze", text_id=text.id), "post")]


def _signatory(signature: Signature) -> Any:
    link = record_link(signature.signatory)
    printed = signature.displayed_name
    today = link.text if link is not None and link.text != printed else None
    shown_name = Link(printed, link.url) if link is not None else printed
    country = country_name(signature.country, locale_code()) or signature.scope
    where = _("%(category)s, %(country)s", category=signature.category.label, country=country)
    return lines([shown_name, today, where if country else signature.category.label])


def signature_chip(signature: Signature) -> Chip:
    """Return what a signatory has done, as a chip."""
    return Chip(signature.status.label, *SIGNATURE_LOOKS[signature.status])


def _signature_columns(declaration: Declaration) -> Sequence[Column]:
    """Return what the panel shows of each signature; a late one is marked (R-7.11)."""
    end = closes_at(declaration)

    def status(signature: Signature) -> Any:
        late = Chip(_("After the deadline"), "warn", "▲") if is_late(signature, end) else None
        return lines(
            [
                signature_chip(signature),
                late,
                signature.signed_on,
                signature.condition,
                signature.withdrawal_reason,
            ]
        )

    return (
        Column("signatory", _l("Signatory"), _signatory),
        Column("status", _l("Status"), status),
        Column("signed_by", _l("Signed by"), _signed_by),
        Column("proof", _l("Proof"), _proof),
    )


def _signed_by(signature: Signature) -> Any:
    """Return who signed for the signatory, and in what capacity (R-7.6)."""
    return lines([record_link(signature.signed_by) or signature.signer_name, signature.capacity])


def _proof(signature: Signature) -> Any:
    if signature.proof is None:
        return None
    kind = registry.kinds["declaration"]
    return Link(
        signature.proof.name,
        kind.url(signature.declaration, "download", document_id=signature.proof_id),
    )


def _signature_actions(declaration: Declaration) -> list[Action]:
    kind = registry.kind_of(declaration)
    return [Action(_("List of signatories"), kind.url(declaration, "signatories"), only_reads=True)]


def _frozen_list(listed: FrozenList) -> Any:
    kind = registry.kinds["declaration"]
    url = kind.url(listed.declaration, "frozen_list", list_id=listed.id)
    return Link(shown(listed.frozen_at), url)


def _confirm_actions(record: Record, signature: Signature) -> list[Action]:
    if record.deleted_at is not None or not current_user.can(Permission.RECORDS_EDIT):
        return []
    kind = registry.kind_of(record)
    return [Action(_("Confirms"), kind.url(record, "confirm_text", signature_id=signature.id))]


def _approval_text(approval: Approval) -> Any:
    return _text_link(approval.text) if approval.text else None


TEXT = PartKind(
    name="texts",
    model=DeclarationText,
    label=_l("Text"),
    add_label=_l("Add a text"),
    form=forms.TextForm,
    owners={"declaration": "declaration_id"},
    create=services.add_text,
    change=services.change_text,
    remove=services.remove_text,
    may_change=lambda text: text.frozen_at is None,
)
SIGNATURE = PartKind(
    name="signatures",
    model=Signature,
    label=_l("Signature"),
    add_label=_l("Add a signature"),
    form=forms.SignatureForm,
    owners={"declaration": "declaration_id"},
    create=services.add_signature,
    change=services.change_signature,
    remove=services.remove_signature,
)
APPROVAL = PartKind(
    name="approvals",
    model=Approval,
    label=_l("Approval"),
    add_label=_l("Note our own approval"),
    form=forms.ApprovalForm,
    owners={"declaration": "declaration_id"},
    create=services.add_approval,
    change=services.change_approval,
)
DECLARATION = RecordKind(
    name="declaration",
    path="declarations",
    model=Declaration,
    label=_l("Declaration"),
    label_plural=_l("Declarations"),
    add_label=_l("Add a declaration"),
    form=forms.DeclarationForm,
    query=queries.listed,
    create=services.create_declaration,
    change=services.change_declaration,
    facts=_facts,
    needs=(
        joinedload(Declaration.origin_meeting),
        joinedload(Declaration.eligible_network),
        joinedload(Declaration.predecessor),
        joinedload(Declaration.signing_deadlines),
    ),
    summary=lambda record: [stage_chip(record), record.declaration_kind, record.dated],
    actions=_actions,
    timeline_summary=lambda record: record.subject,
    columns=(
        Column(
            "title",
            _l("Name"),
            record_link,
            sort=Record.sort_key,
            widest=Audience.PUBLIC,
            filed=Stored("title"),
            field="name",
        ),
        Column("stage", _l("Stage"), stage_chip, sort=Declaration.stage, widest=Audience.PUBLIC),
        Column("dated", _l("Date"), _date, sort=Declaration.dated, widest=Audience.PUBLIC),
        Column("counts", _l("Signatories"), counts, widest=Audience.PUBLIC),
        Column(
            "meeting", _l("Came out of the meeting"), lambda row: record_link(row.origin_meeting)
        ),
    ),
    filters=(
        choice_filter("stage", _l("Stage"), Declaration.stage, Stage, pinned=True),
        choice_filter(
            "kind",
            _l("Kind of declaration"),
            Declaration.declaration_kind,
            DeclarationKind,
            pinned=True,
        ),
        record_filter(
            "signatory", _l("Signed by"), queries.signed_by, kinds=("organisation", "person")
        ),
        record_filter("recipient", _l("Handed to"), queries.submitted_to, kinds=("organisation",)),
        date_filter("from", _l("From"), Declaration.dated, before=False),
        date_filter("before", _l("Before"), Declaration.dated, before=True),
    ),
    empty=_l("No declaration yet."),
)


def _signed(column: Any) -> Filter:
    return record_filter(
        "signed",
        _l("Has signed"),
        lambda declaration_id: queries.has_signed(declaration_id, column),
        kinds=("declaration",),
    )


def _asked(column: Any) -> Filter:
    return record_filter(
        "asked",
        _l("Was asked to sign"),
        lambda declaration_id: queries.was_asked(declaration_id, column),
        kinds=("declaration",),
    )


TIE = Tie("declarations", _l("Declarations"), queries.shared_with_us)

FEATURE = Feature(
    name="declarations",
    glances=glance.GLANCES,
    linked_sheets=filing.SHEETS,
    ties=(TIE,),
    public_sections=publishing.SECTIONS,
    public_facts=publishing.FACTS,
    pack_sections=packing.SECTIONS,
    pack_tables=packing.TABLES,
    pack_changes=packing.CHANGES,
    kinds=(DECLARATION,),
    list_filters=(
        ("organisation", _signed(Organisation.id)),
        ("person", _signed(Person.id)),
        ("organisation", _asked(Organisation.id)),
        ("person", _asked(Person.id)),
    ),
    lists=(
        status_list(
            SUBJECT,
            _l("Stages of declarations"),
            _l("Managers move a declaration; the rules say what its deadline does."),
        ),
    ),
    parts=(TEXT, SIGNATURE, APPROVAL),
    commands=(verify,),
    nav=(NavItem(_l("Declarations"), "declarations.index", order=60),),
    routes=(
        ("declaration", add_routes),
        ("declaration", add_signature_routes),
        ("declaration", add_list_routes),
    ),
    moments=(Moment("declaration", queries.moments_of),),
    readings=(SUCCESSORS, SIGNED, book.ON_PAGES),
    calendar=(agenda.events,),
    home=(
        HomeBlock(
            key="declarations",
            title=_l("Declarations waiting"),
            query=lambda user_id: queries.waiting_for_us(),
            order=40,
            columns=(
                Column("title", _l("Name"), record_link),
                Column("stage", _l("Stage"), stage_chip),
                Column("missing", _l("What is missing"), _missing),
                Column("deadline", _l("Deadline to sign"), _deadline),
            ),
            empty=_l("No declaration waits for us"),
            row_actions=_signatories,
        ),
    ),
    panels=(
        Panel(
            key="signatures",
            title=_l("Signatures"),
            on=("declaration",),
            query=queries.signatures_on,
            part=SIGNATURE,
            order=10,
            limit=8,
            note=_signature_note,
            when_empty=_l("No signatory is named here yet"),
            actions=_signature_actions,
            columns=_signature_columns,
        ),
        Panel(
            key="to-confirm",
            title=_l("To be told of the new text"),
            on=("declaration",),
            query=queries.to_confirm,
            order=11,
            limit=8,
            row_actions=_confirm_actions,
            columns=(
                Column("signatory", _l("Signatory"), _signatory),
                Column(
                    "text",
                    _l("Text signed"),
                    lambda row: _text_link(row.text) if row.text else None,
                ),
            ),
        ),
        Panel(
            key="approvals",
            title=_l("Our own approval"),
            on=("declaration",),
            query=queries.approvals_of,
            part=APPROVAL,
            side=True,
            order=12,
            columns=(
                Column("verdict", _l("What was decided"), _verdict_chip),
                Column("by", _l("Decided by"), lambda row: lines([row.decided_by, row.decided_on])),
                Column("text", _l("Text"), _approval_text),
                Column("points", _l("Points checked"), lambda row: row.points and Long(row.points)),
            ),
        ),
        Panel(
            key="texts",
            title=_l("Texts"),
            on=("declaration",),
            query=queries.texts_of,
            part=TEXT,
            side=True,
            order=10,
            row_actions=_text_actions,
            columns=(
                Column("text", _l("Text"), _text_link),
                Column("state", _l("State"), _text_state),
            ),
        ),
        Panel(
            key="lists",
            title=_l("Frozen lists"),
            on=("declaration",),
            query=queries.lists_of,
            side=True,
            order=11,
            columns=(Column("list", _l("As it stood"), _frozen_list),),
        ),
        Panel(
            key="out-of",
            title=_l("Declarations that came out of it"),
            on=("meeting",),
            query=queries.out_of,
            side=True,
            order=40,
            columns=(
                Column("title", _l("Name"), record_link),
                Column("stage", _l("Stage"), stage_chip),
            ),
        ),
        Panel(
            key="signed",
            title=_l("Declarations"),
            on=("organisation", "person"),
            query=queries.signatures_of,
            on_day=happened_by(Signature.signed_on),
            side=True,
            order=35,
            columns=(
                Column("declaration", _l("Declaration"), lambda row: record_link(row.declaration)),
                Column("status", _l("Status"), signature_chip),
            ),
        ),
    ),
)
