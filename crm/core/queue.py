"""Background jobs: queued in the transaction of the change they follow, run by the worker.

A job runs at least once. Its handler's own changes are kept exactly once: they are committed
together with the end of the job, and only while the worker still holds its claim.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about, db
from crm.core.i18n import _l

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=5)
"""After this time another worker may take over a job: the one that held it has died."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=2)
GIVE_UP = timedelta(hours=24)
KEEP_DONE = timedelta(days=30)
LATE = timedelta(minutes=10)

Payload = dict[str, Any]
Handler = Callable[[Payload], None]
handlers: dict[str, Handler] = {}
periodics: dict[str, Callable[[], None]] = {}


class JobState(Choice):
    """How far a job has come."""

    WAITING = "waiting", _l("Waiting")
    RUNNING = "running", _l("Running")
    DONE = "done", _l("Done")
    DEAD = "dead", _l("Given up")


class JobFailed(Exception):
    """A job could not be done; the message names no person and is shown to administrators."""


class Job(HasId, Base):
    """Something to be done outside of a request."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_run_at", "state", "run_at"),)

    name: Mapped[str] = mapped_column(String(80), info=about(_l("Job")))
    payload: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("Content"),
            personal=Personal.YES,
            purpose=_l("To do the job; emptied when it is done"),
            internal=True,
        )
    )
    state: Mapped[JobState] = mapped_column(
        default=JobState.WAITING, info=about(_l("State of the job"))
    )
    run_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Not before")))
    attempts: Mapped[int] = mapped_column(default=0, info=about(_l("Attempts")))
    last_error: Mapped[str | None] = mapped_column(String(200), info=about(_l("Last error")))
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    first_tried_at: Mapped[datetime | None] = mapped_column(info=about(_l("First tried")))
    claimed_at: Mapped[datetime | None] = mapped_column(info=about(_l("Started")))
    finished_at: Mapped[datetime | None] = mapped_column(info=about(_l("Finished")))


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a name."""

    def register(function: Handler) -> Handler:
        handlers[name] = function
        return function

    return register


def periodic(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that the worker calls every minute, to look for what to queue.

    It commits what it does: several workers may call it at once, each must find what others did.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        periodics[name] = function
        return function

    return register


def run_periodic() -> None:
    """Call the periodic functions; one that fails keeps none from the others."""
    for name, function in periodics.items():
        try:
            function()
            db.session.commit()
        except Exception:
            db.session.rollback()
            logger.exception("periodic function failed", extra={"name_of_job": name})


def enqueue(name: str, payload: Payload, run_at: datetime | None = None) -> Job:
    """Queue a job in the current transaction: it exists if and only if the change does."""
    job = Job(name=name, payload=payload, run_at=run_at or now())
    db.session.add(job)
    db.session.flush()  # So that the caller has its id.
    return job


def enqueue_many(name: str, payloads: Sequence[Payload]) -> list[Job]:
    """Queue several jobs of a name together, in order."""
    jobs = [Job(name=name, payload=payload, run_at=now()) for payload in payloads]
    db.session.add_all(jobs)
    db.session.flush()  # So that the caller has their ids.
    return jobs


def retry(job: Job) -> None:
    """Give a job that was given up another day of attempts."""
    if job.state is JobState.DEAD:
        job.state = JobState.WAITING
        job.run_at = now()
        job.first_tried_at = None


def _due() -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Job.state == JobState.WAITING, Job.run_at <= now()),
        sa.and_(Job.state == JobState.RUNNING, Job.claimed_at <= now() - CLAIM),
    )


def is_late() -> bool:
    """Tell whether a job has been due for so long that no worker can be running."""
    return bool(db.session.scalar(sa.select(sa.exists().where(_due(), Job.run_at <= now() - LATE))))


def is_anything_due() -> bool:
    """Tell whether a job waits, without taking the write lock."""
    with without_write_lock():
        return bool(db.session.scalar(sa.select(sa.exists().where(_due()))))


@contextmanager
def without_write_lock() -> Iterator[None]:
    """Look for work in a transaction that only reads: finding none must hold nobody up."""
    db.session.info["read_only"] = True
    try:
        yield
        db.session.commit()
    finally:
        db.session.info["read_only"] = False


def claim() -> Job | None:
    """Take the job that is due longest; nobody else gets it until the claim expires."""
    first = (
        sa.select(Job.id)
        .where(_due())
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    job = db.session.scalar(
        sa.update(Job)
        .where(Job.id == first)
        .values(
            state=JobState.RUNNING,
            claimed_at=now(),
            first_tried_at=sa.func.coalesce(
                Job.first_tried_at, now(), type_=Job.first_tried_at.type
            ),
            attempts=Job.attempts + 1,
        )
        .returning(Job),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    db.session.commit()
    return job


def run_due(limit: int = 100) -> int:
    """Do the jobs that are due, each in its own transaction.

    :returns: how many were tried.
    """
    tried = 0
    while tried < limit and is_anything_due():
        job = claim()
        if job is None:
            break
        tried += 1
        _run(job)
    return tried


def _run(job: Job) -> None:
    job_id, attempt = job.id, job.attempts
    try:
        if job.name not in handlers:
            raise JobFailed("no handler of this name")
        handlers[job.name](job.payload)
        if _finish(job_id, attempt, state=JobState.DONE, payload={}, last_error=None):
            db.session.commit()
        else:
            db.session.rollback()  # The claim expired: another worker does this job.
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the job is tried again
        db.session.rollback()
        _put_off(job_id, attempt, error)


def _finish(job_id: int, attempt: int, **values: Any) -> bool:
    """Write how an attempt ended, unless another worker has taken over."""
    ended: Any = db.session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
        .values(finished_at=now(), **values),
        execution_options={"synchronize_session": False},
    )
    return bool(ended.rowcount == 1)


def _put_off(job_id: int, attempt: int, error: Exception) -> None:
    # The message of an unforeseen error may quote what somebody typed.
    reason = str(error) if isinstance(error, JobFailed) else type(error).__name__
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None:
        return
    dead = now() - (job.first_tried_at or now()) >= GIVE_UP
    _finish(
        job_id,
        attempt,
        state=JobState.DEAD if dead else JobState.WAITING,
        run_at=now() + pause_after(attempt),
        last_error=reason[:200],
    )
    db.session.commit()
    logger.warning(
        "job failed",
        extra={"job": job_id, "name_of_job": job.name, "attempt": attempt, "error": reason},
    )


def pause_after(attempt: int) -> timedelta:
    """Return how long to wait after a failed attempt: each time twice as long."""
    doublings = min(attempt - 1, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


def forget_done() -> None:
    """Delete jobs that were done or given up long ago."""
    ended = Job.state.in_((JobState.DONE, JobState.DEAD))
    db.session.execute(
        sa.delete(Job).where(ended, Job.finished_at < now() - KEEP_DONE),
        execution_options={"synchronize_session": False},
    )
