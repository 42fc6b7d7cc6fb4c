"""Commitments: what is noted of one, and what becomes of it."""

from datetime import timedelta

import pytest

from crm.commitments import services
from crm.commitments.models import CommitmentState
from crm.core.clock import today
from crm.core.errors import Conflict, InvalidValue
from crm.core.principal import Principal, acting_as
from crm.permissions import ROLES
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.organisations import OrganisationFactory


@pytest.fixture
def partner(session):
    return OrganisationFactory(name="Refuge")


@pytest.mark.parametrize("state", list(CommitmentState))
def test_what_is_open_has_no_day_of_settling_and_all_else_has(session, partner, state):
    owed = services.add_commitment(organisation_id=partner.id, name="Report", state=state)
    assert (owed.settled_on is None) == (state is CommitmentState.OPEN)
    services.change_commitment(owed, owed.version, state=CommitmentState.DROPPED)
    assert owed.settled_on == today()
    services.change_commitment(owed, owed.version, state=CommitmentState.OPEN)
    assert owed.settled_on is None


def test_who_notes_it_follows_it_unless_somebody_is_named(session, partner):
    user, other = UserFactory(), UserFactory()
    with acting_as(session, Principal(user.id, ROLES["contributor"])):
        mine = services.add_commitment(organisation_id=partner.id, name="Report")
        theirs = services.add_commitment(organisation_id=partner.id, name="Room", owner_id=other.id)
    assert (mine.owner_id, theirs.owner_id) == (user.id, other.id)


def test_a_change_of_words_leaves_the_day_of_settling_alone(session, partner):
    owed = CommitmentFactory(organisation_id=partner.id)
    services.settle(owed, state=CommitmentState.KEPT)
    owed.settled_on = today() - timedelta(days=9)
    session.flush()
    services.change_commitment(owed, owed.version, name="Full report", state=CommitmentState.KEPT)
    assert owed.settled_on == today() - timedelta(days=9)


def test_settling_twice_changes_nothing(session, partner):
    owed = CommitmentFactory(organisation_id=partner.id)
    services.settle(owed, state=CommitmentState.KEPT)
    version = owed.version
    services.settle(owed, state=CommitmentState.KEPT)
    assert owed.version == version


@pytest.mark.parametrize(
    ("state", "days", "field"),
    [
        (CommitmentState.OPEN, 0, "state"),
        (CommitmentState.KEPT, 1, "settled_on"),
    ],
)
def test_what_settles_nothing_or_lies_ahead_is_refused(session, partner, state, days, field):
    owed = CommitmentFactory(organisation_id=partner.id)
    with pytest.raises(InvalidValue) as refused:
        services.settle(owed, state=state, settled_on=today() + timedelta(days=days))
    assert refused.value.field == field
    assert owed.state is CommitmentState.OPEN


def test_what_two_people_change_at_once_is_laid_open(session, partner):
    owed = CommitmentFactory(organisation_id=partner.id, name="Report")
    version = owed.version
    services.change_commitment(owed, version, name="Long report")
    with pytest.raises(Conflict):
        services.change_commitment(owed, version, name="Short report")
