"""People who object to the use of their data: noted, and respected."""

import pytest
from sqlalchemy import select

from crm.people.models import Person


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("objected_on=2026-03-01", "2026-03-01"),
        ("objected_on=0", ""),
        ("objected_on=1&objected_on=2", ""),
    ],
)
def test_a_day_that_an_address_asks_for_is_taken_or_left_out(browser, asked, shown):
    page = browser.sign_in("contributor").get(f"/people/new?{asked}")
    assert page.select("//input[@name='objected_on']/@value") == [shown]


def test_an_objection_is_noted_on_the_form_and_read_on_the_page(browser, session):
    browser.sign_in("contributor")
    page = browser.post("/people/new", {"name": "Ida Ferry", "objected_on": "2026-03-01"})
    assert "Objected on 1 Mar 2026" in page.text
    assert session.scalars(select(Person.objected_on)).one().isoformat() == "2026-03-01"
    assert "To my contacts" not in page.links()
