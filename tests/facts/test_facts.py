"""What several sources say of one fact: all of it is kept, one value is shown."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.facts import services
from crm.facts.models import FactKind, FactValue
from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import ProjectFactory

SEED = "The association’s own page"
KINDS = {
    "size": FactKind.SIZE,
    "countries": FactKind.COUNTRIES,
    "indicators": FactKind.SIZE,
    "period": FactKind.DATES,
    "partners": FactKind.PARTNERS,
    "partner": FactKind.PARTNERS,
    "name": FactKind.NAME,
    "date": FactKind.DATES,
    "dates": FactKind.DATES,
}
OF_ORGANISATIONS = ("ECRE", "IDC", "ECOSOC", "EASO")


def place(record):
    return f"{record.id}-{record.slug}"


def page_of(browser, record):
    paths = {"project": "projects", "organisation": "organisations"}
    path = paths.get(record.kind, f"{record.kind}s")
    return browser.get(f"{path}.detail", place=place(record))


def facts(page):
    found = {}
    for each in page.select("//dl[@class='facts']/div"):
        label = " ".join(each.xpath("string(dt)").split())
        assert label not in found, f"{label} stands twice"
        found[label] = " ".join(" ".join(each.xpath("dd//text()")).split())
    return found


def value(record, text, **more):
    values = {"kind": FactKind.SIZE, "source": "A page", **more}
    return services.add_value(record_id=record.id, value=text, **values)


def conflicts():
    with (Path(__file__).parent / "conflicting_facts.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def world(session):
    """Note all that the file of conflicts says, the association's own page first."""
    records = {
        "ECRE": OrganisationFactory(name="ECRE"),
        "IDC": OrganisationFactory(name="IDC"),
        "ECOSOC": OrganisationFactory(name="ECOSOC"),
        "EASO": OrganisationFactory(name="EASO"),
        "NIEM": ProjectFactory(name="NIEM"),
        "SWIM": ProjectFactory(name="SWIM"),
        "CIFER": ProjectFactory(name="CIFER"),
        "Rome": MeetingFactory(name="Rome conference"),
    }
    for row in conflicts():
        first, *words = row["subject"].split()
        kind = KINDS.get(words[-1], FactKind.OTHER) if words else FactKind.OTHER
        about = {"kind": kind, "detail": " ".join(words) or None}
        record = records[first]
        known = session.scalars(
            select(FactValue).where(
                FactValue.record_id == record.id, FactValue.detail == about["detail"]
            )
        ).all()
        if not known:
            value(record, row["seed_says"], source=SEED, **about)
        value(
            record,
            row["other_source_says"].removesuffix(" (agrees)"),
            source=row["url"],
            url=row["url"],
            **about,
        )
    return records


def test_the_page_shows_the_chosen_value_and_that_sources_differ(browser, world):
    page = page_of(browser.sign_in(), world["ECRE"])
    known = facts(page)
    assert "106 organisations in 40 countries" in known["Size – size"]
    assert "Sources differ: 3 say otherwise" in known["Size – size"]


def test_nothing_that_a_source_says_is_lost(browser, world):
    browser.sign_in()
    pages = {name: page_of(browser, record).text for name, record in world.items()}
    first = {row["subject"]: row["seed_says"] for row in reversed(conflicts())}
    for subject, said in first.items():
        assert said in pages[subject.split()[0]]
    for row in conflicts():
        said = row["other_source_says"].removesuffix(" (agrees)")
        name = row["subject"].split()[0]
        assert " ".join(said.split()) in pages[name], row


def test_a_source_that_agrees_is_not_counted_as_differing(browser, world):
    known = facts(page_of(browser.sign_in(), world["NIEM"]))
    assert "Sources differ: 1 says otherwise" in known["Countries – countries"]
    assert "Sources differ: 1 says otherwise" in known["Size – indicators"]
    assert "Sources differ: 2 say otherwise" in known["Dates – period"]


def test_every_fact_of_the_file_has_one_value_we_go_by(session, world):
    subjects = {}
    for each in session.scalars(select(FactValue)):
        subjects.setdefault((each.record_id, *each.subject), []).append(each.is_chosen)
    assert len(subjects) == 12
    assert all(sum(chosen) == 1 for chosen in subjects.values())


def test_what_agrees_in_other_letters_agrees(session):
    project = ProjectFactory()
    one = value(project, "Societatea Română")
    other = value(project, "  societatea   romana ")
    assert one.agrees_with(other)


def test_another_value_is_chosen_and_the_first_stays(browser, session):
    project = ProjectFactory()
    first = value(project, "14 States")
    second = value(project, "15 States")
    page = browser.sign_in("contributor").post("facts.choose", value_id=second.id)
    assert "15 States" in facts(page)["Size"]
    assert "Sources differ: 1 says otherwise" in facts(page)["Size"]
    chosen = {each.id: each.is_chosen for each in session.scalars(select(FactValue))}
    assert chosen == {first.id: False, second.id: True}


def test_a_fact_of_one_label_stands_once_with_all_that_is_known(browser):
    project = ProjectFactory(starts=PartialDate(2016))
    value(project, "2016–2022", kind=FactKind.DATES)
    value(project, "2015-10 to 2021-09", kind=FactKind.DATES)
    assert facts(page_of(browser.sign_in(), project))["Dates"] == (
        "since 2016 2016–2022 Sources differ: 1 says otherwise"
    )


@pytest.mark.parametrize("make", [DeclarationFactory, MeetingFactory, OrganisationFactory])
def test_every_kind_of_record_keeps_what_sources_say(browser, make):
    record = make()
    value(record, "One", kind=FactKind.PLACE)
    value(record, "Two", kind=FactKind.PLACE)
    page = page_of(browser.sign_in(), record)
    assert "Sources differ: 1 says otherwise" in page.text


def test_a_value_is_added_and_changed_from_the_page(browser, session):
    project = ProjectFactory()
    browser.sign_in("contributor")
    data = {"kind": "size", "value": "14 States", "source": "Page A", "as_of": "2020"}
    page = browser.post("projects.add_part", place=place(project), part_name="values", data=data)
    assert "14 States" in page.section("values")
    page = browser.post(
        "projects.add_part",
        place=place(project),
        part_name="values",
        data={**data, "value": "", "source": ""},
    )
    assert page.error_at("value") == "Enter what the source says"
    assert page.error_at("source") == "Enter where it comes from"


def test_the_chosen_value_cannot_be_left_without_another(session):
    project = ProjectFactory()
    first = value(project, "14 States")
    value(project, "15 States")
    with pytest.raises(InvalidValue) as refused:
        services.change_value(first, first.version, is_chosen=False)
    assert refused.value.field == "is_chosen"


def test_when_the_chosen_value_goes_the_newest_is_chosen(session):
    project = ProjectFactory()
    first = value(project, "14 States", as_of=PartialDate(2020))
    old = value(project, "15 States", as_of=PartialDate(2010))
    new = value(project, "16 States", as_of=PartialDate(2022))
    services.remove_value(first)
    assert (old.is_chosen, new.is_chosen) == (False, True)


def test_a_value_moved_to_another_fact_leaves_one_chosen_in_both(session):
    project = ProjectFactory()
    first = value(project, "14 States", detail="States")
    second = value(project, "15 States", detail="States")
    third = value(project, "170", detail="indicators")
    services.change_value(first, first.version, detail="indicators")
    chosen = [each for each in (first, second, third) if each.is_chosen]
    assert second in chosen
    assert len(chosen) == 2


def test_a_viewer_chooses_nothing_and_what_is_hidden_is_not_there(browser):
    hidden = value(ProjectFactory(visibility=Visibility.MANAGERS), "Secret")
    assert browser.sign_in().post("facts.choose", value_id=hidden.id).status == 403
    assert browser.sign_in("contributor").post("facts.choose", value_id=hidden.id).status == 404


acts = st.lists(
    st.tuples(st.sampled_from(["add", "choose", "remove", "move"]), st.integers(0, 5)), max_size=14
)


@given(acts=acts)
def test_whatever_is_done_one_value_of_each_fact_is_chosen(session, acts):
    with session.begin_nested() as nested:
        project = ProjectFactory()
        made = []
        for act, number in acts:
            if act == "add" or not made:
                detail = ("a", "b")[number % 2]
                made.append(value(project, f"v{number}", detail=detail, is_chosen=number > 3))
                continue
            one = made[number % len(made)]
            if act == "choose":
                services.choose(one)
            elif act == "move":
                services.change_value(one, one.version, detail="b" if one.detail == "a" else "a")
            else:
                services.remove_value(one)
                made.remove(one)
            for subject in {each.subject for each in made}:
                assert sum(each.is_chosen for each in made if each.subject == subject) == 1
        nested.rollback()
