"""Who is coming: what is counted, who of us knows whom, and what one can ask."""

import re
from urllib.parse import urlsplit

import pytest
import time_machine

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.meetings.models import AttendanceRule, AttendanceStatus, MeetingKind
from crm.organisations.models import OrganisationKind
from crm.records.models import Visibility
from tests.databases import analyse
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

ATTENDED = AttendanceStatus.ATTENDED


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-11-23T10:00:00+01:00", tick=False):
        yield


def place(record):
    return f"{record.id}-{record.slug}"


def on(text):
    return PartialDate.parse_iso(text)


def comes(meeting, name, status="registered", *, at=None, **values):
    """Note somebody at a meeting."""
    person = PersonFactory(name=name) if isinstance(name, str) else name
    AttendanceFactory(
        meeting_id=meeting.id,
        person_id=person.id,
        organisation_id=at.id if at else None,
        status=AttendanceStatus(status),
        **values,
    )
    return person


def group(meeting, category, headcount=None, status="registered", **values):
    """Note people whom nobody names."""
    AttendanceFactory(
        meeting_id=meeting.id,
        person_id=None,
        category=category,
        headcount=headcount,
        status=AttendanceStatus(status),
        **values,
    )


def logged(user, *records, **values):
    """Note an exchange as somebody of the team."""
    exchange_with(*records, **values).created_by_id = user.id
    db.session.flush()


def show(browser, meeting, **asked):
    return browser.get("meetings.attendance", place=place(meeting), **asked)


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def listed(page):
    """Return who is in the list, by name."""
    return [
        words(each) for each in page.select("//*[@id='people']//table//tbody/tr/td[position()=1]")
    ]


def row(page, name):
    """Return the cells of somebody by their headings."""
    (found,) = page.select(f"//*[@id='people']//table//tr[td[1]//text()[contains(., '{name}')]]")
    return {each.get("data-label"): words(each) for each in found.xpath("./td")}


def summary(page, caption):
    """Return the table of a section as rows of words."""
    (section,) = page.select(f"//main//section[h2[normalize-space()='{caption}']]")
    return [[words(cell) for cell in tr.xpath("./td")] for tr in section.xpath(".//tbody/tr")]


def notices(page):
    return [words(each) for each in page.select("//p[contains(@class, 'is-warn')]")]


# What is counted


@pytest.fixture
def forum(session):
    meeting = MeetingFactory(name="Forum", starts=on("2026-12-01"), ends=on("2026-12-02"))
    spanish = OrganisationFactory(name="Refugio", country="ES")
    city = OrganisationFactory(
        name="Ville", country="FR", organisation_kind=OrganisationKind.LOCAL_AUTHORITY
    )
    comes(meeting, "Ada Test", at=spanish)
    comes(meeting, "Bea Test", "accepted", at=spanish)
    comes(meeting, "Cleo Test", "declined", at=city)
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=city.id)
    group(meeting, "chercheuses", 4, countries=["IT"])
    group(meeting, "presse")
    return meeting


def test_the_figures_count_people_named_groups_and_organisations(browser, forum):
    page = show(browser.sign_in("viewer"), forum)
    assert [words(each) for each in page.select("//*[@id='figures']/li")] == [
        "6 people counted",
        "of whom 4 in groups nobody named",
        "2 organisations",
        "Accepted: 1",
        "Declined: 1",
        "Registered: 4",
    ]


def test_countries_and_kinds_are_counted_in_tables_the_largest_first(browser, forum):
    page = show(browser.sign_in("viewer"), forum)
    assert summary(page, "By country") == [
        ["Italy", "0", "4"],
        ["Spain", "1", "2"],
        ["France", "1", "0"],
        ["Country not stated", "0", "0"],
    ]
    assert summary(page, "By kind of organisation") == [
        ["NGO", "1", "2"],
        ["City or local authority", "1", "0"],
        ["No organisation", "0", "4"],
    ]


def test_bars_stand_beside_the_table_and_their_title_says_the_finding(browser, forum):
    page = show(browser.sign_in("viewer"), forum)
    titles = [words(each) for each in page.select("//figure/figcaption")]
    assert titles == ["Most people: Italy, 4 of 6", "Most people: NGO, 2 of 6"]
    (first, _second) = page.select("//figure/svg")
    assert first.get("aria-label") == titles[0]
    assert [words(each) for each in first.xpath(".//text")][:4] == ["Italy", "4", "Spain", "2"]


def test_where_nobody_is_named_the_bars_are_organisations(browser, session):
    meeting = MeetingFactory()
    for country in ("FR", "FR", "ES"):
        AttendanceFactory(
            meeting_id=meeting.id,
            person_id=None,
            organisation_id=OrganisationFactory(country=country).id,
        )
    page = show(browser.sign_in("viewer"), meeting)
    assert "Most organisations: France, 2 of 3" in page.text


def test_countries_as_large_are_named_together_and_many_are_not(browser, session):
    meeting = MeetingFactory()
    browser.sign_in("viewer")
    for country in ("FR", "ES"):
        comes(meeting, f"Somebody {country}", at=OrganisationFactory(country=country))
    assert "Most are from: Spain, France (1 of 2 each)" in show(browser, meeting).text
    for country in ("IT", "DE"):
        comes(meeting, f"Somebody {country}", at=OrganisationFactory(country=country))
    assert "Nobody stands out: 1 of 4 each at most" in show(browser, meeting).text


def test_what_counts_is_a_rule_that_the_team_edits(browser, session):
    meeting = MeetingFactory()
    comes(meeting, "Ada Test", "invited")
    browser.sign_in("viewer")
    assert "0 people counted" in show(browser, meeting).text
    rule = next(
        each for each in session.query(AttendanceRule) if each.status is AttendanceStatus.INVITED
    )
    rule.is_counted = True
    session.flush()
    assert "1 person counted" in show(browser, meeting).text


def test_every_count_opens_a_list_of_so_many(browser, forum):
    page = show(browser.sign_in("viewer"), forum)
    links = {words(each): each.get("href") for each in page.select("//*[@id='figures']//a")}
    assert all(urlsplit(each).fragment == "people" for each in links.values())
    expected = {"Registered: 4": 4, "Declined: 1": 1, "6 people counted": 5}
    for label, count in expected.items():
        assert len(listed(browser.get(links[label].partition("#")[0]))) == count, label
    (spain,) = page.select("//td[.//text()='Spain']/following-sibling::td[2]//a")
    opened = browser.get(spain.get("href").partition("#")[0])
    assert listed(opened) == ["Ada Test", "Bea Test"]
    (groups,) = [each for label, each in links.items() if "groups" in label]
    assert listed(browser.get(groups.partition("#")[0])) == ["chercheuses (4) Italy", "presse"]


# Who knows whom


def test_it_says_who_of_us_knows_somebody_how_well_and_since_when(browser, session):
    meeting = MeetingFactory()
    ada = comes(meeting, "Ada Test")
    comes(meeting, "Bea Test")
    for name, *days in (
        ("Claire", "2026-02-01", "2026-10-12", "2026-03"),
        ("Driss", "2026-11-20"),
        ("Emma", "2025"),
        ("Farid", "2024-05-05"),
        ("Gaël", "2023-05-05"),
    ):
        user = UserFactory(name=name)
        for day in days:
            logged(user, ada, happened=on(day))
        logged(user, OrganisationFactory(), about=(ada,))
    page = show(browser.sign_in("viewer"), meeting)
    assert row(page, "Ada Test")["Known by"] == (
        "Driss: 1, last 20 November 2026 Claire: 3, last 12 October 2026 Emma: 1, last 2025 +2 more"
    )
    assert row(page, "Bea Test")["Known by"] == "—"
    (link,) = page.select("//a[contains(., 'Claire: 3')]/@href")
    assert "3 results" in browser.get(link).text


def test_an_organisation_noted_alone_is_known_by_those_who_had_exchanges_with_it(browser, session):
    meeting = MeetingFactory()
    refuge = OrganisationFactory(name="Refuge")
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=refuge.id)
    claire = UserFactory(name="Claire")
    logged(claire, refuge, happened=on("2026-10-12"))
    earlier = MeetingFactory(name="Atelier", starts=on("2025-06"))
    comes(earlier, "Ada Test", "attended", at=refuge)
    cells = row(show(browser.sign_in("viewer"), meeting), "Refuge")
    assert cells["Known by"] == "Claire: 1, last 12 October 2026"
    assert cells["Last seen"].startswith("Atelier")


def test_an_exchange_one_may_not_see_is_no_acquaintance(browser, session):
    meeting = MeetingFactory()
    ada = comes(meeting, "Ada Test")
    claire = UserFactory(name="Claire Cachée")
    logged(claire, ada, visibility=Visibility.MANAGERS)
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    logged(claire, ada, hidden, happened=on("2026-02-03"))
    page = show(browser.sign_in("viewer"), meeting)
    assert "Claire Cachée" not in page.html
    assert listed(show(browser, meeting, unseen_since="2020")) == ["Ada Test"]
    browser.sign_in("manager")
    assert row(show(browser, meeting), "Ada Test")["Known by"].startswith("Claire Cachée: 2")
    assert listed(show(browser, meeting, unseen_since="2020")) == []


def test_last_seen_is_the_last_earlier_meeting_where_somebody_was(browser, session):
    meeting = MeetingFactory(starts=on("2026-03-04"))
    ada, bea = comes(meeting, "Ada Test"), comes(meeting, "Bea Test")
    comes(meeting, "Cleo Test")
    group(meeting, "presse", 3)
    for name, day, status in (
        ("Atelier", "2024-06-01", "attended"),
        ("Colloque", "2025-06", "remote"),
        ("Manqué", "2025-12-01", "no_show"),
        ("Plus tard", "2026-05-01", "attended"),
    ):
        comes(MeetingFactory(name=name, starts=on(day)), ada, status)
    comes(MeetingFactory(name="Sans date", starts=None), bea, "attended")
    page = show(browser.sign_in("viewer"), meeting)
    assert row(page, "Ada Test")["Last seen"].startswith("Colloque")
    assert row(page, "Bea Test")["Last seen"] == "first time"
    assert row(page, "Cleo Test")["Last seen"] == "first time"
    assert row(page, "presse")["Last seen"] == "—"
    assert listed(show(browser, meeting, first="1")) == ["Bea Test", "Cleo Test"]


def test_a_meeting_without_a_date_is_compared_with_those_until_today(browser, session):
    meeting = MeetingFactory(starts=None)
    ada, bea = comes(meeting, "Ada Test"), comes(meeting, "Bea Test")
    comes(MeetingFactory(name="Atelier", starts=on("2026-11-01")), ada, "attended")
    comes(MeetingFactory(starts=on("2026-12-01")), bea, "attended")
    assert listed(show(browser.sign_in("viewer"), meeting, first="1")) == ["Bea Test"]


# What one can ask


def test_those_not_seen_since_a_day_were_at_no_other_meeting_and_in_no_exchange(browser, session):
    meeting = MeetingFactory(starts=on("2026-11-20"))
    people = {
        name: comes(meeting, f"{name} Test", "attended")
        for name in ("Ada", "Bea", "Cleo", "Dora", "Eve")
    }
    comes(MeetingFactory(starts=on("2025-11-01")), people["Ada"], "attended")
    comes(MeetingFactory(starts=on("2025-10-31")), people["Bea"], "attended")
    comes(MeetingFactory(starts=on("2026-01-01")), people["Cleo"], "apologies")
    exchange_with(people["Dora"], happened=on("2025"))
    exchange_with(people["Eve"], happened=on("2025-10"))
    group(meeting, "presse", 3)
    browser.sign_in("viewer")
    page = show(browser, meeting, unseen_since="2025-11-01")
    assert listed(page) == ["Bea Test", "Cleo Test", "Eve Test"]
    assert (
        "Present at no other meeting and in no exchange with us since 1 November 2025" in page.text
    )
    assert listed(show(browser, meeting, unseen_since="11/2025")) == listed(page)
    assert listed(show(browser, meeting, unseen_since="2025")) == ["Cleo Test"]
    assert listed(show(browser, meeting, unseen_since="2024-01-01", status="attended")) == [
        "Cleo Test"
    ]


def test_a_day_that_is_none_gets_a_sentence_and_stays_typed(browser, forum):
    page = show(browser.sign_in("viewer"), forum, unseen_since="32 of never")
    assert notices(page) == ["Write the date like 23/11/2026, 11/2026, 2026 or “yesterday”"]
    assert page.select("//input[@name='unseen_since']/@value") == ["32 of never"]
    assert len(listed(page)) == 6


def test_who_came_on_the_second_day_and_not_on_the_first(browser, session):
    meeting = MeetingFactory(starts=on("2026-10-12"), ends=on("2026-10-14"))
    for name, days in (("Ada", [1, 2]), ("Bea", [2]), ("Cleo", [2, 3]), ("Dora", None)):
        comes(meeting, f"{name} Test", "attended", days=days)
    browser.sign_in("viewer")
    page = show(browser, meeting, on_day="2", not_on_day="1")
    assert listed(page) == ["Bea Test", "Cleo Test"]
    assert "Those whose days are not noted are left out" in page.text
    assert row(page, "Cleo Test")["Days"] == "Day 2 (13 Oct) Day 3 (14 Oct)"
    assert listed(show(browser, meeting, not_on_day="1")) == ["Bea Test", "Cleo Test"]
    assert listed(show(browser, meeting, on_day="1")) == ["Ada Test"]


def test_a_meeting_of_one_day_asks_for_no_days(browser, session):
    meeting = MeetingFactory()
    comes(meeting, "Ada Test", days=[1])
    page = show(browser.sign_in("viewer"), meeting, on_day="1")
    assert "Days" not in row(page, "Ada Test")
    assert not page.select("//select[@name='on_day']")
    assert notices(page) == ["“1” is no value of “There on”: it was ignored"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"status": "declined"}, ["Cleo Test"]),
        ({"country": "ES"}, ["Ada Test", "Bea Test"]),
        ({"country": "DE"}, []),
        ({"country": "none"}, ["presse"]),
        ({"kind": "local_authority"}, ["Cleo Test", "Ville"]),
        ({"kind": "none"}, ["chercheuses (4) Italy", "presse"]),
        ({"group": "1"}, ["chercheuses (4) Italy", "presse"]),
        ({"country": "ES", "status": "accepted"}, ["Bea Test"]),
    ],
)
def test_filters_stand_in_the_address_and_are_taken_off_by_a_link(browser, forum, asked, expected):
    page = show(browser.sign_in("viewer"), forum, **asked)
    assert listed(page) == expected
    chips = page.select("//ul[@class='active-filters']//a[@class='removable']/@href")
    assert len(chips) == len(asked)
    if len(asked) == 1:
        assert len(listed(browser.get(chips[0].partition("#")[0]))) == 6
    if not expected:
        assert "Nobody matches these filters" in page.text


def test_the_list_of_one_organisation_can_be_asked_for(browser, forum, session):
    page = show(browser.sign_in("viewer"), forum)
    (link,) = page.select("//a[.='Ada Test']/ancestor::tr//a[.='Refugio']/@href")
    number = re.search(r"/(\d+)-", link)[1]
    assert listed(show(browser, forum, organisation=number)) == ["Ada Test", "Bea Test"]


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "there"},
        {"country": "ZZ"},
        {"kind": "x"},
        {"first": "yes"},
        {"on_day": "99"},
        {"not_on_day": "-1"},
        {"organisation": "999999999999"},
        {"on_day": "٢"},
        {"colour": "blue"},
        {"counted": "1\x00"},
    ],
)
def test_what_makes_no_sense_is_ignored_and_said(browser, forum, asked):
    page = show(browser.sign_in("viewer"), forum, **asked)
    assert page.status == 200
    if asked != {"counted": "1\x00"}:
        assert len(notices(page)) == 1
        assert "it was ignored" in notices(page)[0]
        assert len(listed(page)) == 6


def test_what_has_no_field_stays_in_the_form(browser, forum):
    page = show(browser.sign_in("viewer"), forum, group="1", present="1")
    for key in ("group", "present"):
        assert page.select(f"//form//input[@type='hidden'][@name='{key}']/@value") == ["1"]


# Who may see what


def test_counts_and_lists_are_of_what_one_may_see(browser, session):
    meeting = MeetingFactory(starts=on("2026-03-04"))
    comes(meeting, "Ada Test", at=OrganisationFactory(country="ES"))
    zofia = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    comes(meeting, zofia, at=OrganisationFactory(country="ES"))
    secret = OrganisationFactory(name="Maison secrète", country="PL", visibility="managers")
    comes(meeting, "Bea Test", at=secret)
    browser.sign_in("viewer")
    page = show(browser, meeting)
    assert "1 person counted" in page.text
    assert summary(page, "By country") == [["Spain", "1", "1"]]
    assert listed(page) == ["Ada Test"]
    for hidden in ("Zofia", "secrète", "Poland", "Bea Test"):
        assert hidden not in page.html
    page = show(browser, meeting, organisation=str(secret.id))
    assert "it was ignored" in page.text
    page = show(browser.sign_in("manager"), meeting)
    assert "3 people counted" in page.text
    assert summary(page, "By country") == [["Spain", "2", "2"], ["Poland", "1", "1"]]


def test_a_hidden_meeting_is_no_time_somebody_was_seen(browser, session):
    meeting = MeetingFactory(starts=on("2026-03-04"))
    ada = comes(meeting, "Ada Test")
    hidden = MeetingFactory(
        name="Réunion secrète", starts=on("2026-01-01"), visibility=Visibility.MANAGERS
    )
    comes(hidden, ada, "attended")
    browser.sign_in("viewer")
    assert row(show(browser, meeting), "Ada Test")["Last seen"] == "first time"
    assert listed(show(browser, meeting, unseen_since="2025-12")) == ["Ada Test"]
    browser.sign_in("manager")
    assert row(show(browser, meeting), "Ada Test")["Last seen"].startswith("Réunion secrète")
    assert listed(show(browser, meeting, unseen_since="2025-12")) == []


# The page


def test_a_meeting_of_a_series_leads_to_what_changed(browser, session):
    series = MeetingFactory(name="Plénières", meeting_kind=MeetingKind.SERIES, starts=None)
    meeting = MeetingFactory(series_id=series.id)
    page = show(browser.sign_in("viewer"), meeting)
    link = page.links()["What changed since last time"]
    assert link.endswith(f"/meetings/{place(series)}/series?to={meeting.id}")
    assert browser.get(link).status == 200


@pytest.mark.parametrize("asked", [{}, {"unseen_since": "2025", "first": "1"}])
def test_statements_are_the_same_for_few_and_for_many(browser, session, count_statements, asked):
    meeting = MeetingFactory(ends=on("2026-03-06"))
    earlier = MeetingFactory(starts=on("2025-01-01"))
    browser.sign_in("viewer")
    user = UserFactory()

    def add(count):
        for number in range(count):
            person = comes(meeting, f"Person {number}", at=OrganisationFactory(), days=[1])
            comes(earlier, person, "attended")
            logged(user, person)
        session.flush()
        analyse(session)

    def statements():
        show(browser, meeting, **asked)
        count_statements.clear()
        show(browser, meeting, **asked)
        return len(count_statements)

    add(5)
    few = statements()
    add(195)
    assert statements() == few


def test_it_reads_in_french(browser, forum, session):
    browser.sign_in("viewer")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = show(browser, forum, country="ES", unseen_since="2025")
    assert page.status == 200
    assert page.select("//html/@lang") == ["fr"]
    assert "Espagne" in page.text
