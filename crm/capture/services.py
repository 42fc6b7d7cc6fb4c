"""Everything that changes waiting mails. No service commits."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from crm.capture import correspondents, queries
from crm.capture.folding import fold_away
from crm.capture.message import Address, Message
from crm.capture.models import WaitingFile, WaitingMail
from crm.core.clock import PARIS, now
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.interactions import services as interactions
from crm.interactions.models import Interaction
from crm.people.models import Person
from crm.people.services import Reached, add_ways_to_reach, create_person
from crm.records import files
from crm.records.models import ContactKind, DocumentKind

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
MOST_WAITING = 50


@dataclass(frozen=True)
class Upload:
    """A file as those that are sent with a form."""

    filename: str
    stream: BytesIO


def keep(message: Message, *, user_id: int) -> WaitingMail:
    """Keep a mail until the person who handed it in has decided what becomes of it.

    :raises InvalidValue: at ``upload`` when too many of them wait already.
    """
    if (db.session.scalar(queries.count_of(user_id)) or 0) >= MOST_WAITING:
        raise InvalidValue(
            "upload", _("%(most)d mails wait already. Decide on some first", most=MOST_WAITING)
        )
    body, folded = fold_away(message.text)
    mail = WaitingMail(
        user_id=user_id,
        sent_at=message.sent_at,
        subject=message.subject,
        addresses={
            "sender": [astuple(each) for each in message.sender],
            "recipients": [astuple(each) for each in message.recipients],
            "copied": [astuple(each) for each in message.copied],
        },
        body=body,
        folded=folded,
        notices={"sentences": [str(each) for each in message.notices]},
        kept_until=now() + KEPT,
        files=[
            WaitingFile(name=each.name, size=len(each.content), content=each.content)
            for each in message.files
        ],
    )
    db.session.add(mail)
    db.session.flush()  # So that the caller has its id.
    logger.info("a mail waits", extra={"files": len(mail.files), "characters": len(body)})
    return mail


def day_of(mail: WaitingMail) -> PartialDate | None:
    """Return when a mail was sent, by the clocks of Paris; None where it says nothing sensible."""
    if mail.sent_at is None or mail.sent_at > now():
        return None
    return PartialDate.of(mail.sent_at.astimezone(PARIS).date())


def accept(
    mail: WaitingMail,
    *,
    new_people: Sequence[str] = (),
    file_ids: Sequence[int] = (),
    participant_ids: Iterable[int] = (),
    **values: Any,
) -> Interaction:
    """Note the exchange that a mail is; the mail has served its purpose.

    :param new_people: addresses of people to add, who took part.
    :param file_ids: the files of the mail to keep with the exchange.
    :raises InvalidValue: at ``file_ids`` when a file cannot be kept.
    """
    strangers = {each.email: each for each in correspondents.of(mail).strangers}
    participant_ids = list(participant_ids)
    access = interactions.access_beside([*participant_ids, *values.get("topic_ids", ())], values)
    added = [_added(strangers[email], mail, access) for email in new_people if email in strangers]
    interaction = interactions.log(
        participant_ids=[*participant_ids, *(person.id for person in added)], **values
    )
    for file in mail.files:
        if file.id in file_ids:
            _attach(file, interaction)
    logger.info("a mail became an exchange", extra={"files": len(file_ids), "new": len(added)})
    discard(mail)
    return interaction


def _added(address: Address, mail: WaitingMail, access: dict[str, Any]) -> Person:
    """Add somebody whom nobody sees who may not see the exchange."""
    name = address.name or address.email
    person = create_person(name=name, data_source=_source(mail), **access)
    add_ways_to_reach(person, [Reached(ContactKind.EMAIL, address.email)])
    return person


def _source(mail: WaitingMail) -> str:
    day = day_of(mail)
    return _("Mail of %(day)s", day=day.format("fr", "dense")) if day is not None else _("Mail")


def _attach(file: WaitingFile, interaction: Interaction) -> None:
    upload = Upload(file.name, BytesIO(file.content))
    try:
        files.attach(record_id=interaction.id, upload=upload, kind=DocumentKind.OTHER)
    except InvalidValue as refused:
        raise InvalidValue("file_ids", refused.message) from None


def discard(mail: WaitingMail) -> None:
    """Remove a mail, with its files."""
    db.session.delete(mail)
    db.session.flush()


def remove_of(user_id: int) -> None:
    """Remove the mails of somebody who may not sign in any more."""
    _remove(db.session.scalars(queries.waiting_of(user_id)))


def remove_expired() -> None:
    """Remove the mails that are kept no longer."""
    _remove(db.session.scalars(queries.expired(now())))


def _remove(mails: Iterable[WaitingMail]) -> None:
    for mail in mails:
        db.session.delete(mail)
    db.session.flush()
