"""Jobs and mails: queued with the change, done at least once, never lost, never doubled."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select

from crm.accounts.models import User
from crm.core import queue
from crm.core.db import db
from crm.core.queue import Job, JobFailed, JobState
from crm.web import worker
from tests.accounts.people import member
from tests.at_once import at_once
from tests.web.apps import committed, own_app, url_of

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def done(monkeypatch):
    """Register a job that notes what it is given."""
    noted = []
    monkeypatch.setitem(queue.handlers, "note", lambda payload: noted.append(payload["number"]))
    return noted


@pytest.fixture
def failing(monkeypatch):
    def fail(_payload):
        raise JobFailed("the mail server answered 451")

    monkeypatch.setitem(queue.handlers, "fail", fail)


def only_job(session):
    session.expire_all()
    return session.scalar(select(Job))


def test_a_job_is_done_once_and_its_content_is_emptied(session, done):
    queue.enqueue("note", {"number": 1})
    session.commit()
    assert queue.run_due() == 1
    assert queue.run_due() == 0
    assert done == [1]
    job = only_job(session)
    assert (job.state, job.payload, job.attempts) == (JobState.DONE, {}, 1)


def test_jobs_are_done_in_the_order_of_their_time(session, done, clock):
    for number, minutes in ((1, 0), (2, -5), (3, 5)):
        queue.enqueue("note", {"number": number}, run_at=START + timedelta(minutes=minutes))
    session.commit()
    queue.run_due()
    assert done == [2, 1]
    clock.shift(timedelta(minutes=5))
    queue.run_due()
    assert done == [2, 1, 3]


def test_a_job_exists_only_if_the_change_does(session, done):
    queue.enqueue("note", {"number": 1})
    session.rollback()
    assert queue.run_due() == 0


def test_a_failed_job_waits_twice_as_long_each_time_and_is_given_up_after_a_day(
    session, failing, clock
):
    queue.enqueue("fail", {"to": "claire@example.org"})
    session.commit()
    pauses = []
    for _ in range(100):
        queue.run_due()
        job = only_job(session)
        if job.state is JobState.DEAD:
            break
        assert job.last_error == "the mail server answered 451"
        pauses.append((job.run_at - datetime.now(UTC)).total_seconds())
        assert queue.run_due() == 0
        clock.move_to(job.run_at)
    assert pauses[:8] == [30, 60, 120, 240, 480, 960, 1920, 3840]
    assert set(pauses[8:]) == {7200}
    assert timedelta(hours=24) <= datetime.now(UTC) - START < timedelta(hours=27)
    assert only_job(session).payload == {"to": "claire@example.org"}


def test_a_job_that_was_given_up_gets_another_day(session, failing, done, clock, monkeypatch):
    queue.enqueue("fail", {"number": 7})
    session.commit()
    queue.run_due()
    clock.shift(timedelta(days=2))
    queue.run_due()
    job = only_job(session)
    assert job.state is JobState.DEAD
    queue.retry(job)
    session.commit()
    queue.run_due()
    assert only_job(session).state is JobState.WAITING
    monkeypatch.setitem(queue.handlers, "fail", queue.handlers["note"])
    clock.shift(timedelta(hours=3))
    queue.run_due()
    assert done == [7]


def test_a_job_that_nobody_knows_how_to_do_is_put_off(session):
    queue.enqueue("unheard-of", {})
    session.commit()
    queue.run_due()
    assert only_job(session).last_error == "no handler of this name"


def test_an_unforeseen_error_is_kept_by_its_kind_alone(session, monkeypatch):
    def fail(_payload):
        raise ValueError("claire@example.org")

    monkeypatch.setitem(queue.handlers, "fail", fail)
    queue.enqueue("fail", {})
    session.commit()
    queue.run_due()
    assert only_job(session).last_error == "ValueError"


def test_what_a_failed_job_changed_is_undone(session, monkeypatch):
    def fail(_payload):
        member(name="Half done")
        db.session.flush()
        raise ValueError

    monkeypatch.setitem(queue.handlers, "fail", fail)
    queue.enqueue("fail", {})
    session.commit()
    queue.run_due()
    assert session.scalar(select(User).where(User.name == "Half done")) is None


def test_the_job_of_a_worker_that_died_is_taken_over(session, done, clock):
    queue.enqueue("note", {"number": 1})
    session.commit()
    assert queue.claim() is not None  # And nothing more: the worker is gone.
    assert queue.run_due() == 0
    clock.shift(queue.CLAIM)
    assert queue.run_due() == 1
    assert done == [1]
    assert only_job(session).attempts == 2


def test_a_worker_that_was_too_slow_keeps_nothing(session, clock, monkeypatch):
    rounds = []

    def slow(_payload):
        rounds.append(1)
        member(name=f"Round {len(rounds)}")
        if len(rounds) == 1:
            clock.shift(queue.CLAIM)
            queue.run_due()  # Another worker takes over meanwhile.
            member(name="Too late")

    monkeypatch.setitem(queue.handlers, "slow", slow)
    queue.enqueue("slow", {})
    session.commit()
    queue.run_due()
    assert len(rounds) == 2
    assert session.scalar(select(User).where(User.name == "Too late")) is None
    assert only_job(session).state is JobState.DONE


def test_jobs_that_ended_long_ago_are_forgotten(session, done, failing, clock):
    queue.enqueue("note", {"number": 1})
    queue.enqueue("fail", {"to": "claire@example.org"})
    session.commit()
    queue.run_due()
    clock.shift(timedelta(days=2))
    queue.run_due()
    queue.enqueue("note", {"number": 2}, run_at=START + timedelta(days=100))
    session.commit()
    clock.move_to(START + queue.KEEP_DONE + timedelta(minutes=1))
    queue.forget_done()
    states = sorted(session.scalars(select(Job.state)))
    assert states == [JobState.DEAD, JobState.WAITING]
    clock.shift(timedelta(days=2))
    queue.forget_done()
    assert list(session.scalars(select(Job.state))) == [JobState.WAITING]


def test_looking_for_jobs_takes_no_lock(app, session, count_statements):
    queue.is_anything_due()
    assert not [one for one in count_statements if one.startswith(("UPDATE", "DELETE", "INSERT"))]


@pytest.mark.slow
def test_of_four_workers_each_job_is_done_by_one(database, tmp_path, monkeypatch):
    noted = []
    monkeypatch.setitem(queue.handlers, "note", lambda payload: noted.append(payload["number"]))
    with own_app(tmp_path, url_of(database, "workers")) as app:
        with committed(app):
            for number in range(60):
                queue.enqueue("note", {"number": number})
        at_once(*[partial(worker.work, app, once=True)] * 4)
        with committed(app):
            states = set(db.session.scalars(select(Job.state)))
    assert sorted(noted) == list(range(60))
    assert states == {JobState.DONE}


def test_the_worker_outlives_a_database_that_is_away(tmp_path, monkeypatch):
    stop, rounds = threading.Event(), []

    def broken(_app, *, cleaning):
        rounds.append(cleaning)
        if len(rounds) == 3:
            stop.set()
        raise OSError("gone")

    monkeypatch.setattr(worker, "_round", broken)
    monkeypatch.setattr(worker, "PAUSE_AFTER_ERROR", 0)
    with own_app(tmp_path) as app:
        worker.work(app, stop=stop)
    assert len(rounds) == 3


def test_the_worker_in_the_background_stops_when_told(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "POLL", 0.01)
    noted = threading.Event()
    monkeypatch.setitem(queue.handlers, "note", lambda _payload: noted.set())
    with own_app(tmp_path) as app:
        stop = worker.start_in_background(app)
        with committed(app):
            queue.enqueue("note", {})
        assert noted.wait(20)
        stop.set()
        for thread in threading.enumerate():
            if thread.name == "worker":
                thread.join(20)
