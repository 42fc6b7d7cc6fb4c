"""What a list answers from its address: related records, exclusions, days, columns, counts."""

import pytest

from crm.core.partial_date import PartialDate
from crm.organisations.models import OrganisationKind
from crm.records import listing as listing_module
from crm.records.kinds import registry
from crm.records.models import Tag, Tagging, Visibility
from crm.records.services import set_tags
from tests.factories.accounts import UserFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    TermFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory


def names(page):
    """Return the names that the list shows, in order."""
    return [
        link.text_content().strip()
        for link in page.select("//table//tbody//td[@role='cell'][not(@class='choose')][1]//a")
    ]


def headings(page):
    return [
        " ".join(each.text_content().split())
        for each in page.select("//table//thead//th[not(contains(@class, 'choose'))]")
    ]


def member(network, since=None, until=None, **values):
    organisation = OrganisationFactory(**values)
    link = MembershipFactory(member_id=organisation.id, network_id=network.id)
    TermFactory(membership=link, since=since, until=until)
    return organisation


@pytest.fixture
def world(session):
    """Return a small world: two networks, four organisations, people, texts, exchanges."""
    ecre = NetworkFactory(name="Council of Refuge", acronym="ECRE")
    idc = NetworkFactory(name="Coalition of Doors", acronym="IDC")
    alpha = member(ecre, name="Alpha", country="FR", since=PartialDate(2010))
    both = member(ecre, name="Beta", country="IT", since=PartialDate(2015))
    link = MembershipFactory(member_id=both.id, network_id=idc.id)
    TermFactory(membership=link, since=PartialDate(2016))
    left = member(ecre, PartialDate(2001), PartialDate(2009), name="Gamma", country="DE")
    alone = OrganisationFactory(name="Delta", country=None, organisation_kind="foundation")
    ada, ben = PersonFactory(name="Ada Lune"), PersonFactory(name="Ben Soleil")
    PositionFactory(person_id=ada.id, organisation_id=alpha.id, since=PartialDate(2020))
    PositionFactory(
        person_id=ben.id,
        organisation_id=both.id,
        since=PartialDate(2012),
        until=PartialDate(2018),
    )
    PositionFactory(person_id=ben.id, organisation_id=alone.id, since=PartialDate(2019))
    group = WorkingGroupFactory(network_id=ecre.id, name="Asylum")
    MandateFactory(
        network_id=ecre.id,
        organisation_id=alpha.id,
        person_id=ada.id,
        working_group_id=group.id,
        since=PartialDate(2021),
    )
    rome, paris = DeclarationFactory(name="Rome text"), DeclarationFactory(name="Paris text")
    for declaration, signatory in ((rome, alpha), (rome, both), (paris, both)):
        SignatureFactory(declaration_id=declaration.id, signatory_id=signatory.id)
    meeting = MeetingFactory(name="Plenary")
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=left.id)
    project = ProjectFactory(name="Harbour")
    InvolvementFactory(project_id=project.id, organisation_id=alone.id)
    exchange_with(ada, happened=PartialDate(2026, 3, 1))
    exchange_with(both, happened=PartialDate(2024, 6))
    set_tags(alpha, ["Détention"])
    session.flush()
    return {
        "ecre": ecre.id,
        "idc": idc.id,
        "group": group.id,
        "rome": rome.id,
        "paris": paris.id,
        "meeting": meeting.id,
        "project": project.id,
    }


NGOS = "kind=ngo&kind=foundation"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("network={ecre}", ["Alpha", "Beta"]),
        ("network=ECRE", ["Alpha", "Beta"]),
        ("network=council+of+refuge", ["Alpha", "Beta"]),
        ("network={ecre}&network.not={idc}", ["Alpha"]),
        ("network={ecre}&network={idc}", ["Alpha", "Beta"]),
        ("network={ecre}&on=2005", ["Gamma"]),
        ("network={ecre}&on=2012", ["Alpha"]),
        ("signed={rome}&signed.not={paris}", ["Alpha"]),
        ("signed.not={rome}&" + NGOS, ["Delta", "Gamma"]),
        ("meeting={meeting}", ["Gamma"]),
        ("project={project}", ["Delta"]),
        ("quiet_since=2026-01-01&" + NGOS, ["Beta", "Delta", "Gamma"]),
        ("quiet_since=2024-01-01&" + NGOS, ["Delta", "Gamma"]),
        ("quiet_since=2026-03-02&" + NGOS, ["Alpha", "Beta", "Delta", "Gamma"]),
        ("country.not=FR&" + NGOS, ["Beta", "Delta", "Gamma"]),
        ("country.not=FR&country.not=DE&" + NGOS, ["Beta", "Delta"]),
        ("tag=detention", ["Alpha"]),
        ("tag.not=DÉTENTION&" + NGOS, ["Beta", "Delta", "Gamma"]),
        ("tag=nothing", []),
        ("added_since=2020&country=FR", ["Alpha"]),
        ("changed_since=2090", []),
        ("unchecked_since=2026&country=FR", ["Alpha"]),
    ],
)
def test_organisations_are_found_by_what_is_related_to_them(browser, world, query, expected):
    page = browser.sign_in().get(f"/organisations/?{query.format(**world)}")
    assert names(page) == expected
    assert not page.select("//p[contains(@class, 'is-warn')]")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("organisation_kind=foundation", ["Ben Soleil"]),
        ("organisation_kind=ngo", ["Ada Lune"]),
        ("organisation_kind=ngo&on=2016", ["Ben Soleil"]),
        ("organisation_kind.not=ngo", ["Ben Soleil"]),
        ("organisation_country=FR", ["Ada Lune"]),
        ("organisation_country=IT", []),
        ("organisation_country=IT&on=2018-05", ["Ben Soleil"]),
        ("network=ECRE", ["Ada Lune"]),
        ("network=ECRE&on=2017", ["Ben Soleil"]),
        ("group={group}", ["Ada Lune"]),
        ("group={group}&on=2020", []),
        ("meeting={meeting}", ["Ada Lune"]),
        ("meeting.not={meeting}", ["Ben Soleil"]),
        ("quiet_since=2026", ["Ben Soleil"]),
        ("organisation=Alpha", ["Ada Lune"]),
        ("organisation=Alpha&organisation=Delta", ["Ada Lune", "Ben Soleil"]),
    ],
)
def test_people_are_found_by_where_they_work_and_sit(browser, world, query, expected):
    page = browser.sign_in().get(f"/people/?{query.format(**world)}")
    assert names(page) == expected


def test_a_filter_can_be_turned_round_and_taken_away_by_its_chip(browser, world):
    page = browser.sign_in().get("/organisations/?country=FR&kind=ngo")
    flips = page.select("//ul[@class='active-filters']//a[@class='flip']/@href")
    assert ["country.not=FR" in flips[0], "kind.not=ngo" in flips[1]] == [True, True]
    page = browser.get(flips[1])
    assert "Kind of organisation: not NGO" in page.text
    back = page.select("//ul[@class='active-filters']//a[@class='flip']/@href")
    assert any("kind=ngo" in each for each in back)
    remove = page.select("//a[@class='removable']/@href")
    assert [each for each in remove if "kind" not in each]


def test_what_is_left_out_stays_when_another_filter_is_added_in_the_form(browser, world):
    page = browser.sign_in().get("/organisations/?country.not=FR&network=ECRE&sort=-title")
    kept = {
        (each.get("name"), each.get("value"))
        for each in page.select("//form[@class='filters']//input[@type='hidden']")
    }
    assert {("country.not", "FR"), ("network", str(world["ecre"])), ("sort", "-title")} <= kept


def test_a_name_that_several_bear_means_all_of_them(browser, session):
    one, two = NetworkFactory(name="Refuge", country="BE"), NetworkFactory(name="Refuge")
    member(one, name="Alpha")
    member(two, name="Beta")
    page = browser.sign_in().get("/organisations/?network=refuge")
    assert names(page) == ["Alpha", "Beta"]
    page = browser.get("/organisations/?network=nobody")
    assert "“nobody” is no value of “Network”" in page.text


def test_columns_are_chosen_ordered_and_kept_in_the_address(browser, world):
    browser.sign_in()
    page = browser.get("/organisations/?cols=last,networks,country&country=FR")
    assert headings(page) == ["Name", "Last exchange", "Networks", "Country"]
    row = page.select("//table//tbody//tr")[0].text_content()
    assert "1 Mar 2026" in row
    assert "Council of Refuge" in row
    page = browser.get(
        "/organisations/?country=FR&col=kind&col=owner&col=tags&down=kind", follow=False
    )
    assert "cols=title,owner,kind,tags" in page.location.replace("%2C", ",")
    assert "country=FR" in page.location
    page = browser.get(page.location)
    assert headings(page) == ["Name", "Owner", "Kind", "Tags"]
    assert page.select("//details[@id='columns'][@open]")
    page = browser.get("/organisations/?cols=owner,zork,owner,title")
    assert headings(page) == ["Owner", "Name"]
    assert "no column called “zork”" in page.text


def test_the_usual_columns_need_no_word_in_the_address(browser, session):
    OrganisationFactory()
    browser.sign_in()
    usual = ["kind", "country", "status", "owner", "since"]
    query = "&".join(f"col={key}" for key in usual)
    assert browser.get(f"/organisations/?{query}", follow=False).location == "/organisations/"


def test_the_number_of_statements_does_not_grow_with_the_rows_of_any_column(
    browser, world, count_statements
):
    browser.sign_in()
    address = "/organisations/?cols=title,last,networks,tags,owner,checked&size=100"
    browser.get(address)
    count_statements.clear()
    browser.get(address)
    few = len(count_statements)
    for number in range(30):
        OrganisationFactory(name=f"More {number}", owner_id=UserFactory().id)
    count_statements.clear()
    browser.get(address)
    assert len(count_statements) == few


def test_a_list_of_people_asks_six_questions_and_the_row_filter_once(
    browser, world, count_statements
):
    browser.sign_in()
    count_statements.clear()
    browser.get("people.index")
    assert len(count_statements) <= 6
    [listed] = [each for each in count_statements if each.startswith("SELECT people.id")]
    # A reader of the record, and of those it hides with, at one and at two steps.
    assert listed.count("FROM readers") == 3


def test_a_page_has_as_many_rows_as_asked(browser, session):
    for number in range(30):
        OrganisationFactory(name=f"Refuge {number:02}")
    browser.sign_in()
    page = browser.get("/organisations/?size=25")
    assert len(names(page)) == 25
    assert "size=25" in page.select("//a[@rel='next']/@href")[0]
    page = browser.get("/organisations/?size=7")
    assert len(names(page)) == 30
    assert "A page of a list has 25, 50, 100, 200 rows" in page.text


def test_a_filter_by_dates_goes_on_over_pages_and_is_not_lost(browser, session):
    for number in range(30):
        MeetingFactory(name=f"Early {number:02}", starts=PartialDate(2020, 1, 1))
        MeetingFactory(name=f"Late {number:02}", starts=PartialDate(2024, 1, 1))
    page = browser.sign_in().get("/meetings/?before=2022&size=25")
    assert "not found" not in page.text
    page = browser.get(page.select("//a[@rel='next']/@href")[0])
    assert len(names(page)) == 5
    assert all(name.startswith("Early") for name in names(page))
    page = browser.get(page.select("//a[@rel='prev']/@href")[0])
    assert len(names(page)) == 25


def test_counting_stops_at_its_cap_unless_asked(browser, session, monkeypatch):
    monkeypatch.setattr(listing_module, "COUNTED", 40)
    monkeypatch.setattr("crm.records.list_page.COUNTED", 40)
    for number in range(60):
        OrganisationFactory(name=f"Refuge {number:02}")
    page = browser.sign_in().get("/organisations/?q=refuge")
    assert "More than 1,000 results" in page.text
    link = page.links()["Count them all"]
    assert "q=refuge" in link
    page = browser.get(link)
    assert "60 results" in page.text
    assert "Count them all" not in page.links()


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"organisation={number}" for number in range(1, 2001)),
        "&".join(f"zork{number}=1" for number in range(2000)),
        "&".join(f"country.not={number}" for number in range(2000)),
        "page=1000000000&next=!!!&previous=%00&size=-1&on=yesterday-ish&sort=;drop&cols=,,,",
        "q=%22&q=*&q=NEAR(&network=" + "*" * 3000,
        "network=%F0%9F%92%A5&tag=%CC%81%CC%81&quiet_since=0000&changed_since=9999-99-99",
        "_external=1&_scheme=x&_anchor=y&_method=z&endpoint=a&self=b&path=c&view_id=d",
        "view=99999999999999999999&id=x&counted=y&which=all&action=z",
        "on=9999-12-31&network=id:999999999&network=id:&group=-1&group=999999999",
    ],
    ids=range(9),
)
def test_rubbish_in_the_address_is_answered_in_words(browser, session, query):
    PersonFactory()
    OrganisationFactory()
    browser.sign_in("manager")
    for path in ("people", "organisations", "meetings", "interactions", "tasks", "networks"):
        page = browser.get(f"/{path}/?{query}")
        assert page.status == 200
        assert len(page.select("//p[contains(@class, 'is-warn')]")) <= 110


def test_a_name_as_long_as_they_get_leads_to_the_next_page(browser, session):
    for number in range(60):
        OrganisationFactory(name=f"Дом {number:03} " + "ж" * 280)
    page = browser.sign_in().get("/organisations/")
    page = browser.get(page.select("//a[@rel='next']/@href")[0])
    assert "not found" not in page.text
    assert len(names(page)) == 10


def test_a_place_beyond_the_end_leads_to_the_first_page(browser, session):
    OrganisationFactory(name="Alpha")
    page = browser.sign_in().get("/organisations/?next=WyJ6enp6IiwxXQ")
    assert names(page) == ["Alpha"]
    assert "here is the first" in page.text


def test_names_and_dates_are_limited_because_each_asks_other_tables(browser, world):
    query = "&".join(f"network={number}" for number in range(50))
    page = browser.sign_in().get(f"/organisations/?{query}&quiet_since=2020&country=FR")
    assert "at most 10 names and dates" in page.text
    assert len(page.select("//ul[@class='active-filters']//a[@class='removable']")) == 11


def test_each_box_is_named_by_its_record(browser, world):
    page = browser.sign_in("contributor").get("/organisations/?cols=country,title&country=FR")
    assert page.select("//td[@class='choose']/input/@aria-label") == ["Choose “Alpha”"]


def test_the_usual_order_is_not_said(browser, session):
    OrganisationFactory()
    page = browser.sign_in().get("/organisations/?sort=title")
    assert not page.select("//form[@class='filters']//input[@name='sort']")


def test_more_filters_than_a_list_takes_are_named_in_one_sentence(browser, session):
    query = "&".join(f"country={number}" for number in range(2000))
    page = browser.sign_in().get(f"/organisations/?{query}")
    assert "at most 100 filters" in page.text


# What hides leaves no trace


@pytest.mark.parametrize("level", [Visibility.MANAGERS, Visibility.NAMED])
def test_a_hidden_record_is_no_value_of_a_filter_and_counts_nowhere(browser, world, session, level):
    secret = NetworkFactory(name="Hidden coalition", visibility=level)
    member(secret, name="Alba", country="DE")
    hidden = OrganisationFactory(name="Hidden house", country="FR", visibility=level)
    declaration = DeclarationFactory(name="Hidden text", visibility=level)
    quiet = OrganisationFactory(name="Quiet", country="FR")
    SignatureFactory(declaration_id=declaration.id, signatory_id=quiet.id)
    someone = PersonFactory(name="Hidden person", visibility=level)
    exchange_with(quiet, someone, happened=PartialDate(2026, 4, 1))
    tag = Tag(word="covert", key="covert")
    session.add(tag)
    session.flush()
    session.add(Tagging(record_id=hidden.id, tag_id=tag.id))
    browser.sign_in("contributor")
    page = browser.get("/organisations/?network=hidden+coalition")
    assert "“hidden coalition” is no value of “Network”" in page.text
    page = browser.get(f"/organisations/?network={secret.id}")
    assert names(page) == []
    assert "Hidden" not in page.html
    assert names(browser.get(f"/organisations/?network.not={secret.id}&country=FR")) == [
        "Alpha",
        "Quiet",
    ]
    assert names(browser.get(f"/organisations/?signed={declaration.id}")) == []
    assert names(browser.get("/organisations/?tag=covert")) == []
    # The exchange hides with whom it names, so nothing says that there was one.
    page = browser.get("/organisations/?country=FR&quiet_since=2026-03-15&cols=last,networks,tags")
    assert names(page) == ["Alpha", "Quiet"]
    assert "Apr 2026" not in page.html


def test_no_filter_takes_a_key_that_the_address_needs_itself(app):
    own = listing_module.FORM_KEYS | listing_module._OWN_KEYS | {"on"}
    for kind in registry.kinds.values():
        assert not own & set(registry.filters_of(kind)), kind.name
        assert "title" in registry.columns_of(kind), kind.name


def test_kinds_of_organisations_offered_are_those_of_the_language(browser, session):
    page = browser.sign_in().get("/organisations/")
    options = page.select("//select[@name='kind']/option/@value")
    assert options == ["", *(kind.value for kind in OrganisationKind)]
