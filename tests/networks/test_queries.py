"""Who shares which networks, and what a hidden member changes."""

from datetime import date

import pytest

from crm.accounts.models import Role
from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.networks import queries, services
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    TermFactory,
    WorkingGroupFactory,
    kind_of_link,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


def place(record):
    return f"{record.id}-{record.slug}"


def joined(member, network, since=None, until=None):
    link = MembershipFactory(member_id=member.id, network_id=network.id)
    TermFactory(membership=link, since=since, until=until)
    return link


def test_shared_networks_are_those_in_which_both_sit_on_the_day(session):
    us, other = OrganisationFactory(), OrganisationFactory()
    one, two, three = (NetworkFactory(name=name) for name in ("One", "Two", "Three"))
    joined(us, one, PartialDate(1981))
    joined(other, one, PartialDate(2008, 9), PartialDate(2016))
    joined(us, two)
    joined(other, two)
    joined(us, three)
    MembershipFactory(member_id=other.id, network_id=three.id)

    def shared(*day):
        found = session.scalars(queries.shared_networks(us.id, other.id, date(*day)))
        return [network.name for network in found]

    assert shared(2008, 8, 31) == ["Two"]
    assert shared(2008, 9, 1) == ["One", "Two"]
    assert shared(2016, 12, 31) == ["One", "Two"]
    assert shared(2017, 1, 1) == ["Two"]
    many = session.execute(
        queries.shared_with_many(us.id, [other.id, OrganisationFactory().id], date(2010, 1, 1))
    ).all()
    assert [(member, network.name) for member, network in many] == [
        (other.id, "One"),
        (other.id, "Two"),
    ]


def test_two_links_to_one_network_share_it_once(session):
    us, other, network = OrganisationFactory(), OrganisationFactory(), NetworkFactory()
    for kind in (kind_of_link("member"), kind_of_link("observer")):
        for member in (us, other):
            link = MembershipFactory(member_id=member.id, network_id=network.id, kind_id=kind)
            TermFactory(membership=link)
    day = date(2026, 1, 1)
    assert len(session.scalars(queries.shared_networks(us.id, other.id, day)).all()) == 1
    assert len(session.execute(queries.shared_with_many(us.id, [other.id], day)).all()) == 1


def test_hidden_networks_are_not_shared(session, acting):
    us, other = OrganisationFactory(), OrganisationFactory()
    network = NetworkFactory(visibility=Visibility.MANAGERS)
    joined(us, network)
    joined(other, network)
    day, ids = date(2026, 1, 1), (us.id, other.id)
    users = {role: UserFactory(role=role) for role in (Role.VIEWER, Role.MANAGER)}
    for role, expected in ((Role.VIEWER, 0), (Role.MANAGER, 1)):
        acting(users[role])
        assert len(session.scalars(queries.shared_networks(*ids, day)).all()) == expected


def test_a_hidden_member_does_not_show_and_counts_do_not_tell(browser, session):
    network = NetworkFactory(name="Refuge Europe")
    for number in range(2):
        joined(OrganisationFactory(name=f"Open {number}"), network)
    secret = OrganisationFactory(name="Secret house", visibility=Visibility.MANAGERS)
    hidden = joined(secret, network)
    ada = PersonFactory(name="Secret Ada", visibility=Visibility.MANAGERS)
    joined(ada, network)
    MandateFactory(
        network_id=network.id, organisation_id=OrganisationFactory().id, person_id=ada.id
    )
    page = browser.sign_in("viewer").get("organisations.detail", place=place(network))
    assert "Secret" not in page.html
    assert page.section("members").startswith("Members (2)")
    assert page.section("mandates").startswith("Who sits where Nobody")
    page = browser.get(f"/networks/?member={secret.id}")
    assert "Secret" not in page.html
    assert page.select("//table//tbody//a") == []
    page = browser.get("organisations.history", place=place(network))
    assert "Secret" not in page.html
    page = browser.sign_in("contributor").get(
        "organisations.edit_part", place=place(network), part_name="members", part_id=hidden.id
    )
    assert page.status == 404
    page = browser.sign_in("manager").get("organisations.detail", place=place(network))
    assert page.section("members").startswith("Members (4)")
    assert "Secret house" in page.section("members")


def test_services_refuse_what_no_form_offers(session):
    member, network = OrganisationFactory(), NetworkFactory()
    elsewhere = WorkingGroupFactory()
    link = MembershipFactory()
    with pytest.raises(InvalidValue) as refused:
        services.add_mandate(
            network_id=network.id, organisation_id=member.id, working_group_id=elsewhere.id
        )
    assert refused.value.field == "working_group_id"
    mandate = MandateFactory(network_id=network.id)
    with pytest.raises(InvalidValue):
        services.change_mandate(mandate, 1, working_group_id=elsewhere.id)
    with pytest.raises(InvalidValue) as refused:
        services.add_term(membership_id=link.id, member_id=member.id)
    assert refused.value.field == "membership_id"
    term = TermFactory(membership=link)
    with pytest.raises(InvalidValue) as refused:
        services.change_term(term, 1, membership_id=MembershipFactory().id)
    assert refused.value.field == "membership_id"
    with pytest.raises(InvalidValue):
        services.add_membership(member_id=member.id, network_id=member.id, kind_id=link.kind_id)
