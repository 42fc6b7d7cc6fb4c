"""Pages of tasks, as people use them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.records.models import Visibility
from crm.tasks import queries
from crm.tasks.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.tasks import TaskFactory


def place(record):
    return f"{record.id}-{record.slug}"


def in_days(number):
    return PartialDate.of(today() + timedelta(days=number))


def create(browser, **data):
    return browser.post("tasks.create", data={"name": "Rappeler Ada", "visibility": "team", **data})


def test_a_task_is_for_whoever_adds_it_unless_somebody_is_named(browser, session):
    claire = UserFactory(name="Claire", role=Role.CONTRIBUTOR)
    page = create(browser.sign_in("contributor", name="Paul"))
    assert page.title == "Rappeler Ada"
    assert "Paul" in page.text
    page = create(browser, name="Relire", assignee_id=str(claire.id), due="01/12/2026")
    assert "Claire" in page.text
    assert "1 Dec 2026" in page.text
    assignees = dict(session.execute(select(Task.name, Task.assignee_id)).all())
    assert assignees == {"Rappeler Ada": browser.user.id, "Relire": claire.id}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": " "}, "name", "Enter what is to be done"),
        ({"name": "x" * 301}, "name", "300 characters or fewer (it is 301)"),
        ({"due": "someday"}, "due", "Write the date like"),
        ({"assignee_id": "999"}, "assignee_id", "Choose somebody of the team"),
        ({"subject_id": "Nobody Known"}, "subject_id", "Nothing is called"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(browser, session, data, field, words):
    page = create(browser.sign_in("contributor"), outcome="gardé", **data)
    assert words in page.error_at(field)
    assert page.select("//input[@id='outcome']/@value") == ["gardé"]
    assert session.scalar(select(Task)) is None


def test_a_task_is_not_about_a_task(browser, session):
    """What it names could name somebody hidden, further away than is looked."""
    task = TaskFactory(name="Relire")
    page = create(browser.sign_in("contributor"), subject_id="Relire")
    assert "Nothing is called “Relire”" in page.error_at("subject_id")
    page = browser.post(
        "tasks.edit_record",
        place=place(task),
        data={
            "name": "Relire",
            "visibility": "team",
            "subject_id": f"id:{task.id}",
            "version": "1",
        },
    )
    assert session.get(Task, task.id).subject_id is None


def test_a_task_is_added_from_the_page_it_is_about(browser, session):
    refuge = OrganisationFactory(name="Refuge")
    page = browser.sign_in("contributor").get("organisations.detail", place=place(refuge))
    page = browser.get(page.links()["Add a task"])
    assert page.select("//input[@name='subject_id'][@checked]/@value") == [f"id:{refuge.id}"]
    create(browser, subject_id=f"id:{refuge.id}")
    page = browser.get("organisations.detail", place=place(refuge))
    assert "Rappeler Ada" in page.section("tasks")
    page = browser.sign_in("viewer").get("organisations.detail", place=place(refuge))
    assert "Add a task" not in page.links()


def test_a_task_is_done_and_not_done_after_all(browser, session):
    task = TaskFactory(name="Rappeler Ada", due=in_days(-1))
    browser.sign_in("contributor")
    page = browser.get("tasks.detail", place=place(task))
    done = page.select("//form[contains(@action, '/done')]/@action")[0]
    page = browser.post(done)
    assert "“Rappeler Ada” is done" in page.html
    assert "Done on" in page.text
    assert session.get(Task, task.id).done_on == today()
    browser.post(done)  # Twice is once.
    page = browser.get("tasks.detail", place=place(task))
    page = browser.post(page.select("//form[contains(@action, '/reopen')]/@action")[0])
    assert "to be done again" in page.html
    assert session.get(Task, task.id).done_on is None
    page = browser.get("tasks.history", place=place(task))
    assert page.text.count("Done on") == 2


def test_a_viewer_changes_nothing(browser, session):
    task = TaskFactory()
    browser.sign_in("viewer")
    page = browser.get("tasks.detail", place=place(task))
    assert page.status == 200
    assert page.select("//main//form[contains(@action, '/done')]") == []
    for endpoint in ("tasks.done", "tasks.reopen", "tasks.edit_record"):
        assert browser.post(endpoint, place=place(task)).status == 403
    assert create(browser).status == 403


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (lambda: {"due": in_days(-1)}, "Late"),
        (lambda: {"due": in_days(0)}, "Open"),
        (lambda: {"due": PartialDate(today().year)}, "Open"),
        (lambda: {"due": PartialDate(today().year - 1)}, "Late"),
        (lambda: {"due": None}, "Open"),
        (lambda: {"due": in_days(-1), "done_on": today()}, "Done"),
    ],
)
def test_a_chip_says_whether_a_task_is_done_late_or_open(browser, session, values, word):
    task = TaskFactory(name="Rappel", **values())
    page = browser.sign_in("viewer").get("tasks.detail", place=place(task))
    chips = [each.text_content() for each in page.select("//ul[@class='summary-line']/li")]
    assert word in chips[0]
    row = browser.get("tasks.index").select("//tbody/tr")[0].text_content()
    assert word in row


def test_the_open_tasks_come_first_by_their_date_and_those_without_one_last(session):
    refuge = OrganisationFactory()
    for name, values in {
        "sans date": {},
        "demain": {"due": in_days(1)},
        "faite": {"due": in_days(-9), "done_on": today()},
        "hier": {"due": in_days(-1)},
    }.items():
        TaskFactory(name=name, subject_id=refuge.id, **values)
    TaskFactory(name="autre")

    def names(statement):
        return [task.name for task in session.scalars(statement)]

    assert names(queries.tasks_of(refuge)) == ["hier", "demain", "sans date", "faite"]
    assert names(queries.open_about([refuge.id])) == ["hier", "demain", "sans date"]


def test_the_tasks_of_somebody_can_be_asked_for_until_a_day(session):
    user = UserFactory()
    TaskFactory(name="tôt", assignee_id=user.id, due=in_days(1))
    TaskFactory(name="tard", assignee_id=user.id, due=in_days(30))
    found = session.scalars(queries.open_for(user.id, in_days(7))).all()
    assert [task.name for task in found] == ["tôt"]


def test_a_task_hides_with_what_it_is_about(browser, session):
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    task = TaskFactory(name="Rappel discret", subject_id=hidden.id)
    _is_seen_by_managers_alone(browser, task)


def test_a_task_about_an_exchange_with_a_hidden_person_hides_too(browser, session):
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    exchange = exchange_with(OrganisationFactory(), hidden)
    task = TaskFactory(name="Rappel discret", subject_id=exchange.id)
    _is_seen_by_managers_alone(browser, task)


def _is_seen_by_managers_alone(browser, task):
    for role, status in (("viewer", 404), ("contributor", 404), ("manager", 200)):
        browser.sign_in(role)
        seen = status == 200
        assert browser.get("tasks.detail", place=place(task)).status == status
        assert ("discret" in browser.get("tasks.index").html) is seen
        assert (f"/tasks/{task.id}" in browser.get("/search?q=discret").html) is seen
        if not seen:
            assert browser.post("tasks.done", place=place(task)).status in (403, 404)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Alpha", "Beta", "Gamma"]),
        ("state=open", ["Alpha", "Beta"]),
        ("state=done", ["Gamma"]),
        ("state=open&state=done", ["Alpha", "Beta", "Gamma"]),
        ("assignee={user.id}", ["Beta"]),
        ("about={refuge.id}", ["Gamma"]),
        ("before=2026-02-02", ["Alpha"]),
        ("sort=-title", ["Gamma", "Beta", "Alpha"]),
    ],
)
def test_filters_narrow_the_list(browser, session, query, expected):
    user, refuge = UserFactory(), OrganisationFactory()
    TaskFactory(name="Alpha", due=PartialDate(2026, 2, 1))
    TaskFactory(name="Beta", due=PartialDate(2026, 2, 2), assignee_id=user.id)
    TaskFactory(name="Gamma", due=PartialDate(2026, 2, 3), subject_id=refuge.id, done_on=today())
    page = browser.sign_in().get(f"/tasks/?{query.format(user=user, refuge=refuge)}")
    assert [each.text_content().strip() for each in page.select("//tbody//td[1]//a")] == expected


def test_an_unknown_state_is_a_notice(browser, session):
    page = browser.sign_in().get("/tasks/?state=lost")
    assert "“lost” is no value of “State”" in page.text


def test_every_page_reads_in_french(browser, session):
    task = TaskFactory(due=in_days(-1), subject_id=OrganisationFactory().id)
    browser.sign_in("manager")
    browser.user.locale = "fr"
    session.merge(browser.user)
    here = {"place": place(task)}
    for endpoint, values in (
        ("tasks.index", {"state": "open"}),
        ("tasks.create", {}),
        ("tasks.detail", here),
        ("tasks.edit_record", here),
        ("tasks.history", here),
    ):
        page = browser.get(endpoint, **values)
        assert page.status == 200, endpoint
        assert page.select("//html/@lang") == ["fr"], endpoint
