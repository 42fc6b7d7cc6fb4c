"""On what a review rests: each number is right, and says nothing of what is hidden."""

import pytest

from crm.accounts.models import Role
from crm.core.clock import today
from crm.core.db import db
from crm.organisations.models import Organisation
from crm.records.models import Visibility
from crm.reviews.evidence import MOST_ROWS, gather
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PositionFactory
from tests.reviews.world import days_ago, hide_beside, partner, year_with


@pytest.fixture
def year(session):
    return year_with()


def numbers(evidence):
    return {key: kept["total"] for key, kept in evidence["findings"].items()}


ONE_OF_EACH = {
    "contacts": 2,
    "meetings": 1,
    "holders": 0,
    "people_lost": 1,
    "signatures": 1,
    "our_signatures": 0,
    "declined": 0,
    "unanswered": 1,
    "projects": 1,
    "networks": 1,
    "late": 1,
}


def test_all_that_happened_in_twelve_months_is_counted_and_nothing_older(year):
    found = gather(year.partner.id, today())
    assert numbers(found) == ONE_OF_EACH
    assert found["title"] == "Refuge"
    rows = found["findings"]["contacts"]["rows"]
    assert [row["record"]["title"] for row in rows] == ["Call in autumn", "Mail to Ada"]


def test_the_quarters_add_up_to_the_number(year):
    contacts = gather(year.partner.id, today())["findings"]["contacts"]
    counted = [number for _first, _last, number in contacts["counts"]["quarters"]]
    assert len(counted) == 4
    assert sum(counted) == contacts["total"]
    assert counted[0] == 1, "the call of 20 days ago"


def test_signatures_tell_how_many_were_asked_for(year):
    signatures = gather(year.partner.id, today())["findings"]["signatures"]
    assert (signatures["total"], signatures["counts"]["asked"]) == (1, 2)


def test_what_is_late_tells_who_owes_it(year):
    late = gather(year.partner.id, today())["findings"]["late"]
    assert late["counts"] == {"ours": 0, "theirs": 1}


def test_a_meeting_counts_only_where_both_were(year, session):
    year.made["meeting"].is_cancelled = True
    session.flush()
    assert numbers(gather(year.partner.id, today()))["meetings"] == 0


def test_who_came_for_a_day_counts_where_they_worked_that_day(year):
    exchange_with(year.made["gone"].person, happened=days_ago(60))
    exchange_with(year.made["gone"].person, happened=days_ago(10))
    assert numbers(gather(year.partner.id, today()))["contacts"] == 3, "10 days ago they were gone"


def test_a_declaration_of_a_network_that_we_signed_is_one_of_theirs(year, session):
    declaration = year.made["declaration"]
    declaration.eligible_network_id = year.partner.id
    session.flush()
    found = gather(year.partner.id, today())["findings"]["our_signatures"]
    assert (found["total"], found["counts"]["asked"]) == (1, 1)


def test_colleagues_who_were_in_touch_hold_the_relationship(year, acting, session):
    claire = UserFactory(name="Claire Colleague")
    partner_id = year.partner.id
    acting(claire)
    there = db.session.get(Organisation, partner_id)
    exchange_with(there, happened=days_ago(500))
    found = gather(partner_id, today())["findings"]["holders"]
    assert [(row["who"], row["number"]) for row in found["rows"]] == [("Claire Colleague", 1)]


def test_what_is_hidden_from_the_team_leaves_no_trace_even_for_managers(year, acting):
    partner_id = year.partner.id
    before = gather(partner_id, today())
    names = hide_beside(year)
    acting(UserFactory(role=Role("manager")))
    found = gather(partner_id, today())
    assert found == before
    assert not [name for name in names if name in str(found)]


def test_of_a_partner_kept_to_managers_all_managers_read_the_same(year, session):
    partner_id = year.partner.id
    year.partner.visibility = Visibility.MANAGERS
    session.flush()
    assert numbers(gather(partner_id, today()))["contacts"] == 2


def test_of_a_partner_kept_to_named_people_nothing_is_gathered(year, session):
    partner_id = year.partner.id
    year.partner.visibility = Visibility.NAMED
    session.flush()
    assert gather(partner_id, today())["findings"] == {}


def test_without_our_own_organisation_what_is_shared_is_not_known(session):
    refuge = partner()
    found = gather(refuge.id, today())
    assert not found["knows_us"]
    assert numbers(found)["meetings"] == 0


def test_the_lines_are_bounded_and_the_number_is_not(session):
    refuge = OrganisationFactory()
    for number in range(MOST_ROWS + 3):
        exchange_with(refuge, subject=f"Call {number}", happened=days_ago(number % 300))
    contacts = gather(refuge.id, today())["findings"]["contacts"]
    assert contacts["total"] == MOST_ROWS + 3
    assert len(contacts["rows"]) == MOST_ROWS


def test_people_who_left_before_are_not_lost_again(session):
    refuge = partner()
    PositionFactory(organisation_id=refuge.id, until=days_ago(500))
    assert numbers(gather(refuge.id, today()))["people_lost"] == 0
