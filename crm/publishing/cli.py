"""``crm publish``: writes the public page without a browser."""

from pathlib import Path

import click
from flask_babel import force_locale

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.publishing import composition, publication
from crm.publishing.publication import CannotPublish

MOST_NAMED = 20


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Write the public page into FOLDER, in French and English, and keep it as an edition.

    Example: crm publish /var/www/networks
    """
    with acting_as(db.session, SYSTEM), force_locale("en"):  # As the rest of the command line.
        draft = composition.draft()
        for each in draft.unsourced[:MOST_NAMED]:
            click.echo(f"No source: {each.title} – {each.label}: {each.value}", err=True)
        for text in draft.unworded[:MOST_NAMED]:
            what = text.original or "its presentation"
            click.echo(f"Missing in {', '.join(text.missing)}: {text.title} – {what}", err=True)
        try:
            edition, is_new = publication.publish(draft)
            written = publication.write(edition.files, folder)
        except CannotPublish as refused:
            db.session.rollback()
            raise click.ClickException(f"{refused}.") from None
        db.session.commit()
    for path in written:
        click.echo(path)
    click.echo(
        f"Edition of {edition.published_at:%Y-%m-%d %H:%M} UTC"
        + ("." if is_new else ", unchanged since.")
    )
