"""With whom we work in more than one way."""

import pytest

from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory


def rows(page):
    return {
        " ".join(each.xpath("string(td[1])").split()): [
            " ".join(cell.text_content().split()) for cell in each.xpath("td")[1:]
        ]
        for each in page.select("//main//tbody/tr")
    }


def sit(organisation, network, until=None):
    membership = MembershipFactory(member_id=organisation.id, network_id=network.id)
    TermFactory(
        membership_id=membership.id,
        member_id=organisation.id,
        network_id=network.id,
        since=PartialDate(2000),
        until=until,
    )


def sign(organisation, declaration, status=SignatureStatus.SIGNED):
    SignatureFactory(declaration_id=declaration.id, signatory_id=organisation.id, status=status)


@pytest.fixture
def world(session):
    """Make a network, a project and a declaration of ours, and partners in some of them."""
    us = OrganisationFactory(name="We", is_us=True)
    network, project, text = NetworkFactory(name="Net"), ProjectFactory(name="Pro"), None
    text = DeclarationFactory(name="Dec")
    friend, near, far = (OrganisationFactory(name=name) for name in ("Friend", "Near", "Far"))
    for each in (us, friend, near, far):
        sit(each, network)
    for each in (us, friend):
        InvolvementFactory(project_id=project.id, organisation_id=each.id)
    for each in (us, friend, near):
        sign(each, text)
    sign(far, text, SignatureStatus.INVITED)
    return {"us": us, "network": network, "project": project, "text": text, "far": far}


def test_those_with_most_ways_come_first_and_one_way_is_not_enough(browser, world):
    found = rows(browser.sign_in().get("organisations.several_ways"))
    assert found == {"Friend": ["3", "Net", "Pro", "Dec"], "Near": ["2", "Net", "—", "Dec"]}


def test_a_network_that_was_left_no_longer_counts(browser, world):
    left = OrganisationFactory(name="Left")
    sit(left, world["network"], until=PartialDate(2020))
    sign(left, world["text"])
    assert "Left" not in rows(browser.sign_in().get("organisations.several_ways"))


def test_what_is_confidential_leaves_no_trace(browser, world):
    secret = ProjectFactory(name="Secret", visibility=Visibility.MANAGERS)
    hidden = OrganisationFactory(name="Hidden", visibility=Visibility.MANAGERS)
    sit(hidden, world["network"])
    sign(hidden, world["text"])
    for each in (world["us"], world["far"]):
        InvolvementFactory(project_id=secret.id, organisation_id=each.id)
    page = browser.sign_in().get("organisations.several_ways")
    assert set(rows(page)) == {"Friend", "Near"}
    assert "Secret" not in page.html
    assert set(rows(browser.sign_in("manager").get("organisations.several_ways"))) == {
        "Friend",
        "Near",
        "Hidden",
        "Far",
    }


def test_without_ourselves_or_partners_a_sentence_says_so(browser, session):
    page = browser.sign_in().get("organisations.several_ways")
    assert "No organisation shares with us two of these" in page.text


def test_the_page_asks_as_often_for_many_as_for_few(browser, world, count_statements):
    def ask():
        browser.get("organisations.several_ways")
        count_statements.clear()
        browser.get("organisations.several_ways")
        return len([each for each in count_statements if each.startswith("SELECT")])

    browser.sign_in()
    few = ask()
    for number in range(25):
        other = OrganisationFactory(name=f"Other {number}")
        sit(other, world["network"])
        sign(other, world["text"])
    assert ask() == few
