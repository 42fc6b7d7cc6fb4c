"""``crm pack``: makes the files of a pack without a browser."""

import os
import tempfile
from pathlib import Path

import click
from flask_babel import force_locale

from crm.core.db import Base, db
from crm.core.principal import SYSTEM, set_principal
from crm.meetings.queries import kind_of_meeting
from crm.packs import document, making
from crm.packs.composition import Composition, preset
from crm.packs.files import File, Format
from crm.packs.models import KeptPack
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

    It holds what packs of that kind of meeting begin with, and is kept with the meeting.

    Example: crm pack "Plenary 2026" --out packs
    """
    set_principal(db.session, SYSTEM)
    meeting_id = _find(meeting)
    with force_locale(language):
        kept = _made(meeting_id, author, language)
        base_url = (Base.metadata.info.get("base_url") or "").rstrip("/")
        files = document.files(kept, list(Format), base_url, is_dated=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            click.echo(_written(folder, file))
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise click.ClickException(
            f"The pack is kept with the meeting, but not in {folder}: {reason}."
        ) from None
    click.echo(f"{kept.done} sections, confidential items withheld: {kept.withheld}", err=True)


def _made(meeting_id: int, author: str, language: str) -> KeptPack:
    kind = db.session.scalar(kind_of_meeting(meeting_id))
    asked = Composition(preset(kind)) if kind else Composition([])
    try:
        kept = making.begin(meeting_id, asked, author=author, language=language, at_once=True)
    except LookupError:
        raise click.ClickException(
            "This meeting is kept to a few people: a pack shows what the whole team may see."
        ) from None
    db.session.commit()
    return kept


def _written(folder: Path, file: File) -> Path:
    """Write a file, whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as unfinished:
        place = Path(unfinished.name)
        try:
            unfinished.write(file.content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
        except OSError:
            place.unlink(missing_ok=True)
            raise
    return place.replace(folder / file.name)


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
