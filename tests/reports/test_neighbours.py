"""Whom an organisation is tied to: the table, the drawing, and what neither shows."""

import re
from itertools import pairwise

import pytest
import sqlalchemy as sa

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation, RelationKind
from crm.people.models import Person, Position
from crm.records.models import RECORDS, Visibility
from crm.reports.neighbours import MOST_DRAWN, MOST_NAMED
from crm.web.graphs import ROW, Node, NodeGroup, around
from tests.databases import analyse
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.reports.conftest import sits_in


def groups(page):
    """Return the rows of each table of the page by its heading."""
    return {
        " ".join(each.xpath("string(h2)").split()): {
            " ".join(row.xpath("string(td[1])").split()): [
                " ".join(" ".join(cell.itertext()).split()) for cell in row.xpath("td")[1:]
            ]
            for row in each.xpath(".//tbody/tr")
        }
        for each in page.select('//*[@id="ties"]/section')
    }


def drawn(page):
    return [
        (" ".join(each.text_content().split()), each.get("href"))
        for each in page.select("//svg//a")
    ]


@pytest.fixture
def house(session):
    """Make an organisation with ties of every kind, and hidden ones in between."""
    house = OrganisationFactory(name="House")
    friend = OrganisationFactory(name="Friend")
    hidden = OrganisationFactory(name="Hidden", visibility=Visibility.MANAGERS)
    whole = OrganisationFactory(name="Whole")
    house.parent_id = whole.id
    OrganisationFactory(name="Branch", parent_id=house.id)
    OrganisationFactory(name="Secret branch", parent_id=house.id, visibility=Visibility.MANAGERS)
    RelationFactory(organisation_id=house.id, other_id=friend.id, kind=RelationKind.SISTER)
    RelationFactory(organisation_id=hidden.id, other_id=house.id)
    network = NetworkFactory(name="Net")
    for member in (house, friend, hidden):
        sits_in(member, network)
    neighbour = OrganisationFactory(name="Neighbour")
    sits_in(neighbour, network)
    sits_in(OrganisationFactory(name="Past member"), network, until=PartialDate(2012))
    project = ProjectFactory(name="Work", acronym=None)
    secret_project = ProjectFactory(name="Secret work", visibility=Visibility.MANAGERS)
    for each in (project, secret_project):
        InvolvementFactory(project_id=each.id, organisation_id=house.id)
        InvolvementFactory(project_id=each.id, organisation_id=neighbour.id)
    declaration = DeclarationFactory(name="Text")
    SignatureFactory(declaration_id=declaration.id, signatory_id=house.id)
    SignatureFactory(declaration_id=declaration.id, signatory_id=PersonFactory(name="Ada").id)
    nina = PersonFactory(name="Nina")
    PositionFactory(person_id=nina.id, organisation_id=house.id)
    gone = PersonFactory(name="Gone")
    PositionFactory(person_id=gone.id, organisation_id=house.id, until=PartialDate(2019))
    secret_person = PersonFactory(name="Secret person", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=secret_person.id, organisation_id=house.id)
    session.flush()
    return house


def test_the_table_says_who_is_tied_and_how(browser, house):
    page = browser.sign_in().get("reports.graph", organisation=house.id)
    assert groups(page) == {
        "People (1)": {"Nina": ["works there", "1"]},
        "Networks (1)": {"Net": ["it belongs there", "1"]},
        "Projects (1)": {"Work": ["takes part", "1"]},
        "Declarations (1)": {"Text": ["has signed", "1"]},
        "Related organisations (3)": {
            "Friend": ["relation shares: Networks", "2"],
            "Branch": ["part of it", "1"],
            "Whole": ["it is part of this", "1"],
        },
        "Sharing most with it (1)": {"Neighbour": ["shares: Networks shares: Projects", "2"]},
    }
    assert "8 links" in page.text


def test_what_is_kept_to_managers_is_in_neither_table_nor_drawing(browser, house):
    seen = browser.sign_in("viewer").get("reports.graph", organisation=house.id)
    assert "ecret" not in seen.html
    assert "Hidden" not in seen.html
    managed = browser.sign_in("manager").get("reports.graph", organisation=house.id)
    assert {"Secret person", "Nina"} == set(groups(managed)["People (2)"])
    assert "Hidden" in groups(managed)["Related organisations (5)"]
    assert groups(managed)["Sharing most with it (1)"]["Neighbour"][-1] == "3"


def test_the_drawing_has_the_links_of_the_table_in_its_order(browser, house):
    page = browser.sign_in().get("reports.graph", organisation=house.id)
    table = [
        (" ".join(each.text_content().split()), each.get("href"))
        for each in page.select('//*[@id="ties"]//td//a')
    ]
    assert drawn(page) == table
    assert page.html.index("<table") < page.html.index('<svg role="group"')


def test_a_hidden_or_unknown_organisation_has_no_page(browser, session):
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    browser.sign_in("viewer")
    for asked in (hidden.id, PersonFactory().id, 999_999_999, "x", "-1", ""):
        assert browser.get(f"/graph?organisation={asked}").status == 404, asked
    assert browser.get("/graph").status == 404


def test_an_organisation_tied_to_nothing_says_so(browser, session):
    alone = OrganisationFactory(name="Alone")
    page = browser.sign_in().get("reports.graph", organisation=alone.id)
    assert "Not enough links" in page.text
    assert not page.select("//svg[@role='group']")


def test_the_page_of_an_organisation_leads_there(browser, house):
    page = browser.sign_in().get(f"/organisations/{house.id}")
    assert page.links()["Ties"] == f"/graph?organisation={house.id}"


def many(organisation, number):
    """Make people who work at an organisation, without what happens when records are made."""
    connection = db.session.connection()
    first = connection.scalar(sa.select(sa.func.max(RECORDS.c.id))) + 1
    ids = range(first, first + number)
    values = {"kind": "person", "visibility": Visibility.TEAM, "version": 1}
    connection.execute(
        sa.insert(RECORDS),
        [
            {
                **values,
                "id": each,
                "title": f"Person {each}",
                "sort_key": f"person {each}",
                "search_names": "",
                "search_text": "",
            }
            for each in ids
        ],
    )
    connection.execute(
        sa.insert(Person.__table__), [{"id": each, "name": f"Person {each}"} for each in ids]
    )
    connection.execute(
        sa.insert(Position.__table__),
        [{"person_id": each, "organisation_id": organisation.id} for each in ids],
    )


def test_five_thousand_neighbours_take_the_same_few_statements(
    browser, house, count_statements, session
):
    browser.sign_in()
    browser.get("reports.graph", organisation=house.id)
    count_statements.clear()
    browser.get("reports.graph", organisation=house.id)
    few = len(count_statements)
    house = session.get(Organisation, house.id)
    many(house, 5_000)
    analyse(session)
    count_statements.clear()
    page = browser.get("reports.graph", organisation=house.id)
    assert len(count_statements) <= few
    assert len(groups(page)["People (5001)"]) == MOST_NAMED
    links = drawn(page)
    assert len(links) == MOST_DRAWN + 1
    assert links[-1] == (f"and {5_008 - MOST_DRAWN} more", "#ties")
    # Each kind has its share, however many there are of another.
    assert {"Net", "Work", "Text", "Friend", "Neighbour"} <= {name for name, _url in links}
    rest = page.links()[f"and {5_001 - MOST_NAMED} more"]
    assert "More than 1,000 results" in browser.get(rest).text


@pytest.mark.parametrize("key", ["people", "projects", "declarations"])
def test_the_number_of_a_group_is_that_of_its_list(browser, house, key):
    page = browser.sign_in().get("reports.graph", organisation=house.id)
    asked = {"people": "organisation", "projects": "partner", "declarations": "signatory"}[key]
    found = browser.get(f"/{key}/?{asked}={house.id}")
    words = found.select('//*[contains(@class, "count")]')[0].text_content()
    heading = next(each for each in groups(page) if each.lower().startswith(key))
    assert re.search(r"\d+", words)[0] == re.search(r"\d+", heading)[0]


@pytest.mark.parametrize("sizes", [(1,), (40,), (2, 1), (1, 1, 38), (10, 10, 10, 10), (0, 3)])
def test_no_two_names_of_a_drawing_overlap_and_none_is_lost(sizes):
    made = [
        NodeGroup(f"Group {place}", [Node(f"Node {n}", "/") for n in range(size)])
        for place, size in enumerate(sizes)
    ]
    graph = around("Ties", "A rather long name of an organisation in the middle", made)
    nodes = [each for each in graph.drawn if each.node]
    assert len(nodes) == sum(sizes)
    for is_left in (True, False):
        side = [each for each in graph.drawn if each.is_left is is_left]
        assert all(b.y - a.y == ROW for a, b in pairwise(side))
        assert not side or side[0].node is None, "each side begins with a heading"
        assert not side or side[-1].node is not None, "no heading stands alone"
    assert all(0 < each.y < graph.height and 0 < each.x < graph.width for each in graph.drawn)
