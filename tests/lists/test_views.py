"""The lists that the team edits: who may, what is refused, what history keeps."""

import pytest
from sqlalchemy import select

from crm.duties.models import DutyTemplate
from crm.networks.models import MembershipKind
from crm.records.kinds import registry
from crm.records.models import Act, Change
from crm.statuses.models import StatusRule

NAMES = (
    "duty-templates",
    "membership-kinds",
    "membership-statuses",
    "project-statuses",
    "declaration-statuses",
    "attendance-statuses",
    "rhythms",
    "review-criteria",
    "public-sections",
)


@pytest.fixture
def manager(browser):
    return browser.sign_in("manager")


def names(browser):
    """Return the addresses of the lists, as the first page gives them."""
    links = browser.get("lists.index").select("//main//table//a/@href")
    return [link.strip("/").split("/")[-1] for link in links]


def template(**data):
    return {
        "label_fr": "Bilan annuel",
        "label_en": "Yearly balance",
        "kind": "report",
        "applies_to": "link",
        "every_months": "12",
        "month": "3",
        "day": "31",
        "lead_months": "2, 1",
        "position": "500",
        "is_active": "y",
        **data,
    }


def rule(**data):
    return {
        "status": "active",
        "condition": "",
        "from_event": "start",
        "from_days": "0",
        "until_event": "end",
        "until_days": "0",
        "position": "5",
        "is_active": "y",
        **data,
    }


def newest(session):
    return session.scalars(select(Change).order_by(Change.id.desc())).first()


def test_every_list_can_be_opened_and_each_of_its_values(manager, session):
    found = names(manager)
    assert {"duty-templates", "membership-statuses", "project-statuses"} <= set(found)
    assert len(found) == len(NAMES)
    for name in found:
        page = manager.get("lists.values", name=name)
        assert page.status == 200
        for address in page.select("//main//td//a/@href"):
            assert manager.get(address).status == 200, address
        adds = registry.lists[name].add_label is not None
        assert manager.get("lists.create", name=name).status == (200 if adds else 404)


def test_a_template_is_added_offered_and_kept_in_history(manager, session):
    page = manager.post("lists.create", name="duty-templates", data=template())
    assert "Yearly balance" in page.text
    assert "every year" in page.text
    added = session.scalars(select(DutyTemplate).filter_by(label_en="Yearly balance")).one()
    assert (added.month, added.day, added.membership_kind_id) == (3, 31, None)
    change = newest(session)
    assert (change.act, change.row_table, change.row_id) == (
        Act.CREATE,
        "duty_templates",
        added.id,
    )
    assert change.user_id == manager.user.id


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"label_fr": ""}, "label_fr", "Enter the label in French"),
        ({"label_en": "x" * 121}, "label_en", "120 characters or fewer"),
        ({"every_months": "360"}, "every_months", "ten years at most"),
        ({"every_months": "6", "month": "", "day": ""}, "month", "Enter the month as well"),
        ({"month": "13"}, "month", "from 1 to 12"),
        ({"month": "2", "day": "30"}, "day", "a month that has this day"),
        ({"lead_months": "early"}, "lead_months", "12, 6, 3, 1"),
        ({"position": "x"}, "position", "whole number"),
        ({"membership_kind_id": "1"}, "membership_kind_id", "values in the list"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused_at_its_field(
    manager, session, data, field, words
):
    page = manager.post("lists.create", name="duty-templates", data=template(**data))
    assert words in page.error_at(field)
    kept = template(**data)["label_fr"]
    assert page.select("//input[@name='label_fr']/@value") == ([kept] if kept else [""])
    found = session.scalars(select(DutyTemplate).filter_by(label_en="Yearly balance")).all()
    assert found == []


def test_a_change_is_kept_with_both_values(manager, session):
    row = session.scalars(select(DutyTemplate).filter_by(label_en="Check our entry")).one()
    address = f"/lists/duty-templates/{row.id}/edit"
    entered = template(
        label_en="Check our entry",
        label_fr=row.label_fr,
        version=str(row.version),
        month="11",
        day="",
    )
    page = manager.post(address, entered)
    assert "Changes saved" in page.html
    change = newest(session)
    assert change.act is Act.UPDATE
    assert change.values["month"] == [None, 11]


def test_a_stale_edit_is_refused_also_when_it_is_sent_again(manager, session):
    row = session.scalars(select(DutyTemplate).filter_by(label_en="Check our entry")).one()
    address = f"/lists/duty-templates/{row.id}/edit"
    read = row.version
    manager.post(address, template(label_en="Somebody else’s", version=str(read)))
    page = manager.post(address, template(label_en="Mine", version=str(read)))
    assert "Somebody else changed this meanwhile" in page.errors()[0]
    assert page.select("//input[@name='label_en']/@value") == ["Mine"]
    again = page.select("//input[@name='version']/@value")
    assert again == [str(read)]
    page = manager.post(address, template(label_en="Mine", version=again[0]))
    assert "Somebody else changed this meanwhile" in page.errors()[0]
    assert session.get(DutyTemplate, row.id).label_en == "Somebody else’s"


@pytest.mark.parametrize("version", ["", "x", "²", "-1", "99999999999999999999"])
def test_an_edit_without_the_version_that_was_read_is_refused(manager, session, version):
    row = session.scalars(select(DutyTemplate)).first()
    page = manager.post(f"/lists/duty-templates/{row.id}/edit", template(version=version))
    assert "Somebody else changed this meanwhile" in page.errors()[0]


def test_a_kind_of_link_can_be_put_out_of_use_and_stays_where_it_is(manager, session):
    [name] = [each for each in names(manager) if each.startswith("kinds")]
    row = session.scalars(select(MembershipKind)).first()
    page = manager.get(f"/lists/{name}/{row.id}/edit")
    entered = {
        box.get("name"): box.get("value") or ""
        for box in page.select("//main//form//input[not(@type='checkbox')][@name]")
    }
    page = manager.post(f"/lists/{name}/{row.id}/edit", entered)
    assert "Changes saved" in page.html
    assert row.label_en in page.text
    assert not session.get(MembershipKind, row.id).is_active


def test_a_rule_of_a_status_is_added_in_its_own_list(manager, session):
    page = manager.post("lists.create", name="membership-statuses", data=rule())
    assert "Added to the list" in page.html
    added = session.scalars(select(StatusRule).filter_by(position=5)).one()
    assert (added.subject, added.from_event, added.condition) == ("membership", "start", None)
    assert newest(session).row_table == "status_rules"
    assert manager.get(f"/lists/project-statuses/{added.id}/edit").status == 404


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"status": "unheard_of"}, "status"),
        ({"condition": "unheard_of"}, "condition"),
        ({"from_event": "deadline"}, "from_event"),
        ({"from_days": "9999999"}, "from_days"),
        ({"until_days": "soon"}, "until_days"),
    ],
)
def test_a_rule_that_names_nothing_known_is_refused_at_its_field(manager, session, data, field):
    page = manager.post("lists.create", name="membership-statuses", data=rule(**data))
    assert page.error_at(field)


@pytest.mark.parametrize("subject", ["membership", "project", "declaration"])
def test_the_last_rule_that_always_fits_is_not_taken_away(manager, session, subject):
    query = select(StatusRule).filter_by(
        subject=subject, condition=None, from_event=None, until_event=None
    )
    [last] = session.scalars(query).all()
    values = {
        "status": last.status,
        "from_days": "0",
        "until_days": "0",
        "position": str(last.position),
        "version": str(last.version),
    }
    page = manager.post(f"/lists/{subject}-statuses/{last.id}/edit", values)
    assert "One rule in use must fit always" in page.errors()[0]
    assert session.get(StatusRule, last.id).is_active


def test_managers_alone_read_and_edit_lists(browser, session):
    row = session.scalars(select(DutyTemplate)).first()
    for role in ("viewer", "contributor"):
        browser.sign_in(role)
        assert "Lists and rules" not in browser.get("/").links()
        for address in (
            "/lists/",
            "/lists/duty-templates/",
            "/lists/duty-templates/new",
            f"/lists/duty-templates/{row.id}/edit",
        ):
            assert browser.get(address).status == 403, address
        assert browser.post("/lists/duty-templates/new", template()).status == 403
        edit = browser.post(f"/lists/duty-templates/{row.id}/edit", template(version="1"))
        assert edit.status == 403


def test_lists_and_values_that_are_not_there_are_not_found(manager, session):
    for address in (
        "/lists/nothing/",
        "/lists/nothing/new",
        "/lists/duty-templates/1/edit",
        "/lists/duty-templates/99999999999/edit",
    ):
        assert manager.get(address).status == 404, address
