"""Everything that changes a submission. No service commits."""

from datetime import date
from typing import Any

from crm.accounts.models import User
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.declarations.models import Submission
from crm.declarations.services import check_text
from crm.records import files, services
from crm.records import queries as records
from crm.records.models import Act, DocumentKind
from crm.submissions import queries
from crm.tasks.models import Task
from crm.tasks.services import create_task


def add_submission(
    *, upload: Any = None, follow_up_on: PartialDate | None = None, **values: Any
) -> Submission:
    """Note that a declaration was handed in, with the count of that day.

    :param upload: the receipt, kept with the declaration.
    :param follow_up_on: until when to ask what became of it; makes a task.
    """
    check_text(values["declaration_id"], values.get("text_id"))
    submission = services.add(Submission(**values))
    _keep_receipt(submission, upload)
    if follow_up_on is not None:
        name = _(
            "%(recipient)s: ask what became of “%(declaration)s”",
            recipient=submission.recipient.title,
            declaration=submission.declaration.title,
        )
        _make_task(submission, name, due=follow_up_on)
    return submission


def change_submission(
    submission: Submission, version: int, *, upload: Any = None, **values: Any
) -> Submission:
    """Change what is noted of a submission: its receipt and its answer, mostly."""
    if "text_id" in values:
        check_text(submission.declaration_id, values["text_id"])
    services.change_part(submission, version, **values)
    _keep_receipt(submission, upload)
    return submission


def _keep_receipt(submission: Submission, upload: Any) -> None:
    about = {"beside_id": submission.recipient_id, "through_id": submission.person_id}
    if upload:
        receipt = files.attach(
            record_id=submission.declaration_id, upload=upload, kind=DocumentKind.PROOF, **about
        )
        submission.receipt_id = receipt.id
    else:
        files.also_about(submission.receipt_id, **about)
    db.session.flush()


def _make_task(submission: Submission, name: str, *, due: PartialDate, **values: Any) -> Task:
    """Make a task that hides with all that the submission names.

    A task hides with two records. Where the person hides, too, it names neither person nor
    institution.
    """
    person = submission.person
    about = {"subject_id": submission.declaration_id, "origin_id": submission.recipient_id}
    if person is not None and person.is_confidential:
        about = {"subject_id": person.id, "origin_id": submission.declaration_id}
        name = _("Ask what became of “%(declaration)s”", declaration=submission.declaration.title)
    return create_task(name=name[:300], due=due, **about, **values)


def ask_after(submission_id: int, day: date) -> Task | None:
    """Make the one task of a submission that got no answer; None where it has one already."""
    submission = db.session.scalar(queries.to_ask_after(submission_id))
    if submission is None or submission.submitted_on is None:
        return None
    if submission.submitted_on.last_day > day - queries.PATIENCE:
        return None
    submission.asked_again_on = day
    return _make_task(
        submission,
        _(
            "No answer from %(recipient)s after 30 days: %(declaration)s",
            recipient=submission.recipient.title,
            declaration=submission.declaration.title,
        ),
        due=PartialDate.of(day),
        assignee_id=_noted_by(submission),
    )


def _noted_by(submission: Submission) -> int | None:
    """Return who noted a submission, where they are still in the team."""
    changes = records.changes_of_row(Submission.__tablename__, submission.id)
    for change in db.session.scalars(changes):
        if change.act is Act.CREATE and change.user_id is not None:
            user = db.session.get(User, change.user_id)
            return user.id if user is not None and user.is_enabled else None
    return None
