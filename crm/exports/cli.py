"""``crm export``: a list as a file, without a browser."""

from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl

import click
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from crm.core.db import db
from crm.core.principal import SYSTEM, set_principal
from crm.exports import gathering
from crm.exports.files import TABLES, ListFile
from crm.exports.models import ExportFormat
from crm.exports.workbook import is_offered_for
from crm.records.audience import Audience
from crm.records.kinds import registry
from crm.records.listing import Listing


@click.command()
@click.argument("path")
@click.argument("asked", default="")
@click.option(
    "--format",
    "file_format",
    type=click.Choice([*(each.value for each in TABLES), ExportFormat.WORKBOOK.value]),
    default=ExportFormat.XLSX.value,
    show_default=True,
)
@click.option(
    "--audience",
    type=click.Choice([each.value for each in Audience]),
    default=Audience.INTERNAL.value,
    show_default=True,
)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="this folder",
    help="Where the file goes.",
)
def export(
    path: str, asked: str, file_format: str, audience: str, language: str, folder: Path
) -> None:
    """Write the list PATH as a file; ASKED is what its address asks for.

    It holds what the whole team may see. Nobody is named for it: who runs this command has all
    of the database anyway.

    Example: crm export organisations "country=IT&sort=-title" --format csv
    """
    kind = next((each for each in registry.kinds.values() if each.path == path), None)
    if kind is None:
        paths = ", ".join(each.path for each in registry.kinds.values())
        raise click.ClickException(f"There is no list “{path}”. Choose one of {paths}.")
    readers, made_as = Audience(audience), ExportFormat(file_format)
    if readers not in gathering.audiences_of(kind):
        raise click.ClickException("This list is for the team alone: choose --audience internal.")
    if made_as is ExportFormat.WORKBOOK and not is_offered_for(kind.name):
        raise click.ClickException("A workbook begins with organisations, networks or people.")
    if made_as is ExportFormat.WORKBOOK and readers is not Audience.INTERNAL:
        raise click.ClickException("A workbook is for the team alone: choose --audience internal.")
    set_principal(db.session, SYSTEM)
    with force_locale(language):
        listing = Listing(kind, MultiDict(parse_qsl(asked)))
        if listing.notices:
            raise click.ClickException(f"{listing.notices[0]}.")
        allowed = gathering.columns_for(kind, readers)
        columns = [column for column in listing.columns if column.key in allowed]
        made = ListFile(
            listing,
            columns,
            made_as,
            readers,
            author="Passerelle",
            language=language,
        )
        target = folder / made.name
        _write(made, target)
    click.echo(f"{target} ({made.count:,} rows)")


def _write(made: ListFile, target: Path) -> None:
    """Write a file whole, or not at all."""
    unfinished = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            for piece in made.pieces():
                file.write(piece)
        unfinished.replace(target)
    except OSError as error:
        raise click.ClickException(f"The file cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):  # Where it could not be made, there is nothing to remove.
            unfinished.unlink(missing_ok=True)
