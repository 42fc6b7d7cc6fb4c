"""Who of a network has signed what, in files for the whole team."""

from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from crm.declarations.models import SignatureStatus
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.networks import NetworkFactory
from tests.gaps.world import dated, hide, member, state
from tests.networks.test_matrix import fetch, read_csv

DAY = "2026-11-23"


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(f"{DAY}T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def network(session):
    return NetworkFactory(name="Forum")


def read_xlsx(answer):
    """Return the rows of each sheet, and what stands above the first."""
    book = CalamineWorkbook.from_filelike(BytesIO(answer.get_data()))
    matrix, totals = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    top = next(i for i, row in enumerate(matrix) if row[0] == "Member")
    stamp = " ".join(str(value) for row in matrix[:top] for value in row if value)
    return _rows(matrix, "Member"), _rows(totals, "Status"), stamp


def _rows(rows, first):
    top = next(i for i, row in enumerate(rows) if row[0] == first)
    filled = [row for row in rows[top:] if row[0]]
    width = sum(1 for value in filled[0] if value)
    return [row[:width] for row in filled]


def test_both_files_hold_all_members_and_the_spreadsheet_their_totals(browser, network):
    rome, geneva = dated("Rome", "2026"), dated("Geneva", "2025")
    dated("Too old", "1999")
    members = [member(network, f"Refuge {number:02}", country="DE") for number in range(60)]
    us = member(network, "Maison commune", is_us=True, country=None)
    for each in (*members[:7], us):
        state(rome, each)
    state(rome, members[7], SignatureStatus.INVITED)
    state(geneva, members[0], SignatureStatus.AGREED)
    page = browser.sign_in("contributor").get("declarations.gaps", network=network.id, last=2)
    rows = read_csv(fetch(browser, page.links()["CSV"]))
    assert rows[0] == ["Member", "Country", "Rome", "Geneva"]
    assert rows[1] == ["Maison commune", "", "Signed", "Never asked"]
    assert rows[2] == ["Refuge 00", "Germany", "Signed", "Agreed, not signed yet"]
    assert rows[9] == ["Refuge 07", "Germany", "Invited", "Never asked"]
    assert len(rows) == 62
    table, totals, stamp = read_xlsx(fetch(browser, page.links()["XLSX"]))
    assert table == rows
    assert totals == [
        ["Status", "Rome", "Geneva"],
        ["Signed", 7, 0],
        ["Declined", 0, 0],
        ["Asked, no answer", 1, 0],
        ["Agreed, not signed yet", 0, 1],
        ["Never asked", 52, 59],
        ["Members", 60, 60],
    ]
    for column in (1, 2):
        assert sum(row[column] for row in totals[1:-1]) == totals[-1][column]
    assert "Network: Forum" in stamp
    assert "Confidential items withheld: 0" in stamp
    disposition = fetch(browser, page.links()["CSV"]).headers["Content-Disposition"]
    assert f"who-has-signed-what-forum-{DAY}.csv" in disposition


def test_the_files_answer_to_the_filter(browser, network):
    rome = dated("Rome", "2026")
    state(rome, member(network, "Asked"))
    member(network, "Nord")
    browser.sign_in("contributor")
    page = browser.get("declarations.gaps", network=network.id, never=rome.id)
    rows = read_csv(fetch(browser, page.links()["CSV"]))
    assert [row[0] for row in rows[1:]] == ["Nord"]
    _table, totals, stamp = read_xlsx(fetch(browser, page.links()["XLSX"]))
    assert "Never asked to sign: Rome" in stamp
    assert totals[-1] == ["Members", 2]


def test_files_show_what_the_whole_team_sees_and_count_what_is_withheld(browser, network):
    rome = dated("Rome", "2026")
    dated("Secret", "2026-06", visibility=Visibility.MANAGERS)
    state(rome, member(network, "Hidden", visibility=Visibility.MANAGERS))
    state(rome, member(network, "Nord"))
    page = browser.sign_in("manager").get("declarations.gaps", network=network.id)
    assert read_csv(fetch(browser, page.links()["CSV"])) == [
        ["Member", "Country", "Rome"],
        ["Nord", "France", "Signed"],
    ]
    _table, totals, stamp = read_xlsx(fetch(browser, page.links()["XLSX"]))
    assert totals[1] == ["Signed", 1]
    assert "Confidential items withheld: 2" in stamp


def test_there_is_no_file_about_what_the_team_does_not_see(browser, network):
    secret = dated("Secret", "2026", visibility=Visibility.MANAGERS)
    member(network, "Nord")
    browser.sign_in("manager")
    page = browser.get("declarations.gaps", network=network.id, never=secret.id)
    assert not {"CSV", "XLSX"} & set(page.links())
    for endpoint in ("declarations.gaps_csv", "declarations.gaps_xlsx"):
        assert browser.get(endpoint, never=secret.id).status == 404
        assert browser.get(endpoint, network="999999").status == 404
        assert browser.get(endpoint, network=network.id, last="99").status == 200
    hide(network, Visibility.MANAGERS)
    page = browser.get("declarations.gaps", network=network.id)
    assert not {"CSV", "XLSX"} & set(page.links())
    assert browser.get("declarations.gaps_csv", network=network.id).status == 404
    assert browser.get("declarations.gaps_csv").status == 404


def test_viewers_are_offered_no_files_and_get_none(browser, network):
    dated("Rome", "2026")
    member(network, "Nord")
    page = browser.sign_in("viewer").get("declarations.gaps", network=network.id)
    assert not {"CSV", "XLSX"} & set(page.links())
    assert browser.get("declarations.gaps_csv").status == 403
    assert browser.get("declarations.gaps_xlsx").status == 403


def test_the_french_file_is_separated_by_semicolons(browser, network):
    state(dated("Rome", "2026"), member(network, "Nord; Sud", country="DE"))
    browser.sign_in(UserFactory(role="contributor", locale="fr"))
    rows = read_csv(fetch(browser, "declarations.gaps_csv", network=network.id), ";")
    assert rows[1] == ["Nord; Sud", "Allemagne", "Signé"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "  =", "\uff1d"])
def test_no_cell_of_a_file_is_a_formula(browser, network, sign):
    name = f"{sign}HYPERLINK(1)".strip()
    member(network, name)
    dated("=1+1", "2026")
    browser.sign_in("contributor")
    rows = read_csv(fetch(browser, "declarations.gaps_csv", network=network.id))
    assert rows[0][2] == "'=1+1"
    assert rows[1][0] == f"'{name}"
    answer = fetch(browser, "declarations.gaps_xlsx", network=network.id)
    with ZipFile(BytesIO(answer.get_data())) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read_xlsx(answer)[0][1][0] == name
