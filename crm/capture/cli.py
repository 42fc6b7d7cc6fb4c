"""``crm log-email``: hands in a mail without a browser."""

from email.message import Message as Part
from typing import BinaryIO

import click
from flask import current_app, url_for
from flask_babel import force_locale

from crm.accounts.models import User
from crm.capture import correspondents, message, queries, services
from crm.capture.message import Message
from crm.capture.models import WaitingMail
from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.principal import Principal, set_principal
from crm.permissions import Permission


@click.command("log-email")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--user", "email", help="The address of the colleague who decides on it.")
def log_email(file: BinaryIO, email: str | None) -> None:
    """Hand in the mail FILE, or the one that is piped, and say where it waits to be noted.

    Nothing is noted before a colleague has seen it on that page: whoever --user names, else the
    one colleague who wrote it or got it.

    Example: crm log-email mail.eml --user claire@example.org
    """
    with force_locale("en"):
        try:
            part = message.opened(file)
            user = _user(message.read_headers(part), email)
            set_principal(db.session, Principal(user.id, user.permissions))
            mail = _kept(part, user)
        except InvalidValue as refused:
            raise click.ClickException(f"{refused.message}.") from None
    db.session.commit()
    for line in _found(mail):
        click.echo(line)


def _kept(part: Part, user: User) -> WaitingMail:
    """Keep a mail, with what is to be said of it in the language of whoever decides on it."""
    with force_locale(user.locale):
        read = message.read_all(part)
    return services.keep(read, user_id=user.id)


def _user(read: Message, email: str | None) -> User:
    """Return who decides on a mail.

    :raises click.ClickException: when that is nobody, or several people.
    """
    asked = [[email.casefold()]] if email else _addresses(read)
    for addresses in asked:
        found = db.session.scalars(queries.colleagues_reached_at(addresses)).all()
        if len(found) > 1:
            raise click.ClickException("It went to several colleagues: choose one with --user.")
        if found and not found[0].can(Permission.INTERACTIONS_EDIT):
            raise click.ClickException("This colleague may not log exchanges: choose another.")
        if found:
            return found[0]
    raise click.ClickException(
        "No colleague who may sign in has this address: check --user."
        if email
        else "The mail names no colleague: say with --user who decides on it."
    )


def _addresses(read: Message) -> list[list[str]]:
    """Return the addresses to look at: who wrote it comes before those to whom it went."""
    everybody = (read.sender, [*read.recipients, *read.copied])
    return [[each.email for each in people] for people in everybody if people]


def _found(mail: WaitingMail) -> list[str]:
    """Say what was found, in numbers."""
    found = correspondents.of(mail)
    day = services.day_of(mail)
    direction = "sent" if found.is_sent else "received"
    numbers = (
        f"{len(found.chosen)} known, {len(found.likely)} to choose from, "
        f"{len(found.strangers)} not known, {len(mail.files)} files"
    )
    return [
        f"A mail {direction}{f' on {day}' if day else ''}: {numbers}.",
        *(f"{sentence}." for sentence in mail.notices["sentences"]),
        f"It waits at {_address(mail)}",
    ]


def _address(mail: WaitingMail) -> str:
    with current_app.test_request_context():
        path = url_for("capture.mail", mail_id=mail.id)
    return f"{(Base.metadata.info.get('base_url') or '').rstrip('/')}{path}"
