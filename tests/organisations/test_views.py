"""Pages of organisations, as people use them."""

import re

import pytest
from sqlalchemy import select

from crm.organisations.models import Organisation
from crm.records.models import Visibility
from tests.factories.organisations import OrganisationFactory


def place(record):
    return f"{record.id}-{record.slug}"


def test_somebody_who_has_not_signed_in_is_sent_to_sign_in(browser):
    page = browser.get("/organisations/", follow=False)
    assert page.status == 302
    assert "sign" in page.location


def test_a_contributor_adds_an_organisation_and_sees_its_page(browser, session):
    page = browser.sign_in("contributor").post(
        "organisations.create",
        data={
            "name": " Refuge  de l’Est ",
            "organisation_kind": "ngo",
            "country": "PL",
            "visibility": "team",
        },
    )
    assert page.status == 200
    assert page.title == "Refuge de l’Est"
    organisation = session.scalar(select(Organisation))
    assert organisation.created_by_id == browser.user.id
    assert "Poland" in page.text


def test_a_viewer_may_look_but_not_change(browser, session):
    organisation = OrganisationFactory(name="Refuge")
    browser.sign_in("viewer")
    assert browser.get("organisations.detail", place=place(organisation)).status == 200
    assert browser.get("organisations.create").status == 403
    assert browser.post("organisations.edit_record", place=place(organisation)).status == 403


def test_a_second_organisation_of_the_same_name_is_refused_and_what_was_typed_stays(
    browser, session
):
    OrganisationFactory(name="Refuge", country="FR")
    page = browser.sign_in("contributor").post(
        "organisations.create",
        data={
            "name": "REFUGE",
            "organisation_kind": "ngo",
            "country": "FR",
            "city": "Brest",
            "visibility": "team",
        },
    )
    assert "already an organisation of this name" in page.error_at("name")
    assert page.select("//input[@id='city']/@value") == ["Brest"]
    assert page.errors()


def test_a_wrong_slug_leads_to_the_right_address_for_good(browser, session):
    organisation = OrganisationFactory(name="Communauté de Sant'Egidio")
    page = browser.sign_in().get(f"/organisations/{organisation.id}-other?show=x", follow=False)
    assert page.status == 301
    assert page.location.endswith(
        f"/organisations/{organisation.id}-communaute-de-sant-egidio?show=x"
    )


def test_a_confidential_record_reads_like_one_that_is_not_there(browser, session):
    organisation = OrganisationFactory(visibility=Visibility.MANAGERS)
    browser.sign_in("viewer")
    hidden = browser.get("organisations.detail", place=place(organisation))
    missing = browser.get("/organisations/1-nothing")
    assert (hidden.status, missing.status) == (404, 404)
    # The number of a fault, and the tokens of forms, which tell the second they were made in.
    own = re.compile(r'[0-9A-F]{6}|name="csrf_token" value="[^"]*"')
    assert own.sub("", hidden.html) == own.sub("", missing.html)


def test_the_trash_is_one_click_and_so_is_the_way_back(browser, session):
    organisation = OrganisationFactory(name="Refuge")
    browser.sign_in("manager")
    page = browser.post("organisations.delete", place=place(organisation))
    assert "In the trash since" in page.text
    assert browser.get("organisations.index").select("//table//tbody//a") == []
    assert browser.get("records.trash").text.count("Refuge") == 1
    page = browser.post("organisations.restore", place=place(organisation))
    assert "In the trash since" not in page.text


def test_two_people_editing_the_same_field_choose_between_three_values(browser, session):
    organisation = OrganisationFactory(name="Refuge", country="FR")
    data = {"name": "Refuge", "organisation_kind": "ngo", "visibility": "team", "version": "1"}
    browser.sign_in("contributor", name="Claire")
    browser.post(
        "organisations.edit_record", place=place(organisation), data={**data, "country": "DE"}
    )
    browser.sign_in("contributor", name="Paul")
    page = browser.post(
        "organisations.edit_record",
        place=place(organisation),
        data={**data, "country": "IT", "city": "Roma"},
    )
    assert page.status == 409
    for word in ("Claire", "Italy", "Germany", "France"):
        assert word in page.text
    form = {
        each.get("name"): each.get("value")
        for each in page.select("//main//form//input[@type='hidden']")
    }
    page = browser.post(
        "organisations.edit_record",
        place=place(organisation),
        data={**form, "choice-country": "stored"},
    )
    assert page.status == 200
    session.expire_all()
    kept = session.get(Organisation, organisation.id)
    assert (kept.country, kept.city) == ("DE", "Roma")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=FR", {"Alpha", "Beta"}),
        ("country=FR&country=DE", {"Alpha", "Beta", "Gamma"}),
        ("country=FR&kind=foundation", {"Beta"}),
        ("q=alph", {"Alpha"}),
        ("q=gâmma", {"Gamma"}),
        ("q=%25", set()),
    ],
)
def test_filters_in_the_address_narrow_the_list(browser, session, query, expected):
    OrganisationFactory(name="Alpha", country="FR")
    OrganisationFactory(name="Beta", country="FR", organisation_kind="foundation")
    OrganisationFactory(name="Gamma", country="DE")
    page = browser.sign_in().get(f"/organisations/?{query}")
    shown = {link.text_content().strip() for link in page.select("//table//tbody//a")}
    assert shown == expected


def test_an_unknown_filter_is_a_notice_not_an_error(browser, session):
    page = browser.sign_in().get("/organisations/?colour=blue&country=ZZZ&sort=-nothing")
    assert page.status == 200
    assert "no filter called “colour”" in page.text
    assert "“ZZZ” is no value of “Country”" in page.text


def test_pages_of_a_list_go_on_where_the_last_one_ended(browser, session):
    for number in range(120):
        OrganisationFactory(name=f"Refuge {number:03}")
    browser.sign_in()
    for sort in ("", "?sort=-title", "?sort=country", "?sort=-since"):
        seen = []
        page = browser.get(f"/organisations/{sort}")
        while True:
            seen += [link.text_content().strip() for link in page.select("//table//tbody//a")]
            forward = page.select("//a[@rel='next']/@href")
            if not forward:
                break
            page = browser.get(forward[0])
        assert len(seen) == len(set(seen)) == 120, sort
        back = page.select("//a[@rel='prev']/@href")
        previous = browser.get(back[0])
        assert [
            link.text_content().strip() for link in previous.select("//table//tbody//a")
        ] == seen[50:100]


def test_the_number_of_statements_of_a_list_does_not_grow_with_its_rows(
    browser, session, count_statements
):
    browser.sign_in()
    OrganisationFactory()
    browser.get("/organisations/")
    count_statements.clear()
    browser.get("/organisations/")
    few = len(count_statements)
    for _ in range(30):
        OrganisationFactory()
    count_statements.clear()
    browser.get("/organisations/")
    assert len(count_statements) == few


def test_history_tells_each_change_and_undoes_it(browser, session):
    organisation = OrganisationFactory(name="Refuge", country="FR")
    browser.sign_in("manager")
    browser.post(
        "organisations.edit_record",
        place=place(organisation),
        data={
            "name": "Refuge",
            "organisation_kind": "ngo",
            "visibility": "team",
            "country": "DE",
            "version": "1",
        },
    )
    page = browser.get("organisations.history", place=place(organisation))
    assert "Country" in page.text
    assert "Germany" in page.text
    undo = page.select("//form[contains(@action, '/undo')]/@action")[0]
    page = browser.post(undo)
    assert "The change was undone" in page.html
    session.expire_all()
    assert session.get(Organisation, organisation.id).country == "FR"
