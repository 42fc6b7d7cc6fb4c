"""Reviewing a partner: what is decided, kept, put off, taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.commitments.models import Commitment, Debtor
from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.records.models import Change
from crm.reviews.models import Decision, Review
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.reviews import ReviewFactory
from tests.reviews.world import days_ago, partner, year_with

DATA = {"decision": "keep", "reason": "They answer, and on time", "tier": "a", "step": "close"}


def next_year():
    return PartialDate.of(today()).in_months(12)


@pytest.fixture
def manager(browser):
    return browser.sign_in("manager")


@pytest.fixture
def refuge(session):
    return partner(name="Refuge")


def begin(browser, organisation, follow=False, **data):
    """Send the form as the page offers it, with these answers."""
    page = browser.get("reviews.begin", organisation=organisation.id)
    return send(browser, page, follow=follow, **data)


def send(browser, page, follow=False, **data):
    [form] = page.select("//form[contains(@class, 'review-form')]")
    offered = {
        each.get("name"): each.get("value") or ""
        for each in form.xpath(".//input[not(@type='radio')]")
    }
    offered |= {
        each.get("name"): (each.xpath("string(option[@selected]/@value)"))
        for each in form.xpath(".//select")
    }
    return browser.post(form.get("action"), {**offered, **data}, follow=follow)


def stored(organisation):
    return db.session.get(Organisation, organisation.id)


def only_review(session):
    return session.scalars(select(Review)).one()


def test_closing_keeps_decision_reason_marks_and_sets_the_partner(manager, session, refuge):
    marks = {"rating_100001": "4", "rating_100003": "2"}
    answer = begin(manager, refuge, **{**DATA, **marks, "tier": "b"})
    assert answer.status == 302
    review = only_review(session)
    assert (review.decision, review.closed_on) == (Decision.KEEP, today())
    assert review.reason == "They answer, and on time"
    assert review.closed_by_id == manager.user.id
    assert [each["score"] for each in review.ratings] == [4, None, 2, None, None]
    assert review.ratings[0]["fr"] == "Réciprocité"
    assert review.draft == {}
    partner_now = stored(refuge)
    assert partner_now.tier is Tier.B
    assert partner_now.next_review == review.next_review == next_year()
    assert partner_now.partnership_status is PartnershipStatus.ACTIVE


def test_the_next_date_is_proposed_by_the_rhythm_of_the_tier(manager, refuge):
    page = manager.get("reviews.begin", organisation=refuge.id)
    [field] = page.select("//input[@name='next_review']")
    day = next_year().first_day
    assert field.get("value") == f"{day:%d/%m/%Y}"


@pytest.mark.parametrize(
    ("decision", "status"),
    [("pause", PartnershipStatus.SUSPENDED), ("end", PartnershipStatus.ENDED)],
)
def test_a_decision_says_how_the_partnership_stands(manager, refuge, decision, status):
    begin(manager, refuge, **{**DATA, "decision": decision})
    assert stored(refuge).partnership_status is status


def test_a_status_that_was_chosen_counts_more_than_the_decision(manager, refuge):
    begin(manager, refuge, **{**DATA, "decision": "pause", "partnership_status": "dormant"})
    assert stored(refuge).partnership_status is PartnershipStatus.DORMANT


def test_a_partnership_that_ended_is_not_reviewed_again(manager, refuge):
    begin(manager, refuge, **{**DATA, "decision": "end"})
    assert stored(refuge).next_review is None
    assert "Everything is up to date" in manager.get("reviews.index").text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"decision": ""}, "decision", "Choose what you decide"),
        ({"reason": " "}, "reason", "Say why, in a sentence"),
        ({"next_review": ""}, "next_review", "Enter when to look at it again"),
        ({"next_review": "2020"}, "next_review", "The next review must be after today"),
    ],
)
def test_what_a_decision_needs_is_asked_for(manager, session, refuge, changed, field, sentence):
    page = begin(manager, refuge, **{**DATA, **changed})
    assert page.error_at(field) == sentence
    assert sentence in page.errors()
    assert session.scalars(select(Review)).all() == []
    assert stored(refuge).next_review == days_ago(10)


@pytest.mark.parametrize("value", ["6", "0", "x", "9" * 40])
def test_a_mark_is_from_one_to_five(manager, session, refuge, value):
    begin(manager, refuge, **{**DATA, "rating_100001": value})
    assert all(each.closed_on is None for each in session.scalars(select(Review)))


def test_a_very_long_reason_is_kept_whole(manager, session, refuge):
    begin(manager, refuge, **{**DATA, "reason": "é" * 100_000})
    assert len(only_review(session).reason) == 100_000


def test_saving_goes_on_to_the_next_partner_and_at_last_to_the_queue(manager, session, refuge):
    other = partner(name="Second", next_review=days_ago(5))
    answer = begin(manager, refuge, **DATA)
    assert f"organisation={other.id}" in answer.location
    answer = begin(manager, other, **DATA)
    assert answer.location.startswith("/reviews/?closed=")
    page = manager.get(answer.location)
    assert "Everything is up to date" in page.text
    assert "Reviewed: Second" in page.text


def test_the_filters_are_kept_from_partner_to_partner(manager, refuge):
    refuge.owner_id = manager.user.id
    partner(name="Somebody else’s")
    page = manager.get("reviews.begin", organisation=refuge.id, owner="me")
    answer = send(manager, page, **DATA)
    assert answer.location.startswith("/reviews/?owner=me")


def test_the_same_form_sent_twice_closes_one_review(manager, session, refuge):
    page = manager.get("reviews.begin", organisation=refuge.id)
    send(manager, page, **DATA)
    answer = send(manager, page, **DATA)
    assert answer.status == 302
    assert only_review(session).decision is Decision.KEEP


def test_what_was_entered_can_be_kept_and_finished_later(manager, session, refuge):
    page = begin(
        manager,
        refuge,
        follow=True,
        **{**DATA, "step": "keep", "reason": "Half a thought", "rating_100002": "3"},
    )
    assert "Kept. The review is still open" in page.text
    assert page.select("//textarea[@name='reason']")[0].text.strip() == "Half a thought"
    assert page.select("//select[@name='rating_100002']/option[@selected]")[0].get("value") == "3"
    review = only_review(session)
    assert (review.is_open, review.decision) == (True, None)
    assert stored(refuge).next_review == days_ago(10), "nothing is decided yet"
    assert f"Begun by {manager.user.name}" in manager.get("reviews.index").text
    send(manager, page, **DATA)
    assert only_review(session).decision is Decision.KEEP


def test_walking_on_keeps_what_was_typed_and_makes_nothing_of_nothing(manager, session, refuge):
    other = partner(name="Second", next_review=days_ago(5))
    answer = begin(manager, refuge, step="next")
    assert f"organisation={other.id}" in answer.location
    assert session.scalars(select(Review)).all() == []
    begin(manager, refuge, step="next", reason="Not to be lost")
    assert only_review(session).draft["reason"] == "Not to be lost"
    answer = begin(manager, other, step="previous")
    assert f"organisation={refuge.id}" in answer.location


def test_a_review_is_put_off_by_three_months_and_its_draft_kept(manager, session, refuge):
    begin(manager, refuge, **{**DATA, "step": "postpone"})
    later = PartialDate.of(today()).in_months(3)
    assert stored(refuge).next_review == later
    review = only_review(session)
    assert (review.is_open, review.postponed_until) == (True, later.first_day)
    assert review.draft["reason"] == DATA["reason"]
    assert "Everything is up to date" in manager.get("reviews.index").text, "dormant, but put off"


def test_putting_off_never_brings_a_review_forward(manager, session):
    silent = partner(name="Silent", next_review=days_ago(-300))
    begin(manager, silent, step="postpone")
    assert stored(silent).next_review == days_ago(-300)
    assert only_review(session).postponed_until == PartialDate.of(today()).in_months(3).first_day


def test_closing_can_be_taken_back_at_once(manager, session, refuge):
    answer = begin(manager, refuge, **{**DATA, "decision": "pause", "tier": "c"})
    review_id = only_review(session).id
    assert stored(refuge).partnership_status is PartnershipStatus.SUSPENDED
    undo = f"/reviews/{review_id}/reopen"
    assert manager.get(answer.location).select(f"//form[@action='{undo}']")
    page = manager.post(undo)
    assert "The review is open again" in page.text
    partner_now = stored(refuge)
    assert partner_now.partnership_status is PartnershipStatus.ACTIVE
    assert (partner_now.tier, partner_now.next_review) == (Tier.A, days_ago(10))
    review = only_review(session)
    assert (review.is_open, review.evidence, review.reason) == (True, {}, None)
    assert review.draft["reason"] == DATA["reason"]
    reasons = {each.reason for each in session.scalars(select(Change)) if each.reason}
    assert reasons == {"Partnership review", "Review opened again"}


def test_what_somebody_changed_since_is_not_taken_back(manager, session, refuge):
    begin(manager, refuge, **{**DATA, "tier": "c"})
    review_id = only_review(session).id
    stored(refuge).tier = Tier.B
    session.commit()
    manager.post("reviews.reopen", review_id=review_id)
    assert stored(refuge).tier is Tier.B
    assert stored(refuge).next_review == days_ago(10)


def test_the_day_after_a_closed_review_stays_closed(manager, session, refuge):
    review = ReviewFactory(organisation_id=refuge.id, closed_on=today() - timedelta(days=1))
    assert manager.post("reviews.reopen", review_id=review.id).status == 403
    page = manager.get("reviews.show", review_id=review.id)
    assert "Undo closing" not in page.text
    assert "Write a correction" in page.text


def test_a_correction_is_a_review_of_its_own_that_takes_the_place_of_the_first(
    manager, session, refuge
):
    first = ReviewFactory(organisation_id=refuge.id, closed_on=today() - timedelta(days=300))
    wrong = ReviewFactory(
        organisation_id=refuge.id,
        closed_on=today() - timedelta(days=2),
        reason="A slip",
        previous_id=first.id,
    )
    page = manager.get("reviews.begin", organisation=refuge.id, corrects=wrong.id)
    assert page.select("//textarea[@name='reason']")[0].text.strip() == "A slip"
    send(manager, page, **{**DATA, "decision": "watch"})
    right = session.scalars(select(Review).where(Review.replaces_id == wrong.id)).one()
    assert right.previous_id == first.id
    page = manager.get("reviews.show", review_id=wrong.id)
    assert "This review was corrected since" in page.text
    assert "Write a correction" not in page.text
    panel = manager.get("organisations.detail", place=f"{refuge.id}-refuge").section("reviews")
    assert panel.count("Keep as it is") == 1
    assert "Watch" in panel


def test_two_who_review_one_partner_see_each_other(manager, session, refuge):
    mine = manager.get("reviews.begin", organisation=refuge.id)
    other = UserFactory(name="Paul Other")
    ReviewFactory(organisation_id=refuge.id, closed_by_id=other.id, decision=Decision.WATCH)
    page = send(manager, mine, **DATA)
    [said] = page.errors()
    assert "Paul Other closed a review of this partner meanwhile: “Watch”" in said
    assert page.select("//textarea[@name='reason']")[0].text.strip() == DATA["reason"]
    send(manager, page, **DATA)
    assert len(session.scalars(select(Review)).all()) == 2


def test_a_change_of_the_partner_meanwhile_is_laid_open(manager, session, refuge):
    mine = manager.get("reviews.begin", organisation=refuge.id)
    stored(refuge).tier = Tier.C
    session.commit()
    page = send(manager, mine, **{**DATA, "tier": "b"})
    assert page.status == 409
    assert DATA["reason"] in page.html
    assert session.scalars(select(Review)).all() == []


def test_what_was_agreed_is_noted_from_the_review_and_stands_with_the_partner(
    manager, session, refuge
):
    answer = begin(manager, refuge, **{**DATA, "step": "agree"})
    review = only_review(session)
    assert answer.location == f"/reviews/{review.id}/commitments/new"
    owed = {"debtor": "them", "name": "Send their figures", "due": "5/2027"}
    page = manager.post(answer.location, owed)
    assert "Send their figures" in page.section("agreed")
    noted = session.scalars(select(Commitment)).one()
    assert (noted.organisation_id, noted.debtor) == (refuge.id, Debtor.THEM)
    send(manager, page, **DATA)
    noted = session.scalars(select(Commitment)).one()
    noted.name = "Something else"
    session.commit()
    page = manager.get("reviews.show", review_id=review.id)
    assert "Send their figures" in page.section("agreed")
    session.delete(session.scalars(select(Commitment)).one())
    session.commit()
    assert manager.get("reviews.show", review_id=review.id).status == 200


def test_each_number_opens_as_many_lines_as_it_says(manager, session):
    year = year_with()
    page = manager.get("reviews.begin", organisation=year.partner.id)
    for finding in page.select("//details[contains(@class, 'finding')]"):
        number = int(finding.xpath("string(summary/strong)"))
        assert len(finding.xpath(".//tbody/tr")) == number, finding.get("id")
    assert "Call in autumn" in page.section("contacts")


def test_the_review_before_stands_beside_with_its_numbers(manager, session, refuge):
    before = {"contacts": {"total": 17, "rows": [], "counts": {}}}
    evidence = {"after": "2024-01-01", "until": "2025-01-01", "findings": before}
    ReviewFactory(
        organisation_id=refuge.id,
        closed_on=today() - timedelta(days=350),
        reason="They were busy",
        evidence=evidence,
    )
    page = manager.get("reviews.begin", organisation=refuge.id)
    assert "They were busy" in page.section("previous")
    assert "before: 17" in page.section("contacts")


def test_owners_review_their_partner_and_colleagues_read_the_decision_alone(browser, session):
    contributor = browser.sign_in("contributor")
    refuge = partner(name="Refuge", owner_id=contributor.user.id)
    begin(contributor, refuge, **{**DATA, "rating_100001": "2"})
    review_id = only_review(session).id
    page = contributor.get("reviews.show", review_id=review_id)
    assert DATA["reason"] in page.text
    assert "Reciprocity" in page.section("ratings")
    other = browser.sign_in("viewer")
    page = other.get("reviews.show", review_id=review_id)
    assert "Keep as it is" in page.text
    assert DATA["reason"] not in page.html
    assert "Reciprocity" not in page.html
    for address in ("history", ""):
        place = f"/organisations/{refuge.id}-refuge/{address}".rstrip("/")
        assert DATA["reason"] not in other.get(place).html


def test_drafts_are_for_those_who_may_write_them(browser, session):
    manager = browser.sign_in("manager")
    refuge = partner(name="Refuge")
    begin(manager, refuge, **{**DATA, "step": "keep"})
    page = browser.sign_in("contributor").get("reviews.show", review_id=only_review(session).id)
    assert "This review is not closed yet" in page.text
    assert DATA["reason"] not in page.html
    assert page.select("//textarea") == []


def test_a_partner_is_reviewed_where_it_may_be_seen_and_nowhere_else(browser, session):
    missing = browser.sign_in("manager").get("reviews.begin", organisation=123_456)
    assert missing.status == 404
    us = OrganisationFactory(is_us=True)
    for address in (
        "/reviews/999999",
        "/reviews/new",
        "/reviews/new?organisation=x",
        f"/reviews/new?organisation={us.id}",
    ):
        assert browser.get(address).status == 404


def test_an_organisation_that_is_no_partner_can_be_reviewed_when_asked_for(manager, session):
    other = OrganisationFactory(name="Not yet")
    answer = begin(manager, other, **{**DATA, "partnership_status": "developing"})
    assert answer.status == 302
    assert stored(other).partnership_status is PartnershipStatus.DEVELOPING


def test_a_correction_kept_for_later_stays_one(manager, session, refuge):
    first = ReviewFactory(organisation_id=refuge.id, closed_on=today() - timedelta(days=2))
    page = manager.get("reviews.begin", organisation=refuge.id, corrects=first.id)
    send(manager, page, **{**DATA, "decision": "watch", "step": "keep"})
    begun = session.scalars(select(Review).where(Review.closed_on.is_(None))).one()
    send(manager, manager.get("reviews.show", review_id=begun.id), step="close")
    session.expire_all()
    assert session.get(Review, begun.id).replaces_id == first.id
