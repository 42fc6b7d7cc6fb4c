"""What the pages of lines and mails show."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.capture import correspondents, services
from crm.capture.correspondents import Correspondents
from crm.capture.forms import WaitingMailForm
from crm.capture.message import Address
from crm.capture.models import WaitingFile, WaitingMail
from crm.core.clock import today
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.interactions.models import InteractionKind
from crm.permissions import Permission
from crm.web.cells import Action, Link
from crm.web.tables import HeaderCell, Row, Table

KILOBYTE = 1024


def ways_to_add() -> list[Action]:
    """Return the ways from the list of exchanges, and from the form of one."""
    if not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    return [
        Action(_("Log in one line"), url_for("capture.line")),
        Action(_("Log from a mail"), url_for("capture.mails")),
    ]


def waiting(mails: Sequence[WaitingMail]) -> Table:
    """Return the mails that wait for a decision."""
    columns = [HeaderCell(_("Subject")), HeaderCell(_("Sent on")), HeaderCell(_("Kept until"))]
    rows = [Row([link(mail), mail.sent_at, mail.kept_until]) for mail in mails]
    return Table(_("Not decided yet"), columns, rows)


def link(mail: WaitingMail) -> Link:
    """Return the way to a mail that waits."""
    return Link(title(mail), url_for("capture.mail", mail_id=mail.id))


def title(mail: WaitingMail) -> str:
    """Return what a mail is called."""
    return mail.subject or _("Mail without a subject")


def form_of(mail: WaitingMail) -> tuple[WaitingMailForm, Correspondents]:
    """Return the form of the exchange that a mail is, with the people it was with."""
    found = correspondents.of(mail)
    form = WaitingMailForm(**_values(mail, found))
    form.offer_likely(found.likely)
    form.choose_from(
        [(each.email, _named(each)) for each in found.strangers],
        [(file.id, _described(file)) for file in mail.files],
    )
    return form, found


def _values(mail: WaitingMail, found: Correspondents) -> Mapping[str, Any]:
    direction = _("Mail sent") if found.is_sent else _("Mail received")
    return {
        "participant_ids": found.chosen,
        "interaction_kind": InteractionKind.EMAIL,
        "happened": services.day_of(mail) or PartialDate.of(today()),
        "subject": mail.subject,
        "note": "\n\n".join(filter(None, (direction, mail.body))),
    }


def _named(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _described(file: WaitingFile) -> str:
    kilobytes = max(1, round(file.size / KILOBYTE))
    return _("%(name)s (%(size)d KB)", name=file.name, size=kilobytes)


def notices(mail: WaitingMail) -> list[str]:
    """Say what of a mail could not be read."""
    sentences: list[str] = list(mail.notices["sentences"])
    if mail.sent_at is None:
        sentences.append(_("The mail has no date that can be read: correct it below"))
    elif services.day_of(mail) is None:
        sentences.append(_("The mail is dated in the future: correct the date below"))
    if not any(mail.addresses.values()):
        sentences.append(_("The mail names no addresses: say below with whom it was"))
    return sentences
