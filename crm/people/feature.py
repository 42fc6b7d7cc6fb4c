"""What people add to Passerelle."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_login import current_user

from crm.core.countries import country_name
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import covers, format_range
from crm.organisations.models import Organisation, OrganisationKind
from crm.people import forms, packing, queries, services
from crm.people.models import Person, Position
from crm.people.views import add_card_routes, add_informing_routes, add_routes
from crm.permissions import Permission
from crm.records.asof import during, page_day
from crm.records.filters import country_filter, record_filter, typed_country_filter
from crm.records.kinds import Column, Filter, Panel, PartKind, RecordKind, record_link, registry
from crm.records.listing import PAGING
from crm.records.models import Record, Visibility
from crm.web.cells import Action, Chip, lines
from crm.web.templating import locale_code


def current_positions(person: Person) -> list[Position]:
    """Return what a person does on the day of the page, among the positions one may see."""
    day = page_day()
    return [
        position for position in person.positions if covers(position.since, position.until, day)
    ]


def _organisations(person: Person) -> Any:
    return lines([record_link(position.organisation) for position in current_positions(person)])


def _titles(person: Person) -> Any:
    return lines([position.title for position in current_positions(person)])


def _facts(person: Person) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("Name in its own script"), person.native_name),
        (_("How to say it"), person.pronunciation),
        (_("Form of address"), person.form_of_address),
        (_("Languages"), person.languages),
        (_("Country"), country_name(person.country, locale_code())),
        (_("Legal basis"), person.legal_basis),
        (_("Where the data comes from"), person.data_source),
        (_("Informed on"), person.informed_on),
    ]
    return [(label, value) for label, value in facts if value]


def _summary(person: Person) -> list[Any]:
    positions = current_positions(person)
    risk = Chip(_("At risk"), "danger", "▲") if person.is_at_risk else None
    return [
        risk,
        *(position.title for position in positions[:1]),
        *(record_link(position.organisation) for position in positions[:2]),
    ]


def _actions(person: Person) -> list[Action]:
    kind = registry.kind_of(person)
    actions = []
    if current_user.can(Permission.RECORDS_EDIT):
        if current_positions(person):
            actions.append(Action(_("Has left"), kind.url(person, "leave")))
        if person.informed_on is None:
            actions.append(Action(_("Inform this person"), kind.url(person, "inform")))
    may_leave = person.visibility is Visibility.TEAM and not person.is_at_risk
    if may_leave and current_user.can(Permission.PACKS_MAKE):
        actions.append(Action(_("To my contacts"), kind.url(person, "card"), only_reads=True))
    return actions


def _list_actions() -> list[Action]:
    if not current_user.can(Permission.PACKS_MAKE):
        return []
    # As a query, not as arguments: a key of the address may be called “endpoint”.
    asked = [pair for pair in request.args.items(multi=True) if pair[0] not in PAGING]
    url = f"{url_for('people.cards_of_list')}?{urlencode(asked)}".rstrip("?")
    return [Action(_("Cards (vCard)"), url)]


def _dates(position: Position) -> str:
    return format_range(position.since, position.until, locale_code())


def _kind_where(value: str) -> Any:
    kind = Organisation.organisation_kind == OrganisationKind(value)
    return queries.at_organisation_with(page_day(), kind)


def _organisation_where(record_id: int) -> Any:
    return queries.has_position(page_day(), Position.organisation_id == record_id)


POSITION = PartKind(
    name="positions",
    model=Position,
    label=_l("Position"),
    add_label=_l("Add a position"),
    form=forms.PositionForm,
    owners={"person": "person_id", "organisation": "organisation_id"},
    create=services.add_position,
    change=services.change_position,
)

PERSON = RecordKind(
    name="person",
    path="people",
    model=Person,
    label=_l("Person"),
    label_plural=_l("People"),
    add_label=_l("Add a person"),
    form=forms.PersonForm,
    query=queries.listed,
    create=services.create_person,
    change=services.change_person,
    facts=_facts,
    summary=_summary,
    note=lambda person: person.good_to_know,
    actions=_actions,
    list_actions=_list_actions,
    columns=(
        Column("title", _l("Name"), record_link, sort=Record.sort_key),
        Column("position", _l("Position"), _titles),
        Column("organisation", _l("Organisation"), _organisations),
        Column("languages", _l("Languages"), lambda row: row.languages),
        Column(
            "country",
            _l("Country"),
            lambda row: country_name(row.country, locale_code()),
            usual=False,
        ),
        Column("native", _l("Name in its own script"), lambda row: row.native_name, usual=False),
        Column("pronunciation", _l("How to say it"), lambda row: row.pronunciation, usual=False),
        Column("informed", _l("Informed on"), lambda row: row.informed_on, usual=False),
    ),
    filters=(
        record_filter(
            "organisation", _l("Organisation"), _organisation_where, kinds=("organisation",)
        ),
        Filter(
            "organisation_kind",
            _l("Kind of organisation"),
            where=_kind_where,
            choices=lambda: [(member.value, member.label) for member in OrganisationKind],
            pinned=True,
        ),
        country_filter("country", _l("Country"), Person.country, pinned=True),
        typed_country_filter(
            "organisation_country",
            _l("Country of the organisation"),
            lambda code: queries.at_organisation_with(page_day(), Organisation.country == code),
        ),
    ),
    empty=_l("No person yet."),
    is_dated=True,
)

FEATURE = Feature(
    name="people",
    pack_tables=packing.TABLES,
    pack_changes=packing.CHANGES,
    kinds=(PERSON,),
    parts=(POSITION,),
    nav=(NavItem(_l("People"), "people.index", order=30),),
    routes=(
        ("person", add_routes),
        ("person", add_informing_routes),
        ("person", add_card_routes),
    ),
    panels=(
        Panel(
            key="positions",
            title=_l("Positions"),
            on=("person",),
            query=queries.positions_of,
            on_day=during(Position.since, Position.until),
            part=POSITION,
            order=10,
            when_empty=_l("No position yet"),
            columns=(
                Column(
                    "organisation", _l("Organisation"), lambda row: record_link(row.organisation)
                ),
                Column("title", _l("Position"), lambda row: row.title),
                Column("department", _l("Department"), lambda row: row.department),
                Column("dates", _l("Dates"), _dates),
            ),
        ),
        Panel(
            key="people",
            title=_l("People"),
            on=("organisation",),
            query=queries.positions_at,
            on_day=during(Position.since, Position.until),
            part=POSITION,
            side=True,
            order=10,
            when_empty=_l("Nobody known here yet"),
            columns=(
                Column("person", _l("Name"), lambda row: record_link(row.person)),
                Column("title", _l("Position"), lambda row: row.title),
                Column("dates", _l("Dates"), _dates),
            ),
        ),
    ),
)
