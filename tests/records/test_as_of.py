"""A dated page answers for the day that is asked."""

from datetime import date

import pytest

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.organisations.models import Milestone
from crm.projects.models import Involvement, Project
from crm.records import asof
from crm.records.models import Name, NameKind
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory

LAST_DAY, DAY_AFTER = "2024-03-31", "2024-04-01"


def place(record):
    return f"{record.id}-{record.slug}"


@pytest.fixture
def refuge(session):
    return OrganisationFactory(name="Refuge du Nord")


@pytest.fixture
def ada(session, refuge):
    """Return a person whose affiliation ended on 31 March 2024."""
    person = PersonFactory(name="Ada Test")
    PositionFactory(
        person_id=person.id,
        organisation_id=refuge.id,
        title="Director",
        since=PartialDate(2020),
        until=PartialDate(2024, 3, 31),
    )
    return person


def on_page(browser, record, on=None):
    path = {"person": "people", "organisation": "organisations"}[record.kind]
    return browser.get(f"{path}.detail", place=place(record), on=on)


def test_an_affiliation_shows_on_its_last_day_and_not_on_the_day_after(browser, refuge, ada):
    browser.sign_in()
    assert "Refuge du Nord" in on_page(browser, ada, LAST_DAY).section("positions")
    assert "Refuge du Nord" not in on_page(browser, ada, DAY_AFTER).section("positions")
    assert "Ada Test" in on_page(browser, refuge, LAST_DAY).section("people")
    assert "Ada Test" not in on_page(browser, refuge, DAY_AFTER).section("people")


def test_without_a_day_the_page_shows_everything_as_before(browser, refuge, ada):
    browser.sign_in()
    page = on_page(browser, ada)
    assert "Refuge du Nord" in page.section("positions")
    assert "As on" not in page.text
    assert "Ada Test" in on_page(browser, refuge).section("people")


def test_the_line_under_the_name_says_what_was_current_on_the_day(browser, ada):
    browser.sign_in()

    def summary(on):
        items = on_page(browser, ada, on).select("//ul[@class='summary-line']/li")
        return [item.text_content().strip() for item in items]

    assert summary(LAST_DAY) == ["Director", "Refuge du Nord"]
    assert summary(DAY_AFTER) == summary(None) == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2024-03", "31 March 2024"),
        ("2024", "31 December 2024"),
        ("31/03/2024", "31 March 2024"),
        ("31 mars 2024", "31 March 2024"),
        (" 2024-02 ", "29 February 2024"),
    ],
)
def test_part_of_a_date_means_its_last_day(browser, ada, typed, shown):
    page = on_page(browser.sign_in(), ada, typed)
    assert f"As on {shown}" in page.text
    assert ("Refuge" in page.section("positions")) is (shown != "31 December 2024")


@pytest.mark.parametrize("rubbish", ["soon", "2024-13", "31/02/2024", "٢٠٢٤", "x" * 500, "<b>"])
def test_what_is_no_day_is_said_and_today_is_shown(browser, ada, rubbish):
    page = on_page(browser.sign_in(), ada, rubbish)
    assert page.status == 200
    assert "This day was not understood: here is today" in page.text
    assert "As on" not in page.text
    assert "Refuge du Nord" in page.section("positions")


def test_the_heading_and_the_title_say_the_day_and_the_way_back(browser, ada):
    page = on_page(browser.sign_in(), ada, LAST_DAY)
    assert page.title == "Ada Test"
    assert "As on 31 March 2024" in page.tree.xpath("string(//title)")
    assert "As on 31 March 2024" in page.section("as-of")
    back = browser.get(page.links()["Back to today"])
    assert "As on" not in back.text


def test_the_day_is_asked_from_the_page_itself(browser, ada):
    page = on_page(browser.sign_in(), ada)
    (form,) = page.select("//details[contains(@class, 'as-of')]//form")
    assert form.get("method") == "get"
    answer = browser.get(f"{form.get('action')}?on=31/03/2024")
    assert "As on 31 March 2024" in answer.text
    assert answer.select("//input[@id='on-day']/@value") == ["31/03/2024"]


def test_nothing_is_changed_from_a_page_of_the_past(browser, refuge, ada):
    browser.sign_in("manager")
    for record in (refuge, ada):
        main = "//main//a/@href | //main//form[@method='post']/@action"
        now = on_page(browser, record).select(main)
        assert any("/edit" in address for address in now)
        past = on_page(browser, record, LAST_DAY).select(main)
        for word in ("/edit", "/new", "/delete", "/confirm", "/tags", "/remove", "/leave"):
            assert not [address for address in past if word in address], word
        assert any("/history" in address for address in past)


def test_the_timeline_of_a_day_holds_what_had_happened(browser, refuge):
    for subject, happened in (
        ("Before", PartialDate(2024, 3, 30)),
        ("On the day", PartialDate(2024, 3, 31)),
        ("That month", PartialDate(2024, 3)),
        ("After", PartialDate(2024, 4, 1)),
    ):
        exchange_with(refuge, subject=subject, happened=happened)
    text = on_page(browser.sign_in(), refuge, LAST_DAY).section("timeline")
    for title in ("Before", "On the day", "That month"):
        assert title in text, title
    assert "After" not in text


def test_the_filters_of_the_timeline_keep_the_day(browser, refuge):
    exchange_with(refuge, subject="Call", happened=PartialDate(2024, 3, 30))
    page = on_page(browser.sign_in(), refuge, LAST_DAY)
    tabs = page.select("//section[@id='timeline']//ul[@class='tabs']//a/@href")
    assert tabs
    assert all(f"on={LAST_DAY}" in address for address in tabs)


def test_relations_names_milestones_and_projects_are_those_of_the_day(browser, session, refuge):
    friend = OrganisationFactory(name="Maison amie")
    RelationFactory(organisation_id=refuge.id, other_id=friend.id, until=PartialDate(2024, 3, 31))
    old = Name(
        record_id=refuge.id, kind=NameKind.FORMER, text="Ancien nom", until=PartialDate(2024, 3)
    )
    always = Name(record_id=refuge.id, kind=NameKind.FORMER, text="Nom sans date")
    fact = Milestone(record_id=refuge.id, label="Ouverture", dated=PartialDate(2024, 4, 1))
    project = Project(name="Projet Passage", starts=PartialDate(2022), ends=PartialDate(2024, 3))
    session.add_all([old, always, fact, project])
    session.flush()
    session.add(Involvement(project_id=project.id, organisation_id=refuge.id))
    browser.sign_in()
    page = on_page(browser, refuge, LAST_DAY)
    assert "Maison amie" in page.section("relations")
    assert "Ancien nom" in page.section("names")
    assert "Nom sans date" in page.section("names")
    assert "Ouverture" not in page.section("milestones")
    assert "Projet Passage" in page.section("projects")
    page = on_page(browser, refuge, DAY_AFTER)
    assert "Maison amie" not in page.section("relations")
    assert "Ancien nom" not in page.section("names")
    assert "Nom sans date" in page.section("names")
    assert "Ouverture" in page.section("milestones")
    assert "Projet Passage" not in page.section("projects")


def test_the_day_stays_when_the_address_is_put_right(browser, refuge):
    browser.sign_in()
    moved = browser.get(f"/organisations/{refuge.id}-other?on={LAST_DAY}", follow=False)
    assert moved.location.endswith(f"{place(refuge)}?on={LAST_DAY}")
    moved = browser.get(f"/networks/{place(refuge)}?on={LAST_DAY}", follow=False)
    assert moved.location.endswith(f"/organisations/{place(refuge)}?on={LAST_DAY}")


def test_pages_without_a_day_and_forms_with_a_field_of_that_name_take_no_notice(
    browser, session, ada
):
    project = Project(name="Projet Passage")
    session.add(project)
    session.flush()
    browser.sign_in("contributor")
    page = browser.get("projects.detail", place=place(project), on=LAST_DAY)
    assert "As on" not in page.text
    assert "Edit" in page.links()


def test_a_list_of_dated_records_answers_for_a_day_and_says_so(browser, session, ada):
    browser.sign_in("contributor")
    page = browser.get("/people/")
    assert "Director" not in page.text
    page = browser.get(f"/people/?on={LAST_DAY}")
    assert "Director" in page.text
    assert "As on" in page.text
    page = browser.get("/tasks/?on=2020")
    assert "no filter called “on”" in page.text


def test_outside_of_a_page_the_day_is_today_unless_one_is_set(app):
    assert asof.asked_day() is None
    assert asof.read_day() is None
    assert asof.page_day() == today()
    with asof.as_of(date(2024, 3, 31)):
        assert asof.page_day() == date(2024, 3, 31)
    assert asof.page_day() == today()
