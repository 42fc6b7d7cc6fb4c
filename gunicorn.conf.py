"""What gunicorn reads by itself where it is started in this folder."""

from typing import Any

from gunicorn.workers.sync import SyncWorker

from crm.web.pulse import with_pulse

preload_app = True
"""The workers are copies of one process that has loaded all: they share a part of their memory.

Nothing that is loaded opens a connection, which copies could not share. A new version is served
after a restart, not after a signal to reload.
"""


def post_worker_init(worker: Any) -> None:
    """Let a worker that does one thing at a time say that it lives while it sends a long file."""
    if isinstance(worker, SyncWorker):
        worker.wsgi = with_pulse(worker.wsgi, worker.notify)
