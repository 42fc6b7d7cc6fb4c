"""What networks add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal
from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import format_range
from crm.networks import forms, packing, queries, services
from crm.networks.models import (
    Counted,
    Mandate,
    Membership,
    NetworkActivity,
    NetworkMeasure,
    NetworkProfile,
    Qualifier,
    Scope,
    Term,
    WorkingGroup,
)
from crm.networks.status import MembershipStatus, status_on
from crm.organisations.models import Organisation, OrganisationKind
from crm.permissions import Permission
from crm.records.filters import record_filter
from crm.records.kinds import (
    Column,
    Filter,
    Panel,
    PartKind,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.web.cells import Action, Chip, Long, Tone, lines
from crm.web.templating import locale_code

STATUS_LOOKS: dict[MembershipStatus, tuple[Tone, str]] = {
    MembershipStatus.APPLIED: ("info", "◐"),
    MembershipStatus.PENDING: ("info", "◐"),
    MembershipStatus.ACTIVE: ("ok", "●"),
    MembershipStatus.LAPSED: ("warn", "▲"),
    MembershipStatus.WITHDRAWN: ("neutral", "■"),
    MembershipStatus.EXCLUDED: ("danger", "■"),
    MembershipStatus.ENDED: ("neutral", "■"),
}


PROFILE_PLACE = "network-profile"


def is_network(record: Record) -> bool:
    """Tell whether a record is a network."""
    return isinstance(record, Organisation) and record.organisation_kind is OrganisationKind.NETWORK


def is_ours(record: Record) -> bool:
    """Tell whether a record is our own organisation."""
    return isinstance(record, Organisation) and record.is_us


def status_chip(membership: Membership) -> Chip:
    """Return the status of a membership today, as a chip."""
    status = status_on(membership, today())
    return Chip(status.label, *STATUS_LOOKS[status])


def periods(membership: Membership) -> Any:
    """Return the periods of a membership, one per line."""
    return lines([format_range(term.since, term.until, locale_code()) for term in membership.terms])


def quantity(number: int, qualifier: Qualifier) -> str:
    """Return a number with how exact it is: “more than 250”."""
    words = str(format_decimal(number))
    if qualifier is Qualifier.MORE_THAN:
        return _("more than %(number)s", number=words)
    return _("about %(number)s", number=words) if qualifier is Qualifier.ABOUT else words


def _facts(record: Organisation) -> Sequence[tuple[str, Any]]:
    if not is_network(record):
        return []
    profile: NetworkProfile | None = db.session.scalar(queries.profile_of(record.id))
    measures = db.session.scalars(queries.measures_of(record)).all()
    newest = {measure.counted: measure for measure in reversed(measures)}
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
        *(
            (str(counted.label), quantity(newest[counted].number, newest[counted].qualifier))
            for counted in Counted
            if counted in newest
        ),
    ]
    return [(label, value) for label, value in facts if value]


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


def _money(term: Term) -> str | None:
    if term.fee is None:
        return None
    return f"{format_decimal(term.fee)} {term.currency or ''}".strip()


def _mandate_columns(record: Record) -> list[Column]:
    """Leave out what the page says already."""
    columns = [
        Column("network", _l("Network"), lambda row: record_link(row.network)),
        Column(
            "group",
            _l("Working group"),
            lambda row: row.working_group.name if row.working_group else None,
        ),
        Column("person", _l("Name"), _seat),
        Column("for", _l("For"), lambda row: record_link(row.organisation)),
        Column("role", _l("Role"), _role_and_dates),
    ]
    own = "network" if is_network(record) else "person" if record.kind == "person" else "for"
    return [column for column in columns if column.key != own]


def _role_and_dates(mandate: Mandate) -> Any:
    return lines([mandate.role.label, _dates(mandate) if mandate.since or mandate.until else None])


def _seat(mandate: Mandate) -> Any:
    if mandate.person_id is None:
        return Chip(_("No name yet"), "warn", "◔")
    return record_link(mandate.person)


def _dates(row: Any) -> str:
    return format_range(row.since, row.until, locale_code())


def _our_link(network: Organisation) -> Any:
    return lines([line for link in _ours_in(network) for line in (link.kind, status_chip(link))])


def _our_since(network: Organisation) -> Any:
    return lines([periods(link) for link in _ours_in(network)])


def _ours_in(network: Organisation) -> list[Membership]:
    links: list[Membership] = network.own_links  # type: ignore[attr-defined]
    return links


def _period_actions(_record: Record, membership: Membership) -> list[Action]:
    """Return the ways to change or end the newest period and to begin another."""
    member = membership.member
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


def _kind_of_link(membership: Membership) -> Any:
    how = membership.participation
    return lines([membership.kind.label, Long(how) if how else None])


_LINK_COLUMNS = (
    Column("kind", _l("Kind of link"), _kind_of_link),
    Column("periods", _l("Dates"), periods),
    Column("status", _l("Status"), status_chip),
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
)


def _is_no_network(record: Record) -> bool:
    return not is_network(record)


FEATURE = Feature(
    name="networks",
    pack_tables=packing.TABLES,
    kinds=(NETWORK,),
    parts=(PROFILE, MEASURE, ACTIVITY, MEMBERSHIP, MEMBER, TERM, GROUP, MANDATE),
    nav=(NavItem(_l("Networks"), "networks.index", order=50),),
    facts=(("organisation", _facts),),
    record_actions=(_actions,),
    panels=(
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
            when_empty=_l("Nobody noted as a member yet"),
        ),
        Panel(
            key="mandates",
            title=_l("Who sits where"),
            on=("organisation",),
            when=is_network,
            query=queries.mandates_in,
            part=MANDATE,
            order=22,
            columns=_mandate_columns,
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
            part=MEASURE,
            side=True,
            order=25,
            columns=(
                Column("counted", _l("What is counted"), lambda row: row.counted),
                Column(
                    "number",
                    _l("Number"),
                    lambda row: quantity(row.number, row.qualifier),
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
                Column("dates", _l("Dates"), _dates),
                Column("fee", _l("Fee"), _money, numeric=True),
                Column("paid_on", _l("Paid on"), lambda row: row.paid_on),
            ),
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
        ),
    ),
)
