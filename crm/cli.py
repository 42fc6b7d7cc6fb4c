"""The command line: ``crm run``, ``crm upgrade``, ``crm check`` and what the features add."""

import logging
import socket
import sys
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from waitress import create_server

import config
from crm.accounts import services as accounts
from crm.app import create_app
from crm.core.db import db
from crm.core.engine import UnusableDatabase
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.principal import SYSTEM, acting_as, set_principal
from crm.records import indexing
from crm.web.application import settle
from crm.web.checks import deployment_problems
from crm.web.migrations import (
    MigrationFailed,
    flask_migrate,
    known_revisions,
    upgrade_tables,
)
from crm.web.worker import start_in_background, work

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Failure(click.ClickException):
    """Ends a command with one sentence and an exit code other than 0."""

    def show(self, file: Any = None) -> None:
        """Print the sentence alone."""
        click.echo(self.format_message(), err=True)


def _create() -> Flask:
    try:
        return create_app(config.read())
    except (config.WrongSetting, UnusableDatabase) as wrong:
        raise Failure(str(wrong)) from None
    except (ModuleNotFoundError, SQLAlchemyError) as wrong:
        raise Failure(f"The database cannot be opened: {_reason(wrong)}.") from None


def _reason(error: Exception) -> str:
    original = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (
        str(original).strip().splitlines()[0].rstrip(".")
        if str(original).strip()
        else type(error).__name__
    )


class Commands(FlaskGroup):
    """The commands; asked for help, says in one sentence when the features' cannot be listed."""

    def _load_plugin_commands(self) -> None:
        """Leave the commands of libraries alone: looking for them imports each."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command; the one for developers of migrations only when it is asked for."""
        if name == "db":
            app = ctx.ensure_object(ScriptInfo).load_app()
            group: click.Command = flask_migrate(app).cli.db
            return group
        return super().get_command(ctx, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        try:
            ctx.ensure_object(ScriptInfo).load_app()
        except Failure as wrong:
            wrong.show()
            return sorted(self.commands)
        return super().list_commands(ctx)


@click.group(cls=Commands, create_app=_create, add_default_commands=False, load_dotenv=False)
def cli() -> None:
    """Passerelle, the relationship memory of an advocacy team."""


def main() -> None:
    """Run a command; every failure is one sentence and an exit code other than 0."""
    try:
        cli(prog_name="crm")
    except (InvalidValue, NotAllowed) as refused:
        click.echo(str(refused.message), err=True)
        sys.exit(1)
    except (SQLAlchemyError, UnusableDatabase) as wrong:
        click.echo(f"The database cannot be used: {_reason(wrong)}.", err=True)
        sys.exit(1)
    except OSError as wrong:
        click.echo(
            f"{wrong.strerror or wrong}{f': {wrong.filename}' if wrong.filename else ''}.", err=True
        )
        sys.exit(1)


# Database


def revisions() -> tuple[str | None, str, set[str]]:
    """Return the revision of the database, the newest of the code, and all the code knows."""
    head: str = current_app.config["SCHEMA_HEAD"]
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None, head, {head}
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found, head, {head} if found == head else known_revisions()


def _behind(found: str | None, head: str, known: set[str]) -> str:
    """Say what to do about a database that is not at the code's revision."""
    if found is None:
        return "The database is empty: run crm upgrade."
    if found in known:
        return f"The database is at revision {found}, the code at {head}: run crm upgrade."
    return (
        f"The database is newer (revision {found}) than this code ({head}): "
        "install the newer version of Passerelle, or restore a back-up."
    )


def upgrade_database() -> bool:
    """Bring the database to the code's revision.

    :returns: whether there was anything to do.
    """
    found, head, known = revisions()
    if found == head:
        return False
    if found is not None and found not in known:
        raise Failure(_behind(found, head, known))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        upgrade_tables(current_app)
    except MigrationFailed as wrong:
        raise Failure(f"The database cannot be upgraded: {wrong}") from None
    if found is not None:
        with acting_as(db.session, SYSTEM):
            indexing.rebuild(db.session())  # What records are found by may have become more.
            db.session.commit()
    return True


@cli.command()
def upgrade() -> None:
    """Create the database or bring it up to date.

    Example: crm upgrade
    """
    changed = upgrade_database()
    click.echo("The database is up to date." if not changed else "The database was upgraded.")


@cli.command()
@click.option("--deploy", is_flag=True, help="Also check what a server open to others needs.")
def check(deploy: bool) -> None:
    """Check the database and the settings.

    Example: crm check --deploy
    """
    found, head, known = revisions()
    problems = [] if found == head else [_behind(found, head, known)]
    if deploy:
        problems += deployment_problems(current_app)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise Failure(f"{len(problems)} to mend.")
    click.echo("All is well.")


# Server


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--example/--no-example", default=None, help="Load the example data first.")
@click.option(
    "--worker/--no-worker", default=True, help="Send mails and run jobs beside the server."
)
@click.pass_context
def run(context: click.Context, host: str, port: int, example: bool | None, worker: bool) -> None:
    """Start Passerelle: create or upgrade the database, then serve.

    Example: crm run --port 8080 --example
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _refuse_unsafe(app, host)
    listener = _listen(host, port)
    first_start = revisions()[0] is None
    upgrade_database()
    set_principal(db.session, SYSTEM)
    address = app.config["BASE_URL"] or f"http://{host if host in LOOPBACK else '127.0.0.1'}:{port}"
    if (first_start and _wants_example(example)) or example:
        context.invoke(cli.get_command(context, "example"))  # type: ignore[arg-type]
    _welcome(address)
    db.session.remove()
    if worker:
        start_in_background(app)
    settle()
    server = create_server(
        app, sockets=[listener], threads=8, ident=None, clear_untrusted_proxy_headers=True
    )
    server.run()


def _refuse_unsafe(app: Flask, host: str) -> None:
    if host in LOOPBACK:
        return
    problems = deployment_problems(app)
    if problems:
        raise Failure(
            "\n".join([*problems, f"Listening on {host} is refused until this is mended."])
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as wrong:
        listener.close()
        raise Failure(
            f"Port {port} on {host} cannot be used ({wrong.strerror}): choose another with --port."
        ) from None
    return listener


def _wants_example(answer: bool | None) -> bool:
    if answer is not None:
        return answer
    if not sys.stdin.isatty():
        return False
    return click.confirm("Load the example data (the association's public page)?", default=True)


def _welcome(address: str) -> None:
    path = accounts.first_administrator_link()
    db.session.commit()
    click.echo(f"Passerelle: {address}")
    if path:
        click.echo(f"Sign in for the first time, once: {address}{path}")
    sys.stdout.flush()


@cli.command()
@click.option("--once", is_flag=True, help="Run what is due, then stop.")
def worker(once: bool) -> None:
    """Send mails and run jobs, as a process of its own.

    Example: crm worker
    """
    found, head, known = revisions()
    if found != head:
        raise Failure(_behind(found, head, known))
    work(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]
