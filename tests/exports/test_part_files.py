"""Commitments and duties as files: what the page lists, as far as the team may take it along."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.documents.sheet_reading import read_tables
from crm.exports.models import Export
from crm.records.kinds import registry
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.duties import DutyFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


def soon():
    return PartialDate.of(today() + timedelta(days=20))


@pytest.fixture
def owed(session):
    """Make commitments and duties, some of which only managers see."""
    partner = OrganisationFactory(name="Refuge")
    hidden = OrganisationFactory(name="Hidden", visibility=Visibility.MANAGERS)
    for body in (partner, hidden):
        CommitmentFactory(
            organisation_id=body.id, name=f"Send the brief to {body.name}", due=soon()
        )
        DutyFactory(subject_id=body.id, name=f"Report to {body.name}", due=soon())
    return partner


def take(browser, path, file_format="xlsx", **asked):
    return browser.post("exports.parts", {"file_format": file_format}, path=path, **asked)


def rows_of(made):
    [table] = read_tables("list.xlsx", made.response.get_data())
    return table.headings, [list(row) for row in table.rows]


@pytest.mark.parametrize("path", ["commitments", "duties"])
def test_a_page_of_parts_is_taken_along_as_it_lists_them(browser, session, owed, path):
    listed = registry.part_lists[path]
    page = browser.sign_in("manager").get(listed.endpoint)
    assert "Hidden" in page.text
    form = browser.get(page.links()["Make a file"])
    assert form.title == f"Make a file: {listed.title}"
    headings, rows = rows_of(take(browser, path))
    assert headings == [str(each.label) for each in listed.columns]
    assert len(rows) == 1
    assert "Refuge" in str(rows)
    noted = session.scalars(select(Export)).one()
    assert (noted.kind, noted.row_count, noted.withheld) == (path, 1, {"confidential": 1})
    assert browser.get("exports.show", export_id=noted.id).status == 200
    assert "Refuge" in take(browser, path, "csv").response.get_data().decode()


def test_what_the_page_asks_for_is_what_the_file_has(browser, session, owed):
    browser.sign_in("manager")
    CommitmentFactory(organisation_id=owed.id, name="Late one", due=PartialDate(2020))
    _headings, rows = rows_of(take(browser, "commitments", state="late"))
    assert ["Late one" in str(row) for row in rows] == [True]
    mine = DutyFactory(subject_id=owed.id, name="Mine", due=soon(), owner_id=browser.user.id)
    DutyFactory(subject_id=owed.id, name="Theirs", due=soon(), owner_id=UserFactory().id)
    page = browser.get("duties.index", who="me")
    assert mine.name in page.text
    assert page.links()["Make a file"].endswith("who=me")
    _headings, rows = rows_of(take(browser, "duties", who="me"))
    assert ["Mine" in str(row) for row in rows] == [True]


def test_the_day_of_a_duty_is_a_date_in_the_file(browser, session):
    network = NetworkFactory()
    DutyFactory(subject_id=network.id, name="Fee", due=soon(), is_unsure=False)
    DutyFactory(subject_id=network.id, name="Report", due=PartialDate(soon().year), is_unsure=True)
    browser.sign_in("manager")
    _headings, rows = rows_of(take(browser, "duties"))
    found = {row[2]: row[:2] for row in rows}
    assert found["Fee"][0] == soon().first_day
    assert not found["Fee"][1]
    assert found["Report"][0] in (soon().year, str(soon().year))
    assert found["Report"][1] == "Yes"


def test_nothing_to_take_along_is_said(browser, session):
    browser.sign_in("manager")
    refused = take(browser, "commitments")
    assert refused.errors() == ["Nothing of this list may stand in such a file"]
    assert browser.get("exports.parts", path="nonsense").status == 404


def test_only_who_makes_files_is_offered_one(browser, session, owed):
    page = browser.sign_in("contributor").get("commitments.index")
    assert "Make a file" not in page.text
    assert browser.get("exports.parts", path="commitments").status == 403


def test_a_person_at_risk_is_named_in_no_cell(browser, session):
    network = NetworkFactory(name="Net")
    ada = PersonFactory(name="Ada Endangered", is_at_risk=True)
    DutyFactory(subject_id=network.id, name="Report", due=soon())
    DutyFactory(subject_id=ada.id, name="Write to her", due=soon())
    content = take(browser.sign_in("manager"), "duties", "csv").response.get_data().decode()
    assert "Report" in content
    assert "Ada" not in content
    assert "Write to her" not in content
