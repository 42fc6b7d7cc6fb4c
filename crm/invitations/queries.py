"""Questions about invitations. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, selectin_polymorphic, selectinload

from crm.core.partial_date import active_on
from crm.declarations.models import Declaration, DeclarationText, Signature, SignatureStatus
from crm.invitations.models import (
    Invitation,
    InvitationMail,
    Mailing,
    MailKind,
    MailState,
    SigningLink,
    Wording,
)
from crm.networks.models import Membership, Term
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.records.models import Record

SILENT = (SignatureStatus.INVITED, SignatureStatus.REMINDED)
UNDECIDED = (
    *SILENT,
    SignatureStatus.AGREED,
    SignatureStatus.CONDITIONAL,
    SignatureStatus.NO_ANSWER,
)
"""Those who may still sign or decline by their link."""

FAILED = (MailState.REFUSED, MailState.RETURNED)
"""What became of a mail whose address does not work."""


def invitations_of(record: Record) -> Select[Invitation]:
    """Return who was invited to sign a declaration, with what became of each."""
    return (
        select(Invitation)
        .join(Invitation.signature)
        .where(Invitation.declaration_id == record.id)
        .options(
            selectinload(Invitation.signature),
            selectinload(Invitation.signatory),
            selectinload(Invitation.contact),
            selectinload(Invitation.mails).selectinload(InvitationMail.job),
        )
        .order_by(sa.not_(_failed()), Signature.displayed_name, Invitation.id)
    )


def _failed() -> ColumnElement[bool]:
    """Tell whether the address of an invitation does not work."""
    mail = aliased(InvitationMail)
    return exists().where(
        mail.invitation_id == Invitation.id,
        mail.address == Invitation.address,
        mail.state.in_(FAILED),
    )


def counted_answers(record: Record) -> Select[SignatureStatus, int]:
    """Return (answer, how many invitations got it)."""
    return (
        select(Signature.status, func.count(Invitation.id))
        .join(Invitation, Invitation.signature_id == Signature.id)
        .where(Invitation.declaration_id == record.id)
        .group_by(Signature.status)
    )


def count_failed(record: Record) -> Select[int]:
    """Return how many invitations went to an address that does not work."""
    return select(func.count(Invitation.id)).where(
        Invitation.declaration_id == record.id, _failed()
    )


def silent_on(record: Record) -> Select[Invitation]:
    """Return who was invited and has not answered yet."""
    return invitations_of(record).where(Signature.status.in_(SILENT))


def waiting_mails(mailing_ids: Sequence[int]) -> Select[InvitationMail]:
    """Return the mails of mailings that were not sent yet."""
    return (
        select(InvitationMail)
        .where(
            InvitationMail.mailing_id.in_(mailing_ids), InvitationMail.state == MailState.WAITING
        )
        .options(selectinload(InvitationMail.job))
        .order_by(InvitationMail.queued_at, InvitationMail.id)
    )


def mailings_of(record: Record) -> Select[Mailing]:
    """Return the mailings of a declaration, the newest first."""
    return (
        select(Mailing)
        .where(Mailing.declaration_id == record.id)
        .options(selectinload(Mailing.created_by))
        .order_by(Mailing.created_at.desc(), Mailing.id)
    )


def counted_mails(record: Record) -> Select[int | None, MailState, int]:
    """Return (mailing id, state, how many mails) of the mailings of a declaration."""
    return (
        select(InvitationMail.mailing_id, InvitationMail.state, func.count())
        .join(Mailing, Mailing.id == InvitationMail.mailing_id)
        .join(Invitation, Invitation.id == InvitationMail.invitation_id)
        .join(Signature, Signature.id == Invitation.signature_id)
        .where(Mailing.declaration_id == record.id)
        .group_by(InvitationMail.mailing_id, InvitationMail.state)
    )


def wording_of(mailing_id: int, language: str) -> Select[Wording]:
    """Return the words of a mailing in a language."""
    return select(Wording).where(Wording.mailing_id == mailing_id, Wording.language == language)


def asked_since(
    addresses: Sequence[str],
    moment: datetime,
    states: Sequence[MailState] = (MailState.WAITING, MailState.SENT),
) -> Select[str, datetime]:
    """Return (address, when) for the addresses that were asked after a moment, and last when.

    :param addresses: in small letters, as they are returned.
    """
    folded = func.lower(InvitationMail.address)
    return (
        select(folded, func.max(InvitationMail.queued_at))
        .where(
            folded.in_(addresses),
            InvitationMail.kind != MailKind.RECEIPT,
            InvitationMail.state.in_(states),
            InvitationMail.queued_at > moment,
        )
        .group_by(folded)
    )


def silent_to_remind(record: Record, ids: Sequence[int]) -> Select[Invitation]:
    """Return those of these invitations that are silent, kept from others until the end."""
    return (
        silent_on(record)
        .where(Invitation.id.in_(ids))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )


def count_silent(record: Record) -> Select[int]:
    """Return how many were invited and have not answered yet."""
    return (
        select(func.count(Invitation.id))
        .join(Invitation.signature)
        .where(Invitation.declaration_id == record.id, Signature.status.in_(SILENT))
    )


def signatories(ids: Sequence[int]) -> Select[Record]:
    """Return organisations and people with all that is asked of them."""
    return (
        select(Record)
        .where(Record.id.in_(ids))
        .options(selectin_polymorphic(Record, [Organisation, Person]))
    )


def lines_to_invite(declaration_id: int, signatory_ids: Sequence[int]) -> Select[Signature]:
    """Return the lines that were noted by hand and may still be invited, kept from others."""
    return (
        select(Signature)
        .where(
            Signature.declaration_id == declaration_id,
            Signature.signatory_id.in_(signatory_ids),
            Signature.status.in_(UNDECIDED),
            ~exists().where(Invitation.signature_id == Signature.id),
        )
        .with_for_update(of=Signature)
    )


def invited_lines(declaration_id: int) -> Select[int]:
    """Return the ids of the lines of a declaration that have an invitation."""
    return select(Invitation.signature_id).where(Invitation.declaration_id == declaration_id)


def latest_addresses(signatory_ids: Sequence[int]) -> Select[Invitation]:
    """Return the earlier invitations of these signatories, the newest last."""
    return (
        select(Invitation)
        .join(Invitation.mails)
        .where(Invitation.signatory_id.in_(signatory_ids))
        .order_by(InvitationMail.queued_at, Invitation.id)
    )


def failed_addresses(addresses: Sequence[str]) -> Select[str]:
    """Return which of these addresses refused a mail or sent it back."""
    return (
        select(InvitationMail.address)
        .where(
            InvitationMail.address.in_(addresses),
            InvitationMail.state.in_(FAILED),
        )
        .distinct()
    )


def signatures_by(declaration_id: int, signatory_ids: Sequence[int]) -> Select[Signature]:
    """Return what these records have on the list of a declaration, what was withdrawn first."""
    return (
        select(Signature)
        .where(
            Signature.declaration_id == declaration_id, Signature.signatory_id.in_(signatory_ids)
        )
        .order_by(Signature.status != SignatureStatus.WITHDRAWN, Signature.id)
    )


def covering_networks(
    declaration_id: int, member_ids: Sequence[int], day: date
) -> Select[int, Organisation]:
    """Return (member id, network) for the networks that signed and in which these sit on a day."""
    signed = aliased(Signature)
    return (
        select(Membership.member_id, Organisation)
        .join(Organisation, Organisation.id == Membership.network_id)
        .join(Term, Term.membership_id == Membership.id)
        .join(signed, signed.signatory_id == Organisation.id)
        .where(
            Membership.member_id.in_(member_ids),
            active_on(Term.since, Term.until, day),
            signed.declaration_id == declaration_id,
            signed.status == SignatureStatus.SIGNED,
        )
        .distinct()
        .order_by(Organisation.sort_key, Organisation.id)
    )


def frozen_texts(declaration_id: int) -> Select[DeclarationText]:
    """Return the texts that may be signed, the newest first."""
    return (
        select(DeclarationText)
        .where(
            DeclarationText.declaration_id == declaration_id,
            DeclarationText.frozen_at.is_not(None),
        )
        .order_by(DeclarationText.edition.desc(), DeclarationText.language)
    )


def link_with(token_hash: str) -> Select[SigningLink]:
    """Return the link with this fingerprint."""
    return (
        select(SigningLink)
        .where(SigningLink.token_hash == token_hash)
        .options(selectinload(SigningLink.invitation).selectinload(Invitation.signature))
    )


def link_of_mail(mail_id: int) -> Select[SigningLink]:
    """Return the link that a mail carries."""
    return select(SigningLink).where(SigningLink.mail_id == mail_id)


def declaration_to_sign(declaration_id: int) -> Select[Declaration]:
    """Return a declaration as it stands now; nobody closes it until the end of the request."""
    return (
        select(Declaration)
        .where(Declaration.id == declaration_id)
        .options(selectinload(Declaration.signing_deadlines))
        .with_for_update(read=True, of=Declaration)
        .execution_options(populate_existing=True, with_trash=True)
    )


def signature_to_answer(signature_id: int) -> Select[Signature]:
    """Return a signature as it stands now, kept from others until the end of the request."""
    return (
        select(Signature)
        .where(Signature.id == signature_id)
        .with_for_update(of=Signature)
        .execution_options(populate_existing=True, with_trash=True)
    )


def mails_of_kind(invitation_id: int, kind: MailKind) -> Select[InvitationMail]:
    """Return the mails of a kind to whoever holds an invitation, the newest first."""
    return (
        select(InvitationMail)
        .where(InvitationMail.invitation_id == invitation_id, InvitationMail.kind == kind)
        .order_by(InvitationMail.queued_at.desc(), InvitationMail.id)
    )


def with_message(message_id: str) -> Select[InvitationMail]:
    """Return the mail with this identifier."""
    return select(InvitationMail).where(InvitationMail.message_id == message_id)
