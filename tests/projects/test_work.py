"""The work of a project: packages, milestones, deliverables, and roles that change."""

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM
from crm.projects import services
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputKind,
    OutputState,
    Project,
    WorkItem,
    WorkKind,
    WorkState,
)
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectCountryFactory,
    ProjectFactory,
    WorkFactory,
)

WORK = {"kind": "package", "title": "Training", "state": "planned"}
OUTPUT = {"kind": "report", "title": "Report on training", "state": "planned", "is_public": "y"}


def place(record):
    return f"{record.id}-{record.slug}"


def add(browser, project, part, **data):
    return browser.post("projects.add_part", place=place(project), part_name=part, data=data)


def row(page, panel, *words):
    found = [
        " ".join(each.text_content().split())
        for each in page.select(f'//*[@id="{panel}"]//tbody/tr')
    ]
    rows = [each for each in found if all(word in each for word in words)]
    assert len(rows) == 1, found
    return rows[0]


# Work packages, tasks and milestones


def test_a_work_package_its_task_and_a_milestone_stand_on_the_page(browser, session):
    project = ProjectFactory(starts=PartialDate(2026), ends=PartialDate(2027))
    lead = OrganisationFactory(name="Lead of training")
    browser.sign_in("contributor")
    add(
        browser,
        project,
        "work",
        **WORK,
        number="WP2",
        lead_id=f"id:{lead.id}",
        starts="2026-02",
        due="2026-12",
    )
    package = session.scalar(select(WorkItem))
    add(
        browser,
        project,
        "work",
        kind="task",
        title="First course",
        number="T2.1",
        within_id=str(package.id),
        state="in_work",
        due="2026-06-30",
    )
    page = add(
        browser, project, "work", kind="milestone", title="Mid-term meeting", state="done",
        number="MS1", due="2026-09", done_on="2026-09-15",
    )  # fmt: skip
    assert "Lead of training" in row(
        page, "work", "WP2 – Training", "Work package", "December 2026"
    )
    assert "Part of WP2" in row(page, "work", "T2.1 – First course", "Task")
    assert "Delivered: Tue, 15 Sept 2026" in row(page, "work", "MS1", "Project milestone", "Done")


@pytest.mark.parametrize(
    ("field", "value", "period"),
    [
        ("due", "2025-12", "2026–2027"),
        ("due", "2028", "2026–2027"),
        ("starts", "31/12/2025", "2026–2027"),
    ],
)
def test_work_outside_the_time_of_the_project_is_refused_at_the_field(
    browser, session, field, value, period
):
    project = ProjectFactory(starts=PartialDate(2026), ends=PartialDate(2027))
    page = add(browser.sign_in("contributor"), project, "work", **{**WORK, field: value})
    assert page.error_at(field) == f"Enter a date within the time of the project ({period})"
    assert session.scalar(select(WorkItem)) is None
    assert page.select(f'//*[@name="{field}"]')[0].get("value") == value


@pytest.mark.parametrize("value", ["2025", "01/2028"])
def test_a_deliverable_due_outside_the_project_is_refused_at_the_field(browser, session, value):
    project = ProjectFactory(starts=PartialDate(2026), ends=PartialDate(2027))
    page = add(browser.sign_in("contributor"), project, "outputs", **OUTPUT, due=value)
    assert page.error_at("due") == "Enter a date within the time of the project (2026–2027)"
    assert session.scalar(select(Output)) is None


def test_a_date_as_wide_as_the_project_lies_within_it(browser, session):
    project = ProjectFactory(starts=PartialDate(2026, 3), ends=PartialDate(2026, 9))
    add(browser.sign_in("contributor"), project, "outputs", **OUTPUT, due="2026")
    assert session.scalar(select(Output)).due == PartialDate(2026)


def test_work_that_ends_before_it_starts_is_refused(browser, session):
    project = ProjectFactory()
    browser.sign_in("contributor")
    page = add(browser, project, "work", **WORK, starts="2026-05", due="2026-04")
    assert page.error_at("due") == "The end must not be before the start"
    page = add(browser, project, "work", **WORK, starts="2026-05", done_on="2026-04")
    assert page.error_at("done_on") == "The end must not be before the start"
    assert session.scalar(select(WorkItem)) is None


def test_work_belongs_only_to_a_package_of_its_own_project(browser, session):
    project = ProjectFactory()
    other = WorkFactory()
    task = WorkFactory(project_id=project.id, kind=WorkKind.TASK)
    browser.sign_in("contributor")
    for within in (other.id, task.id):
        with pytest.raises(InvalidValue) as refused:
            services.add_work(
                project_id=project.id, kind=WorkKind.TASK, title="Course", within_id=within
            )
        assert refused.value.field == "within_id"
    package = WorkFactory(project_id=project.id)
    with pytest.raises(InvalidValue) as refused:
        services.change_work(package, package.version, within_id=package.id)
    assert refused.value.field == "within_id"


def test_an_output_comes_out_of_the_work_of_its_own_project(session):
    project, other = ProjectFactory(), WorkFactory()
    with pytest.raises(InvalidValue) as refused:
        services.add_output(
            record_id=project.id, kind=OutputKind.REPORT, title="Report", work_id=other.id
        )
    assert refused.value.field == "work_id"
    organisation = OrganisationFactory()
    with pytest.raises(InvalidValue) as refused:
        services.add_output(
            record_id=organisation.id, kind=OutputKind.REPORT, title="Report", work_id=other.id
        )
    assert refused.value.field == "work_id"


def test_what_belonged_to_a_removed_package_stays(session):
    package = WorkFactory(number="WP1")
    task = WorkFactory(project_id=package.project_id, kind=WorkKind.TASK, within_id=package.id)
    output = OutputFactory(record_id=package.project_id, work_id=package.id)
    services.remove_work(package)
    assert session.scalars(select(WorkItem)).all() == [task]
    assert (task.within_id, output.work_id) == (None, None)


@time_machine.travel("2026-11-26T12:00:00Z", tick=False)
def test_what_is_late_says_for_how_long(browser, session):
    project = ProjectFactory()
    WorkFactory(project_id=project.id, title="Open work", due=PartialDate(2026, 11, 23))
    WorkFactory(
        project_id=project.id, title="Done work", due=PartialDate(2026, 11, 1), state=WorkState.DONE
    )
    WorkFactory(project_id=project.id, title="Later work", due=PartialDate(2026, 11))
    OutputFactory(record_id=project.id, title="Open report", due=PartialDate(2026, 10))
    OutputFactory(
        record_id=project.id,
        title="Sent report",
        due=PartialDate(2026, 10),
        state=OutputState.DELIVERED,
        delivered_on=PartialDate(2026, 10, 2),
    )
    page = browser.sign_in().get("projects.detail", place=place(project))
    assert "3 days late" in row(page, "work", "Open work")
    assert "late" not in row(page, "work", "Done work")
    assert "late" not in row(page, "work", "Later work")
    assert "26 days late" in row(page, "outputs", "Open report")
    assert "late" not in row(page, "outputs", "Sent report")


def test_reference_year_collection_period_and_publication_are_three_things(browser):
    output = OutputFactory(
        title="Index 2019",
        reference_year="2019",
        collection_period="2018–2019",
        published=PartialDate(2020, 12),
    )
    page = browser.sign_in().get("projects.detail", place=place(output.record))
    headings = [
        each.text_content().strip() for each in page.select("//*[@id='outputs']//thead//th")
    ]
    cells = [each.text_content().strip() for each in page.select("//*[@id='outputs']//tbody//td")]
    shown = dict(zip(headings, cells, strict=False))
    assert shown["Reference year"] == "2019"
    assert shown["Collection period"] == "2018–2019"
    assert shown["Published on"] == "Dec 2020" or shown["Published on"] == "December 2020"


def test_the_page_names_the_countries_whose_report_is_missing(browser):
    project = ProjectFactory()
    for code in ("FR", "HU", "SI"):
        ProjectCountryFactory(project_id=project.id, country=code)
    browser.sign_in()
    assert "No national report noted for" not in browser.get(
        "projects.detail", place=place(project)
    ).section("outputs")
    OutputFactory(record_id=project.id, kind=OutputKind.NATIONAL_REPORT, country="FR")
    page = browser.get("projects.detail", place=place(project))
    assert "No national report noted for: Hungary, Slovenia" in page.section("outputs")
    OutputFactory(record_id=project.id, kind=OutputKind.TRANSNATIONAL_REPORT)
    for code in ("HU", "SI"):
        OutputFactory(record_id=project.id, kind=OutputKind.NATIONAL_REPORT, country=code)
    page = browser.get("projects.detail", place=place(project))
    assert "No national report noted for" not in page.section("outputs")


def test_a_report_to_the_funder_is_a_duty_of_the_project(browser, session):
    project = ProjectFactory()
    page = browser.sign_in("contributor").post(
        "projects.add_part",
        place=place(project),
        part_name="duties",
        data={"kind": "report", "name": "Final report to the funder", "due": "2027-03"},
    )
    assert "Final report to the funder" in page.text
    assert "Final report to the funder" in browser.get("duties.index").text


# Roles


def test_another_role_follows_the_first_with_its_reason(browser, session):
    project = ProjectFactory()
    involvement = InvolvementFactory(
        project_id=project.id, since=PartialDate(2024), country="HU", city="Budapest"
    )
    page = browser.sign_in("contributor").post(
        "projects.change_role",
        involvement_id=involvement.id,
        data={
            "since": "2026-03-15",
            "role": "associated",
            "country": "HU",
            "city": "Budapest",
            "change_reason": "No longer wanted the money",
        },
    )
    assert page.title.endswith(project.title)
    before, after = session.scalars(select(Involvement).order_by(Involvement.since)).all()
    assert (before.until, after.since) == (PartialDate(2026, 3, 14), PartialDate(2026, 3, 15))
    assert after.role is InvolvementRole.ASSOCIATED
    assert (after.country, after.city) == ("HU", "Budapest")
    assert "No longer wanted the money" in row(page, "involvements", "Associated partner")


def test_another_organisation_takes_the_place_and_stands_for_the_same_country(browser, session):
    involvement = InvolvementFactory(country="RO", city="Iași")
    other = OrganisationFactory(name="New partner")
    browser.sign_in("contributor").post(
        "projects.change_role",
        involvement_id=involvement.id,
        data={
            "since": "2025",
            "role": "beneficiary",
            "organisation_id": f"id:{other.id}",
            "country": "RO",
            "city": "",
            "change_reason": "Replaced",
        },
    )
    after = session.scalar(select(Involvement).where(Involvement.organisation_id == other.id))
    assert (after.country, after.city) == ("RO", None)
    assert session.get(Involvement, involvement.id).until == PartialDate(2024)


def test_a_change_of_role_without_day_or_reason_is_refused(browser, session):
    involvement = InvolvementFactory(since=PartialDate(2025, 6))
    browser.sign_in("contributor")
    page = browser.post(
        "projects.change_role", involvement_id=involvement.id, data={"role": "associated"}
    )
    assert page.error_at("since") == "Enter when it changed"
    assert page.error_at("change_reason") == "Enter why it changed"
    page = browser.post(
        "projects.change_role",
        involvement_id=involvement.id,
        data={"role": "associated", "since": "2025-01", "change_reason": "Because"},
    )
    assert page.error_at("since") == "The new role must not begin before the one it follows"
    assert len(session.scalars(select(Involvement)).all()) == 1


def test_a_viewer_changes_no_role_and_what_is_hidden_has_none(browser):
    involvement = InvolvementFactory()
    hidden = InvolvementFactory(project_id=ProjectFactory(visibility=Visibility.MANAGERS).id)
    browser.sign_in()
    assert browser.get("projects.change_role", involvement_id=involvement.id).status == 403
    browser.sign_in("contributor")
    assert browser.get("projects.change_role", involvement_id=hidden.id).status == 404


def test_the_form_begins_with_what_is_known_of_the_role(browser):
    involvement = InvolvementFactory(country="HU", city="Budapest", funder_word="co-applicant")
    page = browser.sign_in("contributor").get("projects.change_role", involvement_id=involvement.id)
    assert page.select("//*[@name='city']")[0].get("value") == "Budapest"
    assert page.select("//select[@name='country']/option[@selected]")[0].get("value") == "HU"
    assert "Changed on" in page.text


def change(involvement, **values):
    known = {"role": InvolvementRole.ASSOCIATED, "change_reason": "Because"}
    return services.change_role(involvement, **{**known, **values})


def test_a_role_that_ended_is_followed_no_second_time(session):
    involvement = InvolvementFactory(since=PartialDate(2024))
    change(involvement, since=PartialDate(2025, 6, 1))
    with pytest.raises(InvalidValue):
        change(involvement, since=PartialDate(2030))
    assert len(session.scalars(select(Involvement)).all()) == 2


def test_a_change_that_changes_nothing_is_refused(session):
    involvement = InvolvementFactory(role=InvolvementRole.BENEFICIARY)
    with pytest.raises(InvalidValue) as refused:
        change(involvement, since=PartialDate(2025), role=InvolvementRole.BENEFICIARY)
    assert refused.value.field == "role"


def test_a_change_in_the_only_year_that_is_known_ends_the_role_in_that_year(session):
    involvement = InvolvementFactory(since=PartialDate(2025))
    following = change(involvement, since=PartialDate(2025))
    assert (involvement.until, following.since) == (PartialDate(2025), PartialDate(2025))


def test_the_time_of_a_project_is_not_moved_away_from_what_is_due(browser, session):
    project = ProjectFactory(name="Long", starts=PartialDate(2025), ends=PartialDate(2027))
    OutputFactory(record_id=project.id, number="D1", title="Guide", due=PartialDate(2027, 6))
    with pytest.raises(InvalidValue) as refused:
        services.change_project(project, project.version, ends=PartialDate(2026))
    assert refused.value.field == "ends"
    assert "D1 – Guide" in str(refused.value.message)
    with pytest.raises(InvalidValue) as refused:
        services.change_project(project, project.version, starts=PartialDate(2027, 7))
    assert refused.value.field == "starts"
    services.change_project(project, project.version, ends=PartialDate(2027, 6))


def test_a_project_of_known_length_ends_with_it(session):
    project = ProjectFactory(starts=PartialDate(2025, 1), duration_months=12)
    with pytest.raises(InvalidValue):
        services.add_work(project_id=project.id, title="Late", due=PartialDate(2035))
    services.add_work(project_id=project.id, title="In time", due=PartialDate(2025, 12))


def test_a_package_that_holds_tasks_stays_one(session):
    package = WorkFactory()
    WorkFactory(project_id=package.project_id, kind=WorkKind.TASK, within_id=package.id)
    with pytest.raises(InvalidValue) as refused:
        services.change_work(package, package.version, kind=WorkKind.MILESTONE)
    assert refused.value.field == "kind"


def test_a_package_goes_though_a_task_of_it_is_hidden_from_whoever_removes_it(session, acting):
    package = WorkFactory(title="Package")
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    task = WorkFactory(
        project_id=package.project_id,
        kind=WorkKind.TASK,
        within_id=package.id,
        lead_id=hidden.id,
    )
    acting(UserFactory(role=Role.CONTRIBUTOR))
    services.remove_work(session.get(WorkItem, package.id))
    session.expunge_all()
    session.info["principal"] = SYSTEM
    assert session.get(WorkItem, task.id).within_id is None


months = st.integers(2000 * 12, 2030 * 12).map(lambda n: PartialDate(n // 12, n % 12 + 1))


@given(first=months, second=months)
def test_roles_that_follow_each_other_never_leave_a_wrong_period(app, first, second):
    begins, ends = first, services.day_before(second)
    is_possible = ends.last_day >= begins.first_day
    assert is_possible == (second.last_day >= first.first_day)


# Money and time


@pytest.mark.parametrize("field", ["budget_eu", "budget_ours"])
def test_a_part_of_the_budget_is_not_more_than_all_of_it(browser, session, field):
    page = browser.sign_in("contributor").post(
        "projects.create",
        data={
            "name": "Welcome",
            "status": "current",
            "visibility": "team",
            "budget_total": "1000",
            field: "1000.01",
        },
    )
    assert page.error_at(field) == "A part must not be more than the total budget"
    assert session.scalar(select(Project)) is None


@pytest.mark.parametrize(
    ("months", "words"), [(72, "6 years"), (12, "1 year"), (18, "18 months"), (1, "1 month")]
)
def test_a_length_is_said_in_years_where_they_are_whole(browser, months, words):
    project = ProjectFactory(duration_months=months)
    page = browser.sign_in().get("projects.detail", place=place(project))
    assert words in page.text
