"""``crm pack``: makes the files of a pack without a browser."""

from pathlib import Path
from typing import cast

import click
from flask_babel import force_locale

from crm.core.db import db
from crm.core.principal import SYSTEM, set_principal
from crm.packs import composition
from crm.records import queries


@click.command()
@click.argument("meeting")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="this folder",
    help="Where the files go.",
)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--author", default="Passerelle", show_default=True, help="Who is named on it.")
def pack(meeting: str, folder: Path, language: str, author: str) -> None:
    """Make the briefing pack of MEETING: its id, its address or its title.

    Example: crm pack "Plenary 2026" --out packs
    """
    set_principal(db.session, SYSTEM)
    meeting_id = _find(meeting)
    folder.mkdir(parents=True, exist_ok=True)
    with force_locale(language):
        try:
            files = composition.make(
                meeting_id, author=author, language=cast("composition.Language", language)
            )
        except LookupError:
            raise click.ClickException(
                "This meeting is kept to a few people: a pack shows what the whole team may see."
            ) from None
    for file in files:
        path = folder / file.name
        path.write_bytes(file.content)
        click.echo(path)


def _find(asked: str) -> int:
    last = asked.rstrip("/").rpartition("/")[2].partition("-")[0]
    if last.isascii() and last.isdigit() and len(last) < 10:
        found = db.session.scalars(queries.with_ids([int(last)], ["meeting"])).first()
        if found is not None:
            return found.id
    candidates = db.session.scalars(queries.named_like(asked[:300], ["meeting"])).all()
    exact = queries.exact(candidates, asked) or list(candidates)
    if len(exact) > 1:
        titles = "; ".join(f"{each.id} {each.title}" for each in exact[:5])
        raise click.ClickException(f"Several meetings are called so, give the id: {titles}.")
    if not exact:
        raise click.ClickException(f"There is no meeting “{asked}”: give its id or its title.")
    return exact[0].id
