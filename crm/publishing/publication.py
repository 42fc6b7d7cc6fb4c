"""Publishing: from the page as it is now to an edition that is kept, and its files."""

import errno
import gzip
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from crm.core.clock import now
from crm.core.db import db
from crm.core.i18n import _
from crm.publishing import content as said
from crm.publishing import queries, services, site
from crm.publishing.composition import Draft
from crm.publishing.content import Page
from crm.publishing.models import Edition
from crm.records.publishing import Language

TICK = timedelta(seconds=1)
"""Editions have an order, however fast they follow each other and whatever the clock does."""
MOST_BYTES = 60_000
"""Of all files together, compressed: it is read on telephones, too."""


class CannotPublish(Exception):
    """Something stands in the way; the message says what in one sentence."""


def publish(draft: Draft) -> tuple[Edition, bool]:
    """Keep the page as it is now as an edition, unless the last one says just the same.

    :returns: the edition, and whether it is new.
    :raises CannotPublish: when facts lack a source or words, or nothing is marked public.
    """
    refuse(draft)
    last = db.session.scalar(queries.last_edition())
    moment = now()
    if last is not None:
        moment = max(moment, last.published_at + TICK)
    content = draft.content()
    news = site.news_of(draft.pages, last.content.get("news", {}) if last else {}, moment)
    files = site.files_of(draft.pages, news)
    size = sum(len(gzip.compress(text.encode())) for text in files.values())
    if size > MOST_BYTES:
        raise CannotPublish(
            _(
                "The page has become too long (%(size)s kB, compressed): shorten some texts",
                size=size // 1000,
            )
        )
    fingerprint = said.fingerprint(content)
    if last is not None and last.fingerprint == fingerprint and last.files == files:
        return last, False
    edition = services.keep_edition(
        fingerprint=fingerprint, content={**content, "news": news}, files=files, moment=moment
    )
    return edition, True


def refuse(draft: Draft) -> None:
    """Refuse to publish what is not ready.

    :raises CannotPublish: saying what is missing.
    """
    if draft.is_empty:
        raise CannotPublish(_("No record is marked public yet: begin from the page of a record"))
    if draft.unsourced:
        raise CannotPublish(_("Some facts have no source: add one to each, or take them out"))
    if draft.unworded or draft.unsaid:
        raise CannotPublish(_("Some texts are missing in French or in English: write them first"))


def pages_of(edition: Edition) -> dict[Language, Page]:
    """Return what an edition says."""
    return said.read(edition.content)


def write(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the files of an edition into a folder: all of them, or none.

    :raises CannotPublish: when the folder cannot be written.
    """
    aside: dict[Path, Path] = {}
    own = secrets.token_hex(4)  # Two who publish at once do not write into each other's files.
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            aside[path] = path.with_name(f".{path.name}.{own}.new")
            aside[path].write_text(text, encoding="utf-8")
        for path, written in aside.items():
            written.replace(path)
    except OSError as error:
        for written in aside.values():
            with suppress(OSError):
                written.unlink(missing_ok=True)
        raise CannotPublish(
            _(
                "The folder %(folder)s cannot be written (%(why)s)",
                folder=str(folder),
                why=error.strerror or "",
            )
        ) from None
    return list(aside)
