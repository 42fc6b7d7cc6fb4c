"""What is looked for by itself: institutions that have not answered."""

from crm.core.clock import today
from crm.core.db import db
from crm.core.queue import periodic, without_write_lock
from crm.submissions import queries, services


@periodic("submissions.silence")
def ask_after_silence() -> None:
    """Make one task for each submission that got no answer for 30 days."""
    day = today()
    with without_write_lock():
        waiting = db.session.scalars(queries.without_answer(day)).all()
    for submission_id in waiting:
        services.ask_after(submission_id, day)
        db.session.commit()
