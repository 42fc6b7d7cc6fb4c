"""What people may enter about meetings."""

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional

from crm.core.i18n import _l
from crm.meetings.models import (
    Attendance,
    AttendanceRole,
    AttendanceStatus,
    Meeting,
    MeetingFormat,
    MeetingKind,
    Organiser,
    OrganiserRole,
)
from crm.records.fields import (
    ChoiceField,
    CountriesField,
    CountryField,
    Needed,
    PartialDateField,
    RecordField,
)
from crm.records.forms import RecordForm
from crm.web.form import EntryForm


class MeetingForm(RecordForm):
    """A meeting."""

    model = Meeting
    groups = (
        (
            _l("When and where"),
            (
                "starts",
                "ends",
                "start_time",
                "end_time",
                "time_zone",
                "is_cancelled",
                "format",
                "place",
                "country",
                "languages",
            ),
        ),
        (_l("Content"), ("theme", "framework", "purpose", "agenda", "positions")),
        (_l("Afterwards"), ("minutes", "decisions")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    meeting_kind = ChoiceField(kind=MeetingKind, default=MeetingKind.CONFERENCE)
    series_id = RecordField(kinds=["meeting"])
    network_id = RecordField(kinds=["organisation"])
    recurrence = StringField()
    starts = PartialDateField()
    ends = PartialDateField()
    start_time = StringField()
    end_time = StringField()
    time_zone = StringField()
    is_cancelled = BooleanField()
    format = ChoiceField(kind=MeetingFormat, optional=True)
    place = StringField()
    country = CountryField()
    languages = StringField()
    theme = StringField()
    framework = StringField()
    purpose = TextAreaField()
    agenda = TextAreaField()
    positions = TextAreaField()
    minutes = TextAreaField()
    decisions = TextAreaField()


class OrganiserForm(EntryForm):
    """An organiser of a meeting."""

    model = Organiser

    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the organisation"))]
    )
    role = ChoiceField(kind=OrganiserRole, default=OrganiserRole.ORGANISER)


class AttendanceForm(EntryForm):
    """Somebody, an organisation or a group at a meeting."""

    model = Attendance
    groups = ((_l("A group nobody names"), ("category", "headcount", "countries")),)

    person_id = RecordField(kinds=["person"])
    organisation_id = RecordField(kinds=["organisation"])
    status = ChoiceField(kind=AttendanceStatus, default=AttendanceStatus.REGISTERED)
    role = ChoiceField(kind=AttendanceRole, default=AttendanceRole.PARTICIPANT)
    is_remote = BooleanField()
    note = StringField()
    category = StringField()
    headcount = IntegerField(
        validators=[Optional(), NumberRange(1, 100_000, _l("Enter a number from 1 to 100,000"))]
    )
    countries = CountriesField()


class PasteForm(EntryForm):
    """A list of people, as it was received."""

    text = TextAreaField(
        _l("The list"),
        description=_l(
            "One person per line: a name, “Name, Organisation”, “Name <mail>”, cells of a "
            "spreadsheet, the To: line of a mail, the attendance file of a video call"
        ),
    )
    upload = FileField(_l("Or a file"), description=_l("CSV or text, 1 MB at most"))
    status = ChoiceField(_l("They are"), kind=AttendanceStatus, default=AttendanceStatus.REGISTERED)
