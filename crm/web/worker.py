"""The worker: does the background jobs, beside the server or as a process of its own."""

import logging
import threading
import time

from flask import Flask

from crm.core.db import db
from crm.core.once import forget_old
from crm.core.principal import SYSTEM, set_principal
from crm.core.queue import forget_done, run_due, run_periodic

logger = logging.getLogger(__name__)

POLL = 1.5  # seconds
PAUSE_AFTER_ERROR = 10.0
PERIOD = 60.0
ROUNDS_BETWEEN_CLEANING = 2400  # About an hour.


def work(app: Flask, once: bool = False, stop: threading.Event | None = None) -> None:
    """Do the jobs as they come.

    :param once: return when nothing more is due.
    :param stop: return when this is set; a job that runs is finished first.
    """
    stop = stop or threading.Event()
    rounds = 0
    last_period = -PERIOD
    while not stop.is_set():
        pause = POLL
        try:
            if time.monotonic() - last_period >= PERIOD:
                last_period = time.monotonic()
                _look(app)
            tried = _round(app, cleaning=rounds % ROUNDS_BETWEEN_CLEANING == 0)
        except Exception:
            # A database that is away comes back; the worker waits for it.
            logger.exception("the worker could not ask for jobs")
            if once:
                raise
            tried, pause = 0, PAUSE_AFTER_ERROR
        rounds += 1
        if tried:
            continue
        if once:
            return
        stop.wait(pause)


def _look(app: Flask) -> None:
    with app.app_context():
        set_principal(db.session, SYSTEM)
        run_periodic()


def _round(app: Flask, *, cleaning: bool) -> int:
    with app.app_context():
        set_principal(db.session, SYSTEM)
        if cleaning:
            forget_done()
            forget_old()
            db.session.commit()
        return run_due()


def start_in_background(app: Flask) -> threading.Event:
    """Start the worker in a thread of this process; setting what is returned stops it."""
    stop = threading.Event()
    threading.Thread(
        target=work, args=(app,), kwargs={"stop": stop}, name="worker", daemon=True
    ).start()
    return stop
