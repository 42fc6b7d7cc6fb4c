"""Who sits where: our partners and their networks on one page and in files."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM, Principal, set_principal
from crm.networks.matrix import Question, gather
from crm.networks.models import Ending
from crm.permissions import ROLES
from crm.records.models import Name, NameKind, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.networks import (
    MembershipFactory,
    NetworkFactory,
    TermFactory,
    kind_of_link,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

DAY = "2026-11-23"


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(f"{DAY}T10:00:00+01:00", tick=False):
        yield


def on(text):
    return PartialDate.parse_iso(text) if text else None


def sits(member, network, since=None, until=None, *, kind="member", ending=None):
    link = MembershipFactory(member_id=member.id, network_id=network.id, kind_id=kind_of_link(kind))
    TermFactory(membership=link, since=on(since), until=on(until), ending=ending)
    return link


def words(element):
    return " ".join(element.text_content().split())


def table(page):
    """Return what each organisation has in each network, as a reader of the page gets it."""
    headings = [
        words(each.find(".//bdi")) for each in page.select("//table//thead//th[position()>1]")
    ]
    return {
        words(row.xpath("./th//a")[0]): dict(
            zip(
                headings,
                (" ".join(each.itertext()) for each in row.xpath("./td")),
                strict=True,
            )
        )
        for row in page.select("//table//tbody/tr")
    }


def shown(page):
    """Return who sits where by the page: organisation, network."""
    return {
        (name, network)
        for name, cells in table(page).items()
        for network, text in cells.items()
        if "—" not in text
    }


def fetch(browser, address, **values):
    """Return a file: what a page of the browser cannot read."""
    address = browser.address(address, **values)
    db.session.commit()
    db.session.expunge_all()
    db.session.info.clear()
    answer = browser.client.get(address)
    db.session.expunge_all()
    db.session.info.clear()
    db.session.info["principal"] = SYSTEM
    assert answer.status_code == 200
    return answer


def read_csv(answer, separator=","):
    assert answer.mimetype == "text/csv"
    content = answer.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    return [row for row in rows if row]


def read_xlsx(answer):
    book = CalamineWorkbook.from_filelike(BytesIO(answer.get_data()))
    (name,) = book.sheet_names
    rows = book.get_sheet_by_name(name).to_python()
    top = next(i for i, row in enumerate(rows) if row[0] == "Organisation")
    filled = [row for row in rows[top:] if row[0]]
    width = sum(1 for value in filled[0] if value)
    stamp = " ".join(str(value) for row in rows[:top] for value in row if value)
    return [row[:width] for row in filled], stamp


# The page


def test_the_page_says_who_sits_where_with_the_word_of_the_link_and_since_when(browser, session):
    us = OrganisationFactory(name="Maison commune", is_us=True)
    refuge = OrganisationFactory(name="Refuge Nord")
    council = NetworkFactory(name="Council of invented things", acronym="CIT")
    forum = NetworkFactory(name="Forum")
    sits(us, council, "1998")
    sits(refuge, council, "2012-07", kind="special_status")
    sits(refuge, forum)
    page = browser.sign_in("viewer").get("networks.matrix")
    assert page.title == "Who sits where"
    assert "1 organisation" in page.text
    found = table(page)
    assert list(found) == ["Maison commune", "Refuge Nord"]
    assert words(page.select("//tbody/tr[1]/th")[0]) == "Maison commune we ourselves"
    assert found["Refuge Nord"]["CIT"].split() == ["Special", "status", "since", "July", "2012"]
    assert found["Refuge Nord"]["Forum"].split() == ["Member"]
    assert found["Maison commune"]["CIT"].split() == ["Member", "since", "1998"]
    assert shown(page) == {
        ("Maison commune", "CIT"),
        ("Refuge Nord", "CIT"),
        ("Refuge Nord", "Forum"),
    }


def test_both_axes_are_headings_and_the_table_can_be_reached_by_keyboard(browser, session):
    network = NetworkFactory(name="Council of invented things", acronym="CIT")
    sits(OrganisationFactory(name="Refuge Nord"), network)
    page = browser.sign_in("viewer").get("networks.matrix")
    assert page.select("//tbody//th[@scope='row']/a[.='Refuge Nord']")
    (heading,) = page.select("//thead//th[@scope='col']/a")
    assert heading.get("title") == "Council of invented things (CIT)"
    assert words(heading) == "CIT"
    (region,) = page.select("//*[@role='region'][table]")
    assert region.get("tabindex") == "0"
    assert region.get("aria-label") == "Who sits where"


def test_a_network_without_an_acronym_is_called_by_its_short_name(browser, session):
    network = NetworkFactory(name="Council of invented things")
    session.add(Name(record_id=network.id, kind=NameKind.SHORT, text="Invented"))
    sits(OrganisationFactory(name="Refuge Nord"), network)
    page = browser.sign_in("viewer").get("networks.matrix")
    assert list(table(page)["Refuge Nord"]) == ["Invented"]


def test_the_list_of_networks_leads_to_the_page(browser, session):
    page = browser.sign_in("viewer").get("networks.index")
    assert page.links()["Who sits where"] == "/networks/matrix"


def test_networks_people_and_what_is_in_the_trash_are_no_rows(browser, session):
    network, inside = NetworkFactory(name="Forum"), NetworkFactory(name="Inside")
    gone = OrganisationFactory(name="Gone")
    for member in (inside, PersonFactory(name="Somebody"), gone, OrganisationFactory(name="Kept")):
        sits(member, network)
    gone.deleted_at = gone.created_at
    page = browser.sign_in("viewer").get("networks.matrix")
    assert shown(page) == {("Kept", "Forum")}


def test_without_anybody_the_page_says_so(browser, session):
    NetworkFactory()
    page = browser.sign_in("contributor").get("networks.matrix")
    assert "Nobody sits in a network here" in page.text
    assert not page.select("//table")


def test_years_that_follow_each_other_are_one_link_since_the_first(browser, session):
    network, refuge = NetworkFactory(name="Forum"), OrganisationFactory(name="Refuge Nord")
    link = sits(refuge, network, "2015", "2018", ending=Ending.LAPSED)
    for year in ("2022", "2023", "2024", "2025", "2026"):
        TermFactory(membership=link, since=on(year), until=on(year))
    page = browser.sign_in("viewer").get("networks.matrix")
    assert table(page)["Refuge Nord"]["Forum"].split() == ["Member", "since", "2022"]


def test_two_links_with_one_network_stand_in_one_cell(browser, session):
    network, refuge = NetworkFactory(name="Forum"), OrganisationFactory(name="Refuge Nord")
    sits(refuge, network, "2020", kind="observer")
    sits(refuge, network, "2010")
    page = browser.sign_in("viewer").get("networks.matrix")
    words_shown = table(page)["Refuge Nord"]["Forum"].split()
    assert words_shown == ["Member", "since", "2010", "Observer", "since", "2020"]


def test_it_answers_as_on_a_day(browser, session):
    network, refuge = NetworkFactory(name="Forum"), OrganisationFactory(name="Refuge Nord")
    sits(refuge, network, "2019", "2024-03-31", ending=Ending.WITHDRAWN)
    reader = browser.sign_in("viewer")
    assert shown(reader.get("networks.matrix")) == set()
    before = reader.get("networks.matrix", on="31/03/2024")
    assert shown(before) == {("Refuge Nord", "Forum")}
    assert "As on 31 March 2024" in before.text
    assert shown(reader.get("networks.matrix", on="1/4/2024")) == set()
    odd = reader.get("networks.matrix", on="the day of the frogs")
    assert odd.status == 200
    assert "This day was not understood" in odd.text


def test_it_is_filtered_by_countries_and_we_stay(browser, session):
    network = NetworkFactory(name="Forum")
    sits(OrganisationFactory(name="Maison commune", is_us=True), network)
    for name, country in (("Nord", "DE"), ("Sud", "IT"), ("Est", "PL")):
        sits(OrganisationFactory(name=name, country=country), network)
    reader = browser.sign_in("viewer")
    page = reader.get("networks.matrix", country=["DE", "IT"])
    assert list(table(page)) == ["Maison commune", "Nord", "Sud"]
    assert "2 organisations" in page.text
    assert any("Country: Germany" in text for text in page.links())
    remaining = page.links()["Remove the filter Country: Italy"]
    assert list(table(reader.get(remaining))) == ["Maison commune", "Nord"]
    odd = reader.get("networks.matrix", country="nowhere", colour="blue")
    assert len(table(odd)) == 4
    assert "“nowhere” is no value of “Country”" in odd.text
    assert "no filter called “colour”" in odd.text


def test_it_shows_the_networks_that_are_chosen_and_offers_the_others(browser, session):
    one, other = NetworkFactory(name="One"), NetworkFactory(name="Other")
    nobody = NetworkFactory(name="Empty network")
    sits(OrganisationFactory(name="Nord"), one)
    sits(OrganisationFactory(name="Sud"), other)
    reader = browser.sign_in("viewer")
    page = reader.get("networks.matrix", network=[str(one.id), str(nobody.id), "999999", "x"])
    assert table(page) == {"Nord": {"One": table(page)["Nord"]["One"], "Empty network": "—"}}
    assert "1 organisation" in page.text
    assert "“999999” is no value of “Network”" in page.text
    assert "“x” is no value of “Network”" in page.text
    assert page.select(f"//select[@name='network']/option[@value='{other.id}']")


def test_twelve_networks_are_shown_those_where_we_sit_first_and_the_others_are_announced(
    browser, session
):
    us, nord, sud = (
        OrganisationFactory(name="Maison commune", is_us=True),
        OrganisationFactory(name="Nord"),
        OrganisationFactory(name="Sud"),
    )
    networks = [NetworkFactory(name=f"Network {place:02}") for place in range(14)]
    for network in networks:
        sits(nord, network)
    sits(sud, networks[12])
    sits(us, networks[13])
    reader = browser.sign_in("viewer")
    page = reader.get("networks.matrix")
    names = list(table(page)["Nord"])
    assert names == ["Network 13", "Network 12", *(f"Network {place:02}" for place in range(10))]
    assert "2 more networks are not shown" in page.text
    whole = reader.get(page.links()["Show all networks"])
    assert len(table(whole)["Nord"]) == 14
    assert "not shown" not in whole.text


def test_long_lists_are_read_page_by_page(browser, session):
    network = NetworkFactory(name="Forum")
    sits(OrganisationFactory(name="Maison commune", is_us=True), network)
    for place in range(51):
        sits(OrganisationFactory(name=f"Refuge {place:02}"), network)
    reader = browser.sign_in("viewer")
    first = reader.get("networks.matrix", country="FR")
    assert "51 organisations · Page 1 of 2" in first.text
    assert len(table(first)) == 51
    second = reader.get(first.links()["Next"])
    assert list(table(second)) == ["Maison commune", "Refuge 50"]
    assert "Country: France" in " ".join(second.links())
    assert list(table(reader.get(second.links()["Previous"]))) == list(table(first))
    beyond = reader.get("networks.matrix", page="99")
    assert list(table(beyond)) == list(table(second))
    assert reader.get("networks.matrix", page="-1").status == 200


def test_it_reads_in_french(browser, session):
    network = NetworkFactory(name="Forum")
    sits(OrganisationFactory(name="Refuge Nord"), network, "2012-07", kind="special_status")
    reader = browser.sign_in(UserFactory(locale="fr"))
    page = reader.get("networks.matrix", on="2024")
    assert page.status == 200
    cell = table(page)["Refuge Nord"]["Forum"]
    assert cell.split() == ["Statut", "spécial", "depuis", "juillet", "2012"]


# Who sees what


def test_a_hidden_member_and_a_hidden_network_do_not_exist(browser, session):
    forum = NetworkFactory(name="Forum")
    quiet = NetworkFactory(name="Quiet network", visibility=Visibility.MANAGERS)
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    nord = OrganisationFactory(name="Nord")
    sits(nord, forum)
    sits(nord, quiet)
    sits(secret, forum)
    sits(OrganisationFactory(name="Only there"), quiet)
    seen = browser.sign_in("viewer").get("networks.matrix", network=str(quiet.id))
    assert "Quiet" not in seen.html
    viewer = browser.get("networks.matrix")
    assert shown(viewer) == {("Nord", "Forum")}
    assert "1 member" in viewer.text
    assert "1 organisation" in viewer.text
    for word in ("Quiet", "Secret", "Only there"):
        assert word not in viewer.html
    manager = browser.sign_in("manager").get("networks.matrix")
    assert shown(manager) == {
        ("Nord", "Forum"),
        ("Nord", "Quiet network"),
        ("Secret", "Forum"),
        ("Only there", "Quiet network"),
    }


def test_files_show_what_the_whole_team_sees_and_count_what_is_withheld(browser, session):
    forum = NetworkFactory(name="Forum")
    quiet = NetworkFactory(name="Quiet network", visibility=Visibility.MANAGERS)
    nord = OrganisationFactory(name="Nord")
    sits(nord, forum)
    sits(nord, quiet)
    sits(OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS), forum)
    browser.sign_in("manager")
    assert read_csv(fetch(browser, "networks.matrix_csv")) == [
        ["Organisation", "Country", "Forum"],
        ["Nord", "France", "Member"],
    ]
    rows, stamp = read_xlsx(fetch(browser, "networks.matrix_xlsx"))
    assert rows == [["Organisation", "Country", "Forum"], ["Nord", "France", "Member"]]
    assert "Confidential items withheld: 2" in stamp
    chosen = fetch(browser, "networks.matrix_csv", network=str(quiet.id))
    assert b"Quiet" not in chosen.get_data()


def test_viewers_are_offered_no_files_and_get_none(browser, session):
    sits(OrganisationFactory(), NetworkFactory())
    viewer = browser.sign_in("viewer").get("networks.matrix")
    assert not {"CSV", "XLSX"} & set(viewer.links())
    assert browser.get("networks.matrix_csv").status == 403
    assert browser.get("networks.matrix_xlsx").status == 403
    links = browser.sign_in("contributor").get("networks.matrix").links()
    assert links["CSV"] == "/networks/matrix.csv"
    assert links["XLSX"] == "/networks/matrix.xlsx"


# Files


def test_the_files_hold_all_rows_and_networks_that_fit_the_filters(browser, session):
    networks = [NetworkFactory(name=f"Network {place:02}") for place in range(14)]
    sits(OrganisationFactory(name="Maison commune", is_us=True, country=None), networks[0], "1998")
    for place in range(60):
        nord = OrganisationFactory(name=f"Nord {place:02}", country="DE")
        sits(nord, networks[place % 14], "2012-07-25", "2020", kind="special_status")
    sits(OrganisationFactory(name="Sud", country="IT"), networks[3], "2001")
    browser.sign_in("contributor")
    page = browser.get("networks.matrix", country="DE", on="2019-06")
    for label, read in (("CSV", read_csv), ("XLSX", lambda answer: read_xlsx(answer)[0])):
        rows = read(fetch(browser, page.links()[label]))
        assert rows[0] == ["Organisation", "Country", *(each.title for each in networks)]
        assert rows[1][:3] == ["Maison commune", "", "Member, since 1998"]
        assert len(rows) == 1 + 1 + 60
        assert rows[2][:3] == ["Nord 00", "Germany", "Special status, since 2012-07-25"]
        filled = [cell for row in rows[2:] for cell in row[2:] if cell]
        assert len(filled) == 60
    stamp = read_xlsx(fetch(browser, page.links()["XLSX"]))[1]
    assert "As on 30 June 2019" in stamp
    assert "Country: Germany" in stamp
    disposition = fetch(browser, page.links()["CSV"]).headers["Content-Disposition"]
    assert "who-sits-where-2019-06-30.csv" in disposition


def test_the_french_file_is_separated_by_semicolons(browser, session):
    sits(OrganisationFactory(name="Nord; Sud", country="DE"), NetworkFactory(name="Forum"), "2012")
    browser.sign_in(UserFactory(role="contributor", locale="fr"))
    rows = read_csv(fetch(browser, "networks.matrix_csv"), ";")
    assert rows[1][:2] == ["Nord; Sud", "Allemagne"]
    assert "2012" in rows[1][2]
    assert len(rows[0]) == 3


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "  =", "\uff1d"])
def test_no_cell_of_a_file_is_a_formula(browser, session, sign):
    name = f"{sign}HYPERLINK(1)".strip()
    sits(OrganisationFactory(name=name), NetworkFactory(name="=1+1"))
    browser.sign_in("contributor")
    rows = read_csv(fetch(browser, "networks.matrix_csv"))
    assert rows[0][2] == "'=1+1"
    assert rows[1][0] == f"'{name}"
    answer = fetch(browser, "networks.matrix_xlsx")
    with ZipFile(BytesIO(answer.get_data())) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read_xlsx(answer)[0] == [["Organisation", "Country", "=1+1"], [name, "France", "Member"]]


def test_the_number_of_statements_does_not_grow_with_the_matrix(browser, session, count_statements):
    def ask(page=1):
        session.flush()
        session.expunge_all()
        set_principal(session, Principal(1, ROLES["viewer"]))
        count_statements.clear()
        found = gather(Question(PartialDate.parse_iso(DAY).first_day), page=page, most_columns=12)
        counted = found.count, len(count_statements)
        set_principal(session, SYSTEM)
        return counted

    def fill(members, networks):
        made = [NetworkFactory() for _ in range(networks)]
        for _ in range(members):
            member = OrganisationFactory()
            for network in made:
                sits(member, network, "2020", "2025")
                TermFactory(
                    membership=sits(member, network, kind="observer"),
                    since=on("2000"),
                    until=on("2000"),
                )

    fill(1, 1)
    assert ask()[0] == 1
    few = ask()[1]
    fill(60, 3)
    count, many = ask()
    assert (count, many) == (61, few)
    assert many <= 8
    assert ask(page=2)[1] == few
    reader = browser.sign_in("viewer")
    reader.get("networks.matrix")
    count_statements.clear()
    reader.get("networks.matrix")
    selects = [each for each in count_statements if each.startswith("SELECT")]
    assert len(selects) <= 8 + 3, selects  # The session, its user and what they last did.
