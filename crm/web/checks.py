"""What must be true before people outside this machine may connect."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from flask import Flask

CHECKS: list[Callable[[Flask], str | None]] = []


def deployment_problems(app: Flask) -> list[str]:
    """Return one sentence for each thing to mend."""
    return [problem for check in CHECKS if (problem := check(app)) is not None]


def _check(function: Callable[[Flask], str | None]) -> Callable[[Flask], str | None]:
    CHECKS.append(function)
    return function


@_check
def address_is_https(app: Flask) -> str | None:
    """D01: links and cookies need the address that people use, encrypted."""
    if app.config["BASE_URL"].startswith("https://"):
        return None
    return "D01: set PASSERELLE_BASE_URL to the https:// address that people use."


@_check
def cookies_are_secure(app: Flask) -> str | None:
    """D02: the cookie of the session must travel encrypted only."""
    if app.config["SESSION_COOKIE_SECURE"]:
        return None
    return "D02: cookies are not secure; they are with an https:// PASSERELLE_BASE_URL."


@_check
def debugging_is_off(app: Flask) -> str | None:
    """D03: the debugger runs code for anybody."""
    return "D03: switch debugging off (FLASK_DEBUG)." if app.debug else None


@_check
def secret_is_long(app: Flask) -> str | None:
    """D04: the key that signs cookies must not be guessed."""
    key = app.config["SECRET_KEY"]
    return (
        "D04: SECRET_KEY is too simple; make one with 32 random bytes."
        if len(set(key)) < 12
        else None
    )


@_check
def secret_file_is_private(app: Flask) -> str | None:
    """D05: nobody else on the machine may read the key."""
    kept = Path(app.config["INSTANCE"]) / "secret_key"
    if kept.exists() and stat.S_IMODE(kept.stat().st_mode) & 0o077:
        return f"D05: run chmod 600 {kept}."
    return None


@_check
def instance_is_private(app: Flask) -> str | None:
    """D06: nobody else on the machine may read the database."""
    folder = Path(app.config["INSTANCE"])
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o007:
        return f"D06: run chmod o-rwx {folder}."
    return None


@_check
def files_can_be_written(app: Flask) -> str | None:
    """D07: attached files need their folder."""
    folder = Path(app.config["FILES_DIR"])
    while not folder.exists():
        folder = folder.parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return None
    return f"D07: the folder {folder} cannot be written."


@_check
def mail_is_set(app: Flask) -> str | None:
    """D08: without a mail server, invitations must be passed on by hand."""
    return (
        None
        if app.config["SMTP_URL"]
        else "D08: set SMTP_URL, so that invitations reach people by mail."
    )


@_check
def proxy_is_counted(app: Flask) -> str | None:
    """D09: behind a proxy, addresses of visitors come from its headers."""
    if app.config["TRUSTED_PROXIES"] > 0:
        return None
    return (
        "D09: set PASSERELLE_TRUSTED_PROXIES to the number of proxies in front "
        "(1 with nginx or Caddy)."
    )


@_check
def testing_is_off(app: Flask) -> str | None:
    """D10: tests switch protections off."""
    if app.testing or not app.config.get("WTF_CSRF_ENABLED", True):
        return "D10: switch testing off; forms are not protected."
    return None
