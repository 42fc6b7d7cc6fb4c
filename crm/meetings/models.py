"""Meetings and series of meetings, who organises them and who takes part."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.lists import ListValue
from crm.core.literals import constant
from crm.core.partial_date import PartialDate, Precision
from crm.meetings.shipped import ATTENDANCE_RULES
from crm.networks.models import WorkingGroup
from crm.organisations.models import Organisation
from crm.people.models import WORK, Person
from crm.records.models import Part, Record, record_key


class MeetingKind(Choice):
    """What sort of meeting it is."""

    CONFERENCE = "conference", _l("Conference")
    PLENARY = "plenary", _l("Plenary")
    GENERAL_ASSEMBLY = "general_assembly", _l("General assembly")
    WORKING_GROUP = "working_group", _l("Working group meeting")
    CONSULTATION = "consultation", _l("Consultation")
    BILATERAL = "bilateral", _l("Bilateral meeting")
    COLLOQUIUM = "colloquium", _l("Colloquium")
    TRAINING = "training", _l("Training")
    SERIES = "series", _l("Series of meetings")
    OTHER = "other", _l("Other")


class MeetingFormat(Choice):
    """Where people are during a meeting."""

    ON_SITE = "on_site", _l("On site")
    ONLINE = "online", _l("Online")
    HYBRID = "hybrid", _l("On site and online")


MOST_DAYS = 31
"""Of a longer meeting the days are not told apart."""


class Meeting(Record):
    """A meeting, or a series of meetings."""

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    name: Mapped[str] = mapped_column(String(300), info=about(_l("Name")))
    meeting_kind: Mapped[MeetingKind] = mapped_column(
        default=MeetingKind.CONFERENCE, index=True, info=about(_l("Kind of meeting"))
    )
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("meetings.id"), index=True, info=about(_l("Part of the series"))
    )
    network_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=about(_l("Network that holds it"))
    )
    working_group_id: Mapped[int | None] = mapped_column(
        ForeignKey("working_groups.id"), index=True, info=about(_l("Working group"))
    )
    starts: Mapped[PartialDate | None] = mapped_column(index=True, info=about(_l("Start")))
    ends: Mapped[PartialDate | None] = mapped_column(info=about(_l("End")))
    start_time: Mapped[str | None] = mapped_column(
        String(5), info=about(_l("Begins at"), hint=_l("For instance 09:30"))
    )
    end_time: Mapped[str | None] = mapped_column(
        String(5), info=about(_l("Ends at"), hint=_l("For instance 17:00"))
    )
    time_zone: Mapped[str | None] = mapped_column(
        String(50), info=about(_l("Time zone"), hint=_l("For instance Europe/Brussels"))
    )
    is_cancelled: Mapped[bool] = mapped_column(default=False, info=about(_l("Meeting cancelled")))
    format: Mapped[MeetingFormat | None] = mapped_column(info=about(_l("Format")))
    place: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Place"), hint=_l("Town, building or link"))
    )
    country: Mapped[str | None] = mapped_column(String(2), info=about(_l("Country")))
    languages: Mapped[str | None] = mapped_column(String(120), info=about(_l("Working languages")))
    themes: Mapped[str | None] = mapped_column(
        String(500), info=about(_l("Themes"), hint=_l("Separate several with semicolons"))
    )
    recurrence: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("How often"), hint=_l("For a series: yearly, for instance"))
    )
    framework: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Framework"), hint=_l("A label or programme it belongs to"))
    )
    purpose: Mapped[str | None] = mapped_column(Text, info=about(_l("Purpose")))
    agenda: Mapped[str | None] = mapped_column(Text, info=about(_l("Agenda")))
    positions: Mapped[str | None] = mapped_column(
        Text,
        info=about(
            _l("Our positions"),
            hint=_l(
                "What we want to say and obtain. A theme on a line of its own heads what follows"
            ),
        ),
    )
    minutes: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Minutes"), personal=Personal.YES, purpose=WORK)
    )
    decisions: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Decisions"), personal=Personal.YES, purpose=WORK)
    )

    series: Mapped["Meeting | None"] = relationship(foreign_keys=series_id, remote_side=id)
    network: Mapped[Organisation | None] = relationship(foreign_keys=network_id)
    working_group: Mapped[WorkingGroup | None] = relationship(foreign_keys=working_group_id)

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "meeting",
        "inherit_condition": id == Record.id,
    }

    @property
    def day_numbers(self) -> range:
        """Return the numbers of the days it lasts, from 1; just one where that is not known."""
        starts, ends = self.starts, self.ends
        if starts is None or ends is None or self.meeting_kind is MeetingKind.SERIES:
            return range(1, 2)
        if not starts.precision is ends.precision is Precision.DAY:
            return range(1, 2)
        return range(1, min((ends.first_day - starts.first_day).days, MOST_DAYS - 1) + 2)

    def compose_title(self) -> str:
        """Return the name."""
        return self.name

    def search_terms(self) -> Iterable[str | None]:
        """Return place, themes and framework, and the year it took place."""
        year = str(self.starts.year) if self.starts else None
        return (self.place, self.themes, self.framework, self.purpose, year)


# In the order of the list, whose first are those without a date.
Index("ix_meetings_listed", func.coalesce(Meeting.starts, constant("")))


class OrganiserRole(Choice):
    """What an organisation does for a meeting."""

    ORGANISER = "organiser", _l("Organiser")
    PARTNER = "partner", _l("Partner")
    HOST = "host", _l("Host")
    FUNDER = "funder", _l("Funder")
    LABEL = "label", _l("Awarded its label")


class Organiser(Part, Base):
    """An organisation makes a meeting possible."""

    __tablename__ = "organisers"
    __part_label__ = _l("Organiser")
    __records__ = ("meeting_id", "organisation_id")

    meeting_id: Mapped[int] = record_key(label=_l("Meeting"), target="meetings")
    organisation_id: Mapped[int] = record_key(label=_l("Organisation"), target="organisations")
    role: Mapped[OrganiserRole] = mapped_column(
        default=OrganiserRole.ORGANISER, info=about(_l("Role"))
    )

    meeting: Mapped[Meeting] = relationship(foreign_keys=meeting_id)
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)


class AttendanceStatus(Choice):
    """How far somebody's coming has got; attended only when someone says so (R-9.7)."""

    INVITED = "invited", _l("Invited")
    ACCEPTED = "accepted", _l("Accepted")
    TENTATIVE = "tentative", _l("Tentative")
    DECLINED = "declined", _l("Declined")
    REGISTERED = "registered", _l("Registered")
    ATTENDED = "attended", _l("Attended")
    REMOTE = "remote", _l("Attended at a distance")
    APOLOGIES = "apologies", _l("Apologies")
    NO_SHOW = "no_show", _l("Did not come")
    CANCELLED = "cancelled", _l("Cancelled")


PRESENT = (AttendanceStatus.ATTENDED, AttendanceStatus.REMOTE)
"""Those who were there."""


class AttendanceRule(ListValue, Base):
    """What a status of attendance means: who is counted, and what it may become."""

    __tablename__ = "attendance_rules"

    status: Mapped[AttendanceStatus] = mapped_column(unique=True, info=about(_l("Status")))
    is_counted: Mapped[bool] = mapped_column(
        default=False,
        info=about(_l("Counted"), hint=_l("Counts among those who come, or came")),
    )
    is_expected: Mapped[bool] = mapped_column(
        default=False,
        info=about(_l("Prepared for"), hint=_l("One may meet them: they stand in the pack")),
    )
    leads_to: Mapped[list[str]] = mapped_column(sa.JSON, default=list, info=about(_l("May become")))


def shipped_attendance_rules() -> list[dict[str, Any]]:
    """Return the rules that a new installation begins with."""
    return [
        {
            "id": 100_000 + place,
            "status": status,
            "is_counted": is_counted,
            "is_expected": is_expected,
            "leads_to": list(leads_to),
            "position": 10 * place,
            "is_active": True,
            "version": 1,
        }
        for place, (status, is_counted, is_expected, leads_to) in enumerate(
            ATTENDANCE_RULES, start=1
        )
    ]


@event.listens_for(AttendanceRule.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped rules where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_attendance_rules())


class AttendanceRole(Choice):
    """What somebody does at a meeting."""

    PARTICIPANT = "participant", _l("Participant")
    SPEAKER = "speaker", _l("Speaker")
    CHAIR = "chair", _l("Chair")
    RAPPORTEUR = "rapporteur", _l("Rapporteur")
    INTERPRETER = "interpreter", _l("Interpreter")
    OBSERVER = "observer", _l("Observer")


class Attendance(Part, Base):
    """A person, an organisation, or a group nobody named, at a meeting."""

    __tablename__ = "attendances"
    __part_label__ = _l("Attendance")
    __records__ = ("meeting_id", "person_id", "organisation_id")
    __table_args__ = (
        Index("ix_attendances_meeting_id_status", "meeting_id", "status"),
        Index(
            "uq_attendances_person",
            "meeting_id",
            "person_id",
            unique=True,
            sqlite_where=sa.column("person_id").is_not(None),
            postgresql_where=sa.column("person_id").is_not(None),
        ),
    )

    meeting_id: Mapped[int] = record_key(label=_l("Meeting"), target="meetings", index=False)
    person_id: Mapped[int | None] = record_key(label=_l("Person"), target="people", nullable=True)
    organisation_id: Mapped[int | None] = record_key(
        label=_l("On behalf of"), target="organisations", nullable=True
    )
    status: Mapped[AttendanceStatus] = mapped_column(
        default=AttendanceStatus.REGISTERED,
        info=about(_l("Status"), personal=Personal.YES, purpose=WORK),
    )
    role: Mapped[AttendanceRole] = mapped_column(
        default=AttendanceRole.PARTICIPANT,
        info=about(_l("Role"), personal=Personal.YES, purpose=WORK),
    )
    is_remote: Mapped[bool] = mapped_column(default=False, info=about(_l("At a distance")))
    working_group_id: Mapped[int | None] = mapped_column(
        ForeignKey("working_groups.id"), index=True, info=about(_l("For the working group"))
    )
    days: Mapped[list[int] | None] = mapped_column(
        sa.JSON,
        info=about(
            _l("On which days"),
            hint=_l("Of a meeting of several days; none: not noted"),
            personal=Personal.YES,
            purpose=WORK,
        ),
    )
    headcount: Mapped[int | None] = mapped_column(
        info=about(_l("How many"), hint=_l("For a group of people nobody names"))
    )
    category: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Who they are"), hint=_l("For instance researchers"))
    )
    countries: Mapped[list[str] | None] = mapped_column(sa.JSON, info=about(_l("Countries")))
    note: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Note"), personal=Personal.YES, purpose=WORK)
    )

    meeting: Mapped[Meeting] = relationship(foreign_keys=meeting_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=organisation_id)
    working_group: Mapped[WorkingGroup | None] = relationship(foreign_keys=working_group_id)


class MeetingAim(Part, Base):
    """What we want from an organisation at a meeting, what we ask it, and who speaks with it."""

    __tablename__ = "meeting_aims"
    __part_label__ = _l("What we want")
    __records__ = ("meeting_id", "organisation_id", "speaker_id")
    __table_args__ = (UniqueConstraint("meeting_id", "organisation_id"),)

    meeting_id: Mapped[int] = record_key(label=_l("Meeting"), target="meetings", index=False)
    organisation_id: Mapped[int] = record_key(label=_l("Organisation"), target="organisations")
    wanted: Mapped[str | None] = mapped_column(
        Text, info=about(_l("What we want"), personal=Personal.YES, purpose=WORK)
    )
    questions: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Questions to ask"), personal=Personal.YES, purpose=WORK)
    )
    speaker_id: Mapped[int | None] = record_key(
        label=_l("Who of us speaks"), target="people", nullable=True
    )

    meeting: Mapped[Meeting] = relationship(foreign_keys=meeting_id)
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    speaker: Mapped[Person | None] = relationship(foreign_keys=speaker_id)
