"""``crm example``: loads the example data."""

import click

from crm.core.db import db
from crm.core.principal import SYSTEM, set_principal
from crm.example.loader import load
from crm.records.services import because


@click.command()
def example() -> None:
    """Load the example data: the association's public page. Twice does no harm.

    Example: crm example
    """
    set_principal(db.session, SYSTEM)
    with because("Example data"):
        added = load()
    db.session.commit()
    if not added:
        click.echo("The example data is there already.")
        return
    counts = ", ".join(f"{count} {kind}s" for kind, count in added.items())
    click.echo(f"Example data added: {counts}.")
