"""Files kept with records: checked when they come in, stored by fingerprint."""

import hashlib
import os
import re
import tempfile
from pathlib import Path, PurePath
from typing import Any

from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import clean_line
from crm.records import services
from crm.records.models import Document, DocumentKind

puremagic = LoadedWhenUsed("puremagic")

LARGEST = 20 * 1024 * 1024

_OFFICE = {".docx", ".xlsx", ".odt", ".ods", ".zip"}
# ending: (media type, endings that the first bytes may suggest)
ALLOWED: dict[str, tuple[str, set[str]]] = {
    ".pdf": ("application/pdf", {".pdf"}),
    ".odt": ("application/vnd.oasis.opendocument.text", _OFFICE),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet", _OFFICE),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _OFFICE),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _OFFICE),
    ".csv": ("text/csv", set()),
    ".txt": ("text/plain", set()),
    ".eml": ("message/rfc822", set()),
    ".png": ("image/png", {".png"}),
    ".jpg": ("image/jpeg", {".jpg", ".jpeg", ".jfif"}),
    ".jpeg": ("image/jpeg", {".jpg", ".jpeg", ".jfif"}),
}


def folder() -> Path:
    """Return where files are kept."""
    kept: Path = Base.metadata.info["files_dir"]
    return kept


def path_of(sha256: str) -> Path:
    """Return the place of a file."""
    return folder() / sha256[:2] / sha256


def also_about(document_id: int | None, **about: int | None) -> None:
    """Note which other records a file is about, ``beside_id`` and ``through_id``, where known."""
    document = db.session.get(Document, document_id) if document_id is not None else None
    if document is not None:
        for key, record_id in about.items():
            if record_id is not None:
                setattr(document, key, record_id)


def attach(
    *,
    record_id: int,
    upload: Any,
    kind: DocumentKind,
    beside_id: int | None = None,
    through_id: int | None = None,
) -> Document:
    """Keep an uploaded file with a record.

    :param beside_id: another record that it is about: where that one hides, so does the file.
    :param through_id: the person through whom it came: as above.
    :raises InvalidValue: at ``upload`` when the file is empty, too large or of no allowed kind.
    """
    name = safe_name(upload.filename or "")
    content = upload.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InvalidValue("upload", _("This file is larger than 20 MB. Send a smaller one"))
    if not content:
        raise InvalidValue("upload", _("This file is empty. Choose another"))
    media_type = check_kind(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    store(sha256, content)
    return services.add(
        Document(
            record_id=record_id,
            beside_id=beside_id,
            through_id=through_id,
            name=name,
            kind=kind,
            sha256=sha256,
            size=len(content),
            media_type=media_type,
        )
    )


def check_kind(name: str, content: bytes) -> str:
    """Return the media type of a file whose ending and content agree.

    :raises InvalidValue: at ``upload``.
    """
    ending = Path(name).suffix.lower()
    if ending not in ALLOWED:
        raise InvalidValue(
            "upload",
            _(
                "Files of this kind are not kept. Save it as PDF, ODT, ODS, DOCX, XLSX, CSV, TXT, "
                "EML, PNG or JPEG"
            ),
        )
    media_type, expected = ALLOWED[ending]
    if expected:
        try:
            seen = {match.extension for match in puremagic.magic_string(content)}
        except (puremagic.PureError, ValueError):
            seen = set()
        agrees = bool(seen & expected)
    else:
        agrees = _is_text(content)
    if not agrees:
        raise InvalidValue(
            "upload", _("This file is not what its name says. Open it and save it again")
        )
    return media_type


def _is_text(content: bytes) -> bool:
    return b"\x00" not in content[:65536] or content[:2] in (b"\xff\xfe", b"\xfe\xff")


def safe_name(name: str) -> str:
    """Return a file name without folders, control characters or surprises."""
    last = re.split(r"[\\/]", clean_line(name))[-1].lstrip(".")
    path = PurePath(last)
    return (path.stem[:150] or "file") + path.suffix[:10]


def store(sha256: str, content: bytes) -> None:
    """Write a file under its fingerprint, whole or not at all."""
    target = path_of(sha256)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as unfinished:
        unfinished.write(content)
        unfinished.flush()
        os.fsync(unfinished.fileno())
    Path(unfinished.name).replace(target)
