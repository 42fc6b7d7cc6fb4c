"""One change to many records: chosen, made in pieces, told, stopped and undone as one."""

import re

import pytest
from sqlalchemy import func, select

from crm.accounts.models import Role, User
from crm.bulk import services
from crm.bulk.models import BulkRun
from crm.core import queue
from crm.core.partial_date import PartialDate
from crm.core.queue import Job, JobState
from crm.meetings.models import Attendance, AttendanceStatus
from crm.organisations.models import Organisation, PartnershipStatus
from crm.records.models import Act, Change, Record, Tag, Tagging, Visibility
from crm.tasks.models import Task
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.tasks import TaskFactory


@pytest.fixture
def few(session):
    return [OrganisationFactory(name=name, country="IT").id for name in ("Alpha", "Beta", "Gamma")]


@pytest.fixture
def many(session):
    return [
        OrganisationFactory(name=f"Refuge {number:03}", country="IT").id for number in range(150)
    ]


def page_of(browser, action, ids=(), path="organisations", **more):
    """Open the page that asks for the change, as the form of the list does."""
    query = "&".join(
        [f"action={action}", *(f"id={each}" for each in ids)]
        + [f"{key}={value}" for key, value in more.items()]
    )
    return browser.get(f"/bulk/{path}?{query}")


def send(browser, page, **data):
    [action] = page.select("//main//form/@action")
    [once] = page.select("//main//form//input[@name='once']/@value")
    return browser.post(action, {"once": once, **data})


def said(page):
    return " ".join(page.select("//p[@role='status']")[-1].text_content().split())


def press(browser, page, label):
    """Press a button of a page by its words."""
    [form] = [
        each
        for each in page.select("//main//form")
        if label in " ".join(each.text_content().split())
    ]
    return browser.post(form.get("action"))


def run_jobs(session, limit=100):
    session.commit()
    session.expunge_all()
    return queue.run_due(limit)


# Choosing


def test_rows_are_ticked_and_the_button_says_how_many_are_changed(browser, session, few):
    browser.sign_in("manager")
    page = browser.get("/organisations/?country=IT")
    boxes = page.select("//input[@type='checkbox'][@name='id'][@form='bulk']/@value")
    assert sorted(map(int, boxes)) == sorted(few)
    assert page.select("//select[@name='action']/option/@value") == [
        "owner",
        "partnership",
        "tag",
        "untag",
        "task",
        "meeting",
    ]
    page = page_of(browser, "tag", few[:2], country="IT")
    assert page.title == "Add a tag – 2 records"
    assert "Alpha · Beta" in page.text
    assert "Add a tag: 2 records" in page.text
    page = send(browser, page, word="Plaidoyer")
    assert said(page) == "2 records done"
    tagged = select(Tagging.record_id).join(Tag).where(Tag.key == "plaidoyer")
    assert set(session.scalars(tagged)) == set(few[:2])
    back = page.select("//p[@class='breadcrumb']/a/@href")
    assert back == ["/organisations/?country=IT"]


def test_all_results_are_meant_not_only_those_of_the_page(browser, session, many):
    browser.sign_in("manager")
    page = browser.get("/organisations/?country=IT&q=refuge")
    [button] = page.select("//button[@name='which'][@value='all']")
    assert button.text_content().strip() == "All 150 results"
    [counted] = page.select("//form[@id='bulk']//input[@name='counted']/@value")
    page = page_of(browser, "tag", which="all", counted=counted, country="IT", q="refuge")
    assert "Add a tag: 150 records" in page.text
    assert "and 142 more" in page.text


def test_a_list_that_has_changed_meanwhile_is_asked_again(browser, session, few):
    browser.sign_in("manager")
    page = page_of(browser, "tag", which="all", counted=3, country="IT")
    OrganisationFactory(name="Delta", country="IT")
    page = send(browser, page, word="x1")
    assert "The list has changed meanwhile" in page.text
    assert "Add a tag: 4 records" in page.text
    assert session.scalar(select(func.count()).select_from(Tagging)) == 0
    page = send(browser, page, word="x1")
    assert said(page) == "4 records done"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("action=owner", 302),
        ("action=owner&id=abc&id=-1&id=99999999999999", 302),
        ("action=zork&id=1", 404),
        ("id=1", 404),
        ("action=tag&which=all&counted=zork&country=ZZZ&q=%00nothing", 302),
    ],
)
def test_nothing_to_change_is_said_and_leads_back(browser, session, query, status):
    page = browser.sign_in("manager").get(f"/bulk/organisations?{query}", follow=False)
    assert page.status == status
    assert browser.get("/bulk/zeppelins?action=tag&id=1").status == 404


def test_keys_that_mean_something_elsewhere_mean_nothing_here(browser, session, few):
    browser.sign_in("manager")
    hostile = "_external=1&_scheme=x&_anchor=y&path=z&self=a&endpoint=b"
    page = browser.get(f"/bulk/organisations?action=tag&id={few[0]}&country=IT&{hostile}")
    [action] = page.select("//main//form/@action")
    assert action == f"/bulk/organisations?country=IT&action=tag&id={few[0]}"


def test_who_may_not_change_many_is_not_offered_it(browser, session, few):
    assert not browser.sign_in("viewer").get("/organisations/").select("//form[@id='bulk']")
    assert page_of(browser, "tag", few).status == 403
    browser.sign_in("contributor")
    page = browser.get("/organisations/")
    assert page.select("//select[@name='action']/option/@value") == [
        "tag",
        "untag",
        "task",
        "meeting",
    ]
    assert page_of(browser, "owner", few).status == 404


def test_what_hides_cannot_be_chosen_by_its_id(browser, session, few):
    hidden = OrganisationFactory(name="Hidden", visibility=Visibility.MANAGERS).id
    browser.sign_in("contributor")
    page = page_of(browser, "tag", [hidden, few[0]])
    assert "Hidden" not in page.html
    assert "Add a tag: 1 record" in page.text
    person = PersonFactory().id
    page = page_of(browser, "tag", [person, few[0]])
    assert "Add a tag: 1 record" in page.text


# The changes


def test_an_owner_and_a_partnership_are_given_and_what_has_them_is_left(browser, session, few):
    browser.sign_in("manager")
    paul = UserFactory(name="Paul")
    session.get(Organisation, few[0]).owner_id = paul.id
    page = send(browser, page_of(browser, "owner", few), owner_id=str(paul.id))
    assert said(page) == "2 records done, 1 left as they were"
    assert "Alpha Nothing to change" in page.text
    assert {session.get(Organisation, each).owner_id for each in few} == {paul.id}
    page = send(browser, page_of(browser, "partnership", few), partnership_status="dormant")
    assert said(page) == "3 records done"
    session.expire_all()
    statuses = {session.get(Organisation, each).partnership_status for each in few}
    assert statuses == {PartnershipStatus.DORMANT}


def test_a_tag_is_added_and_taken_away(browser, session, few):
    browser.sign_in("contributor")
    send(browser, page_of(browser, "tag", few), word="Asile")
    page = send(browser, page_of(browser, "untag", few[:1]), word="ASILE")
    assert said(page) == "1 record done"
    assert set(session.scalars(select(Tagging.record_id))) == set(few[1:])
    page = send(browser, page_of(browser, "tag", few), word="…")
    assert page.error_at("word") == "Enter a tag of letters or digits"


def test_a_task_is_added_about_each(browser, session, few):
    browser.sign_in("contributor")
    page = page_of(browser, "task", few)
    page = send(browser, page, name="Call them", due="12/2026", assignee_id=str(browser.user.id))
    assert said(page) == "3 records done"
    tasks = session.scalars(select(Task)).all()
    assert {(task.subject_id, task.name, task.due) for task in tasks} == {
        (each, "Call them", PartialDate(2026, 12)) for each in few
    }


def test_tasks_are_assigned_and_done(browser, session):
    ids = [TaskFactory(name=f"Task {number}").id for number in range(3)]
    browser.sign_in("manager")
    paul = UserFactory(name="Paul")
    page = page_of(browser, "assign", ids, path="tasks")
    assert said(send(browser, page, assignee_id=str(paul.id))) == "3 records done"
    page = send(browser, page_of(browser, "finish", ids, path="tasks"))
    assert said(page) == "3 records done"
    tasks = session.scalars(select(Task)).all()
    assert all(task.done_on and task.assignee_id == paul.id for task in tasks)


def test_people_and_organisations_are_noted_at_a_meeting_once(browser, session, few):
    meeting = MeetingFactory(name="Plenary")
    people = [PersonFactory(name=f"Person {letter}").id for letter in "ABC"]
    AttendanceFactory(meeting_id=meeting.id, person_id=people[0])
    browser.sign_in("contributor")
    data = {"meeting_id": f"id:{meeting.id}", "status": "invited"}
    page = send(browser, page_of(browser, "meeting", people, path="people"), **data)
    assert said(page) == "2 records done, 1 left as they were"
    assert "This person is on the list already" in page.text
    send(browser, page_of(browser, "meeting", few), **data)
    page = send(browser, page_of(browser, "meeting", few), **data)
    assert said(page) == "0 records done, 3 left as they were"
    lines = session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id)).all()
    invited = [line for line in lines if line.status is AttendanceStatus.INVITED]
    assert (len(lines), len(invited)) == (6, 5)
    page = send(browser, page_of(browser, "meeting", few), meeting_id="", status="invited")
    assert page.error_at("meeting_id") == "Enter the meeting"


def test_a_form_sent_twice_changes_once(browser, session, few):
    browser.sign_in("contributor")
    page = page_of(browser, "task", few)
    send(browser, page, name="Call them")
    send(browser, page, name="Call them")
    assert session.scalar(select(func.count()).select_from(Task)) == 3
    assert session.scalar(select(func.count()).select_from(BulkRun)) == 1


# Pieces, progress, stopping


def begin(browser, many, action="tag", **data):
    page = page_of(browser, action, which="all", counted=len(many), country="IT")
    return send(browser, page, **(data or {"word": "Asile"}))


def tagged(session):
    return session.scalar(select(func.count()).select_from(Tagging))


def test_many_are_changed_piece_by_piece_with_progress(browser, session, many):
    browser.sign_in("contributor")
    page = begin(browser, many)
    assert said(page) == "0 of 150 records"
    assert page.select("//progress[@max='150']")
    assert run_jobs(session, 1) == 1
    page = browser.get("/bulk/")
    assert "50 of 150 records" in page.text
    run_jobs(session)
    page = browser.get(page.links()["Add a tag – 150 records"])
    assert said(page) == "150 records done"
    assert not page.select("//progress")
    assert tagged(session) == 150
    batches = set(session.scalars(select(Change.batch).where(Change.row_table == "taggings")))
    assert len(batches) == 1
    authors = set(session.scalars(select(Change.user_id).where(Change.row_table == "taggings")))
    assert authors == {browser.user.id}


def test_a_worker_that_dies_does_its_piece_again_and_no_record_twice(
    browser, session, many, monkeypatch
):
    browser.sign_in("contributor")
    begin(browser, many, "task", name="Call them")
    real = services.change_each

    def die(run, ids, apply):
        real(run, ids, apply)
        raise RuntimeError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(services, "change_each", die)
        run_jobs(session, 1)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Task)) == 0
    for job in session.scalars(select(Job).where(Job.state == JobState.WAITING)):
        job.run_at = job.created_at
    run_jobs(session)
    assert session.scalar(select(func.count()).select_from(Task)) == 150
    run = session.scalars(select(BulkRun)).one()
    assert (run.changed, run.unchanged) == (150, 0)


def test_a_change_is_stopped_where_it_is(browser, session, many):
    browser.sign_in("contributor")
    page = begin(browser, many)
    run_jobs(session, 1)
    page = press(browser, page, "Stop")
    assert said(page) == "Stopped: 50 records done, 100 left as they were"
    assert session.scalars(select(BulkRun.values)).one() == {}
    run_jobs(session)
    assert tagged(session) == 50


def test_somebody_turned_away_meanwhile_changes_nothing_more(browser, session, many):
    browser.sign_in("contributor")
    begin(browser, many)
    run_jobs(session, 1)
    session.get(User, browser.user.id).is_enabled = False
    run_jobs(session)
    assert tagged(session) == 50
    run = session.scalars(select(BulkRun)).one()
    assert (run.is_running, run.stopped_at is not None) == (False, True)


def test_somebody_whose_role_was_lowered_meanwhile_changes_nothing_more(browser, session, many):
    browser.sign_in("manager")
    begin(browser, many, "partnership", partnership_status="active")
    session.get(User, browser.user.id).role = Role.CONTRIBUTOR
    run_jobs(session)
    changed = select(func.count()).where(Organisation.partnership_status.is_not(None))
    assert session.scalar(changed.select_from(Organisation)) == 0


def test_what_became_hidden_meanwhile_is_left_and_not_named(browser, session, many):
    browser.sign_in("contributor")
    page = begin(browser, many)
    hidden = session.get(Organisation, many[0])
    hidden.name, hidden.visibility = "Hidden", Visibility.MANAGERS
    run_jobs(session)
    page = browser.get(re.search(r"/bulk/runs/\d+", page.response.request.path)[0])
    assert said(page) == "149 records done, 1 left as they were"
    assert "Hidden" not in page.html


# Undo


def state_of(session):
    session.expire_all()
    tables = (Organisation.__table__, Tagging.__table__, Attendance.__table__)
    left_out = {"version", "updated_at", "updated_by_id"}
    rows = []
    for table in tables:
        columns = [column for column in table.columns if column.name not in left_out]
        rows.append(sorted(map(tuple, session.execute(select(*columns))), key=str))
    trashed = select(Record.id).where(Record.deleted_at.is_(None)).order_by(Record.id)
    return rows, list(session.scalars(trashed))


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("tag", {"word": "Asile"}),
        ("partnership", {"partnership_status": "dormant"}),
        ("task", {"name": "Call them"}),
        ("owner", {}),
    ],
)
def test_one_undo_puts_everything_back(browser, session, many, action, data):
    browser.sign_in("manager")
    for each in many[::3]:
        session.get(Organisation, each).owner_id = browser.user.id
    before = state_of(session)
    data = data or {"owner_id": str(browser.user.id)}
    page = begin(browser, many, action, **data)
    run_jobs(session)
    assert state_of(session) != before
    page = press(browser, browser.get(page.response.request.path), "Undo all of it")
    assert said(page).startswith("Being undone: 0 of") or said(page) == "Undone"
    run_jobs(session)
    page = browser.get(page.response.request.path)
    assert said(page) == "Undone"
    assert state_of(session) == before
    assert "Undo all of it" not in page.text
    assert browser.post(f"{page.response.request.path}/undo").status == 403


@pytest.mark.parametrize("is_maker_enabled", [True, False])
def test_a_manager_who_undoes_is_named_in_history(browser, session, many, is_maker_enabled):
    browser.sign_in("contributor")
    page = begin(browser, many)
    run_jobs(session)
    maker = session.get(User, browser.user.id)
    maker.is_enabled = is_maker_enabled
    manager = Browser(browser.app).sign_in("manager")
    address = page.response.request.path
    press(manager, manager.get(address), "Undo all of it")
    run_jobs(session)
    assert said(manager.get(address)) == "Undone"
    assert tagged(session) == 0
    removed = (Change.row_table == "taggings", Change.act == Act.DELETE)
    assert set(session.scalars(select(Change.user_id).where(*removed))) == {manager.user.id}


def test_what_was_entered_is_forgotten_when_it_is_done(browser, session, many):
    browser.sign_in("contributor")
    begin(browser, many, "task", name="Call them")
    assert session.scalars(select(BulkRun.values)).one()
    run_jobs(session)
    assert session.scalars(select(BulkRun.values)).one() == {}


def test_what_was_changed_again_since_is_kept_by_the_undo(browser, session, few):
    browser.sign_in("manager")
    page = send(browser, page_of(browser, "partnership", few), partnership_status="dormant")
    session.get(Organisation, few[0]).partnership_status = PartnershipStatus.ACTIVE
    page = press(browser, page, "Undo all of it")
    assert said(page) == "Undone, but for 1 change that was changed again since"
    session.expire_all()
    kept = [session.get(Organisation, each).partnership_status for each in few]
    assert kept == [PartnershipStatus.ACTIVE, None, None]


def test_a_change_is_undone_by_whoever_made_it_or_a_manager(browser, session, few):
    browser.sign_in("contributor")
    page = send(browser, page_of(browser, "tag", few), word="Asile")
    address = page.response.request.path
    other = Browser(browser.app).sign_in("contributor")
    assert other.get(address).status == 404
    assert other.post(f"{address}/undo").status == 404
    assert "Add a tag" not in other.get("/bulk/").text
    manager = Browser(browser.app).sign_in("manager")
    assert said(press(manager, manager.get(address), "Undo all of it")) == "Undone"
