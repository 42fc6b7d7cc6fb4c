"""Networks and who belongs to them, as people use the pages."""

import pytest
import time_machine
from sqlalchemy import select

from crm.core.partial_date import PartialDate
from crm.networks.models import (
    Ending,
    Mandate,
    Membership,
    NetworkProfile,
    Qualifier,
    Scope,
    Term,
    WorkingGroup,
    shipped_kinds,
)
from crm.organisations.models import Organisation, RelationKind
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMeasureFactory,
    NetworkProfileFactory,
    TermFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory

KINDS = {values["code"]: str(values["id"]) for values in shipped_kinds()}
MEMBER = {"kind_id": KINDS["member"]}


def place(record):
    return f"{record.id}-{record.slug}"


def named(record):
    return f"id:{record.id}"


def shown_names(page):
    return {link.text_content().strip() for link in page.select("//table//tbody//td[1]//a")}


def add(browser, record, part, **data):
    return browser.post(
        f"{'people' if record.kind == 'person' else 'organisations'}.add_part",
        place=place(record),
        part_name=part,
        data=data,
    )


# The network itself


def test_a_contributor_adds_a_network_with_its_profile_and_sees_its_page(browser, session):
    page = browser.sign_in("contributor").post(
        "networks.create",
        data={
            "name": "Refuge Europe",
            "acronym": "ENR",
            "scope": "europe",
            "network_type": "NGO network",
            "member_kinds": "NGOs; universities",
            "purpose": "To defend the right of asylum.",
            "meeting_frequency": "once a year",
            "active_since": "1974",
            "country": "BE",
            "visibility": "team",
        },
    )
    network = session.scalar(select(Organisation))
    profile = session.scalar(select(NetworkProfile))
    assert page.status == 200
    assert page.title == "Refuge Europe (ENR)"
    assert network.organisation_kind.value == "network"
    assert profile.organisation_id == network.id
    assert profile.scope is Scope.EUROPE
    for words in ("Europe", "NGO network", "universities", "right of asylum", "once a year"):
        assert words in page.text
    assert "1974" in page.text
    links = browser.get("organisations.detail", place=place(network)).links()
    assert "Change the network profile" in links
    assert "Add the network profile" not in links


def test_an_address_below_networks_leads_to_the_page_of_the_organisation(browser, session):
    network = NetworkFactory(name="Refuge Europe")
    page = browser.sign_in().get(f"/networks/{network.id}", follow=False)
    assert page.status == 301
    assert page.location.endswith(f"/organisations/{place(network)}")


def test_a_confidential_network_has_no_address_below_networks(browser, session):
    network = NetworkFactory(visibility=Visibility.MANAGERS)
    assert browser.sign_in().get(f"/networks/{network.id}", follow=False).status == 404


def test_a_viewer_cannot_add_a_network(browser, session):
    assert browser.sign_in().get("networks.create").status == 403


def test_a_second_network_of_the_same_name_is_refused_and_leaves_no_profile(browser, session):
    NetworkFactory(name="Refuge Europe", country="BE")
    page = browser.sign_in("contributor").post(
        "networks.create",
        data={"name": "Refuge  Europe", "country": "BE", "scope": "europe", "visibility": "team"},
    )
    assert "already an organisation of this name" in page.error_at("name")
    assert session.scalar(select(NetworkProfile)) is None


def test_a_profile_is_added_once_to_an_organisation_that_is_a_network(browser, session):
    network = NetworkFactory()
    page = browser.sign_in("contributor").get("organisations.detail", place=place(network))
    assert "Add the network profile" in page.links()
    page = add(browser, network, "network-profile", scope="regional")
    assert "Regional" in page.text
    page = add(browser, network, "network-profile", scope="national")
    assert "has a profile already" in " ".join(page.errors())
    assert session.scalar(select(NetworkProfile)).scope is Scope.REGIONAL


def test_the_newest_size_is_a_fact_in_the_words_of_its_source(browser, session):
    network = NetworkFactory()
    NetworkMeasureFactory(network_id=network.id, number=106, as_of=PartialDate(2020))
    NetworkMeasureFactory(network_id=network.id, number=9999)
    NetworkMeasureFactory(
        network_id=network.id, number=250, qualifier=Qualifier.MORE_THAN, as_of=PartialDate(2023, 5)
    )
    NetworkMeasureFactory(
        network_id=network.id, counted="countries", number=50, qualifier=Qualifier.ABOUT
    )
    page = browser.sign_in().get("organisations.detail", place=place(network))
    facts = " ".join(page.select("//dl[@class='facts']")[0].text_content().split())
    assert "announced: more than 250 (May 2023)" in facts
    assert "announced: about 50" in facts
    assert facts.count("counted here: 0") == 2
    assert "9,999" not in facts
    for number in ("106", "more than 250", "9,999", "about 50"):
        assert number in page.section("measures")


def test_a_measure_needs_a_number_that_can_be(browser, session):
    network = NetworkFactory()
    browser.sign_in("contributor")
    for number in ("", "-1", "many"):
        page = add(
            browser, network, "measures", counted="members", number=number, qualifier="exact"
        )
        assert page.error_at("number"), number
    page = add(browser, network, "measures", counted="members", number="0", qualifier="exact")
    assert page.section("measures")


def test_a_number_that_cannot_be_read_stays_in_its_box(browser, session):
    browser.sign_in("contributor")
    page = add(
        browser, NetworkFactory(), "measures", counted="members", number="many", qualifier="exact"
    )
    (box,) = page.select("//input[@name='number']")
    assert (box.get("type"), box.get("value")) == ("text", "many")


def test_who_runs_the_network_is_a_fact_that_leads_there(browser, session):
    network = NetworkFactory()
    host = OrganisationFactory(name="Agency of Rights")
    RelationFactory(organisation_id=host.id, other_id=network.id, kind=RelationKind.HOSTS)
    OrganisationFactory(name="Somebody else")
    page = browser.sign_in().get("organisations.detail", place=place(network))
    assert "Run by" in page.text
    assert page.links()["Agency of Rights"].endswith(place(host))


def test_an_organisation_that_is_no_network_has_no_panels_of_networks(browser, session):
    organisation = OrganisationFactory()
    page = browser.sign_in("contributor").get("organisations.detail", place=place(organisation))
    for key in ("members", "mandates", "groups", "measures", "activities"):
        assert page.section(key) == ""
    assert "Add the network profile" not in page.links()


# The list


def test_the_list_shows_networks_alone_with_our_link_to_each(browser, session):
    us = OrganisationFactory(name="Our house", is_us=True)
    network = NetworkFactory(name="Refuge Europe")
    NetworkProfileFactory(organisation_id=network.id, scope=Scope.EUROPE)
    NetworkFactory(name="Refuge World")
    OrganisationFactory(name="No network")
    link = MembershipFactory(member_id=us.id, network_id=network.id)
    TermFactory(membership=link, since=PartialDate(1981))
    other = MembershipFactory(network_id=network.id, kind_id=int(KINDS["observer"]))
    TermFactory(membership=other, since=PartialDate(2001))
    page = browser.sign_in().get("networks.index")
    assert shown_names(page) == {"Refuge Europe", "Refuge World"}
    for words in ("Europe", "Member", "Active", "since 1981"):
        assert words in page.text
    assert "2001" not in page.text
    assert "Observer" not in page.text


def test_filters_by_scope_and_member_narrow_the_list(browser, session):
    europe, world = NetworkFactory(name="Refuge Europe"), NetworkFactory(name="Refuge World")
    NetworkProfileFactory(organisation_id=europe.id, scope=Scope.EUROPE)
    NetworkProfileFactory(organisation_id=world.id, scope=Scope.INTERNATIONAL)
    member, person = OrganisationFactory(name="Alpha"), PersonFactory(name="Ada")
    past = MembershipFactory(member_id=member.id, network_id=europe.id)
    TermFactory(membership=past, since=PartialDate(2001), until=PartialDate(2002))
    MembershipFactory(member_id=person.id, network_id=world.id)
    browser.sign_in()
    for query, expected in (
        ("scope=europe", {"Refuge Europe"}),
        ("scope=europe&scope=international", {"Refuge Europe", "Refuge World"}),
        ("scope=national", set()),
        (f"member={member.id}", {"Refuge Europe"}),
        (f"member={person.id}", {"Refuge World"}),
        (f"member={person.id}&scope=europe", set()),
    ):
        page = browser.get(f"/networks/?{query}")
        assert page.status == 200
        assert shown_names(page) == expected, query
    assert "Alpha" in browser.get(f"/networks/?member={member.id}").text


def test_the_number_of_statements_of_the_list_does_not_grow_with_its_rows(
    browser, session, count_statements
):
    us = OrganisationFactory(is_us=True)

    def more():
        link = MembershipFactory(member_id=us.id)
        NetworkProfileFactory(organisation_id=link.network_id)
        TermFactory(membership=link)

    browser.sign_in()
    more()
    browser.get("networks.index")
    count_statements.clear()
    browser.get("networks.index")
    few = len(count_statements)
    for _ in range(10):
        more()
    count_statements.clear()
    browser.get("networks.index")
    assert len(count_statements) == few


# Memberships


def test_a_membership_with_its_first_period_is_added_from_the_page_of_the_member(browser, session):
    member, network = OrganisationFactory(name="Alpha"), NetworkFactory(name="Refuge Europe")
    page = browser.sign_in("contributor").post(
        "organisations.add_part",
        place=place(member),
        part_name="memberships",
        data={
            "network_id": "Refuge Europe",
            "kind_id": KINDS["registered"],
            "since": "09/2008",
            "participation": "Reads the newsletter.",
        },
    )
    assert "Membership added" in page.html
    section = page.section("memberships")
    for words in (
        "Refuge Europe",
        "Registration",
        "since September 2008",
        "Active",
        "Reads the newsletter.",
    ):
        assert words in section
    link, term = session.scalar(select(Membership)), session.scalar(select(Term))
    assert (link.member_id, link.network_id) == (member.id, network.id)
    assert (term.membership_id, term.member_id, term.network_id) == (link.id, member.id, network.id)
    assert term.since == PartialDate(2008, 9)


def test_a_member_is_added_from_the_page_of_the_network(browser, session):
    member, network = OrganisationFactory(name="Alpha"), NetworkFactory(name="Refuge Europe")
    browser.sign_in("contributor")
    page = add(browser, network, "members", member_id="Alpha", since="2001", until="2003", **MEMBER)
    section = page.section("members")
    for words in ("Alpha", "2001–2003", "Lapsed"):
        assert words in section
    assert session.scalar(select(Membership)).member_id == member.id


def test_a_person_belongs_to_a_network(browser, session):
    person, network = PersonFactory(name="Ada Example"), NetworkFactory(name="Refuge Europe")
    browser.sign_in("contributor")
    page = add(browser, person, "memberships", network_id=named(network), since="2010", **MEMBER)
    assert "since 2010" in page.section("memberships")
    page = browser.get("organisations.detail", place=place(network))
    assert "Ada Example" in page.section("members")


def test_an_applicant_has_no_period_and_has_applied(browser, session):
    member, network = OrganisationFactory(), NetworkFactory()
    browser.sign_in("contributor")
    page = add(
        browser,
        member,
        "memberships",
        network_id=named(network),
        is_applicant="y",
        applied_on="2026",
        **MEMBER,
    )
    assert "Applied" in page.section("memberships")
    assert session.scalar(select(Term)) is None


def test_the_status_follows_the_calendar(browser, session):
    member = OrganisationFactory()
    link = MembershipFactory(member_id=member.id)
    TermFactory(
        membership=link, since=PartialDate(2020), until=PartialDate(2026), ending=Ending.LAPSED
    )
    for day, status in (
        ("2019-06-01", "Not begun"),
        ("2020-01-01", "Active"),
        ("2026-12-31", "Active"),
        ("2027-01-01", "Lapsed"),
    ):
        with time_machine.travel(f"{day}T12:00:00+00:00", tick=False):
            page = browser.sign_in().get("organisations.detail", place=place(member))
            assert status in page.section("memberships"), day


def test_a_double_link_is_refused_at_its_field_but_another_kind_is_not(browser, session):
    link = MembershipFactory()
    network = session.get(Organisation, link.network_id)
    member = session.get(Organisation, link.member_id)
    browser.sign_in("contributor")
    page = add(browser, member, "memberships", network_id=named(network), **MEMBER)
    assert "there already" in page.error_at("kind_id")
    page = add(browser, network, "members", member_id=named(member), **MEMBER)
    assert "there already" in page.error_at("kind_id")
    page = add(browser, member, "memberships", network_id=named(network), kind_id=KINDS["observer"])
    assert "Observer" in page.section("memberships")


def test_changing_a_link_into_one_that_is_there_is_refused(browser, session):
    link = MembershipFactory()
    second = MembershipFactory(
        member_id=link.member_id, network_id=link.network_id, kind_id=int(KINDS["observer"])
    )
    member, network = (session.get(Organisation, key) for key in (link.member_id, link.network_id))
    page = browser.sign_in("contributor").post(
        "organisations.edit_part",
        place=place(member),
        part_name="memberships",
        part_id=second.id,
        data={"network_id": named(network), "kind_id": KINDS["member"], "version": "1"},
    )
    assert "there already" in page.error_at("kind_id")


def test_a_network_in_itself_and_loops_of_networks_are_refused(browser, session):
    one, two, three = NetworkFactory(), NetworkFactory(), NetworkFactory()
    MembershipFactory(member_id=one.id, network_id=two.id)
    MembershipFactory(member_id=two.id, network_id=three.id)
    browser.sign_in("contributor")
    page = add(browser, one, "memberships", network_id=named(one), **MEMBER)
    assert "cannot belong to itself" in page.error_at("network_id")
    page = add(browser, three, "memberships", network_id=named(one), **MEMBER)
    assert "belongs to the member already" in page.error_at("network_id")
    page = add(browser, one, "memberships", network_id=named(three), **MEMBER)
    assert page.errors() == []


@pytest.mark.parametrize("loop", ["itself", "round"])
def test_loops_are_refused_on_the_page_of_the_network_too(browser, session, loop):
    one, two = NetworkFactory(), NetworkFactory()
    MembershipFactory(member_id=one.id, network_id=two.id)
    browser.sign_in("contributor")
    member = one if loop == "itself" else two
    page = add(browser, one, "members", member_id=named(member), **MEMBER)
    assert "belong to" in " ".join(page.errors())
    assert len(session.scalars(select(Membership)).all()) == 1


def test_only_a_network_has_members(browser, session):
    member, other = OrganisationFactory(), OrganisationFactory(name="No network")
    browser.sign_in("contributor")
    page = add(browser, member, "memberships", network_id="No network", **MEMBER)
    assert "is not a network" in page.error_at("network_id")
    assert session.scalar(select(Membership)) is None
    page = add(browser, other, "members", member_id=named(member), **MEMBER)
    assert page.errors()
    assert session.scalar(select(Membership)) is None


def test_the_end_of_the_first_period_must_not_be_before_its_start(browser, session):
    member, network = OrganisationFactory(), NetworkFactory()
    browser.sign_in("contributor")
    page = add(
        browser,
        member,
        "memberships",
        network_id=named(network),
        since="2010",
        until="2009",
        **MEMBER,
    )
    assert "must not be before" in page.error_at("until")
    assert session.scalar(select(Membership)) is None


def test_correcting_a_link_takes_its_periods_along(browser, session):
    link = MembershipFactory()
    term = TermFactory(membership=link)
    member = session.get(Organisation, link.member_id)
    wrong = session.get(Organisation, link.network_id)
    right, other = NetworkFactory(name="Right one"), OrganisationFactory(name="Other member")
    browser.sign_in("contributor")
    page = browser.post(
        "organisations.edit_part",
        place=place(member),
        part_name="memberships",
        part_id=link.id,
        data={"network_id": "Right one", "kind_id": KINDS["member"], "version": "1"},
    )
    assert "Right one" in page.section("memberships")
    session.expire_all()
    assert session.get(Term, term.id).network_id == right.id
    assert wrong.id != right.id
    browser.post(
        "organisations.edit_part",
        place=place(right),
        part_name="members",
        part_id=link.id,
        data={"member_id": "Other member", "kind_id": KINDS["member"], "version": "2"},
    )
    session.expire_all()
    assert session.get(Term, term.id).member_id == other.id


def test_removing_a_link_removes_its_periods(browser, session):
    link = MembershipFactory()
    TermFactory(membership=link)
    member = session.get(Organisation, link.member_id)
    browser.sign_in("contributor").post(
        "organisations.remove_part", place=place(member), part_name="memberships", part_id=link.id
    )
    assert session.scalar(select(Membership)) is None
    assert session.scalar(select(Term)) is None


# Periods


def test_a_second_period_is_added_with_its_fee(browser, session):
    us = OrganisationFactory(is_us=True)
    link = MembershipFactory(member_id=us.id)
    TermFactory(membership=link, since=PartialDate(2008), until=PartialDate(2016))
    browser.sign_in("manager")
    page = add(
        browser,
        us,
        "periods",
        membership_id=str(link.id),
        since="2018",
        fee="1200.50",
        currency="EUR",
        paid_on="2018-02-01",
        ending="",
    )
    assert "2008–2016" in page.section("memberships")
    assert "since 2018" in page.section("memberships")
    assert "€1,200.50" in page.section("periods")
    assert "Paid on 1 Feb 2018" in page.section("periods")
    term = session.scalar(select(Term).where(Term.since == PartialDate(2018)))
    assert (term.member_id, term.network_id) == (link.member_id, link.network_id)


@pytest.mark.parametrize("fee", ["-1", "1000000000", "NaN", "sNaN", "Infinity", "much"])
def test_a_fee_that_cannot_be_is_refused(browser, session, fee):
    us = OrganisationFactory(is_us=True)
    link = MembershipFactory(member_id=us.id)
    browser.sign_in("manager")
    page = add(browser, us, "periods", membership_id=str(link.id), fee=fee, ending="")
    assert page.error_at("fee")
    assert session.scalar(select(Term)) is None


def test_a_period_must_not_end_before_it_starts(browser, session):
    link = MembershipFactory()
    member = session.get(Organisation, link.member_id)
    term = TermFactory(membership=link, since=PartialDate(2020))
    browser.sign_in("contributor")
    data = {"membership_id": str(link.id), "since": "2020", "until": "2019", "ending": ""}
    page = add(browser, member, "periods", **data)
    assert "must not be before" in page.error_at("until")
    page = browser.post(
        "organisations.edit_part",
        place=place(member),
        part_name="periods",
        part_id=term.id,
        data={**data, "version": "1"},
    )
    assert "must not be before" in page.error_at("until")


def test_a_period_of_somebody_elses_membership_is_refused(browser, session):
    member, link = OrganisationFactory(), MembershipFactory()
    browser.sign_in("contributor")
    page = add(browser, member, "periods", membership_id=str(link.id), ending="")
    assert page.error_at("membership_id")
    assert session.scalar(select(Term)) is None


def test_a_period_moved_to_another_membership_follows_its_network(browser, session):
    member = OrganisationFactory()
    one = MembershipFactory(member_id=member.id)
    two = MembershipFactory(member_id=member.id)
    term = TermFactory(membership=one)
    browser.sign_in("contributor").post(
        "organisations.edit_part",
        place=place(member),
        part_name="periods",
        part_id=term.id,
        data={"membership_id": str(two.id), "since": "2020", "ending": "", "version": "1"},
    )
    session.expire_all()
    moved = session.get(Term, term.id)
    assert (moved.membership_id, moved.network_id) == (two.id, two.network_id)


def test_any_member_can_be_given_a_period_and_its_end_from_the_page(browser, session):
    link = MembershipFactory()
    term = TermFactory(membership=link, since=PartialDate(2020))
    member = session.get(Organisation, link.member_id)
    network = session.get(Organisation, link.network_id)
    browser.sign_in("contributor")

    def offered(record, key):
        page = browser.get("organisations.detail", place=place(record))
        return [each for each in page.select(f"//*[@id='{key}']//a/@href") if "/periods/" in each]

    edit, new = offered(network, "members")
    assert offered(member, "memberships") == [edit]
    assert edit.endswith(f"/periods/{term.id}/edit")
    chosen = browser.get(new).select("//select[@id='membership_id']/option[@selected]/@value")
    assert chosen == [str(link.id)]
    page = browser.post(
        edit,
        data={
            "membership_id": str(link.id),
            "since": "2020",
            "until": "2022",
            "ending": "withdrawn",
            "version": "1",
        },
    )
    assert "Withdrawn" in page.section("memberships")
    assert offered(member, "memberships") == [new]
    page = browser.sign_in("viewer").get("organisations.detail", place=place(member))
    assert page.section("memberships")
    assert not [each for each in page.links().values() if "/periods/" in each]


# Mandates


def test_a_seat_without_a_name_is_shown_as_vacant(browser, session):
    network, member = NetworkFactory(), OrganisationFactory(name="Alpha")
    group = WorkingGroupFactory(network_id=network.id, name="Detention")
    browser.sign_in("contributor")
    page = add(
        browser,
        network,
        "mandates",
        organisation_id="Alpha",
        role="representative",
        working_group_id=str(group.id),
        since="2020",
    )
    section = page.section("mandates")
    for words in ("Vacant seat", "Alpha", "Representative", "Detention", "since 2020"):
        assert words in section
    page = browser.get("organisations.detail", place=place(member))
    assert "Vacant seat" in page.section("seats")


def test_who_sits_for_whom_is_on_all_three_pages(browser, session):
    network, member = NetworkFactory(name="Refuge Europe"), OrganisationFactory(name="Alpha")
    person = PersonFactory(name="Ada Example")
    browser.sign_in("contributor")
    add(
        browser,
        network,
        "mandates",
        organisation_id="Alpha",
        person_id="Ada Example",
        role="alternate",
        working_group_id="",
    )
    assert "Ada Example" in browser.get("organisations.detail", place=place(network)).section(
        "mandates"
    )
    assert "Refuge Europe" in browser.get("organisations.detail", place=place(member)).section(
        "seats"
    )
    assert "Alternate" in browser.get("people.detail", place=place(person)).section("seats")


def test_a_group_of_another_network_is_refused(browser, session):
    network, member = NetworkFactory(), OrganisationFactory()
    elsewhere = WorkingGroupFactory()
    browser.sign_in("contributor")
    data = {"organisation_id": named(member), "role": "member"}
    page = add(browser, network, "mandates", working_group_id=str(elsewhere.id), **data)
    assert page.error_at("working_group_id")
    assert session.scalar(select(Mandate)) is None


def test_a_mandate_must_not_end_before_it_starts(browser, session):
    network, member = NetworkFactory(), OrganisationFactory()
    browser.sign_in("contributor")
    page = add(
        browser,
        network,
        "mandates",
        organisation_id=named(member),
        role="member",
        working_group_id="",
        since="2020-05",
        until="2020-04",
    )
    assert "must not be before" in page.error_at("until")


def test_a_group_in_which_somebody_sits_is_not_removed_from_under_them(browser, session):
    network = NetworkFactory()
    group = WorkingGroupFactory(network_id=network.id, name="Detention")
    empty = WorkingGroupFactory(network_id=network.id, name="Empty one")
    MandateFactory(network_id=network.id, working_group_id=group.id)
    browser.sign_in("contributor")
    page = browser.post(
        "organisations.remove_part", place=place(network), part_name="groups", part_id=group.id
    )
    assert page.status == 200
    assert session.get(WorkingGroup, group.id) is not None
    page = browser.post(
        "organisations.remove_part", place=place(network), part_name="groups", part_id=empty.id
    )
    assert "Empty one" not in page.section("groups")


def test_a_group_must_not_end_before_it_starts(browser, session):
    network = NetworkFactory()
    group = WorkingGroupFactory(network_id=network.id, name="Detention")
    browser.sign_in("contributor")
    data = {"name": "Detention", "since": "2020", "until": "2019"}
    page = add(browser, network, "groups", **data)
    assert "must not be before" in page.error_at("until")
    page = browser.post(
        "organisations.edit_part",
        place=place(network),
        part_name="groups",
        part_id=group.id,
        data={**data, "version": "1"},
    )
    assert "must not be before" in page.error_at("until")


# In French


def test_every_page_of_networks_reads_in_french(browser, session):
    us = OrganisationFactory(name="Notre maison", is_us=True)
    network, person = NetworkFactory(name="Réseau Refuge"), PersonFactory()
    profile = NetworkProfileFactory(organisation_id=network.id, scope=Scope.EUROPE)
    measure = NetworkMeasureFactory(
        network_id=network.id, number=250, qualifier=Qualifier.MORE_THAN, as_of=PartialDate(2020)
    )
    link = MembershipFactory(member_id=us.id, network_id=network.id)
    term = TermFactory(membership=link, since=PartialDate(2008, 9), fee=1200, currency="EUR")
    group = WorkingGroupFactory(network_id=network.id)
    mandate = MandateFactory(network_id=network.id, organisation_id=us.id, person_id=person.id)
    browser.sign_in(UserFactory(role="manager", locale="fr"))
    for page in (browser.get("networks.index"), browser.get("networks.create")):
        assert page.status == 200
        assert page.select("//html/@lang") == ["fr"]
    for record in (network, us):
        page = browser.get("organisations.detail", place=place(record))
        assert page.status == 200
    assert browser.get("people.detail", place=place(person)).status == 200
    for record, part, row in (
        (network, "network-profile", profile),
        (network, "measures", measure),
        (network, "members", link),
        (us, "memberships", link),
        (us, "periods", term),
        (network, "groups", group),
        (network, "mandates", mandate),
    ):
        page = browser.get("organisations.add_part", place=place(record), part_name=part)
        assert page.status == 200
        page = browser.get(
            "organisations.edit_part", place=place(record), part_name=part, part_id=row.id
        )
        assert page.status == 200
    assert browser.get("organisations.history", place=place(network)).status == 200
