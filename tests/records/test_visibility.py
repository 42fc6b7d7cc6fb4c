"""Who sees which rows: enforced in the session, whatever asks."""

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from crm.accounts.models import Role
from crm.core.principal import SYSTEM, set_principal
from crm.interactions.models import Interaction, Participant
from crm.organisations.models import Organisation, Relation
from crm.people.models import Person, Position
from crm.records import queries, services
from crm.records.models import Change, Reader, Record, Visibility
from crm.records.unions import all_kinds
from crm.records.visibility import Prepared, tables_with_guards
from crm.tasks.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.tasks import TaskFactory


@pytest.fixture
def team(session):
    return {role.value: UserFactory(role=role) for role in Role}


@pytest.fixture
def three(session):
    return [
        OrganisationFactory(name=f"{level.value} level", visibility=level) for level in Visibility
    ]


def titles(session):
    return {row.title for row in session.scalars(select(Organisation))}


def test_without_a_principal_there_are_no_rows(session, three):
    PositionFactory(organisation_id=three[0].id)
    session.expunge_all()
    set_principal(session, None)
    assert session.scalars(select(Record)).all() == []
    assert session.scalars(select(Organisation)).all() == []
    assert session.scalars(select(Position)).all() == []
    assert session.scalars(select(Change)).all() == []
    assert session.scalar(select(func.count()).select_from(Organisation)) == 0
    assert session.get(Organisation, three[0].id) is None


def test_each_role_sees_its_level(session, three, team, acting):
    for role, expected in (
        ("viewer", {"team level"}),
        ("contributor", {"team level"}),
        ("manager", {"team level", "managers level"}),
        ("admin", {"team level", "managers level"}),
    ):
        acting(team[role])
        assert titles(session) == expected, role


def test_named_people_see_what_they_are_named_for_and_administrators_do_not(
    session, three, team, acting
):
    session.add(Reader(record_id=three[2].id, user_id=team["viewer"].id))
    acting(team["viewer"])
    assert titles(session) == {"team level", "named level"}
    acting(team["contributor"])
    assert titles(session) == {"team level"}
    acting(team["admin"])
    assert titles(session) == {"team level", "managers level"}


def test_two_users_in_turn_never_share_a_filter(session, three, team, acting):
    session.add(Reader(record_id=three[2].id, user_id=team["viewer"].id))
    for _ in range(3):
        acting(team["viewer"])
        assert "named level" in titles(session)
        acting(team["contributor"])
        assert "named level" not in titles(session)


def test_counts_aliases_and_searches_are_filtered_too(session, three, team, acting):
    acting(team["viewer"])
    other = aliased(Organisation)
    assert session.scalar(select(func.count(Organisation.id))) == 1
    assert session.scalar(select(func.count()).select_from(other)) == 1
    assert {row.title for row in session.scalars(queries.matching_text("level"))} == {"team level"}
    assert session.get(Organisation, three[1].id) is None


def test_a_relationship_to_a_hidden_record_is_empty(session, three, team, acting):
    child = OrganisationFactory(name="child", parent_id=three[1].id)
    acting(team["viewer"])
    for option in (joinedload(Organisation.parent), selectinload(Organisation.parent)):
        session.expunge_all()
        found = session.scalar(
            select(Organisation).where(Organisation.id == child.id).options(option)
        )
        assert found.parent is None
    session.expunge_all()
    assert session.get(Organisation, child.id).parent is None


def test_a_part_hides_with_either_of_its_records(session, three, team, acting):
    person = PersonFactory(name="Open person")
    hidden = PersonFactory(name="Hidden person", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=person.id, organisation_id=three[0].id)
    PositionFactory(person_id=person.id, organisation_id=three[1].id)
    PositionFactory(person_id=hidden.id, organisation_id=three[0].id)
    RelationFactory(organisation_id=three[0].id, other_id=three[1].id)
    acting(team["viewer"])
    assert len(session.scalars(select(Position)).all()) == 1
    assert session.scalars(select(Relation)).all() == []
    loaded = session.scalar(select(Person).options(selectinload(Person.positions)))
    assert len(loaded.positions) == 1
    acting(team["manager"])
    assert len(session.scalars(select(Position)).all()) == 3


def seen_in(session):
    rows = {
        model: set(session.scalars(select(model.id)))
        for model in (Record, Person, Interaction, Task, Position, Participant, Change)
    }
    return rows | {"all kinds": set(session.scalars(select(all_kinds().id)))}


def test_a_long_list_looks_for_what_is_hidden_and_finds_the_same(session, team, acting):
    home = OrganisationFactory()
    for person_level, exchange_level, task_level in product(Visibility, repeat=3):
        person = PersonFactory(visibility=person_level)
        PositionFactory(person_id=person.id, organisation_id=home.id)
        exchange = exchange_with(person, home, visibility=exchange_level)
        task = TaskFactory(visibility=task_level, subject_id=exchange.id, origin_id=home.id)
        for reader, record in (("viewer", person), ("contributor", exchange), ("viewer", task)):
            session.add(Reader(record_id=record.id, user_id=team[reader].id))
    services.trash(PersonFactory(visibility=Visibility.MANAGERS))
    found = []
    for user in team.values():
        principal = acting(user)
        one_by_one = seen_in(session)
        set_principal(session, replace(principal, leaves_house=True))
        assert seen_in(session) == one_by_one
        found.append(one_by_one)
    assert len({len(each[Task]) for each in found}) > 2, "each sees another part of it"


def test_one_kind_among_all_kinds_is_filtered_though_nothing_else_is_asked(session, team, acting):
    PersonFactory(name="Open")
    PersonFactory(name="Closed", visibility=Visibility.MANAGERS)
    acting(team["viewer"])
    kinds = all_kinds()  # Kept: one kind knows the others by a weak reference.
    person = kinds.Person
    assert session.scalars(select(person.name).where(person.name.is_not(None))).all() == ["Open"]
    assert session.scalar(select(func.count(person.name))) == 1
    found = session.scalars(select(person).where(person.id.is_not(None))).all()
    assert [each.name for each in found] == ["Open"]


def test_only_exchanges_and_tasks_may_hide_with_others():
    # Of a new kind that does, this says so: parts that name it are asked for more.
    assert {table.name for table in tables_with_guards()} == {"records", "interactions", "tasks"}


def test_a_record_in_the_trash_is_nowhere_but_in_the_trash(session, team, acting):
    person = PersonFactory()
    position = PositionFactory(person_id=person.id)
    services.trash(person)
    session.expunge_all()
    for principal in (SYSTEM, acting(team["manager"])):
        session.expunge_all()
        set_principal(session, principal)
        assert session.scalars(select(Person)).all() == []
        assert session.get(Position, position.id) is None
        found = session.scalars(select(Person), execution_options={"with_trash": True}).all()
        assert [row.id for row in found] == [person.id]


def test_a_change_hides_with_any_record_it_names(session, three, team, acting):
    person = PersonFactory()
    PositionFactory(person_id=person.id, organisation_id=three[1].id)
    acting(team["viewer"])
    seen = session.scalars(queries.changes_of(person)).unique().all()
    assert [change.row_table for change in seen] == ["people"]
    acting(team["manager"])
    seen = session.scalars(queries.changes_of(person)).unique().all()
    assert [change.row_table for change in seen] == ["positions", "people"]


def test_bulk_changes_are_refused_because_history_would_not_see_them(session, three):
    from sqlalchemy import delete, update  # noqa: PLC0415

    with pytest.raises(TypeError):
        session.execute(update(Organisation).values(country="DE"))
    with pytest.raises(TypeError):
        session.execute(delete(Position))


def test_a_prepared_statement_answers_each_reader_with_what_they_may_see(
    session, three, team, acting
):
    prepared = Prepared(select(Organisation))
    seen = {}
    for role in ("viewer", "manager", "viewer"):
        acting(team[role])
        seen.setdefault(role, []).append({row.title for row in prepared.run().scalars()})
    assert seen == {
        "viewer": [{"team level"}, {"team level"}],
        "manager": [{"team level", "managers level"}],
    }
    set_principal(session, None)
    assert prepared.run().all() == []


def test_a_statement_that_others_follow_cannot_be_prepared():
    with pytest.raises(TypeError, match="would not know who reads"):
        Prepared(select(Organisation).options(selectinload(Organisation.own_links)))
