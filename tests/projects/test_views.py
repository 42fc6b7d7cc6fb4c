"""Projects, who takes part and what comes out of them, as people use the pages."""

import pytest
import time_machine
from sqlalchemy import select

from crm.core.partial_date import PartialDate
from crm.networks.models import Qualifier
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
)
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectCountryFactory,
    ProjectFactory,
    SizeFactFactory,
)

WHOLE = {"name": "Welcome Together", "status": "current", "visibility": "team"}
PARTNER = {"role": "beneficiary", "country": ""}


def place(record):
    return f"{record.id}-{record.slug}"


def named(record):
    return f"id:{record.id}"


def shown_names(page):
    return {link.text_content().strip() for link in page.select("//table//tbody//td[1]//a")}


def add(browser, record, part, **data):
    path = "projects" if record.kind == "project" else "organisations"
    return browser.post(f"{path}.add_part", place=place(record), part_name=part, data=data)


def facts(page):
    return {
        " ".join(each.xpath("string(dt)").split()): " ".join(each.xpath("string(dd)").split())
        for each in page.select("//dl[@class='facts']/div")
    }


# The project itself


def test_a_contributor_adds_a_project_with_dates_as_far_as_they_are_known(browser, session):
    page = browser.sign_in("contributor").post(
        "projects.create",
        data={
            **WHOLE,
            "acronym": "WT",
            "project_kind": "action",
            "programme": "AMIF",
            "call": "AMIF-2023",
            "grant_number": "101",
            "starts": "01/2018",
            "ends": "2100",
            "aim": "To welcome people.",
            "status_as_of": "2025",
            "status_source": "Their website",
            "budget_total": "1500000",
            "budget_eu": "1000000",
            "budget_ours": "50000.50",
            "currency": "EUR",
        },
    )
    assert page.title == "WT – Welcome Together"
    project = session.scalar(select(Project))
    assert (project.starts, project.ends) == (PartialDate(2018, 1), PartialDate(2100))
    known = facts(page)
    assert known["Dates"] == "January 2018 – 2100"
    assert known["Programme"] == "AMIF"
    assert known["Grant number"] == "101"
    assert known["Status as of"] == "2025"
    assert known["Total budget"] == "€1,500,000.00"
    assert known["Our part"] == "€50,000.50"
    assert "Current" in page.text
    assert "past its end" not in page.text


def test_a_viewer_cannot_add_or_change_a_project(browser, session):
    project = ProjectFactory()
    browser.sign_in()
    assert browser.get("projects.detail", place=place(project)).status == 200
    assert browser.get("projects.create").status == 403
    assert browser.post("projects.edit_record", place=place(project)).status == 403


@pytest.mark.parametrize(
    ("starts", "ends", "is_refused"),
    [
        ("2020", "2019", True),
        ("05/2020", "04/2020", True),
        ("02/01/2020", "01/01/2020", True),
        ("05/2020", "2020", False),
        ("2020", "01/2020", False),
        ("2020", "", False),
        ("", "2020", False),
    ],
)
def test_an_end_before_the_start_is_refused_at_the_end(browser, session, starts, ends, is_refused):
    page = browser.sign_in("contributor").post(
        "projects.create", data={**WHOLE, "starts": starts, "ends": ends}
    )
    if is_refused:
        assert "must not be before" in page.error_at("ends")
        assert session.scalar(select(Project)) is None
    else:
        assert page.title == "Welcome Together"


def test_an_end_before_the_start_is_refused_when_a_project_is_changed(browser, session):
    project = ProjectFactory(starts=PartialDate(2020))
    page = browser.sign_in("contributor").post(
        "projects.edit_record",
        place=place(project),
        data={**WHOLE, "starts": "2020", "ends": "2019", "version": "1"},
    )
    assert "must not be before" in page.error_at("ends")


@pytest.mark.parametrize("amount", ["-1", "1000000000000", "NaN", "sNaN", "Infinity", "much"])
def test_an_amount_that_cannot_be_is_refused(browser, session, amount):
    page = browser.sign_in("contributor").post(
        "projects.create", data={**WHOLE, "budget_total": amount}
    )
    assert page.error_at("budget_total")
    assert session.scalar(select(Project)) is None


def test_a_project_of_which_only_the_length_is_known_shows_it(browser, session):
    project = ProjectFactory(duration_months=36)
    assert facts(browser.sign_in().get("projects.detail", place=place(project)))["Dates"] == (
        "3 years"
    )


def test_a_project_of_one_year_lasts_one_year(browser, session):
    project = ProjectFactory(duration_months=12)
    page = browser.sign_in().get("projects.detail", place=place(project))
    assert facts(page)["Dates"] == "1 year"


@pytest.mark.parametrize(
    ("ends", "status", "is_flagged"),
    [
        (PartialDate(2025), ProjectStatus.CURRENT, True),
        (PartialDate(2026, 11, 22), ProjectStatus.CURRENT, True),
        (PartialDate(2026, 11, 23), ProjectStatus.CURRENT, False),
        (PartialDate(2026, 11), ProjectStatus.CURRENT, False),
        (PartialDate(2026), ProjectStatus.CURRENT, False),
        (None, ProjectStatus.CURRENT, False),
        (PartialDate(2025), ProjectStatus.PAST, False),
        (PartialDate(2025), ProjectStatus.PLANNED, False),
    ],
)
def test_a_project_past_its_end_and_still_current_is_flagged(
    browser, session, ends, status, is_flagged
):
    project = ProjectFactory(starts=PartialDate(2018), ends=ends, status=status)
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        browser.sign_in()
        for page in (
            browser.get("projects.detail", place=place(project)),
            browser.get("projects.index"),
        ):
            assert ("past its end" in page.text) is is_flagged


# Who takes part


def test_a_partner_is_added_with_the_funders_own_word(browser, session):
    project = ProjectFactory()
    OrganisationFactory(name="Alpha")
    browser.sign_in("contributor")
    page = add(
        browser,
        project,
        "involvements",
        organisation_id="Alpha",
        role="affiliated",
        funder_word="affiliated entity (art. 8)",
        country="PL",
        city="Warszawa",
        since="2018",
        until="2019",
        amount="1000",
        note="Replaced in 2019",
    )
    section = page.section("involvements")
    for words in (
        "Alpha",
        "Affiliated entity",
        "affiliated entity (art. 8)",
        "Poland",
        "2018–2019",
        "Replaced in 2019",
    ):
        assert words in section
    assert session.scalar(select(Involvement)).city == "Warszawa"


def test_a_project_has_several_coordinators_and_they_come_first(browser, session):
    project = ProjectFactory(name="Welcome")
    for name, role in (
        ("Alpha", InvolvementRole.FUNDER),
        ("Beta", InvolvementRole.BENEFICIARY),
        ("Gamma", InvolvementRole.COORDINATOR),
        ("Delta", InvolvementRole.COORDINATOR),
    ):
        InvolvementFactory(
            project_id=project.id, organisation_id=OrganisationFactory(name=name).id, role=role
        )
    page = browser.sign_in().get("projects.detail", place=place(project))
    rows = page.select("//*[@id='involvements']//tbody/tr/td[1]")
    assert [" ".join(row.text_content().split()) for row in rows] == [
        "Delta",
        "Gamma",
        "Beta",
        "Alpha",
    ]
    listed = browser.get("projects.index").text
    assert "Gamma" in listed
    assert "Delta" in listed
    assert "Beta" not in listed


def test_two_partners_stand_for_one_country_and_neither_makes_it_a_country_of_the_project(
    browser, session
):
    project = ProjectFactory(name="Six countries")
    other = ProjectFactory(name="Elsewhere")
    for name in ("Alpha", "Beta"):
        InvolvementFactory(
            project_id=project.id,
            organisation_id=OrganisationFactory(name=name, country="DE").id,
            country="LU",
        )
    ProjectCountryFactory(project_id=project.id, country="IT", city="Trento", role="good practice")
    ProjectCountryFactory(project_id=project.id, country="IT", city="Roma")
    ProjectCountryFactory(project_id=other.id, country="LU")
    page = browser.sign_in().get("projects.detail", place=place(project))
    assert page.section("involvements").count("Luxembourg") == 2
    countries = page.section("countries")
    assert "Luxembourg" not in countries
    assert "Germany" not in page.text
    assert countries.count("Italy") == 2
    for words in ("Trento", "Roma", "good practice"):
        assert words in countries
    assert shown_names(browser.get("/projects/?country=IT")) == {"Six countries"}
    assert shown_names(browser.get("/projects/?country=LU")) == {"Elsewhere"}
    assert shown_names(browser.get("/projects/?country=DE")) == set()


def test_one_organisation_may_have_two_roles_one_after_the_other(browser, session):
    project, partner = ProjectFactory(), OrganisationFactory(name="Alpha")
    browser.sign_in("contributor")
    add(browser, project, "involvements", organisation_id="Alpha", until="2019", **PARTNER)
    page = add(
        browser,
        project,
        "involvements",
        organisation_id=named(partner),
        role="associated",
        country="",
        since="2020",
    )
    for words in ("until 2019", "since 2020", "Associated partner"):
        assert words in page.section("involvements")


def test_a_role_must_not_end_before_it_starts(browser, session):
    project, partner = ProjectFactory(), OrganisationFactory()
    involvement = InvolvementFactory(project_id=project.id, organisation_id=partner.id)
    browser.sign_in("contributor")
    data = {"organisation_id": named(partner), "since": "2020", "until": "2019", **PARTNER}
    assert "must not be before" in add(browser, project, "involvements", **data).error_at("until")
    page = browser.post(
        "projects.edit_part",
        place=place(project),
        part_name="involvements",
        part_id=involvement.id,
        data={**data, "version": "1"},
    )
    assert "must not be before" in page.error_at("until")


def test_the_page_of_an_organisation_has_its_projects_and_adds_one(browser, session):
    project = ProjectFactory(name="Welcome", ends=PartialDate(2020))
    partner = OrganisationFactory(name="Alpha")
    browser.sign_in("contributor")
    page = add(browser, partner, "involvements", project_id="Welcome", role="expert", country="")
    section = page.section("projects")
    for words in ("Welcome", "National expert", "past its end"):
        assert words in section
    assert page.links()["Welcome"].endswith(place(project))


def test_the_projects_of_an_organisation_begin_with_those_that_go_on(browser, session):
    partner = OrganisationFactory()
    for name, status, starts in (
        ("Old one", ProjectStatus.PAST, PartialDate(2024)),
        ("Later", ProjectStatus.PLANNED, PartialDate(2030)),
        ("No date", ProjectStatus.CURRENT, None),
        ("First", ProjectStatus.CURRENT, PartialDate(2020)),
        ("Newest", ProjectStatus.CURRENT, PartialDate(2023, 5)),
    ):
        InvolvementFactory(
            organisation_id=partner.id,
            project_id=ProjectFactory(name=name, status=status, starts=starts).id,
        )
    page = browser.sign_in().get("organisations.detail", place=place(partner))
    rows = page.select("//*[@id='projects']//tbody/tr/td[1]")
    assert [" ".join(row.text_content().split()) for row in rows] == [
        "Newest",
        "First",
        "No date",
        "Later",
        "Old one",
    ]


def test_the_start_of_a_project_is_on_the_timeline_of_those_who_take_part(browser, session):
    partner = OrganisationFactory()
    for name, starts in (("Welcome", PartialDate(2018, 1)), ("Undated", None)):
        InvolvementFactory(
            organisation_id=partner.id,
            project_id=ProjectFactory(name=name, starts=starts, aim="To welcome people.").id,
        )
    page = browser.sign_in().get("organisations.detail", place=place(partner))
    timeline = page.section("timeline")
    for words in ("Welcome", "January 2018", "To welcome people."):
        assert words in timeline
    assert "Undated" not in timeline
    page = browser.get("organisations.detail", place=place(partner), show="project")
    assert "Welcome" in page.section("timeline")


# Sizes, themes, outputs


def test_sizes_keep_the_words_of_each_source_side_by_side(browser, session):
    project = ProjectFactory()
    browser.sign_in("contributor")
    add(
        browser,
        project,
        "sizes",
        qualifier="about",
        number="170",
        what="indicators",
        source="Their website",
    )
    add(browser, project, "sizes", qualifier="more_than", number="150", what="indicators")
    page = add(browser, project, "sizes", qualifier="exact", number="", what="many cities")
    section = page.section("sizes")
    for words in ("about 170 indicators", "more than 150 indicators", "many cities"):
        assert words in section
        assert words in facts(page)["Size"]
    assert "Their website" in section
    assert len(session.scalars(select(SizeFact)).all()) == 3


def test_a_size_needs_to_say_of_what_and_a_number_that_can_be(browser, session):
    project = ProjectFactory()
    browser.sign_in("contributor")
    page = add(browser, project, "sizes", qualifier="exact", number="-1", what=" ")
    assert page.error_at("number")
    assert page.error_at("what")


def test_themes_are_shown(browser, session):
    project = ProjectFactory()
    browser.sign_in("contributor")
    page = add(browser, project, "themes", theme="Integration of families")
    assert "Integration of families" in page.section("themes")
    assert session.scalar(select(ProjectTheme)).project_id == project.id


def test_the_reference_year_of_an_output_is_not_the_date_of_its_publication(browser, session):
    project = ProjectFactory()
    OrganisationFactory(name="Alpha")
    browser.sign_in("contributor")
    page = add(
        browser,
        project,
        "outputs",
        kind="data_set",
        title="Index",
        state="published",
        reference_year="edition 2019",
        collection_period="2018 to 2019",
        published="12/2020",
        language="en",
        coverage="52 countries",
        url="https://index.example.org/",
        lead_id="Alpha",
    )
    section = page.section("outputs")
    for words in ("Index", "Data set", "Published", "edition 2019", "2020", "52 countries"):
        assert words in section
    output = session.scalar(select(Output))
    assert output.reference_year == "edition 2019"
    assert output.published == PartialDate(2020, 12)
    assert page.links()["Index"] == "https://index.example.org/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "index.example.org"])
def test_an_output_leads_nowhere_but_to_the_web(browser, session, url):
    project = ProjectFactory()
    OutputFactory(record_id=project.id, title="Index", url=url)
    page = browser.sign_in().get("projects.detail", place=place(project))
    assert "Index" in page.section("outputs")
    assert "Index" not in page.links()


def test_outputs_begin_with_the_newest_and_end_with_those_to_come(browser, session):
    project = ProjectFactory()
    for title, published in (
        ("Later", None),
        ("Old", PartialDate(2018)),
        ("New", PartialDate(2020, 12)),
    ):
        OutputFactory(
            record_id=project.id,
            title=title,
            published=published,
        )
    page = browser.sign_in().get("projects.detail", place=place(project))
    section = page.section("outputs")
    assert section.index("New") < section.index("Old") < section.index("Later")


# The list


def test_filters_by_status_partner_and_country_narrow_the_list(browser, session):
    alpha, beta = OrganisationFactory(name="Alpha"), OrganisationFactory(name="Beta")
    one = ProjectFactory(name="One")
    two = ProjectFactory(name="Two", status=ProjectStatus.PAST)
    ProjectFactory(name="Three", status=ProjectStatus.PLANNED)
    InvolvementFactory(project_id=one.id, organisation_id=alpha.id)
    InvolvementFactory(project_id=two.id, organisation_id=alpha.id)
    InvolvementFactory(project_id=two.id, organisation_id=beta.id)
    ProjectCountryFactory(project_id=one.id, country="FR")
    ProjectCountryFactory(project_id=two.id, country="IT")
    browser.sign_in()
    for query, expected in (
        ("status=past", {"Two"}),
        ("status=past&status=planned", {"Two", "Three"}),
        (f"partner={alpha.id}", {"One", "Two"}),
        (f"partner={beta.id}", {"Two"}),
        (f"partner={alpha.id}&status=current", {"One"}),
        ("country=FR", {"One"}),
        ("country=FR&country=IT", {"One", "Two"}),
        ("q=thr", {"Three"}),
    ):
        page = browser.get(f"/projects/?{query}")
        assert shown_names(page) == expected, query
    page = browser.get("/projects/?country=ZZZ&status=nothing")
    assert page.status == 200
    assert "“ZZZ” is no value of “Country”" in page.text


def test_the_list_sorts_by_each_heading(browser, session):
    ProjectFactory(name="Alpha", starts=PartialDate(2020), programme="AMIF")
    ProjectFactory(name="Beta", starts=PartialDate(2018), status=ProjectStatus.PAST)
    ProjectFactory(name="Gamma")
    browser.sign_in()
    for key in ("title", "status", "dates", "programme"):
        for sort in (key, f"-{key}"):
            page = browser.get(f"/projects/?sort={sort}")
            assert shown_names(page) == {"Alpha", "Beta", "Gamma"}, sort


def test_the_number_of_statements_of_the_list_does_not_grow_with_its_rows(
    browser, session, count_statements
):
    browser.sign_in()
    InvolvementFactory(role=InvolvementRole.COORDINATOR)
    browser.get("projects.index")
    count_statements.clear()
    browser.get("projects.index")
    few = len(count_statements)
    for _ in range(10):
        InvolvementFactory(role=InvolvementRole.COORDINATOR)
    count_statements.clear()
    browser.get("projects.index")
    assert len(count_statements) == few


# What is hidden


def test_a_confidential_partner_or_project_does_not_show_and_counts_do_not_tell(browser, session):
    project = ProjectFactory(name="Welcome")
    partner = OrganisationFactory(name="Alpha")
    secret = OrganisationFactory(name="Secret house", visibility=Visibility.MANAGERS)
    hidden = ProjectFactory(name="Secret work", visibility=Visibility.MANAGERS)
    coordinator = InvolvementRole.COORDINATOR
    InvolvementFactory(project_id=project.id, organisation_id=partner.id)
    InvolvementFactory(project_id=project.id, organisation_id=secret.id, role=coordinator)
    InvolvementFactory(project_id=hidden.id, organisation_id=partner.id)
    OutputFactory(record_id=project.id, lead_id=secret.id, title="Secret report")
    browser.sign_in()
    page = browser.get("projects.detail", place=place(project))
    assert "Secret" not in page.html
    assert page.section("involvements").startswith("Who takes part (1)")
    for address in (
        browser.address("projects.index"),
        f"/projects/?partner={secret.id}",
        browser.address("organisations.detail", place=place(partner)),
        browser.address("projects.history", place=place(project)),
    ):
        assert "Secret" not in browser.get(address).html
    assert shown_names(browser.get(f"/projects/?partner={secret.id}")) == set()
    page = browser.sign_in("manager").get("projects.detail", place=place(project))
    assert page.section("involvements").startswith("Who takes part (2)")
    assert "Secret report" in page.section("outputs")


# In French


def test_every_page_of_projects_reads_in_french(browser, session):
    project = ProjectFactory(
        name="Accueil", starts=PartialDate(2018, 1), ends=PartialDate(2020), budget_total=1500000
    )
    partner = OrganisationFactory()
    rows = (
        (
            "involvements",
            InvolvementFactory(
                project_id=project.id,
                organisation_id=partner.id,
                country="LU",
                since=PartialDate(2018, 2, 1),
            ),
        ),
        ("countries", ProjectCountryFactory(project_id=project.id)),
        ("sizes", SizeFactFactory(project_id=project.id, qualifier=Qualifier.ABOUT)),
        ("outputs", OutputFactory(record_id=project.id, published=PartialDate(2020, 12))),
    )
    browser.sign_in(UserFactory(role="manager", locale="fr"))
    for endpoint in ("projects.index", "projects.create"):
        page = browser.get(endpoint)
        assert page.status == 200
        assert page.select("//html/@lang") == ["fr"]
    for endpoint in ("projects.detail", "projects.edit_record", "projects.history"):
        assert browser.get(endpoint, place=place(project)).status == 200
    page = browser.get("organisations.detail", place=place(partner))
    assert page.status == 200
    assert "janvier 2018" in browser.get("projects.detail", place=place(project)).text
    assert browser.get("projects.add_part", place=place(project), part_name="themes").status == 200
    for part, row in rows:
        page = browser.get("projects.add_part", place=place(project), part_name=part)
        assert page.status == 200
        page = browser.get(
            "projects.edit_part", place=place(project), part_name=part, part_id=row.id
        )
        assert page.status == 200
    assert session.scalar(select(ProjectCountry)).country == "FR"
