"""What networks add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.networks import (
    cells,
    filing,
    forms,
    glance,
    packing,
    panels,
    publishing,
    queries,
    services,
)
from crm.networks.models import (
    Counted,
    MembershipKind,
    NetworkMeasure,
    NetworkProfile,
    Scope,
)
from crm.networks.panels import PARTS, PROFILE_PLACE, is_network
from crm.networks.status import SUBJECT
from crm.networks.views import add_routes, bp
from crm.organisations.models import Organisation
from crm.permissions import Permission
from crm.records.asof import page_day
from crm.records.audience import Audience
from crm.records.filed import Stored
from crm.records.filters import number, record_filter
from crm.records.kinds import (
    Column,
    Filter,
    HomeBlock,
    ListKind,
    MoreFacts,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.records.reading import Reading
from crm.records.ties import Tie
from crm.statuses import book
from crm.statuses.listing import status_list
from crm.web.cells import Action, Long, lines, listed
from crm.web.templating import shown, yes_no

_ON = ("organisation",)
PROFILE_OF = Reading(_ON, lambda record: queries.profile_of(record.id), when=is_network)
HOSTS = Reading(_ON, queries.hosts_of, when=is_network, most=None)
MEASURES = Reading(_ON, queries.measures_of, when=is_network, most=None)


def _facts(record: Organisation) -> Sequence[tuple[str, Any]]:
    if not is_network(record):
        return []
    profile: NetworkProfile | None = PROFILE_OF.first(record)
    facts: list[tuple[str, Any]] = []
    if profile is not None:
        facts += [
            (_("Scope"), profile.scope),
            (_("Kind of network"), profile.network_type),
            (_("Who belongs to it"), listed(profile.member_kinds)),
            (_("Purpose"), Long(profile.purpose) if profile.purpose else None),
            (_("How often it meets"), profile.meeting_frequency),
            (_("Active since"), profile.active_since),
        ]
    hosts = [record_link(host) for host in HOSTS.rows(record)]
    facts += [
        (_("Run by"), lines(hosts)),
        *_sizes(record),
    ]
    return [(label, value) for label, value in facts if value]


_COUNTS = {
    Counted.MEMBERS: Reading(
        _ON, lambda record: queries.counted_members(record.id, page_day()), when=is_network
    ),
    Counted.COUNTRIES: Reading(
        _ON, lambda record: queries.counted_countries(record.id, page_day()), when=is_network
    ),
}


def _sizes(record: Organisation) -> list[tuple[str, Any]]:
    """Return what is announced and what is counted here, side by side (R-2.2)."""
    day = page_day()
    newest: dict[Counted, NetworkMeasure] = {}
    for each in MEASURES.rows(record):
        if each.as_of is None or each.as_of.first_day <= day:
            newest.setdefault(each.counted, each)
    sizes = []
    for counted in Counted:
        here = _COUNTS[counted].first(record) or 0
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


def _announced(network: Organisation) -> str | None:
    measures: list[NetworkMeasure] = network.member_measures  # type: ignore[attr-defined]
    newest = max(
        measures, key=lambda each: (str(each.as_of) if each.as_of else "", each.id), default=None
    )
    return cells.quantity(newest.number, newest.qualifier) if newest else None


def _actions(record: Record) -> list[Action]:
    if not is_network(record) or not current_user.can(Permission.RECORDS_EDIT):
        return []
    kind = registry.kind_of(record)
    profile = PROFILE_OF.first(record)
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


def _watched(user_id: int | None) -> Any:
    """Return our seats to look at: nobody's own, so everybody's."""
    return queries.seats_to_watch(today(), today() + cells.SEAT_WARNING)


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
        Column(
            "title",
            _l("Name"),
            record_link,
            sort=Record.sort_key,
            widest=Audience.PUBLIC,
            filed=Stored("title"),
        ),
        Column("scope", _l("Scope"), lambda row: row.network_profile and row.network_profile.scope),
        Column("link", _l("Our link"), cells.our_link),
        Column("since", _l("Dates"), cells.our_since),
        Column("size", _l("Members"), _announced, numeric=True),
    ),
    filters=(
        Filter(
            "scope",
            _l("Scope"),
            where=lambda value: queries.of_scope(Scope(value)),
            choices=lambda: [(member.value, member.label) for member in Scope],
            is_closed=True,
            pinned=True,
        ),
        record_filter("member", _l("Member"), queries.joined_by, kinds=("organisation", "person")),
    ),
    empty=_l("No network yet."),
    list_actions=lambda: [Action(_("Who sits where"), url_for("networks.matrix"))],
)


def _groups() -> list[tuple[str, str]]:
    """Return the working groups to choose from, each with its network."""
    return [
        (str(group_id), f"{network} – {name}")
        for group_id, name, network in db.session.execute(queries.all_groups())
    ]


def _networks_together(rows: Sequence[Organisation]) -> dict[int, Any]:
    """Return the networks each organisation belongs to on the day of the page."""
    links: dict[int, list[Any]] = {}
    ids = [row.id for row in rows]
    for member_id, network in db.session.execute(queries.networks_of_many(ids, page_day())):
        links.setdefault(member_id, []).append(record_link(network))
    return {member_id: lines(known) for member_id, known in links.items()}


NETWORK_FILTER = record_filter(
    "network",
    _l("Network"),
    lambda network_id: queries.is_member(network_id, page_day()),
    kinds=("organisation",),
)
LIST_FILTERS = (
    ("organisation", NETWORK_FILTER),
    (
        "person",
        record_filter(
            "network",
            _l("Network of the organisation"),
            lambda network_id: queries.works_for_member(network_id, page_day()),
            kinds=("organisation",),
        ),
    ),
    (
        "person",
        Filter(
            "group",
            _l("Working group"),
            where=lambda value: queries.sits_in_group(number(value), page_day()),
            choices=_groups,
        ),
    ),
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


TIE = Tie("networks", _l("Networks"), queries.shared_with_us)

FEATURE = Feature(
    name="networks",
    glances=glance.GLANCES,
    linked_sheets=filing.SHEETS,
    ties=(TIE,),
    public_sections=publishing.SECTIONS,
    public_facts=publishing.FACTS,
    pack_tables=packing.TABLES,
    pack_changes=packing.CHANGES,
    kinds=(NETWORK,),
    list_filters=LIST_FILTERS,
    list_columns=(
        (
            "organisation",
            Column("networks", _l("Networks"), together=_networks_together, usual=False),
        ),
    ),
    parts=PARTS,
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
    facts=(MoreFacts("organisation", _facts),),
    readings=(PROFILE_OF, HOSTS, MEASURES, *_COUNTS.values(), *panels.READINGS, book.ON_PAGES),
    record_actions=(_actions,),
    panels=panels.PANELS,
)
