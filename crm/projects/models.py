"""Projects, who is involved in them as what, where they work and what they produce."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from crm.core.choice import Choice
from crm.core.db import Base, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.networks.models import Qualifier
from crm.organisations.models import Organisation
from crm.records.models import Part, Record, record_key


class ProjectStatus(Choice):
    """How a project stood when somebody last looked."""

    PLANNED = "planned", _l("Planned")
    CURRENT = "current", _l("Current")
    PAST = "past", _l("Past")


class Project(Record):
    """Work done with others for a time, mostly with somebody's money."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    acronym: Mapped[str | None] = mapped_column(String(60), info=about(_l("Acronym")))
    name: Mapped[str] = mapped_column(String(300), info=about(_l("Name")))
    project_kind: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Kind of project"), hint=_l("For instance action or research"))
    )
    programme: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Programme"), hint=_l("For instance AMIF or CERV"))
    )
    call: Mapped[str | None] = mapped_column(String(200), info=about(_l("Call for projects")))
    grant_number: Mapped[str | None] = mapped_column(String(60), info=about(_l("Grant number")))
    starts: Mapped[PartialDate | None] = mapped_column(index=True, info=about(_l("Start")))
    ends: Mapped[PartialDate | None] = mapped_column(info=about(_l("End")))
    duration_months: Mapped[int | None] = mapped_column(
        info=about(_l("Duration in months"), hint=_l("When only that is known; 72 for six years"))
    )
    aim: Mapped[str | None] = mapped_column(Text, info=about(_l("Aim")))
    status: Mapped[ProjectStatus] = mapped_column(
        default=ProjectStatus.CURRENT, index=True, info=about(_l("Status"))
    )
    status_as_of: Mapped[PartialDate | None] = mapped_column(info=about(_l("Status as of")))
    status_source: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Source of the status"))
    )
    budget_total: Mapped[Decimal | None] = mapped_column(
        Numeric(14, 2), info=about(_l("Total budget"))
    )
    budget_eu: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), info=about(_l("EU part")))
    budget_ours: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), info=about(_l("Our part")))
    currency: Mapped[str | None] = mapped_column(
        String(3), info=about(_l("Currency"), hint=_l("For instance EUR"))
    )

    involvements: Mapped[list["Involvement"]] = relationship(
        back_populates="project", order_by="Involvement.role"
    )

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "project",
    }

    def compose_title(self) -> str:
        """Return the acronym, then the name."""
        return f"{self.acronym} – {self.name}" if self.acronym else self.name

    def search_terms(self) -> Iterable[str | None]:
        """Return what a project is about and who pays."""
        return (self.programme, self.call, self.grant_number, self.aim)


class InvolvementRole(Choice):
    """What an organisation is in a project, whatever the funder calls it (R-8.1)."""

    COORDINATOR = "coordinator", _l("Coordinator")
    BENEFICIARY = "beneficiary", _l("Partner")
    AFFILIATED = "affiliated", _l("Affiliated entity")
    ASSOCIATED = "associated", _l("Associated partner")
    SUBCONTRACTOR = "subcontractor", _l("Subcontractor")
    SUPPORTED = "supported", _l("Third party receiving support")
    EXPERT = "expert", _l("National expert")
    REVIEWER = "reviewer", _l("Reviewer")
    FUNDER = "funder", _l("Funder")


class Involvement(Part, Base):
    """An organisation takes part in a project."""

    __tablename__ = "involvements"
    __part_label__ = _l("Involvement")
    __records__ = ("project_id", "organisation_id")

    project_id: Mapped[int] = record_key(label=_l("Project"), target="projects")
    organisation_id: Mapped[int] = record_key(label=_l("Organisation"), target="organisations")
    role: Mapped[InvolvementRole] = mapped_column(
        default=InvolvementRole.BENEFICIARY, info=about(_l("Role"))
    )
    funder_word: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("The funder’s own word for the role"))
    )
    country: Mapped[str | None] = mapped_column(String(2), info=about(_l("Stands for the country")))
    city: Mapped[str | None] = mapped_column(String(120), info=about(_l("City")))
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))
    change_reason: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("Why the role changed"), hint=_l("For instance replaced by another partner")),
    )
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), info=about(_l("Amount")))
    note: Mapped[str | None] = mapped_column(String(300), info=about(_l("Note")))

    is_shared: Mapped[bool] = query_expression()
    """Whether we take part in the project, too, where a statement has asked."""

    project: Mapped[Project] = relationship(foreign_keys=project_id, back_populates="involvements")
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)


class ProjectCountry(Part, Base):
    """A country, and often a city, in which a project works."""

    __tablename__ = "project_countries"
    __part_label__ = _l("Country of the project")
    __records__ = ("project_id",)
    __search_columns__ = ("city",)

    project_id: Mapped[int] = record_key(label=_l("Project"), target="projects")
    country: Mapped[str] = mapped_column(String(2), index=True, info=about(_l("Country")))
    city: Mapped[str | None] = mapped_column(String(120), info=about(_l("City")))
    role: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Role"), hint=_l("For instance good-practice country"))
    )
    note: Mapped[str | None] = mapped_column(String(300), info=about(_l("Note")))


class SizeFact(Part, Base):
    """How large a project is, in the words of a source."""

    __tablename__ = "size_facts"
    __part_label__ = _l("Size")
    __records__ = ("project_id",)

    project_id: Mapped[int] = record_key(label=_l("Project"), target="projects")
    number: Mapped[int | None] = mapped_column(info=about(_l("Number")))
    qualifier: Mapped[Qualifier] = mapped_column(
        default=Qualifier.EXACT, info=about(_l("How exact"))
    )
    what: Mapped[str] = mapped_column(
        String(200), info=about(_l("Of what"), hint=_l("For instance indicators or States"))
    )
    source: Mapped[str | None] = mapped_column(String(300), info=about(_l("Source")))


class ProjectTheme(Part, Base):
    """A theme of a project."""

    __tablename__ = "project_themes"
    __part_label__ = _l("Theme")
    __records__ = ("project_id",)
    __search_columns__ = ("theme",)

    project_id: Mapped[int] = record_key(label=_l("Project"), target="projects")
    theme: Mapped[str] = mapped_column(String(200), info=about(_l("Theme")))


class WorkKind(Choice):
    """How the work of a project is cut."""

    PACKAGE = "package", _l("Work package")
    TASK = "task", _l("Task")
    MILESTONE = "milestone", _l("Project milestone")


class WorkState(Choice):
    """How far a piece of work has come."""

    PLANNED = "planned", _l("Planned")
    IN_WORK = "in_work", _l("In work")
    DONE = "done", _l("Done")
    DROPPED = "dropped", _l("Dropped")


class WorkItem(Part, Base):
    """A work package, one of its tasks, or a milestone (R-8.4)."""

    __tablename__ = "work_items"
    __part_label__ = _l("Work")
    __records__ = ("project_id", "lead_id")
    __search_columns__ = ("title",)

    project_id: Mapped[int] = record_key(label=_l("Project"), target="projects")
    kind: Mapped[WorkKind] = mapped_column(default=WorkKind.PACKAGE, info=about(_l("Kind of work")))
    number: Mapped[str | None] = mapped_column(
        String(20), info=about(_l("Number"), hint=_l("For instance WP2, T2.1 or MS4"))
    )
    title: Mapped[str] = mapped_column(String(300), info=about(_l("Title")))
    within_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_items.id"), index=True, info=about(_l("Belongs to the work package"))
    )
    lead_id: Mapped[int | None] = record_key(
        label=_l("Lead"), target="organisations", nullable=True
    )
    starts: Mapped[PartialDate | None] = mapped_column(info=about(_l("Start")))
    due: Mapped[PartialDate | None] = mapped_column(info=about(_l("Due")))
    done_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Done on")))
    state: Mapped[WorkState] = mapped_column(default=WorkState.PLANNED, info=about(_l("State")))
    note: Mapped[str | None] = mapped_column(String(300), info=about(_l("Note")))

    project: Mapped[Project] = relationship(foreign_keys=project_id)
    lead: Mapped[Organisation | None] = relationship(foreign_keys=lead_id)
    within: Mapped["WorkItem | None"] = relationship(remote_side="WorkItem.id")

    @property
    def label(self) -> str:
        """Return the number, then the title."""
        return f"{self.number} – {self.title}" if self.number else self.title


class OutputKind(Choice):
    """What came or will come out."""

    REPORT = "report", _l("Report")
    NATIONAL_REPORT = "national_report", _l("National report")
    TRANSNATIONAL_REPORT = "transnational_report", _l("Transnational report")
    STUDY = "study", _l("Study")
    ACTION_PLAN = "action_plan", _l("Action plan")
    DATA_SET = "data_set", _l("Data set")
    PORTAL = "portal", _l("Website or portal")
    INFORMATION = "information", _l("Information material")
    DECLARATION = "declaration", _l("Declaration")
    OTHER = "other", _l("Other")


class OutputState(Choice):
    """How far an output has come."""

    PLANNED = "planned", _l("Planned")
    IN_WORK = "in_work", _l("In work")
    DELIVERED = "delivered", _l("Delivered")
    PUBLISHED = "published", _l("Published")
    AVAILABLE = "available", _l("Available")


class Output(Part, Base):
    """Something a project or a declaration produces."""

    __tablename__ = "outputs"
    __part_label__ = _l("Output")
    __records__ = ("record_id", "lead_id")
    __search_columns__ = ("title",)
    __table_args__ = (Index("ix_outputs_state", "state"),)

    record_id: Mapped[int] = record_key(label=_l("Of"))
    kind: Mapped[OutputKind] = mapped_column(info=about(_l("Kind of output")))
    number: Mapped[str | None] = mapped_column(
        String(20), info=about(_l("Number"), hint=_l("Of a deliverable, for instance D2.1"))
    )
    title: Mapped[str] = mapped_column(String(300), info=about(_l("Title")))
    work_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_items.id"), index=True, info=about(_l("Comes out of"))
    )
    due: Mapped[PartialDate | None] = mapped_column(index=True, info=about(_l("Due")))
    delivered_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Delivered on")))
    reference_year: Mapped[str | None] = mapped_column(
        String(30), info=about(_l("Reference year"), hint=_l("The year or edition it is about"))
    )
    collection_period: Mapped[str | None] = mapped_column(
        String(60), info=about(_l("Collection period"))
    )
    published: Mapped[PartialDate | None] = mapped_column(info=about(_l("Published on")))
    language: Mapped[str | None] = mapped_column(String(60), info=about(_l("Language")))
    country: Mapped[str | None] = mapped_column(
        String(2), info=about(_l("About the country"), hint=_l("Of a national report"))
    )
    coverage: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Covers"), hint=_l("Countries or cities"))
    )
    state: Mapped[OutputState] = mapped_column(default=OutputState.PLANNED, info=about(_l("State")))
    is_public: Mapped[bool] = mapped_column(
        default=True,
        info=about(_l("Public"), hint=_l("Untick what is for the funder or the partners alone")),
    )
    url: Mapped[str | None] = mapped_column(String(500), info=about(_l("Web address")))
    lead_id: Mapped[int | None] = record_key(
        label=_l("Lead"), target="organisations", nullable=True
    )
    note: Mapped[str | None] = mapped_column(String(300), info=about(_l("Note")))

    record: Mapped[Record] = relationship(foreign_keys=record_id)
    lead: Mapped[Organisation | None] = relationship(foreign_keys=lead_id)
    work: Mapped[WorkItem | None] = relationship(foreign_keys=work_id)

    @property
    def label(self) -> str:
        """Return the number, then the title."""
        return f"{self.number} – {self.title}" if self.number else self.title
