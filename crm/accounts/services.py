"""Everything that changes users, their sessions and their one-time links. No service commits."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from crm.accounts import passwords, queries, throttle
from crm.accounts.models import LinkPurpose, OneTimeLink, Role, User, UserSession
from crm.accounts.throttle import Bucket
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _n

security = logging.getLogger("crm.security")

LOCALES = ("fr", "en")
FIRST_ADMINISTRATOR = "admin@localhost"

LINK_LIFE = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(minutes=60),
}


@dataclass(frozen=True)
class SessionLife:
    """How long a session lasts.

    :param idle: without a request.
    :param absolute: however much it is used.
    """

    idle: timedelta
    absolute: timedelta


# The pages show the addresses of people at risk; a screen left open is the nearest danger.
SESSION_LIFE = SessionLife(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
ADMIN_SESSION_LIFE = SessionLife(idle=timedelta(minutes=15), absolute=timedelta(hours=4))
SEEN_EVERY = timedelta(minutes=1)
PROOF_LIFE = timedelta(minutes=10)
"""How long a password counts for what a screen left open must not allow."""
KEEP_SESSIONS = timedelta(days=30)

leaving: dict[str, Callable[[int], None]] = {}
"""What else ends for a user who is turned off, by feature."""

holding: dict[str, Callable[[Collection[int]], Mapping[int, int]]] = {}
"""Of how many things users are in charge, which colleagues have to take over, by feature."""
arriving: dict[str, Callable[[int, Sequence[tuple[str, str]]], None]] = {}
"""Who takes the form that a user sent before signing in again, by feature."""


def _log(event: str, user_id: int | None, **extra: Any) -> None:
    """Write a security event; it names nobody but by id."""
    security.info(event, extra={"event": event, "user": user_id, **extra})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# Users


def clean_email(email: str | None) -> str:
    """Return an address as it is stored.

    :raises InvalidValue: when it cannot be an address.
    """
    try:
        checked = validate_email(email or "", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise InvalidValue("email", _("Enter an address like name@example.org")) from None
    return checked.normalized.lower()


def invite_user(*, email: str | None, name: str, role: Role, locale: str = "fr") -> User:
    """Add somebody to the team; they choose their password by a one-time link."""
    email = clean_email(email)
    _check_free(email)
    user = User(email=email, name=name, role=role, locale=locale if locale in LOCALES else "fr")
    db.session.add(user)
    db.session.flush()  # So that the caller has its id.
    _log("user_invited", user.id)
    return user


def _check_free(email: str, but: User | None = None) -> None:
    other = db.session.scalar(queries.with_email(email))
    if other is not None and other is not but:
        raise InvalidValue("email", _("Somebody of the team already has this address"))


def change_user(user: User, *, name: str, email: str | None, role: Role, is_enabled: bool) -> User:
    """Change what administrators decide of a user."""
    email = clean_email(email) if email != user.email else user.email
    _check_free(email, but=user)
    change_role(user, role)
    if is_enabled and not user.is_enabled:
        enable(user)
    elif user.is_enabled and not is_enabled:
        _check_handed_over(user)
        disable(user)
    if email != user.email:
        end_links(user)  # They were sent to the former address.
        _log("email_changed", user.id)
    user.name, user.email = name, email
    return user


def change_role(user: User, role: Role) -> None:
    """Give a user another role; it counts from their next request on."""
    if role is user.role:
        return
    if user.role is Role.ADMIN:
        _check_not_last(user, "role")
    user.role = role
    _log("role_changed", user.id, role=role.value)


def things_held(user_ids: Collection[int]) -> dict[int, int]:
    """Return of how many things each of these users is in charge; who is of none, is not named."""
    found: dict[int, int] = {}
    for numbers in holding.values() if user_ids else ():
        for user_id, number in numbers(user_ids).items():
            found[user_id] = found.get(user_id, 0) + number
    return found


def _check_handed_over(user: User) -> None:
    held = things_held([user.id]).get(user.id)
    if held:
        raise InvalidValue(
            "is_enabled",
            _n(
                "This person is in charge of %(num)d thing. Hand it over first, below; to keep "
                "somebody out at once, lock the account",
                "This person is in charge of %(num)d things. Hand them over first, below; to keep "
                "somebody out at once, lock the account",
                held,
            ),
        )


def disable(user: User) -> None:
    """Turn somebody away from their next request on; what they did stays.

    What they are in charge of stays theirs: nothing may delay keeping somebody out.
    """
    if not user.is_enabled:
        return
    if user.role is Role.ADMIN:
        _check_not_last(user, "is_enabled")
    user.is_enabled = False
    end_all_sessions(user)
    end_links(user)
    for end in leaving.values():
        end(user.id)
    _log("user_disabled", user.id)


def enable(user: User) -> None:
    """Let somebody sign in again, with the password they had."""
    user.is_enabled = True
    _log("user_enabled", user.id)


def _check_not_last(user: User, field: str) -> None:
    working = db.session.scalars(queries.working_administrators()).all()
    if user.is_enabled and user.password_hash and all(other.id == user.id for other in working):
        raise InvalidValue(
            field,
            _(
                "This is the last administrator who can sign in. Make somebody else an "
                "administrator first"
            ),
        )


def change_own(
    user: User, *, name: str, locale: str, theme: Any, shortcuts: bool, wants_digest: bool
) -> User:
    """Change what people decide of their own account."""
    user.name, user.theme, user.shortcuts = name, theme, shortcuts
    user.wants_digest = wants_digest
    choose_language(user, locale)
    return user


def choose_language(user: User, locale: str) -> None:
    """Remember the language in which somebody reads."""
    if locale in LOCALES:
        user.locale = locale


# One-time links


def issue_link(user: User, purpose: LinkPurpose | None = None) -> OneTimeLink:
    """Make a link by which the user may choose a password; older ones die.

    :param purpose: by default an invitation until there is a password.
    """
    if not user.is_enabled:
        raise InvalidValue(None, _("This person may not sign in. Allow it first, then send a link"))
    if purpose is None:
        purpose = LinkPurpose.RESET if user.password_hash else LinkPurpose.INVITATION
    end_links(user)
    link = OneTimeLink(
        user=user, purpose=purpose, token_hash="", expires_at=now() + LINK_LIFE[purpose]
    )
    link.token_hash = secrets.token_hex(32)  # Unique until the id is known.
    db.session.add(link)
    db.session.flush()
    link.token_hash = _hashed(token_of(link))
    db.session.flush()
    _log("link_issued", user.id, purpose=purpose.value)
    return link


def token_of(link: OneTimeLink) -> str:
    """Return the secret of a link.

    It is computed from the key of the installation: neither the table of links nor the queue of
    mails holds anything that could be used.
    """
    key = Base.metadata.info["secret_key"].encode()
    text = f"link:{link.id}:{link.user_id}:{link.expires_at.isoformat()}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def link_path(link: OneTimeLink) -> str:
    """Return the address of a link below that of the server."""
    return f"/link/{token_of(link)}"


def find_link(token: str) -> OneTimeLink | None:
    """Return the link of a token, unless it was used, has expired or never was."""
    return db.session.scalar(queries.link_with(_hashed(token)))


def is_first_administrator(user: User) -> bool:
    """Tell whether this account was made at the first start and nobody has taken it yet."""
    return user.email == FIRST_ADMINISTRATOR and user.password_hash is None


def use_link(
    link: OneTimeLink,
    *,
    password: str,
    repeat: str,
    name: str | None = None,
    email: str | None = None,
) -> User:
    """Set the password chosen by a link; the person then signs in with it.

    :param name: of the first administrator, whose account had none.
    :param email: likewise.
    """
    user = link.user
    if is_first_administrator(user):
        email = clean_email(email)
        _check_free(email, but=user)
        if not name:
            raise InvalidValue("name", _("Enter your name"))
        _set_password(user, password, repeat, about=(name, email))
        user.name, user.email = name, email
    else:
        _set_password(user, password, repeat)
    link.used_at = now()
    db.session.flush()
    end_links(user)
    end_all_sessions(user)
    if user.role is Role.ADMIN:
        _close_first_account(user)
    _log("password_set", user.id)
    return user


def _close_first_account(came_in: User) -> None:
    """Turn off the account of the first start when another administrator has come in."""
    first = db.session.scalar(queries.with_email(FIRST_ADMINISTRATOR))
    if first is not None and first is not came_in and is_first_administrator(first):
        disable(first)


def request_link(email: str, address: str) -> str:
    """Count a request for a new password; what it leads to is decided out of sight.

    :returns: the address as it is stored.
    :raises crm.accounts.throttle.TooManyAttempts: when there were too many before.
    """
    email = email.strip().lower()
    buckets = [
        Bucket(throttle.RESET_ACCOUNT, email),
        Bucket(throttle.RESET_ADDRESS, throttle.network(address)),
    ]
    throttle.let_through(buckets)
    throttle.note(buckets)
    return email


def end_links(user: User) -> None:
    """Make the links of a user useless."""
    db.session.execute(
        sa.update(OneTimeLink)
        .where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )


def first_administrator_link(email: str | None = None) -> str | None:
    """Return the path by which the first administrator comes in, or None when one has.

    :param email: address of the account; asked for on the page when left out.
    """
    if db.session.scalars(queries.working_administrators()).first() is not None:
        return None
    address = clean_email(email) if email else FIRST_ADMINISTRATOR
    user = db.session.scalar(queries.with_email(address))
    if user is None:
        user = User(email=address, name=_("Administrator"), role=Role.ADMIN)
        db.session.add(user)
        db.session.flush()  # The link needs its id.
    return link_path(issue_link(user, LinkPurpose.INVITATION))


# Passwords


def _set_password(user: User, password: str, repeat: str, about: tuple[str, ...] = ()) -> None:
    passwords.check(password, about or (user.name, user.email))
    if passwords.normal(password) != passwords.normal(repeat):
        raise InvalidValue("repeat", _("The two passwords differ. Type the same twice"))
    user.password_hash = passwords.hash_password(password)
    user.password_set_at = now()


def change_password(user: User, *, current: str, password: str, repeat: str, browser: str) -> str:
    """Change one's own password; all sessions end.

    :returns: the token of a new session.
    :raises crm.accounts.throttle.TooManyAttempts: after too many wrong current passwords.
    """
    bucket = Bucket(throttle.PASSWORD, str(user.id))
    throttle.let_through([bucket])
    if not passwords.matches(user.password_hash, current):
        throttle.note([bucket])
        raise InvalidValue("current", _("This is not your current password"))
    _set_password(user, password, repeat)
    throttle.forget(bucket)
    end_links(user)
    end_all_sessions(user)
    _log("password_changed", user.id)
    return open_session(user, browser=browser)


# Sessions


@dataclass(frozen=True)
class SignedIn:
    """What a successful sign-in gives the browser.

    :param token: names the session.
    :param device: makes the browser known for this account.
    :param is_known_elsewhere: whether this browser is new for an account used from others before.
    """

    user: User
    token: str
    device: str
    is_known_elsewhere: bool


def sign_in(
    *, email: str, password: str, address: str, browser: str, device: str | None = None
) -> SignedIn:
    """Open a session for who knows the password.

    Unknown, disabled and known accounts answer the same, after the same time.

    :param device: what the browser kept from an earlier sign-in.
    :raises InvalidValue: when the address or the password is wrong.
    :raises crm.accounts.throttle.TooManyAttempts: when there were too many before.
    """
    email = (email or "").strip().lower()
    user = db.session.scalar(queries.with_email(email))
    known = throttle.device_of(device, user.id) if user else None
    if known:
        buckets = [Bucket(throttle.DEVICE, known)]
    else:
        buckets = [
            Bucket(throttle.ACCOUNT, email),
            Bucket(throttle.ADDRESS, throttle.network(address)),
        ]
    try:
        throttle.let_through(buckets)
    except throttle.TooManyAttempts:
        _log("sign_in_refused", user.id if user else None)
        raise
    stored = user.password_hash if user and user.is_enabled else None
    if not passwords.matches(stored, password) or user is None:
        throttle.note(buckets)
        _log("sign_in_failed", user.id if user else None)
        raise InvalidValue(
            None,
            _("The address or the password is wrong. Check both, or ask for a new password below"),
        )
    throttle.forget(buckets[0])
    if stored and passwords.is_outdated(stored):
        user.password_hash = passwords.hash_password(password)
    is_known_elsewhere = known is None and _has_signed_in(user)
    token = open_session(user, browser=browser)
    kept = device if known and device else throttle.new_device(user.id)
    return SignedIn(user, token, kept, is_known_elsewhere)


def _has_signed_in(user: User) -> bool:
    return db.session.scalar(queries.any_session(user.id)) is not None


def open_session(user: User, *, browser: str) -> str:
    """Begin a session of a user.

    :returns: its token, 256 random bits of which only the fingerprint is kept.
    """
    db.session.execute(
        sa.delete(UserSession).where(
            UserSession.user_id == user.id, UserSession.seen_at < now() - KEEP_SESSIONS
        )
    )
    token = secrets.token_urlsafe(32)
    begun = UserSession(user_id=user.id, token_hash=_hashed(token), browser=browser[:200])
    db.session.add(begun)
    db.session.flush()
    _log("signed_in", user.id)
    return token


def find_session(token: str) -> UserSession | None:
    """Return the session of a token while it lasts and its user may sign in."""
    found = db.session.scalar(queries.session_with(), {"token_hash": _hashed(token)})
    return found if found is not None and lasts(found) else None


def lasts(session: UserSession) -> bool:
    """Tell whether a session that was not ended may still be used."""
    return session.user.is_enabled and now() < ends_at(session)


def ends_at(session: UserSession) -> datetime:
    """Return when a session ends unless it is used before."""
    life = ADMIN_SESSION_LIFE if session.user.role is Role.ADMIN else SESSION_LIFE
    return min(session.seen_at + life.idle, session.created_at + life.absolute)


def is_proved(session: UserSession) -> bool:
    """Tell whether the password was given a short while ago."""
    return session.proved_at is not None and now() - session.proved_at <= PROOF_LIFE


def prove(session: UserSession, password: str) -> None:
    """Take the password once more, before something that an open screen must not allow.

    :raises InvalidValue: at ``password`` when it is wrong.
    :raises crm.accounts.throttle.TooManyAttempts: after too many wrong ones.
    """
    bucket = Bucket(throttle.PASSWORD, str(session.user_id))
    throttle.let_through([bucket])
    if not passwords.matches(session.user.password_hash, password):
        throttle.note([bucket])
        _log("proof_failed", session.user_id)
        raise InvalidValue("password", _("This is not your password"))
    throttle.forget(bucket)
    session.proved_at = now()
    db.session.flush()


def mark_seen(session_id: int) -> None:
    """Note that a session is used."""
    db.session.execute(
        sa.update(UserSession).where(UserSession.id == session_id).values(seen_at=now())
    )


def sign_out(token: str) -> None:
    """End the session of a token."""
    found = db.session.scalar(queries.session_with(), {"token_hash": _hashed(token)})
    if found is not None:
        end_session(found)


def end_session(session: UserSession) -> None:
    """End a session; its next request is turned away."""
    session.ended_at = now()
    db.session.flush()
    _log("session_ended", session.user_id)


def end_all_sessions(user: User, but: str | None = None) -> None:
    """End the sessions of a user.

    :param but: token of a session that stays.
    """
    db.session.execute(
        sa.update(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.token_hash != (_hashed(but) if but else ""),
        )
        .values(ended_at=now())
    )
    _log("sessions_ended", user.id)
