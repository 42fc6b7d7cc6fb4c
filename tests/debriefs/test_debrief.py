"""After a meeting: texts, who was there, commitments, tasks and the shared note, on one screen."""

import pytest
from sqlalchemy import select

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.partial_date import PartialDate
from crm.debriefs.forms import follow_ups
from crm.interactions.models import Interaction
from crm.meetings.models import Attendance, AttendanceStatus, Meeting, MeetingKind
from crm.records.models import Record, Visibility
from crm.tasks.models import Task
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

PAST = PartialDate(2026, 3, 4)


def place(record):
    return f"{record.id}-{record.slug}"


@pytest.fixture
def contributor(browser):
    return browser.sign_in("contributor")


@pytest.fixture
def meeting():
    return MeetingFactory(name="Plenary", starts=PAST)


def there(meeting, status=AttendanceStatus.ATTENDED, *, organisation=None, name=None, **values):
    person = PersonFactory(**({"name": name} if name else {}), **values)
    return AttendanceFactory(
        meeting_id=meeting.id,
        person_id=person.id,
        organisation_id=organisation.id if organisation else None,
        status=status,
    )


def write_up(browser, meeting, **data):
    version = data.pop("version", meeting.version)
    sent = {"version": str(version), "step": "save", **data}
    return browser.post("meetings.debrief", place=place(meeting), data=sent)


def test_everything_is_noted_on_one_screen_and_linked_to_its_partner(contributor, session, meeting):
    refuge, forum = OrganisationFactory(name="Refuge"), OrganisationFactory(name="Forum")
    came = there(meeting, AttendanceStatus.REGISTERED, organisation=refuge, name="Ada Test")
    there(meeting, AttendanceStatus.ATTENDED, organisation=forum, name="Jean Exemple")
    page = contributor.get("meetings.debrief", place=place(meeting))
    assert "1 is noted as present" in page.text
    assert "Ada Test · Refuge" in page.text
    page = write_up(
        contributor,
        meeting,
        present=str(came.id),
        note="Agreed to meet again in May",
        minutes="Opening\n> write to the agency",
        decisions="A joint letter",
        commitments_lines="2",
        commitment_0_name="Send the national report",
        commitment_0_debtor="us",
        commitment_0_organisation_id=f"id:{refuge.id}",
        commitment_0_due="30/04/2026",
        commitment_1_name="Lend the room",
        commitment_1_debtor="them",
        commitment_1_organisation_id="Forum",
        tasks_lines="2",
        task_0_name="Write to the agency",
        task_0_subject_id=f"id:{forum.id}",
        task_0_due="05/2026",
        each_name="Send thanks",
    )
    assert "Saved · 1 noted as present · the note is kept with 2 partners" in page.text
    assert "2 commitments · 3 tasks" in page.text
    stored = session.get(Meeting, meeting.id)
    assert (stored.minutes, stored.decisions) == (
        "Opening\n> write to the agency",
        "A joint letter",
    )
    assert session.get(Attendance, came.id).status is AttendanceStatus.ATTENDED
    owed = {each.name: each for each in session.scalars(select(Commitment))}
    assert owed["Send the national report"].organisation_id == refuge.id
    assert owed["Send the national report"].due == PartialDate(2026, 4, 30)
    assert owed["Lend the room"].debtor is Debtor.THEM
    assert {each.origin_id for each in owed.values()} == {meeting.id}
    assert {each.state for each in owed.values()} == {CommitmentState.OPEN}
    assert {each.owner_id for each in owed.values()} == {contributor.user.id}
    tasks = [(each.name, each.subject_id, each.origin_id) for each in session.scalars(select(Task))]
    assert sorted(tasks) == sorted(
        [
            ("Write to the agency", forum.id, meeting.id),
            ("Send thanks", refuge.id, meeting.id),
            ("Send thanks", forum.id, meeting.id),
        ]
    )
    (exchange,) = session.scalars(select(Interaction)).all()
    assert exchange.happened == PAST
    assert {each.record.title for each in exchange.participants} == {"Ada Test", "Jean Exemple"}
    assert [each.record_id for each in exchange.topics] == [meeting.id]


def test_partners_see_it_on_their_own_page(contributor, session, meeting):
    refuge = OrganisationFactory(name="Refuge")
    there(meeting, organisation=refuge)
    write_up(
        contributor,
        meeting,
        commitments_lines="2",
        commitment_0_name="Send the national report",
        commitment_0_organisation_id=f"id:{refuge.id}",
        tasks_lines="2",
        task_0_name="Write to them",
        task_0_subject_id=f"id:{refuge.id}",
    )
    page = contributor.get("organisations.detail", place=place(refuge))
    assert "Send the national report" in page.section("commitments")
    assert "Plenary" in page.section("commitments")
    assert "Write to them" in page.section("tasks")
    page = contributor.get("meetings.detail", place=place(meeting))
    assert "Refuge" in page.section("commitments")
    assert "Write to them" in page.section("tasks")


def test_who_was_there_too_is_typed_by_name(contributor, session, meeting):
    refuge = OrganisationFactory(name="Refuge")
    ada = PersonFactory(name="Ada Test")
    PositionFactory(person_id=ada.id, organisation_id=refuge.id)
    declined = there(meeting, AttendanceStatus.DECLINED, name="Jean Exemple")
    page = write_up(
        contributor, meeting, also_ids="Ada Test; Refuge; Jean Exemple", note="We met after all"
    )
    assert "3 noted as present" in page.text
    found = {
        (each.person_id, each.organisation_id): each.status.value
        for each in session.scalars(select(Attendance))
    }
    assert found == {
        (ada.id, refuge.id): "attended",
        (None, refuge.id): "attended",
        (declined.person_id, None): "attended",
    }
    assert len(session.scalars(select(Interaction)).one().participants) == 3
    page = write_up(
        contributor, meeting, version=session.get(Meeting, meeting.id).version, also_ids="Ada Test"
    )
    assert "noted as present" not in page.text.split("Saved")[1][:40]
    assert len(session.scalars(select(Attendance)).all()) == 3


def test_nobody_becomes_present_without_a_tick(contributor, session, meeting):
    expected = there(meeting, AttendanceStatus.ACCEPTED)
    absent = there(meeting, AttendanceStatus.DECLINED)
    write_up(contributor, meeting, minutes="Nothing", present=str(absent.id))
    session.expire_all()
    assert session.get(Attendance, expected.id).status is AttendanceStatus.ACCEPTED
    assert session.get(Attendance, absent.id).status is AttendanceStatus.DECLINED


def test_who_was_expected_at_a_distance_was_there_at_a_distance(contributor, session, meeting):
    far = there(meeting, AttendanceStatus.ACCEPTED)
    far.is_remote = True
    session.flush()
    write_up(contributor, meeting, present=str(far.id))
    assert session.get(Attendance, far.id).status is AttendanceStatus.REMOTE


def test_a_person_whom_few_may_see_hides_no_note_from_the_team(browser, session, meeting):
    there(meeting, name="Ada Test")
    there(meeting, name="Vera Secret", visibility=Visibility.MANAGERS)
    page = write_up(browser.sign_in("manager"), meeting, note="Agreed")
    assert "the note is kept with 2 partners" in page.text
    exchanges = session.scalars(select(Interaction)).all()
    named = sorted([each.record.title for each in one.participants] for one in exchanges)
    assert named == [["Ada Test"], ["Vera Secret"]]
    page = browser.sign_in("viewer").get("interactions.index")
    assert "Ada Test" in page.text
    assert "Vera" not in page.text


def test_our_own_colleagues_are_no_partners(contributor, session, meeting):
    ours = OrganisationFactory(name="Us", is_us=True)
    there(meeting, organisation=ours)
    page = write_up(contributor, meeting, note="Agreed")
    assert page.error_at("note") == "Nobody is noted as present. Tick who was there first"
    assert "Agreed" in page.text
    assert session.scalars(select(Interaction)).all() == []


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"commitment_0_due": "2026"}, "commitment_0_name", "Enter what is owed"),
        ({"commitment_0_name": "Report"}, "commitment_0_organisation_id", "Enter the partner"),
        ({"commitment_1_name": "x" * 301}, "commitment_1_name", "300 characters or fewer"),
        ({"commitment_0_due": "soon"}, "commitment_0_due", "Write the date like"),
        (
            {"commitment_0_name": "Report", "commitment_0_organisation_id": "Nobody knows it"},
            "commitment_0_organisation_id",
            "Nothing is called “Nobody knows it”",
        ),
        ({"task_1_due": "2026"}, "task_1_name", "Enter what is to be done"),
        ({"each_due": "2026"}, "each_name", "Enter what is to be done"),
        ({"each_name": "Thanks"}, "each_name", "Tick who was there first"),
        ({"present": "nobody"}, "present", "Choose values of the list"),
    ],
)
def test_what_is_missing_is_said_at_its_line_and_nothing_is_lost(
    contributor, session, meeting, data, field, sentence
):
    there(meeting, AttendanceStatus.ACCEPTED)
    lines = {"commitments_lines": "2", "tasks_lines": "2", "minutes": "What was said"}
    page = write_up(contributor, meeting, **lines, **data)
    found = page.error_at(field) or " ".join(page.errors())
    assert sentence in found
    assert page.select("//textarea[@name='minutes']")[0].text.strip() == "What was said"
    for name, value in data.items():
        if name != "present":
            assert page.select(f"//input[@name='{name}']/@value") == [value]
    assert session.scalars(select(Commitment)).all() == []
    assert session.get(Meeting, meeting.id).minutes is None


def test_more_lines_keep_what_was_typed(contributor, session, meeting):
    page = write_up(
        contributor,
        meeting,
        step="more-commitments",
        minutes="So far",
        commitments_lines="2",
        commitment_0_name="Report",
        commitment_1_due="tomorrow or so",
    )
    assert page.select("//input[@name='commitment_0_name']/@value") == ["Report"]
    assert page.select("//input[@name='commitment_1_due']/@value") == ["tomorrow or so"]
    assert len(page.select("//input[starts-with(@name, 'commitment_')][contains(@name, 'name')]"))
    assert page.select("//input[@name='commitments_lines']/@value") == ["5"]
    assert page.errors() == []
    assert session.get(Meeting, meeting.id).minutes is None


def test_lines_of_the_minutes_become_tasks_when_asked(contributor, meeting):
    minutes = "Opening\n> write to the agency\n  > ask the city for a room\n>"
    assert follow_ups(minutes) == ["write to the agency", "ask the city for a room"]
    data = {"minutes": minutes, "tasks_lines": "2", "task_0_name": "write to the agency"}
    page = write_up(contributor, meeting, step="propose", **data)
    found = page.select("//input[starts-with(@name, 'task_')][contains(@name, '_name')]/@value")
    assert [each for each in found if each] == ["write to the agency", "ask the city for a room"]


def test_two_who_write_the_minutes_choose_between_both_texts(browser, session, meeting):
    version = meeting.version
    write_up(browser.sign_in("contributor", name="Claire"), meeting, minutes="By Claire")
    browser.sign_in("contributor", name="Paul")
    lines = {
        "commitments_lines": "2",
        "commitment_0_name": "Report",
        "commitment_0_organisation_id": f"id:{OrganisationFactory().id}",
    }
    page = write_up(browser, meeting, version=version, minutes="By Paul", **lines)
    assert page.status == 409
    for word in ("Claire", "By Claire", "By Paul"):
        assert word in page.text
    assert session.scalars(select(Commitment)).all() == []
    form = {
        each.get("name"): each.get("value")
        for each in page.select("//main//form//input[@type='hidden']")
    }
    browser.post(
        "meetings.debrief", place=place(meeting), data={**form, "choice-minutes": "stored"}
    )
    session.expire_all()
    assert session.get(Meeting, meeting.id).minutes == "By Claire"
    assert [each.name for each in session.scalars(select(Commitment))] == ["Report"]


def test_sent_twice_it_is_noted_once(contributor, session, meeting):
    there(meeting)
    page = contributor.get("meetings.debrief", place=place(meeting))
    once = page.select("//input[@name='once']/@value")[0]
    for _time in range(2):
        write_up(contributor, meeting, once=once, note="Agreed", each_name="Thanks")
    assert len(session.scalars(select(Interaction)).all()) == 1
    assert len(session.scalars(select(Task)).all()) == 1


def test_a_viewer_writes_nothing_up(browser, meeting):
    viewer = browser.sign_in("viewer")
    assert viewer.get("meetings.debrief", place=place(meeting)).status == 403
    page = viewer.get("meetings.detail", place=place(meeting))
    assert "After the meeting" not in page.links()


def test_a_meeting_to_come_a_series_and_a_hidden_one_are_not_written_up(browser, session):
    manager = browser.sign_in("manager")
    later = MeetingFactory(starts=PartialDate(2099, 1, 1))
    page = manager.get("meetings.detail", place=place(later))
    assert "After the meeting" not in page.links()
    series = MeetingFactory(meeting_kind=MeetingKind.SERIES)
    assert manager.get("meetings.debrief", place=place(series)).status == 404
    hidden = MeetingFactory(visibility=Visibility.MANAGERS)
    contributor = browser.sign_in("contributor")
    assert contributor.get("meetings.debrief", place=place(hidden)).status == 404


def test_a_task_of_a_hidden_meeting_is_hidden_with_it(browser, session):
    hidden = MeetingFactory(name="Secret talks", visibility=Visibility.MANAGERS)
    refuge = OrganisationFactory(name="Refuge")
    there(hidden, organisation=refuge)
    write_up(browser.sign_in("manager"), hidden, each_name="Thank them quietly")
    session.expire_all()
    assert session.scalars(select(Record).where(Record.kind == "task")).all()
    page = browser.sign_in("viewer").get("organisations.detail", place=place(refuge))
    assert "quietly" not in page.text
    assert "quietly" not in browser.get("tasks.index").text


def test_the_page_reads_in_french(browser, session, meeting):
    there(meeting, AttendanceStatus.ACCEPTED)
    browser.sign_in("contributor")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = browser.get("meetings.debrief", place=place(meeting))
    assert page.title.startswith("Après la réunion")
