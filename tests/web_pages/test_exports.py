"""Files of lists, as people make them: in a browser, against a server that forgets each request."""

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.web_pages.meter import Meter


@pytest.mark.parametrize("java_script", [True, False])
def test_a_list_is_a_file_in_two_actions_and_what_left_is_noted(visit, tmp_path, java_script):
    page = visit(java_script_enabled=java_script)
    page.goto("/organisations/")
    meter = Meter(page)
    meter.click(page.get_by_role("link", name="Make a file"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Make a file: Organisations")
    page.get_by_label("As a file").select_option("csv")
    with page.expect_download() as download:
        meter.click(page.get_by_role("button", name="Make the file"))
    meter.assert_within(clicks=2, loads=2)
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:2] == ["Name", "Kind"]
    page.goto("/exports/")
    page.get_by_role("link", name=re.compile(r"organisations-.*\.csv")).first.click()
    shown = page.get_by_role("main").inner_text()
    assert f"{len(rows) - 1}" in shown
    assert "-" not in shown.partition("Left out")[2], (
        "nothing is left out a negative number of times"
    )
    expect(page.get_by_role("link", name="Fetch it again")).to_be_visible()
