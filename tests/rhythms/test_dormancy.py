"""Which partners are going dormant, and who is in touch with whom."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.core.principal import TEAM, acting_as
from crm.interactions.queries import contacts_of, known_by, last_with
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.records.models import Visibility
from crm.rhythms.dormancy import dormant_on
from crm.rhythms.models import Rhythm
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

DAY = date(2026, 11, 26)


def ago(days):
    return PartialDate.of(DAY - timedelta(days=days))


def partner(**values):
    return OrganisationFactory(
        **{"partnership_status": PartnershipStatus.ACTIVE, "tier": Tier.A, **values}
    )


def dormant(session):
    return set(session.scalars(select(Organisation).where(dormant_on(DAY))))


def works_at(organisation, **dates):
    person = PersonFactory()
    PositionFactory(person_id=person.id, organisation_id=organisation.id, **dates)
    return person


@pytest.mark.parametrize(
    ("tier", "days"), [(Tier.A, 90), (Tier.B, 180), (Tier.C, 365), (None, 365)]
)
def test_a_partner_is_dormant_when_the_last_exchange_is_older_than_its_tier_allows(
    session, tier, days
):
    in_touch, late = partner(tier=tier), partner(tier=tier)
    exchange_with(in_touch, happened=ago(days))
    exchange_with(late, happened=ago(days + 1))
    assert dormant(session) == {late}


def test_a_partner_nobody_ever_spoke_to_is_dormant(session):
    silent = partner()
    assert dormant(session) == {silent}


def test_an_exchange_with_anybody_there_wakes_the_partner(session):
    organisation = partner()
    exchange_with(works_at(organisation), happened=ago(3))
    assert dormant(session) == set()


def test_an_exchange_counts_for_where_somebody_worked_that_day(session):
    before, now = partner(name="Before"), partner(name="Now")
    person = works_at(before, until=ago(60))
    PositionFactory(person_id=person.id, organisation_id=now.id, since=ago(59))
    exchange_with(person, happened=ago(10))
    assert dormant(session) == {before}


def test_a_date_known_by_its_year_counts_for_all_who_worked_there_that_year(session):
    organisation = partner()
    exchange_with(
        works_at(organisation, since=PartialDate(2026, 11, 25)), happened=PartialDate(2026)
    )
    found = session.execute(contacts_of([organisation.id])).all()
    assert len(found) == 1


@pytest.mark.parametrize("status", [None, *PartnershipStatus])
def test_only_partners_we_want_to_be_in_touch_with_go_dormant(session, status):
    organisation = partner(partnership_status=status)
    is_living = status in (PartnershipStatus.ACTIVE, PartnershipStatus.DEVELOPING)
    assert dormant(session) == ({organisation} if is_living else set())


def test_we_ourselves_never_go_dormant(session):
    partner(is_us=True)
    assert dormant(session) == set()


def test_a_partner_at_rest_is_left_alone_until_that_day(session):
    partner(rest_until=DAY + timedelta(days=1))
    woken = partner(rest_until=DAY)
    assert dormant(session) == {woken}


def test_the_team_decides_after_how_long(session):
    rhythm = session.scalars(select(Rhythm).filter_by(tier=Tier.A)).one()
    organisation = partner()
    exchange_with(organisation, happened=ago(100))
    rhythm.dormant_after_days = 100
    session.flush()
    assert dormant(session) == set()
    rhythm.dormant_after_days = 99
    session.flush()
    assert dormant(session) == {organisation}


def test_where_one_rhythm_alone_is_in_use_it_is_that_of_every_partner(session):
    for rhythm in session.scalars(select(Rhythm).where(Rhythm.tier != Tier.B)):
        rhythm.is_active = False
    session.flush()
    near, far = partner(tier=Tier.A), partner(tier=None)
    exchange_with(near, happened=ago(180))
    exchange_with(far, happened=ago(181))
    assert dormant(session) == {far}


def test_an_exchange_others_may_not_see_wakes_nobody_for_them(session):
    organisation = partner()
    exchange_with(organisation, happened=ago(1), visibility=Visibility.MANAGERS)
    with acting_as(session, TEAM):
        assert dormant(session) == {organisation}
        assert session.execute(last_with([organisation.id])).all() == []
    assert dormant(session) == set()


def test_colleagues_are_counted_with_whom_they_spoke_at_a_partner(browser, session):
    user = browser.sign_in("contributor").user
    organisation = partner()
    person = works_at(organisation)
    for records, days in (((organisation, person), 5), ((person,), 2), ((person,), 900)):
        exchange_with(*records, happened=ago(days)).created_by_id = user.id
    session.flush()
    found = session.execute(known_by([organisation.id], DAY - timedelta(days=730))).all()
    assert found == [(organisation.id, user.id, user.name, 2, ago(2))]


def test_the_list_of_organisations_can_be_asked_for_those_gone_dormant(browser):
    silent, lively = partner(name="Silent"), partner(name="Lively")
    exchange_with(lively, happened=PartialDate.of(today()))
    page = browser.sign_in("viewer").get("organisations.index", dormant="yes")
    assert silent.name in page.text
    assert lively.name not in page.text
    page = browser.get("organisations.index", dormant="no")
    assert lively.name in page.text
    assert silent.name not in page.text
