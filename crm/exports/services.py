"""Everything that takes data out of the house, and the record of it. No service commits."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.core.queue import enqueue
from crm.exports import queries
from crm.exports.models import Export, ExportFormat
from crm.permissions import Permission
from crm.records.audience import Audience, Withheld

security = logging.getLogger("crm.security")
logger = logging.getLogger(__name__)

FEW_PEOPLE = 50
"""A file about more people than these needs a reason."""
LARGE = 5_000
"""A file of more rows than these is for administrators."""
KEPT = timedelta(days=30)
ABANDONED = timedelta(hours=6)
"""A file that was begun and is not finished by then never will be."""

TOLD = "exports.told"


@dataclass(frozen=True)
class Wish:
    """What somebody wants to take along.

    :param address: what the list asks for.
    :param rows: how many there are, counted no further than one more than :data:`LARGE`.
    :param people: how many of them are about people.
    :param withheld: what is left out, by reason, where it is no list that can be asked again.
    """

    kind: str
    title: str
    address: str
    columns: Sequence[str]
    file_format: ExportFormat
    language: str
    audience: Audience
    with_confidential: bool
    rows: int
    people: int
    withheld: Mapping[str, int] = field(default_factory=dict)


def begin(wish: Wish, *, reason: str | None) -> Export:
    """Note that somebody takes a file along; administrators are told.

    :raises InvalidValue: when there is nothing to take along, or no reason for so much.
    :raises NotAllowed: when it is more than the person may take.
    """
    principal = principal_of(db.session)
    if principal is None or not principal.can(Permission.EXPORTS_MAKE):
        raise NotAllowed(_("Ask a manager: they make files of lists"))
    if not wish.rows:
        raise InvalidValue(None, _("Nothing of this list may stand in such a file"))
    if wish.rows > LARGE and not principal.can(Permission.EXPORTS_LARGE):
        raise InvalidValue(
            None,
            _("Filter the list first, or ask an administrator: this is more than 5,000 rows"),
        )
    if wish.people > FEW_PEOPLE and len(reason or "") < 5:
        raise InvalidValue("reason", _("Say what for: the file is about more than 50 people"))
    if wish.with_confidential and not principal.can(Permission.RECORDS_CONFIDENTIAL):
        raise NotAllowed(_("What only some may see is taken along by managers"))
    export = Export(
        user_id=principal.user_id,
        kind=wish.kind,
        title=wish.title[:400],
        address=wish.address,
        columns={"keys": list(wish.columns)},
        file_format=wish.file_format,
        language=wish.language,
        audience=wish.audience,
        with_confidential=wish.with_confidential,
        reason=reason or None,
        withheld=dict(wish.withheld),
        made_at=now(),
    )
    db.session.add(export)
    db.session.flush()
    security.info(
        "export",
        extra={
            "event": "export",
            "user": principal.user_id,
            "export": export.id,
            "audience": wish.audience.value,
        },
    )
    enqueue(TOLD, {"export_id": export.id})
    return export


def finish(
    export_id: int,
    *,
    rows: int,
    size: int,
    sha256: str,
    is_kept: bool,
) -> None:
    """Note what a file turned out to be.

    :param is_kept: whether it can be fetched again.
    """
    export = db.session.scalar(queries.export_with(export_id))
    if export is None:
        return
    export.row_count, export.size, export.sha256 = rows, size, sha256
    export.finished_at = now()
    if is_kept and not export.user.is_enabled:  # Turned away while the file was sent.
        path_of(export_id).unlink(missing_ok=True)
        is_kept = False
    export.kept_until = now() + KEPT if is_kept else None
    db.session.flush()
    # What was counted before it began was counted no further than it mattered.
    security.info(
        "export finished",
        extra={
            "event": "export_finished",
            "user": export.user_id,
            "export": export_id,
            "rows": rows,
        },
    )


# Kept files


def folder() -> Path:
    """Return where files are kept for a while."""
    files: Path = Base.metadata.info["files_dir"]
    return files / "exports"


def path_of(export_id: int) -> Path:
    """Return the place of a file that is kept."""
    return folder() / str(export_id)


class KeptFile:
    """A file that is written while it is read by somebody; a full disk spoils only the copy."""

    def __init__(self, export_id: int) -> None:
        """Begin a file beside those that are whole."""
        self.path = path_of(export_id)
        self.unfinished = self.path.with_suffix(".part")
        self.sha256 = hashlib.sha256()
        self.size = 0
        self._file: Any = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self.unfinished.open("wb")
        except OSError as error:
            self._give_up(error)

    def copied(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces of the file and keep a copy; what is not whole does not stay."""
        try:
            for piece in pieces:
                self.sha256.update(piece)
                self.size += len(piece)
                self._write(piece)
                yield piece
            self._finish()
        finally:
            if self._file is not None:
                self._file.close()
                self._file = None
                self.unfinished.unlink(missing_ok=True)

    @property
    def is_kept(self) -> bool:
        """Tell whether the whole file can be fetched again."""
        return self.path.exists()

    def _write(self, piece: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(piece)
        except OSError as error:
            self._give_up(error)

    def _finish(self) -> None:
        if self._file is None:
            return
        try:
            self._file.close()
            self._file = None
            self.unfinished.replace(self.path)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        logger.warning("a file is not kept", extra={"error": type(error).__name__})
        if self._file is not None:
            # Closing writes what waits in memory: on a full disk it fails once more.
            try:
                self._file.close()
            except OSError:
                logger.debug("it could not be closed either")
            self._file = None
            self.unfinished.unlink(missing_ok=True)


def remove_expired(rules: Sequence[Withheld]) -> int:
    """Remove the files that are kept no longer, and what was never finished.

    :param rules: who stands in no file.
    :returns: how many files were removed.
    """
    removed = 0
    # Who has come to be withheld must not go on standing in copies made before.
    changes = db.session.scalars(queries.last_withheld(rules))
    last = max(filter(None, changes), default=None)
    for export in db.session.scalars(queries.expired(now(), made_before=last)):
        path_of(export.id).unlink(missing_ok=True)
        export.kept_until = None
        removed += 1
    db.session.flush()
    return removed + _remove_strays()


def _remove_strays() -> int:
    """Remove files that belong to no export any more, or to none that will ever end."""
    if not folder().is_dir():
        return 0
    kept = {str(each) for each in db.session.scalars(queries.kept_ids())}
    old = (now() - ABANDONED).timestamp()
    strays = [
        path for path in folder().iterdir() if path.name not in kept and path.stat().st_mtime < old
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def remove_files_of(user_id: int) -> None:
    """Remove the files of somebody who may not sign in any more."""
    for export in db.session.scalars(queries.kept_of(user_id)):
        path_of(export.id).unlink(missing_ok=True)
        export.kept_until = None
    db.session.flush()


def note_fetched(export: Export) -> None:
    """Note that a copy leaves once more."""
    security.info(
        "export fetched again",
        extra={"event": "export_fetched", "user": export.user_id, "export": export.id},
    )


def has_file(export: Export) -> bool:
    """Tell whether the file of an export can still be fetched."""
    return (
        export.kept_until is not None and export.kept_until > now() and path_of(export.id).is_file()
    )


def is_broken(export: Export) -> bool:
    """Tell whether a file was begun and never finished."""
    return export.finished_at is None and now() - export.made_at > ABANDONED
