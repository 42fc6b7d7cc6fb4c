"""How often the page of a record asks the database: a few times, whatever there is to show."""

import re

import pytest
from flask import g
from flask_babel import force_locale

from crm.accounts.models import Role
from crm.core.partial_date import PartialDate
from crm.permissions import Permission
from crm.records.gathering import ANY_RECORD, gather
from crm.records.kinds import registry
from crm.records.models import Reader, Visibility
from tests.databases import analyse
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory
from tests.records.furnished import FURNISHED

MOST = 8
"""For who asks, the record, all its panels, what they lead to, and what is kept of a form."""


def drawn_on(record):
    """Return the panels of a record's page, which a manager sees."""
    return [
        panel
        for panel in registry.panels
        if record.kind in panel.on and (panel.key == "packs" or panel.when(record))
    ]


@pytest.mark.parametrize("name", FURNISHED)
def test_a_page_takes_few_statements_whatever_the_number_of_relations(
    browser, session, count_statements, name
):
    user = browser.sign_in("manager").user
    counts = []
    for number_of_each in (1, 30):
        record = FURNISHED[name](number_of_each, user)
        kind = registry.kind_of(record)
        place, panels = f"{record.id}-{record.slug}", drawn_on(record)
        session.commit()
        analyse(session)
        browser.get(f"{kind.path}.detail", place=place)  # Makes the statements, once.
        count_statements.clear()
        page = browser.get(f"{kind.path}.detail", place=place)
        assert page.status == 200
        counts.append(len(count_statements))
        drawn = {each.get("id") for each in page.select("//section[@id]")}
        assert {panel.key for panel in panels} <= drawn
        session.rollback()
    assert counts[0] == counts[1] <= MOST


def told(page):
    """Return the words of a page without what says who reads and when."""
    return re.sub(r"\d{6,}", "", page.text)


def test_what_is_hidden_leaves_no_trace_in_the_lines_and_counts_of_a_page(browser, session):
    browser.sign_in("viewer")
    record = OrganisationFactory(name="Refuge")
    us = OrganisationFactory(name="Us", is_us=True)
    for number in range(25):
        RelationFactory(
            organisation_id=record.id, other_id=OrganisationFactory(name=f"Other {number}").id
        )
    before = told(browser.get("organisations.detail", place=f"{record.id}-refuge"))
    hidden = {"visibility": Visibility.MANAGERS}
    for number in range(3):
        secret = OrganisationFactory(name=f"Hidden {number}", **hidden)
        person = PersonFactory(name=f"Hidden person {number}", **hidden)
        RelationFactory(organisation_id=record.id, other_id=secret.id)
        PositionFactory(person_id=person.id, organisation_id=record.id)
        exchange_with(record, person, happened=PartialDate(2026))
        TaskFactory(subject_id=record.id, **hidden)
        network = NetworkFactory(**hidden)
        for member in (record, us):
            link = MembershipFactory(member_id=member.id, network_id=network.id)
            TermFactory(membership=link, since=PartialDate(2015))
        OrganisationFactory(parent_id=record.id, **hidden)
    assert told(browser.get("organisations.detail", place=f"{record.id}-refuge")) == before
    assert "See all 25" in before
    browser.sign_in("manager")
    assert "See all 28" in told(browser.get("organisations.detail", place=f"{record.id}-refuge"))


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_what_is_kept_to_named_people_is_on_the_pages_of_those_people(browser, session, role):
    reader = browser.sign_in(role).user
    organisation = OrganisationFactory(name="Refuge")
    kept = {"visibility": Visibility.NAMED}
    person = PersonFactory(name="Named person", **kept)
    child = OrganisationFactory(name="Named child", parent_id=organisation.id, **kept)
    project = ProjectFactory(name="Named project", acronym=None, **kept)
    for each in (person, child, project):
        session.add(Reader(record_id=each.id, user_id=reader.id))
    PositionFactory(person_id=person.id, organisation_id=organisation.id)
    InvolvementFactory(project_id=project.id, organisation_id=organisation.id)
    exchange_with(person, organisation, subject="Named exchange", happened=PartialDate(2026))
    session.commit()
    page = browser.get("organisations.detail", place=f"{organisation.id}-refuge")
    for name in ("Named person", "Named child", "Named project", "Named exchange"):
        assert name in page.text, name
    browser.sign_in(role)
    page = browser.get("organisations.detail", place=f"{organisation.id}-refuge")
    assert "Named" not in page.text


def statement_of(query):
    """Return what a statement asks for, with its values."""
    key = query._generate_cache_key()
    return key.key, [(each.key.split()[-1], repr(each.effective_value)) for each in key.bindparams]


def test_what_a_page_asks_is_the_same_for_all_who_see_as_much(app, session):
    asked = {}
    for role in Role:
        user = UserFactory(role=role)
        sees_managers = user.can(Permission.RECORDS_CONFIDENTIAL)
        for language in ("fr", "en"):
            with app.test_request_context(), force_locale(language):
                g._login_user = user
                for each in (*registry.panels, *registry.readings, *registry.moments):
                    found = statement_of(each.query(ANY_RECORD))
                    assert asked.setdefault((id(each), sees_managers), found) == found, each


def test_what_rows_lead_to_is_filtered_when_it_is_read_later(browser, session, acting):
    viewer = browser.sign_in("viewer").user
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    record = OrganisationFactory()
    PositionFactory(person_id=hidden.id, organisation_id=record.id)
    child = OrganisationFactory(parent_id=record.id)
    session.commit()
    acting(viewer)
    kind = registry.kinds["organisation"]
    found = session.get(kind.model, record.id)
    with browser.app.test_request_context():
        panels = [panel for panel in registry.panels if panel.key == "children"]
        gathered = gather(kind, found, panels, [], None)
    (row,) = gathered.panels["children"].rows
    assert row.id == child.id
    assert row.names == []


@pytest.mark.parametrize("level", [Visibility.TEAM, Visibility.MANAGERS, Visibility.NAMED])
def test_a_page_names_what_its_own_columns_point_at_only_to_who_may_see_it(browser, level):
    parent = OrganisationFactory(name="Parent house", visibility=level)
    network = NetworkFactory(name="Network of the meeting", visibility=level)
    child = OrganisationFactory(name="Child house", parent_id=parent.id)
    meeting = MeetingFactory(name="Plenary", network_id=network.id)
    browser.sign_in("viewer")
    for kind, record, pointed in (
        ("organisations", child, parent),
        ("meetings", meeting, network),
    ):
        page = browser.get(f"{kind}.detail", place=f"{record.id}-{record.slug}")
        assert record.name in page.text
        assert (pointed.name in page.text) is (level is Visibility.TEAM)


@pytest.mark.parametrize("level", [Visibility.TEAM, Visibility.MANAGERS, Visibility.NAMED])
def test_a_timeline_tells_only_of_what_one_may_see(browser, level):
    network = NetworkFactory(name="Network")
    meeting = MeetingFactory(
        name="Plenary of the year", network_id=network.id, starts=PartialDate(2020)
    )
    meeting.visibility = level
    browser.sign_in("viewer")
    page = browser.get("networks.detail", place=f"{network.id}-{network.slug}", show="meeting")
    assert (meeting.name in page.text) is (level is Visibility.TEAM)
