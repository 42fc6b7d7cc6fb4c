"""Loads the example data through the services; loading it again adds nothing.

``data/`` holds what the public page of France terre d'asile says, file by file. Nothing is
invented: an empty cell means that the page does not say. Every record keeps its source.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations import services as declarations
from crm.declarations.models import Declaration, Stage
from crm.duties import services as duties
from crm.meetings import services as meetings
from crm.meetings.models import (
    AttendanceStatus,
    Meeting,
    MeetingFormat,
    MeetingKind,
    OrganiserRole,
)
from crm.networks import queries as network_queries
from crm.networks import services as networks
from crm.networks.models import (
    Counted,
    MandateRole,
    NetworkActivity,
    NetworkMeasure,
    Qualifier,
    Scope,
    WorkingGroup,
)
from crm.organisations import queries as organisation_queries
from crm.organisations import services as organisations
from crm.organisations.models import Milestone, Organisation, OrganisationKind, RelationKind
from crm.projects import services as projects
from crm.projects.models import (
    InvolvementRole,
    Output,
    OutputKind,
    OutputState,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
)
from crm.publishing import queries as publishing_queries
from crm.publishing import services as publishing
from crm.records import queries, services
from crm.records.models import Identifier, Name, NameKind, Record, Source
from crm.submissions.services import add_submission

DATA = Path(__file__).parent / "data"
REGISTER = "Example data"
"""The register under which each record keeps its id in the files."""

ORGANISATION_KINDS = {
    "association": OrganisationKind.NGO,
    "foundation": OrganisationKind.FOUNDATION,
    "community": OrganisationKind.RELIGIOUS_BODY,
    "movement": OrganisationKind.OTHER,
    "eu_institution": OrganisationKind.EU_INSTITUTION,
    "public_authority": OrganisationKind.MINISTRY,
    "city": OrganisationKind.LOCAL_AUTHORITY,
    "network": OrganisationKind.NETWORK,
    "eu_agency": OrganisationKind.EU_AGENCY,
    "international_organisation": OrganisationKind.UN_BODY,
    "research_centre": OrganisationKind.RESEARCH_CENTRE,
    "funder": OrganisationKind.FUNDER,
}
NAME_KINDS = {"acronym": NameKind.ACRONYM, "short_form": NameKind.SHORT}
MEMBERSHIP_KINDS = {
    "member": "member",
    "special_consultative_status": "special_status",
}
TRUE_WORDS = {"frp": "registered", "easo-cf": "forum_seat"}
"""The page says member of all; the agencies say that one registers, or holds a seat."""
MEETING_KINDS = {
    "series": MeetingKind.SERIES,
    "recurring": MeetingKind.SERIES,
    "conference": MeetingKind.CONFERENCE,
    "colloquium": MeetingKind.COLLOQUIUM,
}
ORGANISER_ROLES = {
    "organiser": OrganiserRole.ORGANISER,
    "partner": OrganiserRole.PARTNER,
    "host": OrganiserRole.HOST,
    "awarded_label": OrganiserRole.LABEL,
}
INVOLVEMENT_ROLES = {
    "lead": InvolvementRole.COORDINATOR,
    "national expert": InvolvementRole.EXPERT,
}
OUTPUT_KINDS = {
    "study": OutputKind.STUDY,
    "national report": OutputKind.NATIONAL_REPORT,
    "transnational report": OutputKind.TRANSNATIONAL_REPORT,
    "action plan": OutputKind.ACTION_PLAN,
    "web site": OutputKind.PORTAL,
    "web page": OutputKind.PORTAL,
    "data set": OutputKind.DATA_SET,
    "information material": OutputKind.INFORMATION,
    "declaration": OutputKind.DECLARATION,
}
OUTPUT_STATES = {
    "available": OutputState.AVAILABLE,
    "published": OutputState.PUBLISHED,
    "submitted": OutputState.DELIVERED,
    "produced during the project": OutputState.IN_WORK,
}
QUALIFIERS = {"about ": Qualifier.ABOUT, "more than ": Qualifier.MORE_THAN}

Row = dict[str, str]
AnyRecord = TypeVar("AnyRecord", bound=Record)


def load() -> Counter[str]:
    """Load what is not there yet.

    :returns: how many records of each kind were added.
    """
    return _Loader().load()


class _Loader:
    """One loading: finds what is there by its id in the files, and adds the rest."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.new: set[str] = set()
        self.added: Counter[str] = Counter()

    def load(self) -> Counter[str]:
        """Load all files, each after those it refers to."""
        self._organisations()
        self._networks()
        self._memberships()
        self._events()
        self._declarations()
        self._projects()
        self._publications()
        self._milestones()
        self._public_page()
        return self.added

    # Finding and keeping

    def _find(self, key: str) -> Record | None:
        found = db.session.scalar(
            select(Identifier).where(Identifier.scheme == REGISTER, Identifier.value == key)
        )
        return found.record if found else None

    def _keep(self, key: str, record: AnyRecord, row: Row) -> AnyRecord:
        services.add(Identifier(record_id=record.id, scheme=REGISTER, value=key))
        self._source(record, row)
        self.known[key] = record.id
        self.new.add(key)
        self.added[record.kind] += 1
        return record

    def _is_there(self, key: str) -> bool:
        found = self._find(key)
        if found is not None:
            self.known[key] = found.id
        return found is not None

    def _source(self, record: Record, row: Row) -> None:
        title = f"{row['source_section']} ({row['source']})"
        services.add(Source(record_id=record.id, title=title))

    def _id(self, key: str) -> int | None:
        return self.known[key] if key else None

    # Files

    def _organisations(self) -> None:
        rows = list(_rows("organisations"))
        for row in rows:
            if self._is_there(row["org_id"]) or self._take_over(row):
                continue
            organisation = organisations.create_organisation(
                name=row["name"],
                acronym=row["short_name"] or None,
                organisation_kind=ORGANISATION_KINDS[row["type"]],
                speciality=row["subtype"] or None,
                country=row["country"] or None,
                description=row["notes"] or None,
                is_us=row["is_own_organisation"] == "1",
            )
            self._keep(row["org_id"], organisation, row)
        for row in rows:
            if row["org_id"] in self.new and row["parent_org_id"]:
                organisation = db.session.get_one(Organisation, self.known[row["org_id"]])
                organisation.parent_id = self.known[row["parent_org_id"]]
        db.session.flush()
        for row in _rows("organisation_aliases"):
            if row["org_id"] in self.new:
                services.add(
                    Name(
                        record_id=self.known[row["org_id"]],
                        kind=NAME_KINDS.get(row["kind"], NameKind.OTHER),
                        text=row["alias"],
                        language=row["lang"] or None,
                    )
                )

    def _take_over(self, row: Row) -> bool:
        """Use the organisation that somebody has added by hand already."""
        found: Record | None = None
        if row["is_own_organisation"] == "1":
            found = db.session.scalar(organisation_queries.ourselves())
        if found is None:
            same = db.session.scalars(queries.same_name(row["name"], "organisation")).all()
            found = next(iter(queries.exact(same, row["name"])), None)
        if found is None:
            return False
        self.known[row["org_id"]] = found.id
        return True

    def _networks(self) -> None:
        for row in _rows("networks"):
            key = row["network_id"]
            profile: dict[str, Any] = {
                "scope": Scope(row["scope"]),
                "network_type": row["kind"],
                "member_kinds": row["member_kinds"],
                "purpose": row["purpose"],
                "meeting_frequency": row["meeting_frequency"] or None,
                "active_since": _date(row["active_since"]),
            }
            if row["org_id"]:
                if row["org_id"] not in self.new:
                    continue
                networks.add_profile(organisation_id=self.known[key], **profile)
            elif self._is_there(key):
                continue
            else:
                network = networks.create_network(
                    name=row["name"], acronym=row["acronym"] or None, **profile
                )
                self._keep(key, network, row)
                organisations.add_relation(
                    organisation_id=self.known[row["host_org_id"]],
                    other_id=network.id,
                    kind=RelationKind.HOSTS,
                )
            self._measures(key, row)
        for row in _rows("network_activities"):
            if row["network_id"] in self.new:
                services.add(
                    NetworkActivity(
                        network_id=self.known[row["network_id"]],
                        activity=row["activity"].replace("_", " "),
                        detail=row["detail"] or None,
                    )
                )

    def _measures(self, key: str, row: Row) -> None:
        for counted in Counted:
            number = row[f"{counted.value}_count"]
            if number:
                services.add(
                    NetworkMeasure(
                        network_id=self.known[key],
                        counted=counted,
                        number=int(number),
                        qualifier=Qualifier(row[f"{counted.value}_count_qualifier"]),
                        source=row["source_section"],
                    )
                )

    def _memberships(self) -> None:
        for row in _rows("memberships"):
            if row["network_id"] in self.new:
                networks.add_membership(
                    member_id=self.known[row["org_id"]],
                    network_id=self.known[row["network_id"]],
                    kind_id=self._kind_of_link(row),
                    since=_date(row["since"]),
                    until=_date(row["until"]),
                    participation=row["participation"] or None,
                )
        self._duties()
        for row in _rows("working_groups"):
            if row["network_id"] not in self.new:
                continue
            group: WorkingGroup = networks.add_group(
                network_id=self.known[row["network_id"]],
                name=row["name"],
                frequency=row["frequency"] or None,
            )
            networks.add_mandate(
                network_id=group.network_id,
                working_group_id=group.id,
                organisation_id=self.known[row["participating_org_id"]],
                role=MandateRole.MEMBER,
            )

    def _kind_of_link(self, row: Row) -> int:
        """Return the kind of a link in the true word of its network, where it has one (R-3.2)."""
        code = TRUE_WORDS.get(row["network_id"], MEMBERSHIP_KINDS[row["kind"]])
        return db.session.scalars(network_queries.kind_with(code)).one().id

    def _duties(self) -> None:
        """Take over the duties that come with our links, as a person would tick them."""
        for row in _rows("memberships"):
            if row["network_id"] not in self.new:
                continue
            network = db.session.get_one(Organisation, self.known[row["network_id"]])
            duties.take_over(
                network,
                chosen=[
                    (template, link, duties.proposed_due(template, link))
                    for template, link in duties.templates_of(network)
                ],
            )

    def _events(self) -> None:
        for row in _rows("events"):
            if self._is_there(row["event_id"]):
                continue
            is_forum = row["event_id"].startswith("ev-easo-cf")
            meeting: Meeting = meetings.create_meeting(
                name=row["name"],
                meeting_kind=MEETING_KINDS[row["kind"]],
                series_id=self._id(row["parent_event_id"]),
                network_id=self.known["easo-cf"] if is_forum else None,
                starts=_date(row["start_date"]),
                ends=_date(row["end_date"]),
                format=MeetingFormat(row["format"]) if row["format"] else None,
                place=row["place"] or None,
                themes=row["theme"] or None,
                recurrence=row["recurrence"] or None,
                framework=row["framework"] or None,
                purpose=row["purpose"] or None,
            )
            self._keep(row["event_id"], meeting, row)
        for row in _rows("event_organisers"):
            if row["event_id"] in self.new:
                meetings.add_organiser(
                    meeting_id=self.known[row["event_id"]],
                    organisation_id=self.known[row["org_id"]],
                    role=ORGANISER_ROLES[row["role"]],
                )
        for row in _rows("event_participants"):
            if row["event_id"] in self.new:
                meetings.add_attendance(
                    meeting_id=self.known[row["event_id"]],
                    organisation_id=self._id(row["org_id"]),
                    category=row["participant_kind"].replace("_", " "),
                    countries=row["countries"].split("|") if row["countries"] else None,
                    headcount=int(row["count"]) if row["count"] else None,
                    status=AttendanceStatus.ATTENDED,
                    note=row["note"] or None,
                )

    def _declarations(self) -> None:
        for row in _rows("declarations"):
            if self._is_there(row["declaration_id"]):
                continue
            declaration: Declaration = declarations.create_declaration(
                name=row["title"],
                origin_meeting_id=self._id(row["origin_event_id"]),
                dated=_date(row["date"]),
                dated_note=row["date_precision"] if not row["date"] else None,
                subject=row["subject"] or None,
                ask=row["ask"] or None,
                announced_count=int(row["signatories_total"]),
                announced_source=row["source_section"],
                signatory_categories=_list(row["signatory_categories"]),
                addressee_kinds=_list(row["addressee_kinds"]),
            )
            self._keep(row["declaration_id"], declaration, row)
            declarations.move(declaration, stage=Stage.SUBMITTED, reason=None)
        for row in _rows("submissions"):
            if row["declaration_id"] in self.new:
                add_submission(
                    declaration_id=self.known[row["declaration_id"]],
                    recipient_id=self.known[row["recipient_org_id"]],
                    submitted_on=_date(row["date"]),
                    answer=row["response"] or None,
                )

    def _projects(self) -> None:
        for row in _rows("projects"):
            if self._is_there(row["project_id"]):
                continue
            project: Project = projects.create_project(
                acronym=row["acronym"] or None,
                name=row["name"],
                project_kind=row["kind"] or None,
                starts=_date(row["start"]),
                ends=_date(row["end"]),
                duration_months=12 * int(row["duration_years"]) if row["duration_years"] else None,
                aim=row["aim"] or None,
                status=ProjectStatus(row["status_in_seed"]),
                status_source=f"{row['source_section']} ({row['source']})",
            )
            self._keep(row["project_id"], project, row)
            if row["name_fr"]:
                services.add(
                    Name(
                        record_id=project.id,
                        kind=NameKind.OTHER,
                        text=row["name_fr"],
                        language="fr",
                    )
                )
            for words in filter(None, row["size_facts"].split("; ")):
                services.add(_size(project.id, words, row["source_section"]))
        self._project_parts()

    def _project_parts(self) -> None:
        for row in self._of_new_projects("project_partners"):
            projects.add_involvement(
                project_id=self.known[row["project_id"]],
                organisation_id=self.known[row["org_id"]],
                role=INVOLVEMENT_ROLES.get(row["role"], InvolvementRole.BENEFICIARY),
                funder_word=row["role"] if row["role"].startswith("partner ") else None,
                country=row["country"] or None,
                since=_date(row["since"]),
                note=row["note"] or None,
            )
        for row in self._of_new_projects("project_funders"):
            projects.add_involvement(
                project_id=self.known[row["project_id"]],
                organisation_id=self.known[row["funder_org_id"]],
                role=InvolvementRole.FUNDER,
                funder_word=row["share"] or None,
                note=row["note"] or None,
            )
        for row in self._of_new_projects("project_countries"):
            services.add(
                ProjectCountry(
                    project_id=self.known[row["project_id"]],
                    country=row["country"],
                    city=row["city"] or None,
                    role=row["role"] or None,
                    note=row["note"] or None,
                )
            )
        for row in self._of_new_projects("project_themes"):
            services.add(ProjectTheme(project_id=self.known[row["project_id"]], theme=row["theme"]))

    def _of_new_projects(self, name: str) -> Iterator[Row]:
        return (row for row in _rows(name) if row["project_id"] in self.new)

    def _publications(self) -> None:
        for row in _rows("publications"):
            # What belongs to neither is the association's own.
            owner = row["project_id"] or row["declaration_id"] or "ftda"
            if owner not in self.new:
                continue
            services.add(
                Output(
                    record_id=self.known[owner],
                    kind=OUTPUT_KINDS[row["kind"]],
                    title=row["title"],
                    reference_year=row["edition"] or None,
                    published=_date(row["publication_date"]),
                    coverage=_list(row["coverage"]),
                    state=OUTPUT_STATES.get(row["state"], OutputState.PLANNED),
                    note=row["state"] if row["state"] not in OUTPUT_STATES else None,
                )
            )

    def _milestones(self) -> None:
        for row in _rows("milestones"):
            if row["related_to"] in self.new:
                services.add(
                    Milestone(
                        record_id=self.known[row["related_to"]],
                        label=row["label"],
                        dated=_date(row["date"]),
                        actor_id=self._id(row["actor_org_id"]),
                    )
                )

    # The public page

    def _public_page(self) -> None:
        """Mark public what the page shows, with the words of our own that introduce it."""
        marked = False
        for row in _rows("presentations"):
            if row["record_id"] in self.new:
                marked = True
                publishing.add_presentation(
                    record_id=self.known[row["record_id"]],
                    position=int(row["position"]),
                    text_fr=row["text_fr"] or None,
                    text_en=row["text_en"] or None,
                )
        if not marked:
            return
        for row in _rows("public_sections"):
            section = db.session.scalars(publishing_queries.section(row["code"])).one()
            section.intro_fr = section.intro_fr or row["intro_fr"]
            section.intro_en = section.intro_en or row["intro_en"]
        db.session.flush()
        for row in _rows("public_wordings"):
            if row["record_id"] in self.new:
                publishing.set_words(
                    db.session.get_one(Record, self.known[row["record_id"]]),
                    row["original"],
                    text_fr=row["fr"] or None,
                    text_en=row["en"] or None,
                    is_left_out=not row["fr"],
                )


def _rows(name: str) -> Iterator[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _date(text: str) -> PartialDate | None:
    return PartialDate.parse_iso(text) if text else None


def _list(text: str) -> str | None:
    return "; ".join(text.split("|")) or None


def _size(project_id: int, words: str, source: str) -> SizeFact:
    """Read “about 170 indicators”."""
    qualifier = Qualifier.EXACT
    for prefix, meant in QUALIFIERS.items():
        if words.startswith(prefix):
            qualifier, words = meant, words.removeprefix(prefix)
    found = re.fullmatch(r"(\d+) (.+)", words)
    return SizeFact(
        project_id=project_id,
        number=int(found[1]) if found else None,
        qualifier=qualifier,
        what=found[2] if found else words,
        source=source,
    )
