"""The files that pages are made with: their addresses, and smaller copies of them."""

import gzip
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

COMPRESSED = frozenset({".css", ".js", ".svg"})


@cache
def _fingerprint(path: str, changed: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Make the address of a static file change with its content."""
    if endpoint != "static" or "filename" not in values or "v" in values:
        return
    path = Path(str(current_app.static_folder)) / values["filename"]
    if path.is_file():
        values["v"] = _fingerprint(str(path), path.stat().st_mtime)


def static_url(filename: str) -> str:
    """Return the address of a static file, looked up once while the program runs.

    A page names the file of its drawings some fifty times.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    known: dict[tuple[str, str], str] = app.extensions.setdefault("static_urls", {})
    key = (request.script_root, filename)
    if key not in known or app.debug:
        known[key] = url_for("static", filename=filename)
    return known[key]


def compress(folder: Path) -> None:
    """Write a compressed copy beside each file that has none of the same moment.

    Where the folder cannot be written, files go out as they are.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix not in COMPRESSED:
            continue
        copy = path.with_name(f"{path.name}.gz")
        changed = path.stat().st_mtime_ns
        if copy.is_file() and copy.stat().st_mtime_ns == changed:
            continue
        # Under a name of its own first: another process may be at it, or reading.
        draft = copy.with_name(f".{copy.name}.{os.getpid()}")
        try:
            draft.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
            # Of the same moment as its source: a release may bring files of any date.
            os.utime(draft, ns=(changed, changed))
            draft.replace(copy)
        except OSError:
            draft.unlink(missing_ok=True)
            return
