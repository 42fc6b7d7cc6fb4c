"""What submissions add to Passerelle."""

from typing import Any

from crm.core.features import Feature
from crm.core.i18n import _, _l
from crm.declarations.models import Submission
from crm.declarations.versions import version_words
from crm.records.asof import happened_by
from crm.records.kinds import Column, Panel, PartKind, record_link, registry
from crm.submissions import forms, jobs, publishing, queries, services
from crm.web.cells import Link, Long, lines
from crm.web.templating import shown

JOBS = jobs

SUBMISSION = PartKind(
    name="submissions",
    model=Submission,
    label=_l("Submission"),
    add_label=_l("Add a submission"),
    form=forms.SubmissionForm,
    owners={"declaration": "declaration_id"},
    create=services.add_submission,
    change=services.change_submission,
)


def _recipient(submission: Submission) -> Any:
    return lines(
        [record_link(submission.recipient), record_link(submission.person), submission.addressee]
    )


def _handed_in(submission: Submission) -> Any:
    return lines(
        [submission.submitted_on or _("Date not known"), submission.channel, submission.reference]
    )


def _what(submission: Submission) -> Any:
    """Return the version and the count of that day (R-7.14)."""
    text, count = submission.text, submission.count_that_day
    return lines(
        [
            version_words(text.language, text.edition) if text else None,
            _("%(num)s signatories that day", num=count) if count is not None else None,
        ]
    )


def _acknowledged(submission: Submission) -> Any:
    receipt = submission.receipt
    kind = registry.kinds["declaration"]
    link = (
        Link(
            receipt.name,
            kind.url(submission.declaration, "download", document_id=submission.receipt_id),
        )
        if receipt
        else None
    )
    return lines([submission.acknowledged_on, link])


def _answer(submission: Submission) -> Any:
    """Return what was answered, and that it was asked after where nothing was."""
    asked = submission.asked_again_on
    is_silent = not submission.answered_on and not submission.answer
    return lines(
        [
            submission.answered_on,
            Long(submission.answer) if submission.answer else None,
            _("No answer; task made on %(day)s", day=shown(asked)) if asked and is_silent else None,
        ]
    )


FEATURE = Feature(
    name="submissions",
    public_facts=publishing.FACTS,
    parts=(SUBMISSION,),
    panels=(
        Panel(
            key="submissions",
            title=_l("Handed in"),
            on=("declaration",),
            query=queries.submissions_of,
            part=SUBMISSION,
            order=12,
            columns=(
                Column("recipient", _l("Recipient"), _recipient),
                Column("submitted_on", _l("Handed in on"), _handed_in),
                Column("what", _l("Version and count"), _what),
                Column("acknowledged", _l("Receipt confirmed on"), _acknowledged),
                Column("answer", _l("Answer"), _answer),
            ),
        ),
        Panel(
            key="received",
            title=_l("Declarations handed to it"),
            on=("organisation", "person"),
            query=queries.submissions_to,
            on_day=happened_by(Submission.submitted_on),
            side=True,
            order=36,
            columns=(
                Column("declaration", _l("Declaration"), lambda row: record_link(row.declaration)),
                Column("submitted_on", _l("Handed in on"), lambda row: row.submitted_on),
            ),
        ),
    ),
)
