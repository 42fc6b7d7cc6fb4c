"""What follows a file: administrators are told, and what is kept long enough is removed."""

from crm.accounts import mails
from crm.core.db import db
from crm.core.mail import mail_is_configured
from crm.core.queue import Payload, handler, periodic
from crm.exports import queries, services
from crm.records.kinds import registry


@handler(services.TOLD)
def tell_administrators(payload: Payload) -> None:
    """Write to the administrators that a file left the house; the mail says nothing of it."""
    export = db.session.scalar(queries.export_with(payload["export_id"]))
    if export is None or not mail_is_configured():
        return
    for user in db.session.scalars(queries.administrators_but(export.user_id)):
        mails.tell(user, "export", export=export)


@periodic("exports.expire")
def remove_expired() -> None:
    """Remove the files that are kept no longer."""
    services.remove_expired(registry.withheld)
