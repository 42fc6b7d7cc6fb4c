"""Configuration, read from the environment once; a wrong value stops the start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crm.core.i18n import _l
from crm.documents.seal import CannotSeal, SealFile

SHORTEST_SECRET = 32


class WrongSetting(Exception):
    """A setting cannot be used; the message names it in one sentence."""


@dataclass(frozen=True)
class Setting:
    """A variable of the environment."""

    name: str
    default: str
    meaning: Any
    is_secret: bool = False


SETTINGS = (
    Setting(
        "PASSERELLE_INSTANCE",
        "instance",
        _l("Folder of the database, the files and the secret key."),
    ),
    Setting(
        "DATABASE_URL",
        "",
        _l("Address of a PostgreSQL database; SQLite in the instance folder when empty."),
        is_secret=True,
    ),
    Setting(
        "SECRET_KEY",
        "",
        _l("At least 32 characters; made on first run and kept in the instance folder when empty."),
        is_secret=True,
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        "",
        _l("Former secret keys, separated by commas, while they are being replaced."),
        is_secret=True,
    ),
    Setting(
        "PASSERELLE_BASE_URL",
        "",
        _l("Address people use, for the links in mails; https:// switches secure cookies on."),
    ),
    Setting(
        "PASSERELLE_TRUSTED_PROXIES",
        "0",
        _l("How many proxies stand in front and set X-Forwarded-*."),
    ),
    Setting(
        "FILES_DIR",
        "",
        _l("Folder of the attached files; files/ in the instance folder when empty."),
    ),
    Setting(
        "SMTP_URL",
        "",
        _l(
            "Mail server, as smtp://user:password@host:587 or smtps://; links are shown when empty."
        ),
        is_secret=True,
    ),
    Setting("MAIL_FROM", "passerelle@localhost", _l("Sender of the mails.")),
    Setting(
        "PASSERELLE_PUBLIC_URL",
        "",
        _l("Address at which the public page will stand, for its feeds."),
    ),
    Setting(
        "PASSERELLE_PUBLISH_DIR",
        "",
        _l("Folder into which managers publish the public page; only to download when empty."),
    ),
    Setting(
        "PASSERELLE_SEAL_FILE",
        "",
        _l("Certificate with its key (PKCS #12) that seals published lists; none when empty."),
    ),
    Setting(
        "PASSERELLE_SEAL_PASSWORD",
        "",
        _l("Password of the certificate that seals."),
        is_secret=True,
    ),
)


def read(environment: Mapping[str, str] | None = None, **overrides: Any) -> dict[str, Any]:
    """Return Flask's configuration.

    :raises WrongSetting: naming the variable that cannot be used.
    """
    given = os.environ if environment is None else environment
    values = {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}
    values.update({key: value for key, value in overrides.items() if key in values})
    instance = _folder("PASSERELLE_INSTANCE", values["PASSERELLE_INSTANCE"])
    base_url = _base_url(values["PASSERELLE_BASE_URL"])
    secure = base_url.startswith("https://")
    config = {
        "INSTANCE": instance,
        "SQLALCHEMY_DATABASE_URI": _database(values["DATABASE_URL"], instance),
        "SECRET_KEY": _secret_key(values["SECRET_KEY"], instance),
        "SECRET_KEY_FALLBACKS": [
            key.strip() for key in values["SECRET_KEY_FALLBACKS"].split(",") if key.strip()
        ],
        "BASE_URL": base_url,
        "TRUSTED_PROXIES": _number("PASSERELLE_TRUSTED_PROXIES", values),
        "FILES_DIR": Path(values["FILES_DIR"]).resolve()
        if values["FILES_DIR"]
        else instance / "files",
        "SMTP_URL": _smtp(values["SMTP_URL"]),
        "MAIL_FROM": _sender(values["MAIL_FROM"]),
        "PUBLIC_URL": _public_url(values["PASSERELLE_PUBLIC_URL"]),
        "PUBLISH_DIR": values["PASSERELLE_PUBLISH_DIR"],
        "SEAL_FILE": _seal(values["PASSERELLE_SEAL_FILE"], values["PASSERELLE_SEAL_PASSWORD"]),
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Pages tell no referrer: crm.web.guard looks at where a change comes from instead.
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": None,  # As long as the session: minutes of a meeting take hours.
        "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
    }
    config.update({key: value for key, value in overrides.items() if key not in values})
    return config


def _folder(name: str, path: str) -> Path:
    folder = Path(path).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongSetting(
            f"The folder {folder} cannot be made ({error.strerror}): set {name} to one that can."
        ) from None
    return folder


def _database(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'passerelle.sqlite'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise WrongSetting(
            "DATABASE_URL cannot be read: write it like postgresql://user:password@host/name."
        ) from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if parsed.get_backend_name() == "sqlite":
        # The driver is chosen with its options, when the engine is opened.
        return parsed.set(drivername="sqlite").render_as_string(hide_password=False)
    raise WrongSetting("DATABASE_URL must begin with postgresql:// or sqlite://.")


def _secret_key(key: str, instance: Path) -> str:
    if key:
        if len(key) < SHORTEST_SECRET:
            raise WrongSetting(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
        return key
    kept = instance / "secret_key"
    try:
        if not kept.exists():
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
        found = kept.read_text().strip()
    except OSError as error:
        raise WrongSetting(
            f"The folder {instance} cannot be written ({error.strerror}): "
            "set PASSERELLE_INSTANCE to a folder that can."
        ) from None
    if len(found) < SHORTEST_SECRET:
        raise WrongSetting(f"The file {kept} is damaged: restore it from a back-up.")
    return found


def _public_url(url: str) -> str:
    parts = _split(url) if url else None
    if url and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
        raise WrongSetting(
            "PASSERELLE_PUBLIC_URL cannot be used: write it like https://www.example.org/networks."
        )
    return url.rstrip("/")


def _base_url(url: str) -> str:
    if not url:
        return ""
    parts = _split(url)
    if (
        parts is None
        or parts.scheme not in ("http", "https")
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or parts.username is not None
    ):
        raise WrongSetting("PASSERELLE_BASE_URL must be like https://passerelle.example.org.")
    return url.rstrip("/")


def _smtp(url: str) -> str:
    if not url:
        return ""
    parts = _split(url)
    if parts is None or parts.scheme not in ("smtp", "smtps"):
        raise WrongSetting("SMTP_URL must be like smtp://user:password@mail.example.org:587.")
    return url


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address, or None when it names no server."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # Asking for it is what checks it.
    except ValueError:
        return None
    return parts if parts.hostname and url.isprintable() and " " not in url else None


def _sender(text: str) -> str:
    _name, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or not text.isprintable():
        raise WrongSetting("MAIL_FROM must be like passerelle@example.org.")
    return text


def _seal(path: str, password: str) -> SealFile | None:
    """Return the certificate that seals, tried once: a wrong one stops the start."""
    if not path:
        return None
    seal_file = SealFile(Path(path).resolve(), password)
    try:
        seal_file.load()
    except CannotSeal as error:
        raise WrongSetting(str(error)) from None
    return seal_file


def _number(name: str, values: Mapping[str, str]) -> int:
    text = values[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise WrongSetting(f"{name} must be a small whole number.")
    return int(text)
