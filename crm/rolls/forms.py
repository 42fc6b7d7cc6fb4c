"""What people enter to bring in a list of signatories."""

import unicodedata

from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField

from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.core.text import clean_text
from crm.meetings.pasting import MOST_BYTES, decoded
from crm.records.fields import PartialDateField
from crm.web.form import EntryForm, Form

MOST_UNSEEN = 0.001
"""Of the characters of a text, this share at most are control characters."""


class ListForm(Form):
    """A list of signatories, as it was received."""

    text = TextAreaField(
        _l("The list"),
        description=_l(
            "One name per line, or cells of a spreadsheet: name, country, category. With headings, "
            "the columns may stand in any order, and a name may come back for each of its values"
        ),
    )
    upload = FileField(_l("Or a file"), description=_l("CSV or text, 1 MB at most"))

    def given(self) -> str:
        """Return the list that was pasted, or that of the file.

        :raises InvalidValue: at ``upload`` when the file holds no text.
        """
        if not self.upload.data:
            return self.text.data or ""
        text = decoded(self.upload.data.stream.read(MOST_BYTES + 1))
        unseen = sum(unicodedata.category(each) == "Cc" and each not in "\t\n\r" for each in text)
        if unseen > len(text) * MOST_UNSEEN:
            raise InvalidValue(
                "upload", _("This file is no list of names. Save it as CSV or text and try again")
            )
        return clean_text(text)


class SaveForm(EntryForm):
    """What is true of all signatories of a list."""

    signed_on = PartialDateField(
        _l("Signed on"),
        future=False,
        description=_l("For those of whom the list does not say it; empty where nobody knows"),
    )
    may_publish = BooleanField(_l("They are published already, or agreed to be named"))
