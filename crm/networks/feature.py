"""What networks add to Passerelle."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import covers
from crm.networks import cells, forms, packing, queries, services
from crm.networks.models import (
    Counted,
    DutyStation,
    Mandate,
    Membership,
    MembershipKind,
    MembershipStep,
    NetworkActivity,
    NetworkMeasure,
    NetworkProfile,
    Scope,
    Term,
    WorkingGroup,
)
from crm.networks.status import SUBJECT
from crm.networks.views import add_routes, bp
from crm.organisations.models import Organisation, OrganisationKind
from crm.permissions import Permission
from crm.records.asof import during, happened_by, page_day
from crm.records.filters import record_filter
from crm.records.kinds import (
    Column,
    Filter,
    HomeBlock,
    ListKind,
    Panel,
    PartKind,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.statuses.listing import status_list
from crm.web.cells import Action, Long, lines
from crm.web.templating import shown, yes_no

PROFILE_PLACE = "network-profile"


def is_network(record: Record) -> bool:
    """Tell whether a record is a network."""
    return isinstance(record, Organisation) and record.organisation_kind is OrganisationKind.NETWORK


def is_ours(record: Record) -> bool:
    """Tell whether a record is our own organisation."""
    return isinstance(record, Organisation) and record.is_us


def _facts(record: Organisation) -> Sequence[tuple[str, Any]]:
    if not is_network(record):
        return []
    profile: NetworkProfile | None = db.session.scalar(queries.profile_of(record.id))
    facts: list[tuple[str, Any]] = []
    if profile is not None:
        facts += [
            (_("Scope"), profile.scope),
            (_("Kind of network"), profile.network_type),
            (_("Who belongs to it"), _list(profile.member_kinds)),
            (_("Purpose"), Long(profile.purpose) if profile.purpose else None),
            (_("How often it meets"), profile.meeting_frequency),
            (_("Active since"), profile.active_since),
        ]
    hosts = [record_link(host) for host in db.session.scalars(queries.hosts_of(record))]
    facts += [
        (_("Run by"), lines(hosts)),
        *_sizes(record),
    ]
    return [(label, value) for label, value in facts if value]


_COUNTS = {Counted.MEMBERS: queries.counted_members, Counted.COUNTRIES: queries.counted_countries}


def _sizes(record: Organisation) -> list[tuple[str, Any]]:
    """Return what is announced and what is counted here, side by side (R-2.2)."""
    day = page_day()
    newest: dict[Counted, NetworkMeasure] = {}
    for each in db.session.scalars(queries.measures_of(record)):
        if each.as_of is None or each.as_of.first_day <= day:
            newest.setdefault(each.counted, each)
    sizes = []
    for counted in Counted:
        here = db.session.scalar(_COUNTS[counted](record.id, day)) or 0
        measure = newest.get(counted)
        if measure is None and not here:
            continue
        announced = _announcement(measure) if measure else None
        noted = _("counted here: %(count)d", count=here)
        sizes.append((str(counted.label), lines([announced, noted])))
    return sizes


def _announcement(measure: NetworkMeasure) -> str:
    words = _("announced: %(number)s", number=cells.quantity(measure.number, measure.qualifier))
    about = [shown(measure.as_of) if measure.as_of else "", measure.source or ""]
    told = ", ".join(str(part) for part in about if part)
    return f"{words} ({told})" if told else words


def _our_link(network: Organisation) -> Any:
    return lines(
        [
            line
            for link in cells.our_links(network)
            for line in (link.kind.label, cells.status_chip(link))
        ]
    )


def _our_since(network: Organisation) -> Any:
    return lines([cells.periods(link) for link in cells.our_links(network)])


def _announced(network: Organisation) -> str | None:
    measures: list[NetworkMeasure] = network.member_measures  # type: ignore[attr-defined]
    newest = max(
        measures, key=lambda each: (str(each.as_of) if each.as_of else "", each.id), default=None
    )
    return cells.quantity(newest.number, newest.qualifier) if newest else None


def _list(text: str | None) -> Any:
    return lines([part.strip() for part in (text or "").split(";")])


def _actions(record: Record) -> list[Action]:
    if not is_network(record) or not current_user.can(Permission.RECORDS_EDIT):
        return []
    kind = registry.kind_of(record)
    profile = db.session.scalar(queries.profile_of(record.id))
    if profile is None:
        return [
            Action(
                _("Add the network profile"), kind.url(record, "add_part", part_name=PROFILE_PLACE)
            )
        ]
    return [
        Action(
            _("Change the network profile"),
            kind.url(record, "edit_part", part_name=PROFILE_PLACE, part_id=profile.id),
        )
    ]


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
    places = db.session.scalar(queries.places_per_station(record))
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
        *([network] if db.session.scalar(queries.continues(record)) else []),
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
        *([link] if db.session.scalar(queries.continues(record)) else []),
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


def _watched() -> Any:
    return queries.seats_to_watch(today(), today() + cells.SEAT_WARNING)


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

NETWORK = RecordKind(
    name="network",
    path="networks",
    stored="organisation",
    model=Organisation,
    label=_l("Network"),
    label_plural=_l("Networks"),
    add_label=_l("Add a network"),
    form=forms.NetworkForm,
    query=queries.listed,
    create=services.create_network,
    columns=(
        Column("title", _l("Name"), record_link, sort=Record.sort_key),
        Column("scope", _l("Scope"), lambda row: row.network_profile and row.network_profile.scope),
        Column("link", _l("Our link"), _our_link),
        Column("since", _l("Dates"), _our_since),
        Column("size", _l("Members"), _announced, numeric=True),
    ),
    filters=(
        Filter(
            "scope",
            _l("Scope"),
            where=lambda value: queries.of_scope(Scope(value)),
            choices=lambda: [(member.value, member.label) for member in Scope],
            pinned=True,
        ),
        record_filter("member", _l("Member"), queries.joined_by),
    ),
    empty=_l("No network yet."),
    list_actions=lambda: [Action(_("Who sits where"), url_for("networks.matrix"))],
)


KINDS_OF_LINK = ListKind(
    name="kinds-of-link",
    model=MembershipKind,
    label=_l("Kinds of link"),
    about=_l("How an organisation belongs to a network, in the words of that network."),
    add_label=_l("Add a kind of link"),
    form=forms.KindForm,
    create=services.add_kind,
    columns=(
        Column("fr", _l("Label in French"), lambda row: row.label_fr),
        Column("en", _l("Label in English"), lambda row: row.label_en),
        Column("terms", _l("Has periods"), lambda row: yes_no(row.has_terms)),
        Column("fees", _l("Has fees"), lambda row: yes_no(row.has_fees)),
        Column("duties", _l("Has duties"), lambda row: yes_no(row.has_duties)),
        Column("lapses", _l("Lapses when it is not renewed"), lambda row: yes_no(row.can_lapse)),
        Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
    ),
)
RULES_ABOUT = _l(
    "When a link is active, to be renewed, in grace or lapsed: the first rule that fits decides."
)


def _is_no_network(record: Record) -> bool:
    return not is_network(record)


FEATURE = Feature(
    name="networks",
    pack_tables=packing.TABLES,
    kinds=(NETWORK,),
    parts=(PROFILE, MEASURE, ACTIVITY, MEMBERSHIP, MEMBER, TERM, OUR_TERM, STEP, GROUP, MANDATE),
    blueprints=(bp,),
    routes=(("network", add_routes),),
    lists=(KINDS_OF_LINK, status_list(SUBJECT, _l("Status of our links"), RULES_ABOUT)),
    home=(
        HomeBlock(
            key="seats",
            title=_l("Seats to look at"),
            query=_watched,
            order=60,
            columns=(
                Column("network", _l("Network"), lambda row: record_link(row.network)),
                Column("role", _l("Role"), cells.role_and_dates),
                Column("person", _l("Name"), cells.seat),
            ),
            empty=_l("Every seat is held"),
        ),
    ),
    nav=(NavItem(_l("Networks"), "networks.index", order=50),),
    facts=(("organisation", _facts),),
    record_actions=(_actions,),
    panels=(
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
                Column("link", _l("Our link"), _our_link),
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
    ),
)
