"""Questions about users and their sessions. Each returns a statement; the caller fetches."""

from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from crm.accounts.models import AuthAttempt, LinkPurpose, OneTimeLink, Role, User, UserSession
from crm.core.clock import now
from crm.core.queue import Job, JobState


def team(including: int | None = None) -> Select[User]:
    """Return the people who may sign in, by name, and the one with this id if given."""
    shown: ColumnElement[bool] = User.is_enabled.is_(True)
    if including is not None:
        shown = or_(shown, User.id == including)
    return select(User).where(shown).order_by(User.name, User.id)


@cache
def team_by_name() -> Select[int, str]:
    """Return (id, name) of the people who may sign in, by name."""
    return team().with_only_columns(User.id, User.name)


def name_of(user_id: int) -> Select[str]:
    """Return the name of a user, whether or not they may still sign in."""
    return select(User.name).where(User.id == user_id)


def everybody() -> Select[User]:
    """Return all users, those who may sign in first."""
    return select(User).order_by(User.is_enabled.desc(), User.name, User.id)


def with_email(email: str) -> Select[User]:
    """Return the user of an address, written in lower case."""
    return select(User).where(User.email == email)


def working_administrators() -> Select[User]:
    """Return the administrators who can sign in, held until the end of the transaction."""
    return (
        select(User)
        .where(User.role == Role.ADMIN, User.is_enabled.is_(True), User.password_hash.is_not(None))
        .order_by(User.id)
        .with_for_update()
    )


@cache
def session_with() -> Select[UserSession]:
    """Return the session of a token, unless it was ended; takes ``token_hash``."""
    return (
        select(UserSession)
        .where(UserSession.token_hash == bindparam("token_hash"), UserSession.ended_at.is_(None))
        .options(joinedload(UserSession.user))
    )


def open_sessions(user_id: int) -> Select[UserSession]:
    """Return the sessions of a user that were not ended, the last used first."""
    return (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.seen_at.desc(), UserSession.id)
    )


def any_session(user_id: int) -> Select[int]:
    """Return the id of a session of a user, ended or not."""
    return select(UserSession.id).where(UserSession.user_id == user_id).limit(1)


def link_with(token_hash: str) -> Select[OneTimeLink]:
    """Return the link of a token that can still be used."""
    return (
        select(OneTimeLink)
        .join(OneTimeLink.user)
        .where(
            OneTimeLink.token_hash == token_hash,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now(),
            User.is_enabled.is_(True),
        )
        .options(contains_eager(OneTimeLink.user))
        .with_for_update(of=OneTimeLink)
    )


def open_invitations() -> Select[int]:
    """Return the ids of the users whose invitation can still be used."""
    return select(OneTimeLink.user_id).where(
        OneTimeLink.purpose == LinkPurpose.INVITATION,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now(),
    )


def attempts(bucket: str, since: datetime) -> Select[datetime]:
    """Return when attempts were made, the oldest first."""
    return (
        select(AuthAttempt.at)
        .where(AuthAttempt.bucket == bucket, AuthAttempt.at > since)
        .order_by(AuthAttempt.at, AuthAttempt.id)
    )


def jobs(state: JobState | None = None) -> Select[Job]:
    """Return the jobs of a state, the newest first."""
    query = select(Job).order_by(Job.created_at.desc(), Job.id)
    return query if state is None else query.where(Job.state == state)


def jobs_by_state() -> Select[JobState, int]:
    """Return how many jobs there are in each state."""
    return select(Job.state, func.count().label("jobs")).group_by(Job.state)
