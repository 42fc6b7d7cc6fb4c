"""The rows of tables: every value escaped, empty cells marked, actions where there are some."""

from datetime import date

import pytest
from flask_babel import force_locale
from lxml import html

from crm.core.partial_date import PartialDate
from crm.web.cells import Action, Chip, Lines, Link
from crm.web.tables import HeaderCell, Row

BAD = '"><script>alert(1)</script>&'


@pytest.fixture
def draw(app):
    def drawn(columns, rows, choosing=""):
        with app.test_request_context(), force_locale("en"):
            template = app.jinja_env.get_template("components/table.html")
            return html.fromstring(str(template.module.table(columns, rows, "", choosing)))

    return drawn


def test_whatever_a_value_says_is_text(draw):
    cells = [BAD, Link(BAD, f"/{BAD}"), Link(BAD, "/x", lang=BAD), Chip(BAD), Lines([BAD, BAD])]
    row = Row(cells, key=BAD, name=BAD, actions=[Action(BAD, f"/{BAD}")])
    table = draw([HeaderCell(BAD)] * len(cells), [row], choosing="bulk")
    assert not table.xpath("//script")
    said = [cell.text_content().strip() for cell in table.xpath("//tbody//td")]
    assert said[1:6] == [BAD, BAD, BAD, BAD, BAD * 2]
    assert table.xpath("//tbody//td[3]/a/@href") == [f"/{BAD}"]
    assert table.xpath("//tbody//td[4]/a/@lang") == [BAD]
    assert set(table.xpath("//tbody//td/@data-label")) == {BAD}
    [box] = table.xpath("//input[@name='id']")
    assert (box.get("value"), box.get("form")) == (BAD, "bulk")
    assert box.get("aria-label") == f"Choose “{BAD}”"
    assert table.xpath("//td[@class='actions-cell']//a/@href") == [f"/{BAD}"]


def test_cells_without_a_value_are_marked(draw):
    columns = [HeaderCell("A"), HeaderCell("B", numeric=True), HeaderCell("C", numeric=True)]
    table = draw(columns, [Row([None, "", 3])])
    cells = table.xpath("//tbody//td")
    assert [cell.get("class").split() for cell in cells] == [
        ["is-empty"],
        ["num", "is-empty"],
        ["num"],
    ]
    assert [cell.text_content().strip() for cell in cells] == ["—", "—", "3"]


def test_dates_and_codes_are_shown_as_everywhere(draw):
    day = PartialDate.parse("2024-03", date(2024, 5, 1))
    [cell] = draw([HeaderCell("A")], [Row([day])]).xpath("//tbody//td")
    assert cell.text_content().strip() == "March 2024"


def test_a_cell_beyond_the_headings_is_shown_without_a_label(draw):
    table = draw([HeaderCell("A")], [Row(["one", "two"])])
    assert table.xpath("//tbody//td/@data-label") == ["A", ""]


def test_the_place_of_actions_is_there_for_all_rows_or_for_none(draw):
    acting = Row(["one"], actions=[Action("Open", "/one")])
    table = draw([HeaderCell("A")], [acting, Row(["two"])])
    assert len(table.xpath("//tbody/tr[2]/td[contains(@class, 'actions-cell')]")) == 1
    assert not draw([HeaderCell("A")], [Row(["two"])]).xpath("//td[contains(@class, 'actions')]")
