"""What stands at the top of a record's page: all one wants to see before a call."""

from datetime import timedelta

import pytest

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory
from tests.web_pages.partner import busy_partner

MOST_STATEMENTS = 13
"""For a partner with rows in every panel: one for each of them, and five for the page."""


def at_a_glance(browser, record, **values):
    """Return the parts at the top of a record's page, by their heading."""
    kind = {"organisation": "organisations", "person": "people"}[record.kind]
    page = browser.get(f"{kind}.detail", place=f"{record.id}-{record.slug}", **values)
    return {
        part.xpath("string(h3)"): " ".join(part.xpath("string(ul)").split())
        for part in page.select("//div[contains(@class, 'glance-part')]")
    }


def ago(days):
    return PartialDate.of(today() - timedelta(days=days))


@pytest.fixture
def partner(browser):
    browser.sign_in("manager")
    return OrganisationFactory(name="Refuge")


def test_a_page_without_anything_to_say_says_nothing(browser, partner):
    assert at_a_glance(browser, partner) == {}


def test_the_last_three_exchanges_are_told_with_the_beginning_of_their_notes(browser, partner):
    for days in range(4):
        exchange_with(partner, subject=f"Call {days}", note="word " * 60, happened=ago(days))
    told = at_a_glance(browser, partner)["Last exchanges"]
    assert [f"Call {days}" in told for days in range(4)] == [True, True, True, False]
    assert told.count("word") == 3 * 40
    assert told.count("…") == 3


def fill_the_timeline(partner):
    for number in range(21):
        meeting = MeetingFactory(starts=ago(number))
        AttendanceFactory(meeting_id=meeting.id, organisation_id=partner.id)


def test_an_exchange_with_a_partner_and_with_somebody_there_is_told_once(browser, partner):
    fill_the_timeline(partner)
    person = PersonFactory()
    PositionFactory(person_id=person.id, organisation_id=partner.id)
    both = exchange_with(partner, person, subject="Together", happened=ago(30))
    both.created_by_id = browser.user.id
    exchange_with(person, subject="Before", happened=ago(31))
    exchange_with(partner, subject="First", happened=ago(32))
    told = at_a_glance(browser, partner)
    for subject in ("Together", "Before", "First"):
        assert told["Last exchanges"].count(subject) == 1
    assert f"{browser.user.name} 1 exchange, " in told["Known by"]


def test_older_exchanges_are_found_behind_a_full_timeline(browser, partner):
    exchange_with(partner, subject="Long ago", happened=PartialDate(2011))
    fill_the_timeline(partner)
    assert "Long ago" in at_a_glance(browser, partner)["Last exchanges"]
    assert "Long ago" in at_a_glance(browser, partner, show="meeting")["Last exchanges"]


def test_colleagues_are_told_with_how_often_and_when_they_were_last_in_touch(browser, partner):
    person = PersonFactory()
    PositionFactory(person_id=person.id, organisation_id=partner.id)
    for days in (3, 9, 900):
        exchange_with(person, happened=ago(days)).created_by_id = browser.user.id
    for record in (partner, person):
        told = at_a_glance(browser, record)["Known by"]
        assert told.startswith(f"{browser.user.name} 2 exchanges, last ")


def test_only_what_we_share_is_told_of_networks_and_projects(browser, partner):
    us = OrganisationFactory(is_us=True)
    for name, members in (("Common", (partner, us)), ("Theirs", (partner,))):
        network, project = (
            NetworkFactory(name=f"{name} network"),
            ProjectFactory(name=f"{name} one"),
        )
        for member in members:
            TermFactory(
                membership=MembershipFactory(member_id=member.id, network_id=network.id),
                since=PartialDate(2015),
            )
            InvolvementFactory(project_id=project.id, organisation_id=member.id)
    found = at_a_glance(browser, partner)
    assert found["Networks in common"] == "Common network"
    assert found["Projects in common"] == "Common one"


def test_a_network_we_have_left_is_not_one_in_common(browser, partner):
    us, network = OrganisationFactory(is_us=True), NetworkFactory()
    for member, until in ((partner, None), (us, PartialDate(2019))):
        link = MembershipFactory(member_id=member.id, network_id=network.id)
        TermFactory(membership=link, since=PartialDate(2015), until=until)
    assert "Networks in common" not in at_a_glance(browser, partner)


def test_signed_texts_are_counted_and_awaited_ones_are_named(browser, partner):
    for name, status in (
        ("First", SignatureStatus.SIGNED),
        ("Second", SignatureStatus.SIGNED),
        ("Third", SignatureStatus.REMINDED),
        ("Fourth", SignatureStatus.DECLINED),
    ):
        declaration = DeclarationFactory(name=f"{name} appeal")
        SignatureFactory(declaration_id=declaration.id, signatory_id=partner.id, status=status)
    assert at_a_glance(browser, partner)["Declarations"] == "2 signed Third appeal awaited"


def test_what_is_done_and_who_has_left_is_not_told(browser, partner):
    TaskFactory(name="Send the figures", subject_id=partner.id)
    TaskFactory(name="Old task", subject_id=partner.id, done_on=today())
    for name, until in (("Ada Example", None), ("Ben Example", PartialDate(2019))):
        person = PersonFactory(name=name)
        PositionFactory(
            person_id=person.id, organisation_id=partner.id, title="Director", until=until
        )
    found = at_a_glance(browser, partner)
    assert found["To be done"] == "Send the figures"
    assert found["People"] == "Ada Example Director"


def test_what_is_hidden_leaves_no_trace_at_the_top_of_a_page(browser, partner):
    user = browser.sign_in("viewer").user
    hidden = PersonFactory(name="Hidden Example", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=partner.id)
    exchange_with(partner, hidden, happened=ago(1)).created_by_id = user.id
    secret = exchange_with(partner, visibility=Visibility.MANAGERS, happened=ago(2))
    secret.created_by_id = user.id
    assert at_a_glance(browser, partner) == {}


def test_the_page_of_a_busy_partner_takes_few_statements(browser, session, count_statements):
    partner = busy_partner(browser.sign_in("manager").user)
    at_a_glance(browser, partner)
    session.expire_all()
    count_statements.clear()
    found = at_a_glance(browser, partner)
    assert len(found) == 7
    assert len(count_statements) <= MOST_STATEMENTS
