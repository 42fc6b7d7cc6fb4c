"""What the pages of networks, members and people show of links, periods, seats and sizes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.i18n import _, _l
from crm.core.partial_date import covers
from crm.networks import cells, forms, queries, services
from crm.networks.models import (
    DutyStation,
    Mandate,
    Membership,
    MembershipStep,
    NetworkActivity,
    NetworkMeasure,
    NetworkProfile,
    Term,
    WorkingGroup,
)
from crm.organisations.models import Organisation, OrganisationKind
from crm.permissions import Permission
from crm.records.asof import during, happened_by, page_day
from crm.records.kinds import (
    Column,
    Panel,
    PartKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.cells import Action, lines

PROFILE_PLACE = "network-profile"


def is_network(record: Record) -> bool:
    """Tell whether a record is a network."""
    return isinstance(record, Organisation) and record.organisation_kind is OrganisationKind.NETWORK


def is_ours(record: Record) -> bool:
    """Tell whether a record is our own organisation."""
    return isinstance(record, Organisation) and record.is_us


PLACES_PER_STATION = Reading(("organisation",), queries.places_per_station, when=is_network)
CONTINUES = Reading(("organisation",), queries.continues, when=is_network)
READINGS = (PLACES_PER_STATION, CONTINUES)


def _mandate_columns(record: Record) -> list[Column]:
    """Leave out what the page says already."""
    columns = [
        Column("network", _l("Network"), lambda row: record_link(row.network)),
        Column(
            "group",
            _l("Working group"),
            lambda row: row.working_group.name if row.working_group else None,
        ),
        Column("person", _l("Name"), cells.seat),
        Column("for", _l("For"), lambda row: record_link(row.organisation)),
        Column("role", _l("Role"), cells.role_and_dates),
    ]
    own = "network" if is_network(record) else "person" if record.kind == "person" else "for"
    return [column for column in columns if column.key != own]


def _mandate_note(record: Record, mandates: Sequence[Mandate]) -> str | None:
    """Say how many designations each duty station has this year, out of how many places."""
    if not is_network(record):
        return None
    day = page_day()
    places = PLACES_PER_STATION.first(record)
    if not places:
        return None
    counts = Counter(
        mandate.duty_station
        for mandate in mandates
        if mandate.duty_station and mandate.person_id and covers(mandate.since, mandate.until, day)
    )
    told = [
        _(
            "%(station)s: %(count)d of %(places)d",
            station=station.label,
            count=counts[station],
            places=places,
        )
        for station in DutyStation
    ]
    return _("Designations in %(year)d – %(told)s", year=day.year, told=", ".join(told))


def _link_actions(record: Record, membership: Membership) -> list[Action]:
    """Return what one does with one of our links: note a step; managers also renew and end."""
    kind = registry.kind_of(record)

    def add(part: PartKind) -> Action:
        url = kind.url(record, "add_part", part_name=part.name, membership_id=membership.id)
        return Action(part.add_label, url)

    if not current_user.can(Permission.NETWORKS_MANAGE):
        return [add(STEP)]
    acts = [
        (_("Replace"), "memberships.succeed"),
        (_("Set the status"), "memberships.status"),
        (_("End the link"), "memberships.end"),
    ]
    return [
        add(STEP),
        *([add(OUR_TERM)] if membership.kind.has_terms else []),
        *(Action(label, url_for(act, membership_id=membership.id)) for label, act in acts),
    ]


def _period_actions(_record: Record, membership: Membership) -> list[Action]:
    """Return the ways to change or end the newest period and to begin another."""
    member = membership.member
    if is_ours(member) and not current_user.can(Permission.NETWORKS_MANAGE):
        return []
    kind = registry.kind_of(member)
    new = kind.url(member, "add_part", part_name=TERM.name, membership_id=membership.id)
    actions = [Action(TERM.add_label, new)]
    if membership.terms:
        newest = membership.terms[-1].id
        edit = kind.url(member, "edit_part", part_name=TERM.name, part_id=newest)
        actions.insert(0, Action(TERM.label, edit))
    return actions


def _next_action(record: Record, membership: Membership) -> list[Action]:
    """Return what fits next: to end the period that goes on, or to begin another."""
    actions = _period_actions(record, membership)
    goes_on = bool(membership.terms) and membership.terms[-1].until is None
    return actions[:1] if goes_on else actions[-1:]


def _member_columns(record: Record) -> list[Column]:
    return [
        Column("member", _l("Member"), lambda row: record_link(row.member)),
        *_LINK_COLUMNS,
    ]


def _story_columns(record: Record) -> list[Column]:
    """Name the network only where the story leads through several."""
    network = Column("network", _l("Network"), lambda row: record_link(row.network))
    return [
        *([network] if CONTINUES.first(record) else []),
        *_LINK_COLUMNS[:2],
        Column("status", _l("Status"), cells.status_cell),
    ]


def _step_columns(record: Record) -> list[Column]:
    link = Column("link", _l("Kind of link"), lambda row: cells.membership_title(row.membership))
    return [
        Column("dated", _l("Date"), lambda row: row.dated),
        Column("step", _l("What happened"), lambda row: row.step),
        Column("decided_by", _l("Decided by"), lambda row: row.decided_by),
        Column("detail", _l("In detail"), lambda row: row.detail),
        *([link] if CONTINUES.first(record) else []),
    ]


def _group_seats(group: WorkingGroup) -> Any:
    """Return who sits in a group on the day of the page."""
    day = page_day()
    return lines(
        [
            cells.seat(mandate)
            for mandate in group.mandates
            if covers(mandate.since, mandate.until, day)
        ]
    )


_LINK_COLUMNS = (
    Column("kind", _l("Kind of link"), cells.kind_of_link),
    Column("periods", _l("Dates"), cells.periods),
    Column("status", _l("Status"), cells.status_chip),
)


_TERM_COLUMNS = (
    Column("dates", _l("Dates"), cells.dates),
    Column("fee", _l("Fee"), cells.fee, numeric=True),
    Column("proof", _l("Proof"), cells.proof),
)


PROFILE = PartKind(
    name=PROFILE_PLACE,
    model=NetworkProfile,
    label=_l("Network profile"),
    add_label=_l("Add the network profile"),
    form=forms.ProfileForm,
    owners={"organisation": "organisation_id"},
    create=services.add_profile,
)


MEASURE = PartKind(
    name="measures",
    model=NetworkMeasure,
    label=_l("Measure"),
    add_label=_l("Add a measure"),
    form=forms.MeasureForm,
    owners={"organisation": "network_id"},
)


ACTIVITY = PartKind(
    name="activities",
    model=NetworkActivity,
    label=_l("Activity"),
    add_label=_l("Add an activity"),
    form=forms.ActivityForm,
    owners={"organisation": "network_id"},
)


MEMBERSHIP = PartKind(
    name="memberships",
    model=Membership,
    label=_l("Membership"),
    add_label=_l("Add a membership"),
    form=forms.MembershipForm,
    owners={"organisation": "member_id", "person": "member_id"},
    create=services.add_membership,
    change=services.change_membership,
    remove=services.remove_membership,
)


MEMBER = PartKind(
    name="members",
    model=Membership,
    label=_l("Member"),
    add_label=_l("Add a member"),
    form=forms.MembershipForm,
    owners={"organisation": "network_id"},
    create=services.add_membership,
    change=services.change_membership,
    remove=services.remove_membership,
)


TERM = PartKind(
    name="periods",
    model=Term,
    label=_l("Period"),
    add_label=_l("Add a period"),
    form=forms.TermForm,
    owners={"organisation": "member_id", "person": "member_id"},
    create=services.add_term,
    change=services.change_term,
    remove=services.remove_term,
)


OUR_TERM = PartKind(
    name="our-periods",
    model=Term,
    label=_l("Period"),
    add_label=_l("Add a period"),
    form=forms.TermForm,
    owners={"organisation": "network_id"},
    create=services.add_term,
    change=services.change_term,
    remove=services.remove_term,
)


STEP = PartKind(
    name="steps",
    model=MembershipStep,
    label=_l("Step"),
    add_label=_l("Add a step"),
    form=forms.StepForm,
    owners={"organisation": "network_id"},
    create=services.add_step,
    change=services.change_step,
)


GROUP = PartKind(
    name="groups",
    model=WorkingGroup,
    label=_l("Working group"),
    add_label=_l("Add a working group"),
    form=forms.GroupForm,
    owners={"organisation": "network_id"},
    create=services.add_group,
    change=services.change_group,
    remove=services.remove_group,
)


MANDATE = PartKind(
    name="mandates",
    model=Mandate,
    label=_l("Mandate"),
    add_label=_l("Add a mandate"),
    form=forms.MandateForm,
    owners={"organisation": "network_id"},
    create=services.add_mandate,
    change=services.change_mandate,
)


def _is_no_network(record: Record) -> bool:
    return not is_network(record)


PARTS = (PROFILE, MEASURE, ACTIVITY, MEMBERSHIP, MEMBER, TERM, OUR_TERM, STEP, GROUP, MANDATE)

PANELS = (
    Panel(
        key="ours",
        title=_l("Our link with this network"),
        on=("organisation",),
        when=is_network,
        query=queries.story_of,
        part=MEMBER,
        adds=False,
        row_actions=_link_actions,
        order=15,
        columns=_story_columns,
        on_day=queries.sits_on,
    ),
    Panel(
        key="steps",
        title=_l("What happened to our link"),
        on=("organisation",),
        when=is_network,
        query=queries.steps_of,
        part=STEP,
        order=17,
        columns=_step_columns,
        on_day=happened_by(MembershipStep.dated),
    ),
    Panel(
        key="our-periods",
        title=_l("Our periods and fees"),
        on=("organisation",),
        when=is_network,
        query=queries.our_terms_in,
        part=OUR_TERM,
        order=16,
        columns=_TERM_COLUMNS,
        on_day=during(Term.since, Term.until),
    ),
    Panel(
        key="members",
        title=_l("Members"),
        on=("organisation",),
        when=is_network,
        query=queries.members_of,
        part=MEMBER,
        row_actions=_period_actions,
        order=20,
        columns=_member_columns,
        on_day=queries.sits_on,
        when_empty=_l("Nobody noted as a member yet"),
    ),
    Panel(
        key="mandates",
        limit=50,
        title=_l("Who sits where"),
        on=("organisation",),
        when=is_network,
        query=queries.mandates_in,
        part=MANDATE,
        order=18,
        columns=_mandate_columns,
        note=_mandate_note,
        on_day=during(Mandate.since, Mandate.until),
        when_empty=_l("Nobody noted yet"),
    ),
    Panel(
        key="groups",
        title=_l("Working groups"),
        on=("organisation",),
        when=is_network,
        query=queries.groups_of,
        part=GROUP,
        side=True,
        order=23,
        columns=(
            Column("name", _l("Name"), lambda row: row.name),
            Column("frequency", _l("How often it meets"), lambda row: row.frequency),
            Column("seats", _l("Who sits there"), _group_seats),
        ),
        on_day=during(WorkingGroup.since, WorkingGroup.until),
    ),
    Panel(
        key="sub-networks",
        title=_l("Networks inside this one"),
        on=("organisation",),
        when=is_network,
        query=queries.sub_networks_of,
        side=True,
        order=22,
        columns=(
            Column("title", _l("Name"), record_link),
            Column("link", _l("Our link"), cells.our_link),
        ),
    ),
    Panel(
        key="activities",
        title=_l("What the network does"),
        on=("organisation",),
        when=is_network,
        query=queries.activities_of,
        part=ACTIVITY,
        side=True,
        order=24,
        columns=(
            Column("activity", _l("Activity"), lambda row: row.activity),
            Column("detail", _l("In detail"), lambda row: row.detail),
        ),
    ),
    Panel(
        key="measures",
        title=_l("Size over time"),
        on=("organisation",),
        when=is_network,
        query=queries.measures_of,
        on_day=happened_by(NetworkMeasure.as_of),
        part=MEASURE,
        side=True,
        order=25,
        columns=(
            Column("counted", _l("What is counted"), lambda row: row.counted),
            Column(
                "number",
                _l("Number"),
                lambda row: cells.quantity(row.number, row.qualifier),
                numeric=True,
            ),
            Column("as_of", _l("As of"), lambda row: row.as_of),
            Column("source", _l("Source"), lambda row: row.source),
        ),
    ),
    Panel(
        key="memberships",
        title=_l("Networks"),
        on=("organisation", "person"),
        query=queries.memberships_of,
        part=MEMBERSHIP,
        row_actions=_next_action,
        side=True,
        order=20,
        columns=(
            Column("network", _l("Network"), lambda row: record_link(row.network)),
            *_LINK_COLUMNS,
        ),
        on_day=queries.sits_on,
    ),
    Panel(
        key="periods",
        title=_l("Periods and fees"),
        on=("organisation",),
        when=is_ours,
        query=queries.terms_of,
        part=TERM,
        side=True,
        order=21,
        columns=(
            Column("network", _l("Network"), lambda row: record_link(row.membership.network)),
            *_TERM_COLUMNS,
        ),
        on_day=during(Term.since, Term.until),
    ),
    Panel(
        key="seats",
        title=_l("Seats in networks"),
        on=("organisation", "person"),
        when=_is_no_network,
        query=queries.mandates_of,
        side=True,
        order=22,
        columns=_mandate_columns,
        on_day=during(Mandate.since, Mandate.until),
    ),
)
