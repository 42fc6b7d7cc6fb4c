"""What people may enter about meetings."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from crm.core.i18n import _, _l
from crm.meetings.attendance import day_choices
from crm.meetings.models import (
    Attendance,
    AttendanceRole,
    AttendanceRule,
    AttendanceStatus,
    Meeting,
    MeetingAim,
    MeetingFormat,
    MeetingKind,
    Organiser,
    OrganiserRole,
)
from crm.meetings.status import offered
from crm.networks.forms import WorkingGroupField
from crm.records.fields import (
    ChoiceField,
    CountriesField,
    CountryField,
    HourField,
    Needed,
    PartialDateField,
    RecordField,
    optional_id,
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
        (_l("Content"), ("themes", "framework", "purpose", "agenda", "positions")),
        (_l("Afterwards"), ("minutes", "decisions")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    meeting_kind = ChoiceField(kind=MeetingKind, default=MeetingKind.CONFERENCE)
    series_id = RecordField(kinds=["meeting"])
    network_id = RecordField(kinds=["organisation"])
    working_group_id = WorkingGroupField()
    recurrence = StringField()
    starts = PartialDateField()
    ends = PartialDateField()
    start_time = HourField()
    end_time = HourField()
    time_zone = StringField()
    is_cancelled = BooleanField()
    format = ChoiceField(kind=MeetingFormat, optional=True)
    place = StringField()
    country = CountryField()
    languages = StringField()
    themes = StringField()
    framework = StringField()
    purpose = TextAreaField()
    agenda = TextAreaField()
    positions = TextAreaField()
    minutes = TextAreaField()
    decisions = TextAreaField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the working groups there are."""
        super().__init__(*args, **kwargs)
        self.working_group_id.offer_all()


class DaysField(SelectMultipleField):
    """Days of a meeting by their number, from 1; a sorted list."""

    data: Any
    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer nothing until the meeting is known."""
        super().__init__(label, *args, choices=[], coerce=int, **kwargs)

    def offer(self, meeting: Meeting) -> None:
        """Offer the days of a meeting."""
        self.choices = [SelectChoice(*each) for each in day_choices(meeting)]


class OrganiserForm(EntryForm):
    """An organiser of a meeting."""

    model = Organiser

    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the organisation"))]
    )
    role = ChoiceField(kind=OrganiserRole, default=OrganiserRole.ORGANISER)


class MeetingAimForm(EntryForm):
    """What we want from an organisation at a meeting."""

    model = MeetingAim

    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the organisation"))]
    )
    wanted = TextAreaField()
    questions = TextAreaField()
    speaker_id = RecordField(kinds=["person"])


class AttendanceForm(EntryForm):
    """Somebody, an organisation or a group at a meeting."""

    model = Attendance
    groups = ((_l("A group nobody names"), ("category", "headcount", "countries")),)

    person_id = RecordField(kinds=["person"])
    organisation_id = RecordField(kinds=["organisation"])
    status = ChoiceField(kind=AttendanceStatus, default=AttendanceStatus.REGISTERED)
    role = ChoiceField(kind=AttendanceRole, default=AttendanceRole.PARTICIPANT)
    is_remote = BooleanField()
    days = DaysField()
    working_group_id = WorkingGroupField()
    note = StringField()
    category = StringField()
    headcount = IntegerField(
        validators=[Optional(), NumberRange(1, 100_000, _l("Enter a number from 1 to 100,000"))]
    )
    countries = CountriesField()

    def __init__(self, *args: Any, obj: Attendance | None = None, **kwargs: Any) -> None:
        """Offer what the status may become."""
        super().__init__(*args, obj=obj, **kwargs)
        self.status.offer_only(offered(obj.status if obj else None))

    def on_page_of(self, record: Any) -> None:
        """Offer the days of the meeting, and the working groups of its network."""
        if len(record.day_numbers) > 1:
            self.days.offer(record)
        else:
            del self.days
        if record.network is not None:
            self.working_group_id.offer_of(record.network)
        else:
            del self.working_group_id


class NotedForm(EntryForm):
    """At which meeting several people or organisations are noted."""

    meeting_id = RecordField(
        _l("Meeting"), kinds=["meeting"], validators=[Needed(_l("Enter the meeting"))]
    )
    status = ChoiceField(_l("Status"), kind=AttendanceStatus, default=AttendanceStatus.REGISTERED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what the status may begin with."""
        super().__init__(*args, **kwargs)
        self.status.offer_only(offered(None))


class AttendanceRuleForm(EntryForm):
    """What a status of attendance means."""

    model = AttendanceRule

    is_counted = BooleanField()
    is_expected = BooleanField()
    leads_to = SelectMultipleField(
        choices=lambda: [SelectChoice(each.value, str(each.label)) for each in AttendanceStatus],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    position = IntegerField(
        default=100, validators=[NumberRange(0, 100_000, _l("Enter a number from 0 to 100000"))]
    )
    is_active = BooleanField(default=True)


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
    day = SelectField(
        _l("On which day"),
        coerce=optional_id,
        description=_l("For a list of those who were there on one day of several"),
    )

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any) -> None:
        """Offer the days of the meeting, where it lasts several."""
        super().__init__(*args, **kwargs)
        self.status.offer_only(offered())
        self.day.choices = [
            SelectChoice("", _("The whole meeting")),
            *(SelectChoice(*each) for each in day_choices(meeting)),
        ]
        if len(meeting.day_numbers) == 1:
            del self.day

    @property
    def chosen_day(self) -> int | None:
        """Return the number of the day the list is of, where one was chosen."""
        return self.day.data if "day" in self else None
