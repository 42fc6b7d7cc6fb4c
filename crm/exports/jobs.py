"""What follows a file: what it left out is counted, administrators are told, copies are removed."""

from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from crm.accounts import mails
from crm.core.db import db
from crm.core.mail import mail_is_configured
from crm.core.principal import TEAM, Principal, acting_as
from crm.core.queue import Payload, handler, periodic, without_write_lock
from crm.exports import gathering, queries, services
from crm.exports.models import Export
from crm.records.kinds import registry
from crm.records.listing import Listing


@handler(services.TOLD)
def follow(payload: Payload) -> None:
    """Count what a file left out, while nobody waits; write to the administrators that it left.

    The mail says nothing of what is in it.
    """
    # All of a long list is counted: nobody is kept from writing meanwhile.
    with without_write_lock():
        export = db.session.scalar(queries.export_with(payload["export_id"]))
        if export is None:
            return
        withheld = _withheld(export)
    export.withheld = withheld
    if not mail_is_configured():
        return
    for user in db.session.scalars(queries.administrators_but(export.user_id)):
        mails.tell(user, "export", export=export)


def _withheld(export: Export) -> dict[str, int]:
    """Count what the person who made the file saw on the list and the file does not hold."""
    kind = registry.kinds.get(export.kind)
    if kind is None:  # No list: it was counted when the file was made.
        return dict(export.withheld)
    asking = Principal(export.user_id, export.user.permissions)
    with acting_as(db.session, asking):
        listing = Listing(kind, MultiDict(parse_qsl(export.address)))
        reader = asking if export.with_confidential else TEAM
        return gathering.withheld(listing, reader)


@periodic("exports.expire")
def remove_expired() -> None:
    """Remove the files that are kept no longer."""
    services.remove_expired(registry.withheld)
