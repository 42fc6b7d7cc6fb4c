"""Sends a file while it is made, keeps a copy, and notes what it was."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Protocol

from flask import Response, stream_with_context
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.exports import services
from crm.exports.models import Export


class Made(Protocol):
    """A file about to be made."""

    count: int

    @property
    def name(self) -> str:
        """Return the name of the file."""

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""

    def pieces(self) -> Generator[bytes]:
        """Yield the file, piece by piece, and count what it holds."""


def sent(export: Export, made: Made) -> ResponseReturnValue:
    """Send the file while it is made, and keep a copy."""
    pieces = _streamed(export.id, made)
    response = Response(stream_with_context(pieces), mimetype=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response


def _streamed(export_id: int, made: Made) -> Iterator[bytes]:
    """Yield the file, in a transaction that only reads; then note what it was."""
    db.session.info["read_only"] = True
    kept = services.KeptFile(export_id)
    with closing(made.pieces()) as pieces:  # Given up half-way, it ends before the session does.
        yield from kept.copied(pieces)
    db.session.rollback()
    db.session.info["read_only"] = False
    services.finish(
        export_id,
        rows=made.count,
        size=kept.size,
        sha256=kept.sha256.hexdigest(),
        is_kept=kept.is_kept,
    )
    db.session.commit()
