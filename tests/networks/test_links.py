"""Our links with networks: what follows what, statuses set by hand, fees, seats, sizes."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.duties.services import add_duty
from crm.networks import queries, services
from crm.networks.models import (
    DutyStation,
    Ending,
    MandateRole,
    Membership,
    MembershipStatus,
    Step,
    Term,
    shipped_kinds,
)
from crm.networks.status import status_on
from crm.organisations.models import Organisation, Relation, RelationKind
from crm.people.services import leave
from crm.records.models import Document, Name, NameKind, Visibility
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMeasureFactory,
    TermFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

KINDS = {values["code"]: values["id"] for values in shipped_kinds()}


def place(record):
    return f"{record.id}-{record.slug}"


def day(text):
    return PartialDate.parse_iso(text)


def our_link(kind="member", network=None, **period):
    us = OrganisationFactory(name="Our house", is_us=True)
    network = network or NetworkFactory(name="Refuge Europe")
    link = MembershipFactory(member_id=us.id, network_id=network.id, kind_id=KINDS[kind])
    TermFactory(membership=link, **period)
    return link


def network_of(session, link):
    return session.get(Organisation, link.network_id)


# What follows what


def test_a_link_changes_its_kind_with_dates_and_both_are_told_on_one_page(browser, session):
    link = our_link("participant", since=PartialDate(2008, 9))
    network = network_of(session, link)
    page = browser.sign_in("manager").post(
        "memberships.succeed",
        membership_id=link.id,
        data={"network_id": f"id:{network.id}", "kind_id": KINDS["registered"], "on": "2016"},
    )
    assert "follows the old one" in page.html
    story = page.section("ours")
    for words in ("Participation", "2008 – 2015", "Ended", "Registration", "since 2016", "follows"):
        assert words in story, words
    old, new = session.get(Membership, link.id), session.scalars(select(Membership)).all()[-1]
    following = next(each for each in session.scalars(select(Membership)) if each.predecessor_id)
    assert following.predecessor_id == old.id
    assert old.terms[0].ending is Ending.SUCCEEDED
    assert status_on(old, date(2016, 1, 1)) is MembershipStatus.ENDED
    assert status_on(following, date(2016, 1, 1)) is MembershipStatus.ACTIVE
    assert new is not None


def test_a_network_founded_anew_is_found_by_the_old_name_and_tells_the_whole_story(
    browser, session
):
    old = NetworkFactory(name="Forum of the Office", acronym="FOO")
    link = our_link("forum_seat", old, since=PartialDate(2011))
    new = NetworkFactory(name="Consultative Forum of the Agency")
    page = browser.sign_in("manager").post(
        "memberships.succeed",
        membership_id=link.id,
        data={"network_id": f"id:{new.id}", "kind_id": KINDS["forum_seat"], "on": "2022-09-15"},
    )
    assert page.title == "Consultative Forum of the Agency"
    story = page.section("ours")
    for words in ("Forum of the Office", "2011 – 14 September 2022", "since 15 September 2022"):
        assert words in story, words
    assert "Forum of the Office" in page.section("names")
    names = session.scalars(select(Name).where(Name.record_id == new.id)).all()
    assert {(name.text, name.kind, str(name.until)) for name in names} == {
        ("Forum of the Office", NameKind.FORMER, "2022-09-14"),
        ("FOO", NameKind.FORMER, "2022-09-14"),
    }
    relation = session.scalars(select(Relation)).one()
    assert (relation.organisation_id, relation.other_id) == (new.id, old.id)
    assert relation.kind is RelationKind.SUCCEEDS
    found = browser.get("/search?q=forum+of+the+office").links()
    assert "Consultative Forum of the Agency" in found
    back = browser.get("organisations.detail", place=place(old)).section("ours")
    assert "Consultative Forum of the Agency" in back


def test_a_link_cannot_follow_itself(session):
    link = our_link()
    with pytest.raises(InvalidValue) as refused:
        services.succeed(
            link, network_id=link.network_id, kind_id=link.kind_id, on=PartialDate(2026)
        )
    assert refused.value.field == "kind_id"


def test_the_story_leaves_out_a_network_that_is_hidden(browser, session):
    old = NetworkFactory(name="Secret forum", visibility=Visibility.MANAGERS)
    link = our_link("forum_seat", old, since=PartialDate(2011))
    new = NetworkFactory(name="Open forum")
    services.succeed(link, network_id=new.id, kind_id=link.kind_id, on=PartialDate(2022))
    for name in session.scalars(select(Name)):
        session.delete(name)
    session.flush()
    page = browser.sign_in().get("organisations.detail", place=place(new))
    assert "Secret forum" not in page.html
    assert "since 2022" in page.section("ours")


# Ends, statuses, steps


def test_a_manager_ends_a_link_and_says_why(browser, session):
    link = our_link(since=PartialDate(1981))
    page = browser.sign_in("manager").post(
        "memberships.end",
        membership_id=link.id,
        data={"on": "31/12/2025", "ending": "withdrawn", "detail": "The board decided so."},
    )
    for words in ("1981 – 31 December 2025", "Withdrawn"):
        assert words in page.section("ours"), words
    assert "The board decided so." in page.section("steps")


@pytest.mark.parametrize("typed", ["", "1980", "32/13/2020"])
def test_an_end_that_cannot_be_is_refused_and_what_was_typed_stays(browser, session, typed):
    link = our_link(since=PartialDate(1981))
    page = browser.sign_in("manager").post(
        "memberships.end",
        membership_id=link.id,
        data={"on": typed, "ending": "withdrawn", "detail": "Kept text"},
    )
    assert page.error_at("on")
    assert "Kept text" in page.html
    assert session.scalar(select(Term)).until is None


def test_a_status_set_by_hand_says_why_and_until_when(browser, session):
    link = our_link(since=PartialDate(1981))
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        page = browser.sign_in("manager").post(
            "memberships.status",
            membership_id=link.id,
            data={"status": "suspended", "reason": "No report sent", "until": "30/06/2027"},
        )
        assert "Suspended" in page.section("ours")
        assert "set by hand until 30 Jun 2027: No report sent" in page.section("ours")
    with time_machine.travel("2027-07-01T12:00:00+00:00", tick=False):
        page = browser.sign_in().get("organisations.detail", place=place(network_of(session, link)))
        assert "Active" in page.section("ours")
        assert "No report sent" not in page.section("ours")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"status": "suspended", "until": "2100"}, "reason"),
        ({"status": "suspended", "reason": "Why"}, "until"),
        ({"status": "suspended", "reason": "Why", "until": "2001"}, "until"),
        ({"status": "nonsense", "reason": "Why", "until": "2100"}, "status"),
    ],
)
def test_a_status_set_by_hand_needs_a_reason_and_an_end_to_come(browser, session, data, field):
    link = our_link(since=PartialDate(1981))
    page = browser.sign_in("manager").post("memberships.status", membership_id=link.id, data=data)
    assert page.error_at(field)
    assert session.scalar(select(Membership)).override is None


def test_without_a_status_the_rules_decide_again(session):
    link = our_link(since=PartialDate(1981))
    services.override_status(
        link, status=MembershipStatus.SUSPENDED, reason="Why", until=PartialDate(2100)
    )
    services.override_status(link, status=None, reason=None, until=None)
    assert status_on(link, date(2026, 1, 1)) is MembershipStatus.ACTIVE


def test_a_recommendation_and_a_decision_are_two_dates(browser, session):
    link = our_link("special_status", since=PartialDate(2012, 7))
    network = network_of(session, link)
    browser.sign_in("contributor")
    for step, dated, body in (
        ("recommended", "8/6/2012", "Committee on NGOs"),
        ("granted", "07/2012", "Council"),
    ):
        page = browser.post(
            "organisations.add_part",
            place=place(network),
            part_name="steps",
            data={
                "membership_id": str(link.id),
                "step": step,
                "dated": dated,
                "decided_by": body,
            },
        )
    story = page.section("steps")
    assert "8 Jun 2012 Recommended Committee on NGOs" in story
    assert "July 2012 Granted Council" in story
    steps = session.scalars(queries.steps_of(network)).all()
    assert [step.step for step in steps] == [Step.RECOMMENDED, Step.GRANTED]


@pytest.mark.parametrize("act", ["end", "succeed", "status"])
def test_only_managers_end_replace_or_suspend_a_link(browser, session, act):
    link = our_link(since=PartialDate(1981))
    for role, expected in (("viewer", 403), ("contributor", 403), ("manager", 200)):
        page = browser.sign_in(role).get(f"memberships.{act}", membership_id=link.id)
        assert page.status == expected, role
    page = browser.sign_in("contributor").get(
        "organisations.detail", place=place(network_of(session, link))
    )
    assert not [each for each in page.links().values() if each.startswith("/memberships/")]


def test_a_contributor_does_not_end_our_link_by_its_period(browser, session):
    link = our_link(since=PartialDate(1981))
    us = session.get(Organisation, link.member_id)
    term = link.terms[0]
    browser.sign_in("contributor")
    page = browser.post(
        "organisations.edit_part",
        place=place(us),
        part_name="periods",
        part_id=term.id,
        data={"membership_id": str(link.id), "since": "1981", "until": "2020", "version": "1"},
    )
    assert "Only managers" in " ".join(page.errors())
    for part, row in (("periods", term), ("memberships", link)):
        page = browser.post(
            "organisations.remove_part", place=place(us), part_name=part, part_id=row.id
        )
        assert "Only managers" in page.html
    assert session.scalar(select(Term)).until is None


def test_a_link_of_a_hidden_network_cannot_be_ended_or_seen(browser, session):
    hidden = NetworkFactory(visibility=Visibility.NAMED)
    link = our_link("member", hidden, since=PartialDate(1981))
    for act in ("end", "succeed", "status"):
        assert (
            browser.sign_in("manager").get(f"memberships.{act}", membership_id=link.id).status
            == 404
        )


# Periods and fees


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"since": "2026-06", "until": "2026-01"}, "until"),
        ({"since": "2025-12-31", "until": "2026-12-31"}, "since"),
        ({"since": "2020"}, "since"),
        ({"since": "2027", "currency": "XXY", "fee": "10"}, "currency"),
        ({"since": "2027", "fee": "-1"}, "fee"),
    ],
)
def test_a_period_that_cannot_be_gets_one_sentence_and_keeps_what_was_typed(
    browser, session, typed, field
):
    link = our_link(since=PartialDate(2025), until=PartialDate(2026))
    network = network_of(session, link)
    page = browser.sign_in("manager").post(
        "organisations.add_part",
        place=place(network),
        part_name="our-periods",
        data={"membership_id": str(link.id), **typed},
    )
    assert page.error_at(field)
    shown = [each.get("value") for each in page.select("//input[@id='since']")]
    assert shown == [typed["since"]]
    assert len(session.scalars(select(Term)).all()) == 1


def test_a_period_before_the_application_is_refused(session):
    link = our_link(since=PartialDate(2020), until=PartialDate(2021))
    services.change_membership(link, link.version, applied_on=PartialDate(2019))
    with pytest.raises(InvalidValue) as refused:
        services.add_term(membership_id=link.id, since=PartialDate(2017), until=PartialDate(2018))
    assert refused.value.field == "since"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("2008", "2009"), ("2009", "2010"), False),
        (("2008", "2009-12-31"), ("2009-12-31", "2010"), True),
        (("2008", None), ("2020", "2021"), True),
        ((None, None), ("2020", "2021"), True),
        (("2008", "2008"), ("2008", "2008"), True),
        (("2008", "2008"), ("2007", "2010"), True),
        (("2008", "2008"), ("2008", "2010"), False),
        (("2008-01", "2008-03"), ("2008-04", "2008-06"), False),
    ],
)
def test_periods_overlap_only_when_they_certainly_share_a_day(one, other, expected):
    def period(pair):
        return tuple(day(text) if text else None for text in pair)

    assert services.overlap(period(one), period(other)) is expected
    assert services.overlap(period(other), period(one)) is expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026", "2026", ("2027", "2027")),
        ("2023", "2026", ("2027", "2030")),
        ("2026-01-01", "2026-12-31", ("2027-01-01", "2027-12-31")),
        ("2024-02-29", "2025-02-28", ("2025-03-01", "2026-02-28")),
        ("2026-04", "2027-03", ("2027-04-01", "2028-03-31")),
        (None, "2026-06-30", ("2026-07-01", "2027-06-30")),
    ],
)
def test_the_next_period_is_as_long_and_begins_where_the_last_one_ends(
    session, since, until, expected
):
    link = our_link(since=day(since) if since else None, until=day(until))
    session.refresh(link, ["terms"])
    assert tuple(str(each) for each in services.next_period(link)) == expected


def test_renewing_what_had_no_end_ends_it_the_day_before(session):
    link = our_link(since=PartialDate(1981))
    session.refresh(link, ["terms"])
    services.renew(link, since=day("2027-01-01"), until=day("2027-12-31"), fee=Decimal(900))
    old, new = link.terms
    assert str(old.until) == "2026-12-31"
    assert old.ending is None
    assert (str(new.since), str(new.until), new.fee) == ("2027-01-01", "2027-12-31", Decimal(900))
    assert status_on(link, date(2026, 12, 31)) is MembershipStatus.ACTIVE


def test_a_fee_is_shown_as_due_overdue_or_paid_with_its_proof(browser, session):
    link = our_link(since=PartialDate(2026), until=PartialDate(2026))
    network = network_of(session, link)
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        browser.sign_in("manager")
        data = {
            "membership_id": str(link.id),
            "since": "2027",
            "until": "2027",
            "fee": "1200",
            "currency": "chf",
            "fee_due": "2026-11-20",
            "upload": (BytesIO(b"%PDF-1.7 proof"), "receipt.pdf"),
        }
        page = browser.post(
            "organisations.add_part", place=place(network), part_name="our-periods", data=data
        )
        section = page.section("our-periods")
        assert "CHF" in section
        assert "1,200.00" in section
        assert "Overdue by 3 days" in section
        assert "receipt.pdf" in section
        term = session.scalar(select(Term).where(Term.fee.is_not(None)))
        assert term.currency == "CHF"
        proof = session.get(Document, term.proof_id)
        assert (proof.record_id, proof.kind.value) == (network.id, "proof")
        services.change_term(term, term.version, paid_on=date(2026, 11, 23))
        page = browser.get("organisations.detail", place=place(network))
        assert "Paid on 23 Nov 2026" in page.section("our-periods")


# Seats


def test_seats_that_need_a_person_are_on_the_network_page_and_on_today(browser, session):
    link = our_link(since=PartialDate(1981))
    us, network = session.get(Organisation, link.member_id), network_of(session, link)
    gone, there = PersonFactory(name="Gone Person"), PersonFactory(name="Here Person")
    for person in (gone, there):
        PositionFactory(person_id=person.id, organisation_id=us.id)

    def seat(**values):
        return MandateFactory(network_id=network.id, organisation_id=us.id, **values)

    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        leave(gone, organisation_id=us.id, on=day("2026-10-31"))
        seat(role=MandateRole.REPRESENTATIVE)
        seat(role=MandateRole.ALTERNATE, person_id=gone.id)
        seat(role=MandateRole.FOCAL_POINT, person_id=there.id, until=day("2026-12-03"))
        seat(role=MandateRole.CHAIR, person_id=there.id, until=day("2030"))
        seat(role=MandateRole.OBSERVER, until=day("2020"))
        page = browser.sign_in().get("organisations.detail", place=place(network))
        section = page.section("mandates")
        for words in ("Vacant seat", "Has left", "Ends in 10 days"):
            assert section.count(words) == 1, words
        today = browser.get("/").section("seats")
        for words in ("Vacant seat", "Has left", "Ends in 10 days", "Refuge Europe"):
            assert words in today, words
        assert "Chair" not in today
        assert "Observer" not in today


def test_whether_somebody_still_works_with_us_is_not_guessed(session):
    link = our_link(since=PartialDate(1981))
    outsider = PersonFactory()
    MandateFactory(
        network_id=link.network_id, organisation_id=link.member_id, person_id=outsider.id
    )
    assert session.scalars(queries.seats_to_watch(date(2026, 1, 1), date(2026, 3, 1))).all() == []


def test_designations_are_counted_per_duty_station_and_year(browser, session):
    link = our_link("special_status", since=PartialDate(2012))
    network = network_of(session, link)
    for year, station in ((2026, "geneva"), (2026, "geneva"), (2026, "new_york"), (2025, "geneva")):
        MandateFactory(
            network_id=network.id,
            organisation_id=link.member_id,
            person_id=PersonFactory().id,
            role=MandateRole.MAIN_REPRESENTATIVE,
            duty_station=DutyStation(station),
            since=PartialDate(year),
            until=PartialDate(year),
        )
    with time_machine.travel("2026-06-01T12:00:00+00:00", tick=False):
        page = browser.sign_in().get("organisations.detail", place=place(network))
    section = page.section("mandates")
    assert "Designations in 2026 – New York: 1 of 7, Geneva: 2 of 7, Vienna: 0 of 7" in section
    assert "Main representative" in section


def test_working_groups_and_networks_inside_show_who_sits_there(browser, session):
    link = our_link(since=PartialDate(1981))
    network = network_of(session, link)
    group = WorkingGroupFactory(network_id=network.id, name="Detention")
    ada = PersonFactory(name="Ada Example")
    MandateFactory(
        network_id=network.id,
        working_group_id=group.id,
        organisation_id=link.member_id,
        person_id=ada.id,
    )
    inside = NetworkFactory(name="Legal network", parent_id=network.id)
    page = browser.sign_in().get("organisations.detail", place=place(network))
    assert "Ada Example" in page.section("groups")
    assert inside.name in page.section("sub-networks")


# Sizes, and a day in the past


def test_what_is_announced_and_what_is_counted_stand_side_by_side(browser, session):
    link = our_link(since=PartialDate(1981))
    network = network_of(session, link)
    other = MembershipFactory(member_id=OrganisationFactory(country="IT").id, network_id=network.id)
    TermFactory(membership=other, since=PartialDate(2000))
    secret = OrganisationFactory(country="DE", visibility=Visibility.MANAGERS)
    TermFactory(membership=MembershipFactory(member_id=secret.id, network_id=network.id))
    NetworkMeasureFactory(
        network_id=network.id, number=106, as_of=PartialDate(2020), source="Yearly report"
    )

    def facts(role):
        page = browser.sign_in(role).get("organisations.detail", place=place(network))
        return " ".join(page.select("//dl[@class='facts']")[0].text_content().split())

    assert "announced: 106 (2020, Yearly report) counted here: 2" in facts("viewer").replace(
        ")counted", ") counted"
    )
    assert "counted here: 3" in facts("manager")


def test_the_page_answers_for_a_day_in_the_past(browser, session):
    link = our_link(since=PartialDate(1981), until=day("2024-03-31"))
    services.renew(link, since=day("2024-04-01"), until=None, fee=Decimal(5))
    network = network_of(session, link)
    NetworkMeasureFactory(network_id=network.id, number=87, as_of=PartialDate(2015, 3))
    NetworkMeasureFactory(network_id=network.id, number=106, as_of=PartialDate(2024, 4))
    ada = PersonFactory(name="Ada Example")
    MandateFactory(
        network_id=network.id,
        organisation_id=link.member_id,
        person_id=ada.id,
        until=day("2024-03-31"),
    )
    browser.sign_in("manager")
    before = browser.get("organisations.detail", place=place(network), on="2024-03-31")
    after = browser.get("organisations.detail", place=place(network), on="2024-04-01")
    assert "As on 31 March 2024" in before.text
    assert "As on 1 April 2024" in after.text
    assert "Ada Example" in before.section("mandates")
    assert "Ada Example" not in after.section("mandates")
    assert "announced: 87" in before.text
    assert "announced: 106" in after.text
    assert "1981 – 31 March 2024" in before.section("our-periods")
    assert "since 1 April 2024" in after.section("our-periods")
    assert "1981" not in after.section("our-periods")
    assert not [each for each in before.links().values() if each.startswith("/memberships/")]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1200,50", "1200.50"),
        ("1 200,50", "1200.50"),
        ("1\u202f200,50", "1200.50"),
        ("1.200,50", "1200.50"),
        ("1,200.50", "1200.50"),
        ("1,200", "1200"),
        ("1200", "1200"),
    ],
)
def test_an_amount_is_read_as_french_and_english_write_it(browser, session, typed, amount):
    link = our_link(since=PartialDate(2025), until=PartialDate(2025))
    browser.sign_in("manager").post(
        "organisations.add_part",
        place=place(network_of(session, link)),
        part_name="our-periods",
        data={"membership_id": str(link.id), "since": "2026", "fee": typed, "currency": "EUR"},
    )
    term = session.scalar(select(Term).where(Term.fee.is_not(None)))
    assert term.fee == Decimal(amount)


def test_a_link_that_duties_name_is_not_removed(browser, session):
    link = our_link(since=PartialDate(2025))
    network = network_of(session, link)
    add_duty(subject_id=network.id, membership_id=link.id, name="Report", due=PartialDate(2030))
    page = browser.sign_in("manager").post(
        "organisations.remove_part", place=place(network), part_name="members", part_id=link.id
    )
    assert "name this link" in page.html
    assert session.get(Membership, link.id) is not None


def test_an_amount_that_cannot_be_read_stays_in_its_box(browser, session):
    link = our_link(since=PartialDate(2025), until=PartialDate(2025))
    page = browser.sign_in("manager").post(
        "organisations.add_part",
        place=place(network_of(session, link)),
        part_name="our-periods",
        data={"membership_id": str(link.id), "since": "2026", "fee": "about 12", "currency": "EUR"},
    )
    assert page.error_at("fee")
    (box,) = page.select("//input[@name='fee']")
    # A browser empties a box for numbers of what it cannot read.
    assert (box.get("type"), box.get("value")) == ("text", "about 12")


def test_an_amount_without_a_currency_is_given_none(browser, session):
    link = our_link(since=PartialDate(2025), until=PartialDate(2025), fee=Decimal("12.50"))
    page = browser.sign_in().get("organisations.detail", place=place(network_of(session, link)))
    assert "12.5" in page.section("our-periods")
    assert "€" not in page.section("our-periods")


def test_a_member_is_added_in_one_place_of_the_page(browser, session):
    link = our_link(since=PartialDate(1981))
    page = browser.sign_in("manager").get(
        "organisations.detail", place=place(network_of(session, link))
    )
    assert len(page.select("//a[normalize-space()='Add a member']")) == 1
