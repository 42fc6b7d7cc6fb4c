"""History: every change is written with it, sealed, never rewritten, and can be undone."""

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.errors import Conflict, NotAllowed
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation, OrganisationKind
from crm.organisations.services import change_organisation
from crm.people.models import Position
from crm.people.services import leave
from crm.records import history, queries, services
from crm.records.models import Act, Change, Name, NameKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory


def changes(session, record):
    return session.scalars(queries.changes_of(record)).unique().all()


def test_each_write_leaves_who_what_and_both_values(session, acting):
    user = UserFactory(role=Role.MANAGER)
    organisation = OrganisationFactory(name="Refuge", country="FR")
    acting(user)
    organisation = session.get(Organisation, organisation.id)
    change_organisation(organisation, 1, name="Refuge", country="DE", city="Köln")
    newest = changes(session, organisation)[0]
    assert newest.act is Act.UPDATE
    assert newest.user_id == user.id
    assert newest.values == {"country": ["FR", "DE"], "city": [None, "Köln"]}
    assert newest.row_version == organisation.version == 2


def test_a_part_appears_in_the_history_of_each_of_its_records(session):
    position = PositionFactory()
    for record_id in (position.person_id, position.organisation_id):
        found = session.scalars(queries.changes_of(session.get(history.Record, record_id))).unique()
        assert "positions" in {change.row_table for change in found}


def test_history_cannot_be_rewritten_or_removed(session, app):
    OrganisationFactory()
    for statement in (
        "UPDATE changes SET reason = 'x'",
        "DELETE FROM changes",
        "DELETE FROM changed_records",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
            session.execute(sa.text(statement))


def test_the_seals_chain_all_changes_and_break_when_one_is_altered(session):
    for _ in range(3):
        OrganisationFactory()
    rows = [
        dict(row._mapping) for row in session.execute(select(Change.__table__).order_by(Change.id))
    ]
    previous = ""
    for row in rows:
        kept = {**row, "act": Act(row["act"])}
        assert history.seal(previous, kept) == row["seal"]
        previous = row["seal"]
    altered = {**rows[-1], "act": Act(rows[-1]["act"]), "reason": "altered"}
    assert history.seal(rows[-2]["seal"], altered) != rows[-1]["seal"]


def test_undoing_a_change_puts_the_old_value_back_as_a_change_of_its_own(session):
    organisation = OrganisationFactory(country="FR")
    change_organisation(organisation, organisation.version, name=organisation.name, country="DE")
    change = changes(session, organisation)[0]
    services.undo(change)
    assert organisation.country == "FR"
    newest = changes(session, organisation)[0]
    assert newest.undoes_key == change.key
    services.undo(newest)
    assert organisation.country == "DE"


def test_a_change_that_was_changed_again_is_not_undone(session):
    organisation = OrganisationFactory(country="FR")
    for country in ("DE", "IT"):
        change_organisation(
            organisation, organisation.version, name=organisation.name, country=country
        )
    older = changes(session, organisation)[1]
    with pytest.raises(NotAllowed):
        services.undo(older)
    assert organisation.country == "IT"


def test_a_removed_part_comes_back_with_all_its_values(session):
    position = PositionFactory(title="Director", since=PartialDate(2019, 4))
    person = session.get(history.Record, position.person_id)
    kept = position.id
    services.remove_part(position)
    assert session.get(Position, kept) is None
    services.undo(changes(session, person)[0])
    back = session.get(Position, kept)
    assert (back.title, back.since) == ("Director", PartialDate(2019, 4))


def test_undoing_the_creation_of_a_record_puts_it_in_the_trash(session):
    organisation = OrganisationFactory()
    services.undo(changes(session, organisation)[-1])
    assert organisation.deleted_at is not None


def test_leaving_keeps_the_position_and_its_history(session):
    position = PositionFactory(since=PartialDate(2019))
    person = position.person_id
    leave(session.get(history.Record, person), organisation_id=None, on=PartialDate(2024, 3, 31))
    assert position.until == PartialDate(2024, 3, 31)
    assert session.get(Position, position.id) is not None


def test_two_people_who_change_different_fields_both_win(session):
    organisation = OrganisationFactory(country="FR", city=None)
    version = organisation.version
    change_organisation(organisation, version, name=organisation.name, country="DE", city=None)
    change_organisation(organisation, version, name=organisation.name, country="FR", city="Lyon")
    assert (organisation.country, organisation.city) == ("DE", "Lyon")


def test_two_people_who_change_the_same_field_get_a_conflict_with_three_values(session):
    organisation = OrganisationFactory(country="FR")
    version = organisation.version
    change_organisation(organisation, version, name=organisation.name, country="DE")
    with pytest.raises(Conflict) as raised:
        change_organisation(organisation, version, name=organisation.name, country="IT")
    assert raised.value.fields == {"country": ("IT", "DE", "FR")}
    assert organisation.country == "DE"


def test_the_search_text_follows_names_and_columns(session):
    organisation = OrganisationFactory(
        name="Agence de l’asile", organisation_kind=OrganisationKind.EU_AGENCY
    )
    services.add(Name(record_id=organisation.id, kind=NameKind.FORMER, text="BEA/EASO"))
    for words in ("easo", "BEA", "agence asile", "l'asile"):
        assert session.scalars(queries.matching_text(words)).all() == [organisation], words
    name = session.scalar(select(Name))
    services.remove_part(name)
    assert session.scalars(queries.matching_text("easo")).all() == []


def test_ids_say_nothing_of_how_many_records_there_are(session):
    ids = [OrganisationFactory().id for _ in range(20)]
    assert ids != sorted(ids)
    assert all(100_000 <= record_id < 1_000_000 for record_id in ids)


def test_a_person_sorts_by_family_name(session):
    person = PersonFactory(name="Zofia Łukaszewska", family_name="Łukaszewska", given_name="Zofia")
    assert person.sort_key == "lukaszewska zofia"
