"""The daily mail: queued once a day for each person, written when it is sent."""

from datetime import date

from crm.accounts import mails
from crm.accounts.models import User
from crm.agenda import gathering, queries, services
from crm.core.clock import PARIS, now, today
from crm.core.db import db
from crm.core.mail import Mail, deliver, mail_is_configured, stamp
from crm.core.queue import Payload, enqueue, handler, periodic, without_write_lock

FIRST_HOUR = 8


@periodic("agenda.digests")
def queue_digests() -> None:
    """Queue the daily mails of today that are not queued yet, from eight o'clock in Paris on."""
    moment = now().astimezone(PARIS)
    if moment.hour < FIRST_HOUR or not mail_is_configured():
        return
    day = moment.date()
    with without_write_lock():
        waiting = db.session.scalars(queries.to_be_told(day)).all()
    for user_id in waiting:
        if services.claim_digest(user_id, day):
            enqueue("agenda.digest", {"user_id": user_id, "day": day.isoformat(), **stamp()})
        db.session.commit()


@handler("agenda.digest")
def _deliver_digest(payload: Payload) -> None:
    # A mail server may be slow: nothing is held while one waits for it.
    with without_write_lock():
        mail = _digest(payload["user_id"], date.fromisoformat(payload["day"]))
    if mail is not None:
        deliver(mail, payload)


def _digest(user_id: int, day: date) -> Mail | None:
    """Return what there is to tell somebody on a day; None where there is nothing."""
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None or not (user.is_enabled and user.wants_digest) or day != today():
        return None  # Tomorrow's mail says what this one would have said.
    sections = gathering.sections(user, day)
    count = sum(len(section.lines) for section in sections)
    return mails.write(user, "digest", sections=sections, count=count) if count else None
