"""The command that checks whether texts, signatures and fingerprints agree."""

import click

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.declarations import queries
from crm.declarations.proof import verify as verify_declaration
from crm.records.history import broken_chain


@click.group()
def verify() -> None:
    """Check that what was kept is what was signed."""


@verify.command()
@click.argument("declaration_id", type=int)
def declaration(declaration_id: int) -> None:
    """Compute all fingerprints of a declaration again and compare them.

    Example: crm verify declaration 142
    """
    with acting_as(db.session, SYSTEM):
        found = db.session.scalar(queries.declaration(declaration_id))
        if found is None:
            raise click.ClickException(f"There is no declaration {declaration_id}.")
        verification = verify_declaration(found)
        broken = broken_chain(db.session())
    for fault in verification.faults:
        click.echo(fault, err=True)
    if broken is not None:
        click.echo(f"History was altered, or something is missing, at place {broken}.", err=True)
    if not verification.is_sound or broken is not None:
        raise click.ClickException("Something was changed after it was signed.")
    click.echo(
        f"{verification.texts} frozen texts, {verification.signatures} signatures and "
        f"{verification.lists} frozen lists agree, with each other and with history."
    )
