"""What invitations add to Passerelle."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _, _l, _n
from crm.core.queue import JobState
from crm.declarations.feature import signature_chip
from crm.declarations.models import Declaration, SignatureStatus, Stage
from crm.declarations.status import stage_now
from crm.invitations import jobs, queries
from crm.invitations.cli import bounce
from crm.invitations.models import Invitation, InvitationMail, Mailing, MailState
from crm.invitations.views import add_invite_routes, add_mail_routes
from crm.permissions import Permission
from crm.records.kinds import Column, Panel, registry
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.cells import Action, Chip, Link, Tone, lines

LOOKS: Mapping[MailState, tuple[Tone, str]] = {
    MailState.WAITING: ("info", "◔"),
    MailState.SENT: ("ok", "●"),
    MailState.REFUSED: ("danger", "▲"),
    MailState.RETURNED: ("danger", "▲"),
    MailState.STOPPED: ("neutral", "■"),
}
JOBS = jobs


def _mail_chip(mail: InvitationMail) -> Any:
    if mail.state is MailState.WAITING and mail.job and mail.job.state is JobState.DEAD:
        return Chip(_("Given up"), "danger", "▲")
    chip = Chip(mail.state.label, *LOOKS[mail.state])
    return lines([chip, _("mail server: %(code)s", code=mail.problem) if mail.problem else None])


def _last_mail(invitation: Invitation) -> Any:
    last = next(reversed(invitation.mails), None)
    if last is None:
        return None
    return lines([last.kind.label, _mail_chip(last), last.sent_at])


def _signatory(invitation: Invitation) -> Any:
    kind = registry.kind_of(invitation.signatory) if invitation.signatory else None
    name = invitation.signature.displayed_name
    shown = Link(name, kind.url(invitation.signatory)) if kind else name
    contact = invitation.contact.title if invitation.contact else invitation.contact_name
    return lines([shown, contact, invitation.address])


COUNTED = Reading(("declaration",), queries.counted_answers)
FAILED = Reading(("declaration",), queries.count_failed)
SILENT = Reading(("declaration",), queries.count_silent)
MAILS = Reading(("declaration",), queries.counted_mails, most=None)


def _answers(declaration: Declaration, rows: Sequence[Invitation]) -> str:
    """Return how many have answered what, and how many addresses do not work."""
    counted = dict(COUNTED.rows(declaration))
    told = [
        _("%(label)s: %(value)s", label=status.label, value=counted[status])
        for status in SignatureStatus
        if status in counted
    ]
    failed = FAILED.first(declaration)
    if failed:
        told.append(_n("%(num)d address does not work", "%(num)d addresses do not work", failed))
    return " · ".join(told)


def _is_open(declaration: Declaration) -> bool:
    return (
        current_user.can(Permission.DECLARATIONS_MANAGE)
        and declaration.deleted_at is None
        and stage_now(declaration) is Stage.OPEN
    )


def _actions(record: Record) -> Sequence[Action]:
    """Offer to invite and to remind while a declaration is open."""
    if not isinstance(record, Declaration) or not _is_open(record):
        return []
    kind = registry.kind_of(record)
    actions = [Action(_("Invite to sign"), kind.url(record, "invite"))]
    silent = SILENT.first(record)
    if silent:
        actions.append(
            Action(_("Remind the silent (%(count)d)", count=silent), kind.url(record, "remind"))
        )
    return actions


def _invitation_actions(record: Declaration, invitation: Invitation) -> list[Action]:
    if record.deleted_at is not None or invitation.signature.status not in queries.SILENT:
        return []
    kind = registry.kind_of(record)
    actions = []
    if _is_open(record):
        url = kind.url(record, "change_address", invitation_id=invitation.id)
        actions.append(Action(_("Other address"), url))
    last = next(reversed(invitation.mails), None)
    if current_user.can(Permission.RECORDS_EDIT) and last and last.state is MailState.SENT:
        url = kind.url(record, "mail_returned", invitation_id=invitation.id)
        actions.append(Action(_("Note that it came back"), url, "post"))
    return actions


def _mailing_actions(record: Declaration, mailing: Mailing) -> list[Action]:
    if not _is_open(record):
        return []
    kind = registry.kind_of(record)
    if mailing.is_paused:
        return [
            Action(_("Resume"), kind.url(record, "resume_mailing", mailing_id=mailing.id), "post")
        ]
    return [Action(_("Pause"), kind.url(record, "pause_mailing", mailing_id=mailing.id), "post")]


def _mailing_columns(declaration: Declaration) -> Sequence[Column]:
    """Return what is shown of each mailing, with how many mails are where."""
    counts: dict[int | None, list[str]] = defaultdict(list)
    for mailing_id, state, count in MAILS.rows(declaration):
        counts[mailing_id].append(_("%(label)s: %(value)s", label=state.label, value=count))
    return (
        Column("kind", _l("Kind of mail"), lambda row: lines([row.kind.label, row.created_at])),
        Column(
            "counts",
            _l("State"),
            lambda row: lines(
                [Chip(_("Paused"), "warn", "◼") if row.is_paused else None, *sorted(counts[row.id])]
            ),
        ),
    )


FEATURE = Feature(
    name="invitations",
    commands=(bounce,),
    routes=(("declaration", add_invite_routes), ("declaration", add_mail_routes)),
    record_actions=(_actions,),
    readings=(COUNTED, FAILED, SILENT, MAILS),
    panels=(
        Panel(
            key="invitations",
            title=_l("Invitations"),
            on=("declaration",),
            query=queries.invitations_of,
            order=9,
            limit=8,
            note=_answers,
            row_actions=_invitation_actions,
            columns=(
                Column("signatory", _l("Signatory"), _signatory),
                Column("status", _l("Answer"), lambda row: signature_chip(row.signature)),
                Column("mail", _l("Last mail"), _last_mail),
            ),
        ),
        Panel(
            key="mailings",
            title=_l("Mailings"),
            on=("declaration",),
            query=queries.mailings_of,
            side=True,
            order=11,
            row_actions=_mailing_actions,
            columns=_mailing_columns,
        ),
    ),
)
