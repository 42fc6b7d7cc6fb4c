"""What people add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import covers, format_range
from crm.organisations.models import Organisation, OrganisationKind
from crm.people import cards, filing, forms, glance, packing, queries, services
from crm.people.models import Person, Position
from crm.people.views import add_card_routes, add_informing_routes, add_routes
from crm.permissions import Permission
from crm.records.asof import during, page_day
from crm.records.audience import Audience, Withheld
from crm.records.filed import Gathered, Rows, Stored
from crm.records.filters import country_filter, record_filter, typed_country_filter
from crm.records.kinds import (
    Column,
    Filter,
    HomeBlock,
    ListFile,
    Panel,
    PartKind,
    RecordKind,
    link_to,
    record_link,
    registry,
)
from crm.records.models import Record, Visibility
from crm.web.cells import Action, Chip, Link, lines
from crm.web.templating import locale_code


def current_positions(person: Person) -> list[Position]:
    """Return what a person does on the day of the page, among the positions one may see."""
    day = page_day()
    return [
        position for position in person.positions if covers(position.since, position.until, day)
    ]


def _posts_together(people: Sequence[Person]) -> dict[int, list[tuple[str | None, Link]]]:
    """Return (position, organisation) of each who works somewhere on the day of the list."""
    found: dict[int, list[tuple[str | None, Link]]] = {}
    asked = queries.posts(page_day()).run(person_ids=[row.id for row in people])
    for person_id, title, kind, organisation_id, organisation in asked:
        link = link_to(kind, organisation_id, organisation)
        found.setdefault(person_id, []).append((title, link))
    return found


def _titles(posts: Sequence[tuple[str | None, Link]] | None) -> Any:
    return lines([title for title, _organisation in posts or ()])


def _organisations(posts: Sequence[tuple[str | None, Link]] | None) -> Any:
    return lines([organisation for _title, organisation in posts or ()])


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
        (_("Objected on"), person.objected_on),
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


def _owner_of_partner(position: Position) -> str | None:
    owner = position.organisation.owner
    return owner.name if owner else None


def _checking(position: Position) -> list[Action]:
    """Return how to say that a position is still right, or what has come after it."""
    if not current_user.can(Permission.RECORDS_EDIT):
        return []
    kind = registry.kind_of(position.person)
    if covers(position.since, position.until, today()):
        return [
            Action(_("Still right"), kind.url(position.person, "confirm"), "post"),
            Action(_("Open the record"), kind.url(position.person)),
        ]
    return [
        Action(
            _("Add a position"),
            kind.url(position.person, "add_part", part_name="positions"),
        )
    ]


def _actions(person: Person) -> list[Action]:
    kind = registry.kind_of(person)
    actions = []
    if current_user.can(Permission.RECORDS_EDIT):
        if current_positions(person):
            actions.append(Action(_("Has left"), kind.url(person, "leave")))
        if person.informed_on is None:
            actions.append(Action(_("Inform this person"), kind.url(person, "inform")))
    may_leave = (
        person.visibility is Visibility.TEAM
        and not person.is_at_risk
        and person.objected_on is None
    )
    if may_leave and current_user.can(Permission.PACKS_MAKE):
        actions.append(Action(_("To my contacts"), kind.url(person, "card"), only_reads=True))
    return actions


WORK = Rows(lambda ids: queries.places_of_work(ids, page_day()), titled=2)
"""Where people work on the day of the list: position, organisation."""


def _postal_together(people: Sequence[Person]) -> dict[int, str]:
    found: dict[int, str] = {}
    for person_id, address in db.session.execute(filing.POSTAL.query([row.id for row in people])):
        found.setdefault(person_id, address)
    return found


def _country(code: str | None) -> str | None:
    return country_name(code, locale_code())


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
    needs=(joinedload(Person.positions).joinedload(Position.organisation),),
    actions=_actions,
    columns=(
        Column(
            "title",
            _l("Name"),
            record_link,
            sort=Record.sort_key,
            widest=Audience.PUBLIC,
            filed=Stored("title"),
            field="name",
        ),
        Column(
            "position",
            _l("Position"),
            together=_posts_together,
            say=_titles,
            widest=Audience.PUBLIC,
            filed=Gathered(WORK, 1),
        ),
        Column(
            "organisation",
            _l("Organisation"),
            together=_posts_together,
            say=_organisations,
            widest=Audience.PUBLIC,
            filed=Gathered(WORK, 2),
        ),
        Column(
            "languages",
            _l("Languages"),
            lambda row: row.languages,
            widest=Audience.PARTNER,
            filed=Stored("languages"),
            field="languages",
        ),
        Column(
            "country",
            _l("Country"),
            lambda row: _country(row.country),
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("country", _country),
            field="country",
        ),
        Column(
            "native",
            _l("Name in its own script"),
            lambda row: row.native_name,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("native_name"),
            field="native_name",
        ),
        Column(
            "pronunciation",
            _l("How to say it"),
            lambda row: row.pronunciation,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("pronunciation"),
            field="pronunciation",
        ),
        Column(
            "given",
            _l("Given name"),
            lambda row: row.given_name,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("given_name"),
            field="given_name",
        ),
        Column(
            "family",
            _l("Family name"),
            lambda row: row.family_name,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("family_name"),
            field="family_name",
        ),
        Column(
            "address",
            _l("Form of address"),
            lambda row: row.form_of_address,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("form_of_address"),
            field="form_of_address",
        ),
        Column(
            "opening",
            _l("How a letter begins"),
            lambda row: filing.opening(
                (row.languages, row.form_of_address, row.given_name, row.family_name, row.name)
            ),
            usual=False,
            widest=Audience.PARTNER,
            filed=Gathered(filing.OPENING, 0, filing.opening),
        ),
        Column(
            "postal",
            _l("Postal address"),
            together=_postal_together,
            usual=False,
            widest=Audience.PARTNER,
            filed=Gathered(filing.POSTAL, is_first=True),
        ),
        Column(
            "informed",
            _l("Informed on"),
            lambda row: row.informed_on,
            usual=False,
            filed=Stored("informed_on"),
            field="informed_on",
        ),
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
            is_closed=True,
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
    column_sets=((_l("For letters and labels"), filing.FOR_LETTERS),),
    names_people=True,
)

WITHHELD = (
    Withheld(
        "at_risk",
        Person,
        _l("People at risk"),
        lambda people: people.is_at_risk.is_(True),
    ),
    Withheld(
        "objected",
        Person,
        _l("People who objected to the use of their data"),
        lambda people: people.objected_on.is_not(None),
    ),
)

TO_CHECK = HomeBlock(
    key="positions",
    title=_l("Positions to check"),
    query=lambda user_id: queries.to_check(today(), user_id),
    order=70,
    columns=(
        Column("person", _l("Person"), lambda row: record_link(row.person)),
        Column("title", _l("Position"), lambda row: row.title),
        Column("organisation", _l("Organisation"), lambda row: record_link(row.organisation)),
        Column("since", _l("Last confirmed or changed"), lambda row: row.person.updated_at.date()),
        Column("until", _l("Until"), lambda row: row.until),
        Column("owner", _l("Owner"), _owner_of_partner),
    ),
    empty=_l("No position to check"),
    row_actions=_checking,
)

FEATURE = Feature(
    name="people",
    home=(TO_CHECK,),
    glances=glance.GLANCES,
    withheld=WITHHELD,
    linked_lists=filing.LISTS,
    linked_sheets=filing.SHEETS,
    list_files=(ListFile("vcard", ("person",), Audience.PARTNER, cards.written),),
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
