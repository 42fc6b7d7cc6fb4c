"""Who of a network has signed what: what is counted, for whom, in how many statements."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from crm.core.clock import now
from crm.core.db import db
from crm.core.principal import SYSTEM, Principal, set_principal
from crm.declarations.models import SignatureStatus, Stage
from crm.gaps.matrix import SILENT, Question, gather, read, total
from crm.permissions import ROLES
from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.gaps.world import dated, hide, member, sits, state

DAY = "2026-11-23"


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(f"{DAY}T10:00:00+01:00", tick=False):
        yield


def titles(found):
    return [each.declaration.title for each in found.columns]


def states(found):
    return {
        row.title: [row.states.get(column.id) for column in found.columns] for row in found.rows
    }


# The totals


@given(st.lists(st.sampled_from([None, *SignatureStatus])))
def test_the_totals_add_up_to_the_members_whatever_they_have_done(found):
    counted = total(found)
    asked = sum(number for _label, number in counted.asked())
    assert asked + counted.never == len(found)
    assert counted.signed == found.count(SignatureStatus.SIGNED)
    assert counted.silent == sum(found.count(each) for each in SILENT)


def test_every_state_is_counted_once_under_its_own_name(session):
    network, declaration = NetworkFactory(), DeclarationFactory()
    for status in SignatureStatus:
        state(declaration, member(network, status.value), status)
    member(network, "never asked")
    (column,) = gather(Question(network.id)).columns
    counted = column.totals
    assert (counted.signed, counted.declined, counted.silent, counted.never) == (1, 1, 3, 1)
    assert counted.others == {
        SignatureStatus.AGREED: 1,
        SignatureStatus.CONDITIONAL: 1,
        SignatureStatus.WITHDRAWN: 1,
    }
    assert [number for _label, number in counted.asked()] == [1, 1, 3, 1, 1, 1]


def test_signed_is_what_the_declaration_itself_counts_for_these_members(session):
    network, declaration = NetworkFactory(), DeclarationFactory()
    members = [member(network, f"Refuge {place}") for place in range(5)]
    for each in members[:3]:
        state(declaration, each)
    state(declaration, OrganisationFactory(name="From elsewhere"))
    (column,) = gather(Question(network.id)).columns
    ids = {each.id for each in members}
    listed = [each for each in column.declaration.signatures if each.signatory_id in ids]
    assert column.totals.signed == sum(each.status is SignatureStatus.SIGNED for each in listed)
    assert (column.totals.signed, column.totals.never) == (3, 2)


def test_an_open_signature_counts_before_one_that_was_withdrawn(session):
    network, declaration = NetworkFactory(), DeclarationFactory()
    again, withdrew = member(network, "Again"), member(network, "Withdrew")
    state(declaration, again, SignatureStatus.SIGNED)
    for each in (again, again, withdrew):
        state(declaration, each, SignatureStatus.WITHDRAWN)
    found = gather(Question(network.id))
    assert states(found) == {
        "Again": [SignatureStatus.SIGNED],
        "Withdrew": [SignatureStatus.WITHDRAWN],
    }
    assert found.columns[0].totals.signed == 1
    assert found.columns[0].totals.others == {SignatureStatus.WITHDRAWN: 1}


def test_we_ourselves_stand_first_and_are_no_member_of_the_totals(session):
    network, declaration = NetworkFactory(), DeclarationFactory()
    member(network, "Ateliers")
    state(declaration, member(network, "Maison commune", is_us=True))
    found = gather(Question(network.id))
    assert [each.title for each in found.rows] == ["Maison commune", "Ateliers"]
    assert (found.members, found.columns[0].totals.signed) == (1, 0)
    assert found.columns[0].totals.never == 1


# Who is a member, and of what


def test_members_are_those_of_today_organisations_networks_and_people_alike(session):
    network, inside = NetworkFactory(name="Forum"), NetworkFactory(name="Inside")
    gone = member(network, "In the trash")
    sits(OrganisationFactory(name="Left"), network, "2010", "2020")
    sits(OrganisationFactory(name="To come"), network, "2030")
    sits(inside, network)
    sits(PersonFactory(name="Somebody"), network, "2020")
    gone.deleted_at = gone.created_at
    twice = sits(member(network, "Twice"), network, kind="observer")
    found = gather(Question(network.id))
    assert [each.title for each in found.rows] == ["Inside", "Somebody", "Twice"]
    assert found.members == 3
    assert [each.id for each in found.rows].count(twice.id) == 1


def test_networks_with_members_are_offered_ours_first(session):
    empty, alone = NetworkFactory(name="Empty"), NetworkFactory(name="We alone")
    away, ours = NetworkFactory(name="Away"), NetworkFactory(name="Ours")
    us = OrganisationFactory(name="Maison commune", is_us=True)
    for network in (alone, ours):
        sits(us, network)
    for network in (away, ours):
        member(network, f"Member of {network.name}")
    found = gather(Question())
    assert [(each.title, each.members) for each in found.networks] == [("Ours", 1), ("Away", 1)]
    assert found.network.id == ours.id
    assert gather(Question(empty.id)).network.id == empty.id


def test_without_networks_or_declarations_there_is_nothing_to_count(session):
    found = gather(Question())
    assert (found.network, found.columns, found.rows, found.members) == (None, [], [], 0)
    network = NetworkFactory()
    member(network, "Refuge")
    assert [each.states for each in gather(Question()).rows] == [{}]


# Which declarations


def test_the_last_declarations_are_shown_the_newest_first(session):
    for day in ("2019-05", "2024", "2026-01-02", "2021-06-30", "2024-03"):
        dated(day, day)
    assert titles(gather(Question(last=3))) == ["2026-01-02", "2024-03", "2024"]
    assert len(gather(Question(last=12)).columns) == 5


def test_without_a_date_what_is_open_comes_first_and_what_is_not_comes_last(session):
    dated("Idea", created_at=now() - timedelta(days=1))
    dated("Old", "1999")
    dated("Open now", stage=Stage.OPEN)
    dated("Open and dated", "2020", stage=Stage.OPEN)
    dated("Draft", stage=Stage.DRAFTING)
    found = titles(gather(Question()))
    assert found == ["Open now", "Open and dated", "Old", "Draft", "Idea"]
    assert titles(gather(Question(last=3))) == found[:3]


# Narrowed


def test_the_rows_are_narrowed_to_members_never_asked_and_the_totals_stay(session):
    network, one, other = NetworkFactory(), dated("One", "2026"), dated("Other", "2025")
    asked = member(network, "Asked")
    member(network, "Never asked")
    member(network, "Maison commune", is_us=True)
    state(one, asked, SignatureStatus.INVITED)
    found = gather(Question(network.id, never=one.id))
    assert [each.title for each in found.rows] == ["Maison commune", "Never asked"]
    assert (found.count, found.members) == (1, 2)
    assert found.columns[0].totals.silent == 1
    assert gather(Question(network.id, never=other.id)).count == 2


def test_a_declaration_that_is_not_shown_narrows_nothing(session):
    network, old = NetworkFactory(), dated("Old", "1999")
    dated("New", "2026")
    member(network, "Refuge")
    found = gather(Question(network.id, last=1, never=old.id))
    assert found.never is None
    assert found.count == 1
    assert found.unknown == [("never", old.id)]


@pytest.mark.parametrize("value", ["0", "13", "99", "-1", "x", "6.5", "٣", "9" * 400])
def test_a_number_of_declarations_that_cannot_be_is_ignored(value):
    asked = read([("last", value), ("network", ""), ("page", "x")])
    assert asked.last == 6
    assert asked.ignored == (("last", value),)


def test_a_second_value_is_ignored_and_said_so():
    asked = read([("network", "1"), ("network", "2"), ("never", "x")])
    assert (asked.network, asked.never) == (1, None)
    assert asked.ignored == (("network", "2"), ("never", "x"))


# Who sees what


def test_what_is_confidential_is_absent_from_rows_columns_and_totals(session, acting):
    network, quiet = NetworkFactory(name="Forum"), NetworkFactory(name="Quiet network")
    declaration, secret = dated("Known", "2026"), dated("Secret", "2026-06")
    hidden, kept = member(network, "Hidden"), member(network, "Kept")
    member(quiet, "Only there")
    for each in (hidden, kept):
        state(declaration, each)
        state(secret, each)
    for each in (quiet, secret, hidden):
        hide(each, Visibility.MANAGERS)
    acting(Reading(1, ROLES["viewer"]))
    found = gather(Question())
    assert [each.title for each in found.networks] == ["Forum"]
    assert found.networks[0].members == 1
    assert states(found) == {"Kept": [SignatureStatus.SIGNED]}
    assert titles(found) == ["Known"]
    assert (found.members, found.columns[0].totals.signed) == (1, 1)
    assert gather(Question(quiet.id)).unknown == [("network", quiet.id)]
    assert gather(Question(network.id, never=secret.id)).never is None
    acting(Reading(2, ROLES["manager"]))
    seen = gather(Question(network.id))
    assert (titles(seen), seen.members) == (["Secret", "Known"], 2)
    assert len(seen.networks) == 2


def test_a_signature_by_a_hidden_person_is_none_here_as_on_the_page_of_the_declaration(
    session, acting
):
    network, declaration = NetworkFactory(), DeclarationFactory()
    signer = PersonFactory(name="Hidden person", visibility=Visibility.MANAGERS)
    state(declaration, member(network, "Refuge"), signed_by_id=signer.id)
    acting(Reading(1, ROLES["viewer"]))
    (column,) = gather(Question(network.id)).columns
    assert column.totals.signed == len(column.declaration.signatures) == 0
    assert column.totals.never == 1


class Reading:
    """Somebody who reads, as the fixture asks for them."""

    def __init__(self, user_id, permissions):
        self.id, self.permissions = user_id, permissions


# How many statements


def test_the_number_of_statements_does_not_grow_with_members_or_declarations(
    session, count_statements
):
    network = NetworkFactory()

    def fill(members, declarations):
        made = [DeclarationFactory(stage=Stage.OPEN) for _ in range(declarations)]
        for _ in range(members):
            signatory = sits(OrganisationFactory(), network)
            for declaration in made:
                state(declaration, signatory)

    def ask(page):
        session.flush()
        session.expunge_all()
        set_principal(session, Principal(1, ROLES["viewer"]))
        count_statements.clear()
        found = gather(Question(network.id, last=12), page=page)
        counted = found.members, len(found.columns), len(count_statements)
        set_principal(session, SYSTEM)
        return counted

    fill(1, 1)
    assert ask(1)[:2] == (1, 1)
    few = ask(1)[2]
    fill(60, 5)
    NetworkFactory()
    assert ask(1) == (61, 6, few)
    assert ask(2)[2] == few
    assert ask(None)[2] <= few
    assert few <= 7
    assert db.session.scalar(sa.select(sa.func.count()).select_from(sa.table("signatures"))) == 301
