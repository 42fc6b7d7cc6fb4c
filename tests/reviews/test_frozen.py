"""A closed review stays as it is, whatever happens to the data it rests on."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from crm.accounts.models import Role
from crm.commitments.models import Commitment, CommitmentState
from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import NotAllowed
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM, Principal, acting_as, set_principal
from crm.declarations.models import Declaration, Signature, SignatureStatus
from crm.interactions.models import Interaction
from crm.meetings.models import Attendance, Meeting
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.people.models import Person
from crm.permissions import ROLES
from crm.projects.models import Project
from crm.records.models import Record, Visibility
from crm.records.services import trash
from crm.reviews import report, services
from crm.reviews.evidence import gather
from crm.reviews.models import Decision, Review, ReviewCriterion
from crm.reviews.services import Basis, Entered
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.people import PositionFactory
from tests.reviews.world import days_ago, hide_beside, partner, year_with


def close(organisation_id, **values):
    """Close a review of a partner as a manager does."""
    evidence = gather(organisation_id, today())
    organisation = db.session.get(Organisation, organisation_id)
    entered = Entered(
        decision=Decision.KEEP,
        reason="It works",
        tier=organisation.tier,
        next_review=PartialDate.of(today()).in_months(12),
        ratings={100_001: 4},
    )
    basis = Basis(version=organisation.version, previous_id=None, evidence=evidence, **values)
    return services.close(organisation, None, entered, basis)


@pytest.fixture
def closed(session, browser):
    """Return the ids of a closed review and of what it rests on, and a manager who reads it."""
    manager = browser.sign_in("manager")
    year = year_with(owner_id=manager.user.id)
    ids = {key: getattr(row, "id", None) for key, row in year.made.items()}
    partner_id, us_id = year.partner.id, year.us.id
    hidden = hide_beside(year)
    session.flush()
    review = close(partner_id)
    session.commit()
    return {"review": review.id, "partner": partner_id, "us": us_id, "hidden": hidden, **ids}


def shown(browser, closed):
    """Return the whole review as the page shows it, markup and all."""
    page = browser.get("reviews.show", review_id=closed["review"])
    assert page.status == 200
    [article] = page.select("//article[@id='review']")
    heading = page.title
    return heading + re.sub(r"\s+", " ", html.tostring(article, encoding="unicode"))


def add_more(session, closed):
    refuge = session.get(Organisation, closed["partner"])
    exchange_with(refuge, subject="Too late", happened=days_ago(1))
    exchange_with(session.get(Person, closed["person"]), happened=days_ago(2))
    PositionFactory(organisation_id=refuge.id, until=days_ago(3))
    session.add(Commitment(organisation_id=refuge.id, name="Owed since", due=days_ago(4)))


def change_everything(session, closed):
    session.get(Organisation, closed["partner"]).name = "Refuge under another name"
    partner_now = session.get(Organisation, closed["partner"])
    partner_now.tier, partner_now.partnership_status = Tier.C, PartnershipStatus.DORMANT
    partner_now.next_review = PartialDate(2031)
    session.get(Interaction, closed["call"]).subject = "Another subject"
    session.get(Interaction, closed["call"]).happened = days_ago(100)
    session.get(Meeting, closed["meeting"]).is_cancelled = True
    session.get(Declaration, closed["declaration"]).name = "Another name"
    session.get(Project, closed["project"]).ends = PartialDate(2001)
    session.get(Person, closed["person"]).name = "Ada Otherwise"
    owed = session.get(Commitment, closed["owed"])
    owed.state, owed.name = CommitmentState.KEPT, "Something else"
    for signature in session.scalars(select(Signature)):
        signature.status = SignatureStatus.DECLINED
    for criterion in session.scalars(select(ReviewCriterion)):
        criterion.label_en = criterion.label_fr = "Renamed"
    session.get(Organisation, closed["us"]).is_us = False


def delete_everything(session, closed):
    for attendance in session.scalars(select(Attendance)):
        session.delete(attendance)
    for signature in session.scalars(select(Signature)):
        session.delete(signature)
    session.delete(session.get(Commitment, closed["owed"]))
    for key in ("call", "meeting", "declaration", "project", "person", "network"):
        trash(session.get(Record, closed[key]))


def unhide(session, closed):
    for record in session.scalars(select(Record)):
        record.visibility = Visibility.TEAM


@pytest.mark.parametrize("happens", [add_more, change_everything, delete_everything, unhide])
def test_later_data_never_changes_a_closed_review(browser, session, closed, happens):
    before = shown(browser, closed)
    assert "Call in autumn" in before
    assert not [name for name in closed["hidden"] if name in before]
    happens(session, closed)
    session.commit()
    assert shown(browser, closed) == before


def test_a_later_review_of_the_partner_changes_nothing_of_the_one_before(browser, session, closed):
    before = shown(browser, closed)
    organisation = session.get(Organisation, closed["partner"])
    evidence = gather(organisation.id, today())
    entered = Entered(
        decision=Decision.END, reason="It is over", next_review=PartialDate(today().year + 1)
    )
    organisation = session.get(Organisation, closed["partner"])
    basis = Basis(version=organisation.version, previous_id=closed["review"], evidence=evidence)
    later = services.close(organisation, None, entered, basis)
    assert later.previous_id == closed["review"]
    session.commit()
    assert shown(browser, closed) == before


def test_what_is_hidden_afterwards_is_named_no_more_and_the_number_stays(browser, session, closed):
    session.get(Record, closed["call"]).visibility = Visibility.MANAGERS
    session.commit()
    viewer = browser.sign_in("viewer")
    page = viewer.get("reviews.show", review_id=closed["review"])
    section = page.section("contacts")
    assert section.startswith("2 Exchanges")
    assert "Call in autumn" not in page.html
    assert "Mail to Ada" in section
    assert "1 line names what fewer people may see since" in section


def test_a_closed_review_is_not_changed_by_anybody(session):
    refuge = partner()
    review = close(refuge.id)
    for key, value in {"reason": "Otherwise", "decision": Decision.END, "evidence": {}}.items():
        nested = session.begin_nested()
        setattr(review, key, value)
        with pytest.raises(NotAllowed):
            session.flush()
        nested.rollback()
        session.refresh(review)
    assert review.reason == "It works"


def test_nothing_is_kept_or_agreed_in_a_closed_review(session):
    refuge = partner()
    review = close(refuge.id)
    refuge = session.get(Organisation, refuge.id)
    with pytest.raises(NotAllowed):
        services.keep(refuge, review, Entered(reason="More"))
    with pytest.raises(NotAllowed):
        services.agree(refuge, review, name="More")


def test_a_partner_that_is_hidden_or_in_the_trash_takes_its_reviews_along(browser, session, closed):
    viewer = browser.sign_in("viewer")
    session.get(Record, closed["partner"]).visibility = Visibility.MANAGERS
    session.commit()
    assert viewer.get("reviews.show", review_id=closed["review"]).status == 404
    session.get(Record, closed["partner"]).deleted_at = now()
    session.commit()
    manager = browser.sign_in("manager")
    assert manager.get("reviews.show", review_id=closed["review"]).status == 404


def test_owner_rules_are_held_by_the_service(session, acting):
    refuge_id = partner().id
    evidence = gather(refuge_id, today())
    acting(UserFactory(role=Role("contributor")))
    refuge = db.session.get(Organisation, refuge_id)
    basis = Basis(version=refuge.version, previous_id=None, evidence=evidence)
    with pytest.raises(NotAllowed):
        services.close(refuge, None, Entered(decision=Decision.KEEP, reason="x"), basis)
    set_principal(session, SYSTEM)
    assert session.scalars(select(Review)).all() == []


def test_the_review_tells_of_the_day_it_was_closed(browser, session, closed):
    text = browser.get("reviews.show", review_id=closed["review"]).text
    assert "Kept as it was when the review was closed" in text
    review = session.get(Review, closed["review"])
    assert review.evidence["until"] == today().isoformat()
    assert review.closed_on == today()
    assert review.begun_at <= now() + timedelta(seconds=1)


def test_whoever_becomes_the_owner_later_reads_no_reasons(browser, session):
    manager = browser.sign_in("manager")
    refuge = partner(name="Refuge")
    with acting_as(session, Principal(manager.user.id, manager.user.permissions)):
        review_id = close(refuge.id).id
    session.commit()
    browser.sign_in("contributor")
    with acting_as(session, SYSTEM):
        session.get(Organisation, refuge.id).owner_id = browser.user.id
        session.commit()
    assert "It works" not in browser.get("reviews.show", review_id=review_id).text


def test_evidence_gathered_for_managers_stays_theirs_when_the_partner_is_opened(browser, session):
    manager = browser.sign_in("manager")
    refuge = partner(name="Refuge", visibility=Visibility.MANAGERS)
    exchange_with(refuge, happened=days_ago(20), visibility=Visibility.MANAGERS)
    with acting_as(session, Principal(manager.user.id, manager.user.permissions)):
        review_id = close(refuge.id).id
    session.commit()
    with acting_as(session, SYSTEM):
        session.get(Organisation, refuge.id).visibility = Visibility.TEAM
        session.commit()
    assert "1 Exchanges" in browser.get("reviews.show", review_id=review_id).text
    with acting_as(session, Principal(0, ROLES["viewer"])):
        round_ = report.gather(today() - timedelta(days=1), today())
    assert [(line.found, line.numbers) for line in round_.lines] == [("", {})]
    page = browser.sign_in("viewer").get("reviews.show", review_id=review_id)
    assert "Gathered while only managers saw this partner" in page.text
    assert not page.select("//*[contains(@class, 'finding-number')]")
