"""Users from the command line: ``crm user …``."""

import click
from flask.cli import AppGroup

from crm.accounts import queries, services
from crm.accounts.models import Role, User
from crm.accounts.services import LOCALES
from crm.core.db import Base, db
from crm.core.principal import SYSTEM, set_principal

LOOPBACK = "http://127.0.0.1:8000"

user = AppGroup("user", help="Invite people, list them, turn accounts off and on.")


def _begin() -> None:
    set_principal(db.session, SYSTEM)


def _find(email: str) -> User:
    found: User | None = db.session.scalar(queries.with_email(email.strip().lower()))
    if found is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return found


def _print_link(found: User) -> None:
    path = services.link_path(services.issue_link(found))
    db.session.commit()
    click.echo(f"{Base.metadata.info['base_url'] or LOOPBACK}{path}")


@user.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default="contributor",
    show_default=True,
)
@click.option("--language", type=click.Choice(LOCALES), default="fr", show_default=True)
def invite(email: str, name: str, role: str, language: str) -> None:
    """Add somebody and print the link by which they choose a password.

    Example: crm user invite claire@example.org --name "Claire Durand" --role manager
    """
    _begin()
    _print_link(services.invite_user(email=email, name=name, role=Role(role), locale=language))


user.add_command(invite, "create")


@user.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new one-time link for somebody; older ones die.

    Example: crm user link claire@example.org
    """
    _begin()
    _print_link(_find(email))


@user.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Turn an account off and end its sessions.

    Example: crm user disable claire@example.org
    """
    _begin()
    found = _find(email)
    services.disable(found)
    db.session.commit()
    click.echo(f"{email} may no longer sign in.")
    if held := services.things_held([found.id]).get(found.id):
        click.echo(f"To be handed over under Administration: {held} things.")


@user.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Turn an account on again.

    Example: crm user enable claire@example.org
    """
    _begin()
    services.enable(_find(email))
    db.session.commit()
    click.echo(f"{email} may sign in.")


@user.command("list")
def list_users() -> None:
    """List the users: address, role, state, name.

    Example: crm user list
    """
    _begin()
    for found in db.session.scalars(queries.everybody()):
        state = "on" if found.is_enabled else "off"
        click.echo(f"{found.email}\t{found.role.value}\t{state}\t{found.name}")
