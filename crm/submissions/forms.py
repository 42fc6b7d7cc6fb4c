"""What people may enter about submissions."""

from datetime import timedelta
from typing import Any

from flask_wtf.file import FileField
from wtforms import IntegerField, StringField, TextAreaField

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.declarations import queries as declarations
from crm.declarations.forms import COUNT, WithText
from crm.declarations.models import Submission, SubmissionChannel
from crm.records.fields import ChoiceField, Needed, PartialDateField, RecordField
from crm.records.models import Record

FOLLOW_UP = timedelta(days=14)
"""Two weeks are usual (R-7.14)."""


class SubmissionForm(WithText):
    """A declaration was handed in."""

    model = Submission
    extra_fields = ("upload", "follow_up_on")
    groups = ((_l("What came back"), ("acknowledged_on", "upload", "answered_on", "answer")),)

    recipient_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the institution"))]
    )
    person_id = RecordField(kinds=["person"])
    addressee = StringField()
    submitted_on = PartialDateField()
    channel = ChoiceField(kind=SubmissionChannel, optional=True)
    count_that_day = IntegerField(validators=COUNT)
    reference = StringField()
    follow_up_on = PartialDateField(
        _l("Ask what became of it on"),
        description=_l("Two weeks later is usual. A task reminds you; empty: none"),
    )
    acknowledged_on = PartialDateField()
    upload = FileField(_l("Receipt"), description=_l("The message or the stamped paper"))
    answered_on = PartialDateField()
    answer = TextAreaField()

    def __init__(self, *args: Any, obj: Submission | None = None, **kwargs: Any) -> None:
        """Propose today and two weeks later for what is noted anew."""
        if obj is None:
            kwargs.setdefault("submitted_on", PartialDate.of(today()))
            kwargs.setdefault("follow_up_on", PartialDate.of(today() + FOLLOW_UP))
        self.is_new = obj is None
        super().__init__(*args, obj=obj, **kwargs)
        if not self.is_new:
            del self.follow_up_on

    def on_page_of(self, record: Record) -> None:
        """Offer the texts of the declaration; propose the newest, and the count of today."""
        super().on_page_of(record)
        if not self.is_new or self.is_submitted():
            return
        self.text_id.data = db.session.scalar(declarations.newest_frozen_id(record))
        self.count_that_day.data = db.session.scalar(declarations.count_signed(record))
