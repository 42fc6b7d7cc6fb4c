"""The command that is handed the mails that come back."""

from typing import BinaryIO

import click

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.invitations import bounces, queries, services
from crm.invitations.models import MailState


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
def bounce(file: BinaryIO) -> None:
    """Note that an invitation came back, from the report of a mail server.

    Example: crm bounce report.eml
    """
    found = bounces.read(file.read(bounces.MOST_BYTES))
    if found is None:
        raise click.ClickException("This mail does not report that one of ours failed.")
    with acting_as(db.session, SYSTEM):
        for message_id in found.message_ids:
            mail = db.session.scalar(queries.with_message(message_id))
            if mail is not None and mail.state in (MailState.SENT, MailState.WAITING):
                services.note_returned(mail, found.status or None)
                db.session.commit()
                click.echo("Noted: an invitation came back.")
                return
    raise click.ClickException("None of our invitations has the identifier this mail names.")
