"""What changes duties: adding, taking over from templates, closing, renewing."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import select

from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.duties import queries, services
from crm.duties.models import Duty, DutyState, DutyTemplate
from crm.records import queries as records
from crm.records import services as changing
from crm.records.models import Record
from tests.factories.duties import DutyFactory, fee_of, our_link
from tests.factories.networks import MembershipFactory, NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import ProjectFactory

TODAY = "2026-11-23T09:00:00+00:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False):
        yield


def iso(text):
    return PartialDate.parse_iso(text)


def yearly(due="2026-11-20", **values):
    return DutyFactory(due=iso(due), every_months=12, counted_from=iso(due), **values)


def close(duty, state=DutyState.DONE, **values):
    return services.progress(duty, state=state, **values)


def after(session, duty):
    return session.scalar(queries.following(duty.id))


def offered(record):
    return {template.label_en: (template, link) for template, link in services.templates_of(record)}


def take(record, **dates):
    """Take over all templates of a record with the dates proposed."""
    chosen = [
        (template, link, services.proposed_due(template, link))
        for template, link in services.templates_of(record)
    ]
    return {duty.template.label_en: duty for duty in services.take_over(record, chosen=chosen)}


# Entering


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": None}, "name"),
        ({"due": None}, "due"),
        ({"is_on_call": True}, "due"),
        ({"due": None, "is_on_call": True, "every_months": 12}, "every_months"),
        ({"every_months": 360}, "every_months"),
        ({"every_months": 0}, "every_months"),
        ({"due": PartialDate(2027), "every_months": 6}, "due"),
        ({"lead_months": "soon"}, "lead_months"),
        ({"covers_since": PartialDate(2027), "covers_until": PartialDate(2024)}, "covers_until"),
        ({"membership_id": 1}, "membership_id"),
    ],
)
def test_a_duty_that_makes_no_sense_is_refused_at_its_field(session, values, field):
    network = NetworkFactory()
    with pytest.raises(InvalidValue) as refused:
        services.add_duty(
            **{"subject_id": network.id, "name": "Fee", "due": PartialDate(2027), **values}
        )
    assert refused.value.field == field
    assert session.scalar(select(Duty)) is None


def test_a_duty_names_only_our_own_links_with_its_network(session):
    network = NetworkFactory()
    ours, other = our_link(network=network), MembershipFactory(network_id=network.id)
    elsewhere = MembershipFactory(member_id=ours.member_id)
    values = {"subject_id": network.id, "name": "Fee", "due": PartialDate(2027)}
    for link in (other, elsewhere):
        with pytest.raises(InvalidValue) as refused:
            services.add_duty(**values, membership_id=link.id)
        assert refused.value.field == "membership_id"
    assert services.add_duty(**values, membership_id=ours.id).membership is ours


def test_another_date_is_what_a_duty_is_counted_from(session):
    duty = yearly("2027-01-28")
    services.change_duty(duty, duty.version, due=iso("2027-01-31"))
    assert duty.counted_from == iso("2027-01-31")


# From templates


def test_a_status_with_the_united_nations_brings_its_report_and_designations(session):
    link = our_link(kind="special_status", since=iso("2012-07"), until=iso("2030"))
    made = take(link.network)
    report = made["Quadrennial report"]
    assert str(report.due) == "2028-06-01"
    assert (report.covers_since, report.covers_until) == (PartialDate(2024), PartialDate(2027))
    assert report.is_unsure
    assert (report.lead_months, report.is_weekly_at_end) == ("12, 6, 3, 1", True)
    assert report.membership is link
    passes = made["Designations and grounds passes (New York, Geneva, Vienna)"]
    assert str(passes.due) == "2026-12-31"
    assert not passes.is_unsure
    assert services.templates_of(link.network) == []


def test_a_registration_brings_checks_and_what_is_on_call(session):
    link = our_link(kind="registered")
    made = take(link.network)
    assert made["Provide documents on request"].is_on_call
    assert made["Provide documents on request"].due is None
    assert made["Check our entry"].due == PartialDate(2026)
    assert made["Check our entry"].is_unsure


def test_projects_and_partners_have_templates_of_their_own_and_we_have_none(session):
    assert set(offered(ProjectFactory())) == {"Interim report", "Final report", "Deliverable"}
    assert set(offered(OrganisationFactory())) == {"Partnership review"}
    assert set(offered(OrganisationFactory(is_us=True))) == set()


def test_a_link_that_has_ended_brings_nothing(session):
    link = our_link(since=iso("2008"), until=iso("2016"))
    assert "Yearly fee" not in offered(link.network)


def test_a_date_that_a_person_has_changed_is_no_proposal(session):
    link = our_link()
    template, _link = offered(link.network)["Yearly fee"]
    [duty] = services.take_over(link.network, chosen=[(template, link, iso("2027-02-15"))])
    assert not duty.is_unsure
    assert duty.counted_from == iso("2027-02-15")


def test_what_a_template_does_not_allow_is_refused_at_its_date(session):
    link = our_link()
    template = DutyTemplate(
        label_fr="Point", label_en="Update", every_months=6, month=3, applies_to="link"
    )
    session.add(template)
    session.flush()
    with pytest.raises(InvalidValue) as refused:
        services.take_over(link.network, chosen=[(template, link, PartialDate(2027))])
    assert refused.value.field == f"due_{template.id}"
    with pytest.raises(InvalidValue):
        services.take_over(link.network, chosen=[])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lead_months": "soon"}, "lead_months"),
        ({"every_months": 6}, "month"),
        ({"day": 31}, "day"),
        ({"month": 2, "day": 30}, "day"),
        ({"applies_to": "project", "membership_kind_id": 1}, "membership_kind_id"),
    ],
)
def test_a_template_of_which_no_duty_could_be_made_is_refused(session, values, field):
    with pytest.raises(InvalidValue) as refused:
        services.check_templates([DutyTemplate(**values)])
    assert refused.value.field == field


def test_the_shipped_templates_are_right(session):
    services.check_templates(session.scalars(select(DutyTemplate)))


# How far it has come


def test_closing_makes_the_next_with_all_that_stays(session):
    duty = yearly("2026-11-20", name="Fee", lead_months="2, 1", is_unsure=False)
    close(duty, outcome="Paid")
    following = after(session, duty)
    assert duty.done_on == date(2026, 11, 23)
    assert (following.name, str(following.due), following.lead_months) == (
        "Fee",
        "2027-11-20",
        "2, 1",
    )
    assert (following.state, following.outcome, following.done_on) == (
        DutyState.TO_DO,
        None,
        None,
    )


def test_what_comes_once_has_no_next(session):
    duty = DutyFactory(due=iso("2026-11-20"))
    close(duty)
    assert after(session, duty) is None


def test_what_is_not_needed_this_time_comes_back_all_the_same(session):
    duty = yearly()
    close(duty, DutyState.DROPPED)
    assert str(after(session, duty).due) == "2027-11-20"


def test_closing_the_last_of_the_calendar_is_no_error(session):
    duty = yearly("2999-01-31")
    close(duty)
    assert duty.is_closed
    assert after(session, duty) is None


def test_a_report_goes_from_sent_through_questions_to_noted(session):
    link = our_link(kind="special_status", since=iso("2012-07"), until=iso("2030"))
    report = take(link.network)["Quadrennial report"]
    assert services.moves_from(report)[0] is DutyState.SENT
    with time_machine.travel("2028-05-20", tick=False):
        close(report, DutyState.SENT)
        assert report.sent_on == date(2028, 5, 20)
        close(report, DutyState.QUESTIONS)
        close(report, DutyState.ANSWERED)
        assert after(session, report) is None
        close(report, DutyState.DONE, outcome="Noted in session")
    following = after(session, report)
    assert report.sent_on == date(2028, 5, 20)
    assert report.state_label != DutyState.DONE.label
    assert str(following.due) == "2032-06-01"
    assert (following.covers_since, following.covers_until) == (
        PartialDate(2028),
        PartialDate(2031),
    )
    assert following.is_unsure


def test_what_is_not_answered_is_neither_sent_nor_questioned(session):
    duty = yearly()
    assert services.moves_from(duty) == [DutyState.DONE, DutyState.DROPPED]
    with pytest.raises(InvalidValue) as refused:
        close(duty, DutyState.SENT)
    assert refused.value.field == "state"


def test_whoever_closes_it_second_is_told_and_makes_nothing(session):
    duty = yearly()
    close(duty)
    with pytest.raises(InvalidValue) as refused:
        close(duty)
    assert refused.value.field == "state"
    assert session.scalar(select(sa.func.count(Duty.id))) == 2


def test_the_database_itself_keeps_a_duty_from_being_followed_twice(session):
    duty = yearly()
    close(duty)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        yearly(previous_id=duty.id)


def test_nothing_is_done_in_the_future(session):
    duty = yearly()
    with pytest.raises(InvalidValue) as refused:
        close(duty, on=iso("2026-11-24"))
    assert refused.value.field == "on"


def test_opening_again_takes_the_untouched_next_back(session):
    duty = yearly()
    close(duty)
    services.progress(duty, state=DutyState.TO_DO)
    assert after(session, duty) is None
    assert duty.done_on is None
    close(duty)
    assert str(after(session, duty).due) == "2027-11-20"


def test_opening_again_leaves_a_next_that_somebody_has_worked_on(session):
    duty = yearly()
    close(duty)
    following = after(session, duty)
    services.confirm(following, due=iso("2027-12-01"))
    services.progress(duty, state=DutyState.TO_DO)
    assert after(session, duty) is following
    close(duty)
    assert session.scalar(select(sa.func.count(Duty.id))) == 2


def test_a_closing_is_undone_through_history(session):
    duty = yearly()
    close(duty)
    subject = session.get(Record, duty.subject_id)
    changes = session.scalars(records.changes_of(subject)).unique().all()
    changing.undo(
        next(change for change in changes if "state" in change.values and change.row_id == duty.id)
    )
    session.flush()
    assert (duty.state, duty.done_on) == (DutyState.TO_DO, None)
    close(duty)
    assert session.scalar(select(sa.func.count(Duty.id))) == 2


def test_a_duty_that_another_one_follows_can_be_removed_and_brought_back(session):
    duty = yearly()
    close(duty)
    following = after(session, duty)
    kept, subject = duty.id, session.get(Record, duty.subject_id)
    services.remove_duty(duty)
    assert following.previous_id is None
    changing.undo(session.scalars(records.changes_of(subject)).unique().first())
    session.flush()
    assert session.get(Duty, kept).is_closed


def test_a_confirmed_date_is_no_proposal_and_is_what_the_next_is_counted_from(session):
    duty = yearly("2027-01-31", is_unsure=True)
    services.confirm(duty, due=iso("2027-03-31"))
    assert not duty.is_unsure
    close(duty)
    assert str(after(session, duty).due) == "2028-03-31"
    other = yearly("2027-01-31", is_unsure=True)
    services.confirm(other, due=iso("2027-01-31"))
    assert (other.is_unsure, other.counted_from) == (False, iso("2027-01-31"))


# Renewing


def renew(membership, duty, **values):
    return services.renew(
        membership,
        **{
            "since": iso("2027-01-01"),
            "until": iso("2027-12-31"),
            "duty": duty,
            "fee": Decimal(1200),
            "currency": "EUR",
            **values,
        },
    )


def test_renewing_adds_the_period_closes_the_fee_and_makes_the_next(session):
    link = our_link()
    duty = fee_of(link, iso("2027-01-31"))
    term = renew(link, duty, paid_on=date(2026, 11, 20))
    assert [str(each.until) for each in link.terms] == ["2026-12-31", "2027-12-31"]
    assert (term.fee, term.currency) == (Decimal(1200), "EUR")
    assert (duty.state, duty.done_on) == (DutyState.DONE, date(2026, 11, 20))
    assert str(after(session, duty).due) == "2028-01-31"
    assert after(session, duty).membership is link


def test_a_link_without_a_fee_to_pay_is_renewed_alone(session):
    link = our_link()
    renew(link, None)
    assert len(link.terms) == 2
    assert session.scalar(select(Duty)) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until": PartialDate(2026, 6, 1)}, "until"),
        ({"since": PartialDate(2026, 6, 1)}, "since"),
        ({"currency": "XYZ1"}, "currency"),
        ({"fee": Decimal(-1)}, "fee"),
        ({"paid_on": date(2026, 11, 24)}, "paid_on"),
    ],
)
def test_a_renewal_that_makes_no_sense_is_refused_at_its_field(session, values, field):
    link = our_link()
    duty = fee_of(link, iso("2027-01-31"))
    with pytest.raises(InvalidValue) as refused:
        renew(link, duty, **values)
    assert refused.value.field == field
    assert not duty.is_closed
