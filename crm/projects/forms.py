"""What people may enter about projects."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.networks.models import Qualifier
from crm.projects import queries
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputKind,
    OutputState,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
    WorkItem,
    WorkKind,
    WorkState,
)
from crm.records.fields import (
    AmountField,
    ChoiceField,
    CountryField,
    Needed,
    PartField,
    PartialDateField,
    RecordField,
)
from crm.records.forms import RecordForm
from crm.records.models import Record
from crm.web.form import EntryForm


class Amount:
    """Refuse what is no amount of money, the "numbers" that are none among it."""

    def __call__(self, form: Any, field: Field) -> None:
        """Check what was typed."""
        amount: Decimal | None = field.data
        if amount is None or not (amount.is_finite() and 0 <= amount <= 999_999_999_999):
            raise ValidationError(_("Enter an amount between 0 and 999,999,999,999"))


AMOUNT = (Optional(), Amount())
COUNT = (
    Optional(),
    NumberRange(0, 1_000_000_000, _l("Enter a number between 0 and 1,000,000,000")),
)


class ProjectForm(RecordForm):
    """A project."""

    model = Project
    groups = (
        (_l("Status"), ("status", "status_as_of", "status_source")),
        (_l("Money"), ("budget_total", "budget_eu", "budget_ours", "currency")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    acronym = StringField()
    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    project_kind = StringField()
    programme = StringField()
    call = StringField()
    grant_number = StringField()
    starts = PartialDateField()
    ends = PartialDateField()
    duration_months = IntegerField(
        validators=[Optional(), NumberRange(1, 600, _l("Enter a number of months from 1 to 600"))]
    )
    aim = TextAreaField()
    status = ChoiceField(kind=ProjectStatus, default=ProjectStatus.CURRENT)
    status_as_of = PartialDateField()
    status_source = StringField()
    budget_total = AmountField(validators=AMOUNT)
    budget_eu = AmountField(validators=AMOUNT)
    budget_ours = AmountField(validators=AMOUNT)
    currency = StringField()


class InvolvementForm(EntryForm):
    """An organisation takes part in a project; the page says one of the two."""

    model = Involvement

    project_id = RecordField(kinds=["project"], validators=[Needed(_l("Enter the project"))])
    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the organisation"))]
    )
    role = ChoiceField(kind=InvolvementRole, default=InvolvementRole.BENEFICIARY)
    funder_word = StringField()
    country = CountryField()
    city = StringField()
    since = PartialDateField()
    until = PartialDateField()
    change_reason = StringField()
    amount = AmountField(validators=AMOUNT)
    note = StringField()


class RoleForm(EntryForm):
    """Another role follows the one an organisation has had, or another organisation takes it."""

    model = Involvement

    since = PartialDateField(validators=[DataRequired(_l("Enter when it changed"))])
    role = ChoiceField(kind=InvolvementRole, default=InvolvementRole.BENEFICIARY)
    funder_word = StringField()
    organisation_id = RecordField(
        kinds=["organisation"],
        description=_l("Only if another organisation takes its place; else leave this empty"),
    )
    country = CountryField()
    city = StringField()
    change_reason = StringField(validators=[DataRequired(_l("Enter why it changed"))])
    amount = AmountField(validators=AMOUNT)
    note = StringField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the day of the change in words of its own."""
        super().__init__(*args, **kwargs)
        self.since.label.text = _("Changed on")


class ProjectCountryForm(EntryForm):
    """A country in which a project works."""

    model = ProjectCountry

    country = CountryField(validators=[DataRequired(_l("Choose a country"))])
    city = StringField()
    role = StringField()
    note = StringField()


class SizeFactForm(EntryForm):
    """How large a project is."""

    model = SizeFact

    qualifier = ChoiceField(kind=Qualifier, default=Qualifier.EXACT)
    number = IntegerField(validators=COUNT)
    what = StringField(validators=[DataRequired(_l("Enter what is counted"))])
    source = StringField()


class ThemeForm(EntryForm):
    """A theme of a project."""

    model = ProjectTheme

    theme = StringField(validators=[DataRequired(_l("Enter a theme"))])


class WorkForm(EntryForm):
    """A work package, a task or a milestone."""

    model = WorkItem

    kind = ChoiceField(kind=WorkKind, default=WorkKind.PACKAGE)
    number = StringField()
    title = StringField(validators=[DataRequired(_l("Enter a title"))])
    within_id = PartField()
    lead_id = RecordField(kinds=["organisation"])
    starts = PartialDateField()
    due = PartialDateField()
    state = ChoiceField(kind=WorkState, default=WorkState.PLANNED)
    done_on = PartialDateField()
    note = StringField()

    def on_page_of(self, record: Record) -> None:
        """Offer the work packages of the project."""
        packages = db.session.scalars(queries.packages_of(record))
        self.within_id.offer((each.id, each.label) for each in packages)


class OutputForm(EntryForm):
    """Something a project or declaration produces."""

    model = Output
    groups = (
        (
            _l("Deliverable"),
            ("number", "work_id", "due", "delivered_on", "is_public"),
        ),
    )

    kind = ChoiceField(kind=OutputKind)
    title = StringField(validators=[DataRequired(_l("Enter a title"))])
    state = ChoiceField(kind=OutputState, default=OutputState.PLANNED)
    number = StringField()
    work_id = PartField()
    due = PartialDateField()
    delivered_on = PartialDateField()
    is_public = BooleanField(default=True)
    country = CountryField()
    reference_year = StringField()
    collection_period = StringField()
    published = PartialDateField()
    language = StringField()
    coverage = StringField()
    url = URLField()
    lead_id = RecordField(kinds=["organisation"])
    note = StringField()

    def on_page_of(self, record: Record) -> None:
        """Offer the work of the project; other records have none."""
        if record.kind != "project":
            del self.work_id
            return
        work = db.session.scalars(queries.work_of(record))
        self.work_id.offer((each.id, each.label) for each in work)
