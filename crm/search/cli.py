"""``crm search``: looks at the index of search as a whole."""

import click

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.records import indexing


@click.group()
def search() -> None:
    """Check or rebuild the index of search."""


@search.command()
def rebuild() -> None:
    """Write again by which words each record is found.

    Example: crm search rebuild
    """
    with acting_as(db.session, SYSTEM):
        wrong = indexing.rebuild(db.session())
        db.session.commit()
    click.echo(f"{wrong} records were not found by what they say; they are now.")


@search.command()
def check() -> None:
    """Compare the index with what the records say.

    Example: crm search check
    """
    with acting_as(db.session, SYSTEM):
        wrong = indexing.count_stale(db.session())
    if wrong:
        raise click.ClickException(
            f"{wrong} records are not found by what they say: run crm search rebuild."
        )
    click.echo("The index says what the records say.")
