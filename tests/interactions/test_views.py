"""Pages of exchanges, as people use them."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from crm.accounts.models import Role
from crm.core.clock import now, today
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.interactions.models import Interaction
from crm.interactions.services import change_interaction
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.permissions import ROLES
from crm.records.kinds import registry
from crm.records.models import Reader, Record, Visibility
from crm.tasks.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory


def place(record):
    return f"{record.id}-{record.slug}"


def log(browser, *participants, **data):
    return browser.post(
        "interactions.create",
        data={
            "participant_ids": list(participants),
            "interaction_kind": "call",
            "visibility": "team",
            **data,
        },
    )


def works_at(organisation, name, last=None, **values):
    person = PersonFactory(name=name)
    PositionFactory(person_id=person.id, organisation_id=organisation.id, **values)
    if last is not None:
        exchange_with(person, happened=last)
    return person


def offered(page):
    return [
        (each.get("value"), each.get("checked") is not None)
        for each in page.select("//input[@name='participant_ids'][@type='checkbox']")
    ]


def typed_note(page):
    return page.select("//textarea[@name='note']")[0].text_content().strip()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


# The form


def test_the_form_offers_the_people_contacted_last_at_the_organisation(browser, session):
    refuge = OrganisationFactory(name="Refuge")
    old = works_at(refuge, "Ada Old", PartialDate(2024, 1, 1))
    new = works_at(refuge, "Bea New", PartialDate(2026, 1, 1))
    never = works_at(refuge, "Cleo Never")
    works_at(refuge, "Dora Never")
    works_at(refuge, "Eva Left", PartialDate(2026, 2, 1), until=PartialDate(2025))
    works_at(OrganisationFactory(), "Fay Elsewhere", PartialDate(2026, 2, 1))
    page = browser.sign_in("contributor").get(f"/interactions/new?organisation={refuge.id}")
    assert offered(page) == [
        (f"id:{refuge.id}", True),
        (f"id:{new.id}", False),
        (f"id:{old.id}", False),
        (f"id:{never.id}", False),
    ]
    assert page.select("//input[@name='happened']/@value") == [f"{today():%d/%m/%Y}"]


def test_somebody_with_two_positions_there_is_offered_once(browser, session):
    refuge = OrganisationFactory()
    ada = works_at(refuge, "Ada Test")
    PositionFactory(person_id=ada.id, organisation_id=refuge.id, title="Director")
    page = browser.sign_in("contributor").get(f"/interactions/new?organisation={refuge.id}")
    assert offered(page) == [(f"id:{refuge.id}", True), (f"id:{ada.id}", False)]


def test_a_hidden_person_is_not_offered(browser, session):
    refuge = OrganisationFactory()
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=refuge.id)
    address = f"/interactions/new?organisation={refuge.id}"
    assert len(offered(browser.sign_in("contributor").get(address))) == 1
    assert len(offered(browser.sign_in("manager").get(address))) == 2


@pytest.mark.parametrize("asked", ["organisation=1", "organisation=x", "person=", "about=-1"])
def test_an_address_that_names_nothing_gives_an_empty_form(browser, session, asked):
    page = browser.sign_in("contributor").get(f"/interactions/new?{asked}")
    assert page.status == 200
    assert offered(page) == []


def test_each_page_that_can_be_talked_to_leads_to_the_form(browser, session):
    refuge, ada, meeting = OrganisationFactory(), PersonFactory(), MeetingFactory()
    browser.sign_in("contributor")
    for path, record, key in (
        ("organisations", refuge, "organisation"),
        ("people", ada, "person"),
        ("meetings", meeting, "about"),
    ):
        page = browser.get(f"{path}.detail", place=place(record))
        assert page.links()["Log an exchange"] == f"/interactions/new?{key}={record.id}"
    page = browser.get(f"/interactions/new?about={meeting.id}")
    assert page.select("//input[@name='topic_ids'][@checked]/@value") == [f"id:{meeting.id}"]
    browser.sign_in("viewer")
    page = browser.get("people.detail", place=place(ada))
    assert "Log an exchange" not in page.links()
    assert browser.get("interactions.create").status == 403


# Whom it proposes


def test_somebody_who_works_at_one_place_brings_it_along_with_others_there(browser, session):
    refuge = OrganisationFactory(name="Refuge")
    ada = works_at(refuge, "Ada Test")
    bea = works_at(refuge, "Bea Test")
    page = browser.sign_in("contributor").get(f"/interactions/new?person={ada.id}")
    assert offered(page) == [
        (f"id:{ada.id}", True),
        (f"id:{refuge.id}", True),
        (f"id:{bea.id}", False),
    ]
    assert page.title == "Exchange with Ada Test"


def test_somebody_who_works_at_two_places_or_left_one_brings_none(browser, session):
    ada = works_at(OrganisationFactory(), "Ada Test")
    works_at(OrganisationFactory(), "Bea Left", until=PartialDate(2020))
    PositionFactory(person_id=ada.id, organisation_id=OrganisationFactory().id)
    browser.sign_in("contributor")
    assert offered(browser.get(f"/interactions/new?person={ada.id}")) == [(f"id:{ada.id}", True)]


def test_a_hidden_place_of_work_is_not_brought_along(browser, session):
    ada = works_at(OrganisationFactory(visibility=Visibility.MANAGERS), "Ada Test")
    page = browser.sign_in("contributor").get(f"/interactions/new?person={ada.id}")
    assert offered(page) == [(f"id:{ada.id}", True)]


def test_the_means_used_last_are_proposed_to_who_used_them(browser, session):
    ada = PersonFactory(name="Ada Test")
    log(browser.sign_in("contributor"), f"id:{ada.id}", interaction_kind="letter")
    selected = "//select[@name='interaction_kind']/option[@selected]/@value"
    assert browser.get("interactions.create").select(selected) == ["letter"]
    browser.sign_in("contributor")
    assert browser.get("interactions.create").select(selected) == ["call"]


def test_the_heading_says_with_whom_or_about_what(browser, session):
    refuge, forum = OrganisationFactory(name="Refuge"), MeetingFactory(name="Forum")
    browser.sign_in("contributor")
    for asked, heading in (
        (f"organisation={refuge.id}", "Exchange with Refuge"),
        (f"about={forum.id}", "Exchange about Forum"),
        ("", "Log an exchange"),
    ):
        assert browser.get(f"/interactions/new?{asked}").title == heading


# Undo


def buttons(page):
    return page.select("//*[@role='status']//form/@action")


def test_an_exchange_just_logged_is_taken_back_with_all_that_came_with_it(browser, session):
    refuge = OrganisationFactory(name="Refuge")
    browser.sign_in("contributor")
    page = log(
        browser,
        f"id:{refuge.id}",
        "new:person:Nova Inconnue",
        "new:organisation:Maison",
        follow_up="Suite",
        note="Appel",
    )
    assert "Exchange logged." in page.text
    assert page.links()["Edit"].endswith("/edit")
    [undo] = buttons(page)
    page = browser.post(undo)
    assert page.title == "Refuge"
    assert "Appel" not in page.section("timeline")
    for model in (Interaction, Task, Person):
        assert count(session, model) == 0, model
    assert session.scalars(select(Organisation.name)).all() == ["Refuge"]
    browser.sign_in("manager")
    for record in session.scalars(
        select(Record).where(Record.deleted_at.is_not(None)),
        execution_options={"with_trash": True},
    ).all():
        kind = registry.kind_of(record).path
        assert browser.post(f"{kind}.restore", place=place(record)).status == 200
    made = session.scalar(select(Interaction))
    assert {each.record.title for each in made.participants} == {
        "Refuge",
        "Nova Inconnue",
        "Maison",
    }


def test_somebody_added_on_the_way_and_met_since_stays(browser, session):
    browser.sign_in("contributor")
    [undo] = buttons(log(browser, "new:person:Nova Inconnue", note="Un"))
    log(browser, "Nova Inconnue", note="Deux")
    browser.post(undo)
    assert session.scalars(select(Interaction.subject)).all() == ["Deux"]
    assert count(session, Person) == 1


def test_the_exchange_of_somebody_else_is_not_taken_back(browser, session):
    ada = PersonFactory(name="Ada Test")
    [undo] = buttons(log(browser.sign_in("contributor"), f"id:{ada.id}"))
    assert browser.sign_in("admin").post(undo).status == 403
    assert browser.sign_in("viewer").post(undo).status == 403
    assert count(session, Interaction) == 1


def test_where_one_came_from_is_where_one_lands(browser, session):
    ada, forum = PersonFactory(name="Ada Test"), MeetingFactory(name="Forum")
    browser.sign_in("contributor")
    here = f"/meetings/{place(forum)}"
    page = log(browser, f"id:{ada.id}", topic_ids=f"id:{forum.id}", note="Bilan", next=here)
    assert page.title == "Forum"
    assert "Bilan" in page.section("timeline")
    page = log(browser, f"id:{ada.id}", next="https://evil.example/")
    assert page.title == "Today"


# Logging


def test_several_people_and_organisations_are_logged_in_one_exchange(browser, session):
    refuge, ada = OrganisationFactory(name="Refuge"), PersonFactory(name="Ada Test")
    bea, meeting = PersonFactory(name="Bea Test"), MeetingFactory(name="Forum")
    page = log(
        browser.sign_in("contributor"),
        f"id:{refuge.id}",
        "Ada Test; Bea Test",
        topic_ids="Forum",
        interaction_kind="visit",
        happened="03/02/2026",
        subject="Visite du centre",
        note="Ligne une\nLigne deux",
    )
    assert page.title == "Refuge"
    assert "Visite du centre" in page.section("timeline")
    made = session.scalar(select(Interaction))
    assert [each.record_id for each in made.topics] == [meeting.id]
    assert {each.record_id for each in made.participants} == {refuge.id, ada.id, bea.id}
    for record, path in ((ada, "people"), (bea, "people"), (meeting, "meetings")):
        page = browser.get(f"{path}.detail", place=place(record))
        assert "Visite du centre" in page.section("timeline"), record.title
    page = browser.get("interactions.detail", place=place(made))
    for words in ("Visit", "3 Feb 2026", "Refuge", "Ada Test", "Forum", "Ligne une"):
        assert words in page.text


def test_only_with_whom_is_needed(browser, session):
    PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), "Ada Test", happened="")
    assert page.title == "Ada Test"
    made = session.scalar(select(Interaction))
    assert made.happened == PartialDate.of(today())
    assert made.subject == "Call"
    assert "No note" in browser.get("interactions.detail", place=place(made)).text


def test_the_subject_is_the_first_words_of_the_note(browser, session):
    ada = PersonFactory()
    note = (
        "\n  Parlé du plan d’action pour les mineurs isolés et de la suite à donner ensemble\nFin"
    )
    log(browser.sign_in("contributor"), f"id:{ada.id}", note=note)
    log(browser, f"id:{ada.id}", note="x" * 300)
    log(browser, f"id:{ada.id}", note="Court\nSuite")
    subjects = set(session.scalars(select(Interaction.subject)))
    assert "Court" in subjects
    assert "x" * 80 + "…" in subjects
    assert any(each.startswith("Parlé du plan") and len(each) <= 81 for each in subjects)


def test_a_note_that_its_subject_repeats_is_told_once(browser, session):
    ada = PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), f"id:{ada.id}", note="Rappeler lundi")
    assert page.section("timeline").count("Rappeler lundi") == 1
    page = log(browser, f"id:{ada.id}", note="Envoyer le projet\nElle relit", once="again")
    assert "Envoyer le projet Elle relit" in page.section("timeline")


def test_the_page_of_the_first_one_named_is_where_one_lands(browser, session):
    browser.sign_in("contributor")
    for turn in range(6):  # Ids are drawn, so chance alone would pass some turns.
        first, second = (PersonFactory(name=f"Person {turn}{letter}") for letter in "AB")
        page = log(browser, f"id:{second.id}", f"id:{first.id}", note="Appel")
        assert page.title == second.title
        assert "Appel" in page.section("timeline")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"participant_ids": ""}, "participant_ids", "Enter with whom the exchange was"),
        ({"participant_ids": "id:1"}, "participant_ids", "Enter with whom the exchange was"),
        ({"happened": "@tomorrow"}, "happened", "must be today or in the past"),
        ({"happened": "someday"}, "happened", "Write the date like"),
        ({"participant_ids": "Nobody Known"}, "participant_ids", "Nothing is called"),
        ({"interaction_kind": "telepathy"}, "interaction_kind", "values in the list"),
        ({"follow_up": "x" * 301}, "follow_up", "300 characters or fewer (it is 301)"),
        ({"follow_up_due": "01/03/2026"}, "follow_up", "Enter what is to be done"),
        ({"follow_up_for": "999"}, "follow_up_for", "Choose somebody of the team"),
        (
            {"note": f"Gardez ces mots{' x' * 50_000}"},
            "note",
            "100000 characters or fewer (it is 100015)",
        ),
        ({"subject": "x" * 201}, "subject", "200 characters or fewer (it is 201)"),
        ({"visibility": "managers"}, "visibility", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(
    browser, session, data, field, words
):
    ada = PersonFactory(name="Ada Test")
    if data.get("happened") == "@tomorrow":
        data = {"happened": f"{today() + timedelta(days=1):%d/%m/%Y}"}
    page = log(
        browser.sign_in("contributor"),
        **{"participant_ids": f"id:{ada.id}", "note": "Gardez ces mots", **data},
    )
    assert page.status == 200
    assert words in page.error_at(field)
    assert page.errors()
    assert "Gardez ces mots" in typed_note(page)
    assert count(session, Interaction) == 0
    assert count(session, Task) == 0


def test_all_that_is_wrong_is_said_at_once(browser, session):
    page = log(browser.sign_in("contributor"), "", happened="someday", note="Gardez")
    assert "Enter with whom the exchange was" in page.error_at("participant_ids")
    assert "Write the date like" in page.error_at("happened")


def test_an_unknown_name_stays_beside_the_names_that_are_known(browser, session):
    ada = PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), f"id:{ada.id}", "Nova Inconnue", note="Rencontre")
    assert "Nothing is called “Nova Inconnue”" in page.error_at("participant_ids")
    assert page.select("//input[@id='participant_ids']/@value") == ["Nova Inconnue"]
    assert offered(page) == [
        (f"id:{ada.id}", True),
        ("new:person:Nova Inconnue", False),
        ("new:organisation:Nova Inconnue", False),
    ]
    assert typed_note(page) == "Rencontre"
    page = log(
        browser,
        f"id:{ada.id}",
        "Nova Inconnue",
        "new:person:Nova Inconnue",
        note="Rencontre",
        once="again",
    )
    assert page.title == "Ada Test"
    made = session.scalar(select(Interaction))
    assert {each.record.title for each in made.participants} == {"Ada Test", "Nova Inconnue"}


def test_a_name_to_add_makes_the_person_once(browser, session):
    browser.sign_in("contributor")
    page = log(browser, "new:person:Nova Inconnue", note="Un")
    assert page.title == "Nova Inconnue"
    log(browser, "Nova Inconnue", note="Deux")
    log(browser, "new:person:Céline Double", "new:person:celine  double", note="Trois")
    assert set(session.scalars(select(Person.name))) == {"Nova Inconnue", "Céline Double"}
    assert count(session, Person) == 2
    assert count(session, Interaction) == 3


def test_an_organisation_is_added_by_its_name_alone(browser, session):
    page = log(
        browser.sign_in("contributor"), "Nouvelle Maison; new", "new:organisation:Nouvelle Maison"
    )
    assert page.error_at("participant_ids")  # Nobody has said what “new” is.
    assert ("new:organisation:Nouvelle Maison", True) in offered(page)
    page = log(browser, "new:organisation:Nouvelle Maison", "new:person:Nova Inconnue")
    assert page.status == 200
    assert session.scalars(select(Organisation.name)).all() == ["Nouvelle Maison"]
    made = session.scalar(select(Interaction))
    assert {each.record.title for each in made.participants} == {"Nouvelle Maison", "Nova Inconnue"}


def test_an_organisation_that_is_there_is_not_added_again(browser, session):
    OrganisationFactory(name="Refuge", country=None)
    page = log(browser.sign_in("contributor"), "new:organisation:REFUGE", note="Gardez ces mots")
    assert "There is already an organisation" in page.error_at("participant_ids")
    assert "Gardez ces mots" in typed_note(page)
    assert count(session, Organisation) == 1


def test_who_is_added_along_with_a_confidential_exchange_is_as_confidential(browser, session):
    browser.sign_in("manager")
    log(browser, "new:person:Nova Inconnue", visibility="managers", note="Discret")
    assert session.scalar(select(Person)).visibility is Visibility.MANAGERS
    browser.sign_in("contributor")
    assert "Nova" not in browser.get("people.index").text


@pytest.mark.parametrize("value", ["new:", "new:person:", "new:task:X", "new:person", "new: :x"])
def test_what_is_no_name_to_add_is_nobody(browser, session, value):
    page = log(browser.sign_in("contributor"), value)
    assert page.error_at("participant_ids")
    assert count(session, Interaction) == 0


def test_a_name_too_long_to_add_is_refused(browser, session):
    page = log(browser.sign_in("contributor"), f"new:person:{'N' * 121}")
    assert "120 characters or fewer (it is 121)" in page.error_at("participant_ids")
    assert count(session, Person) == 0


def test_a_name_that_several_bear_is_a_question_not_a_guess(browser, session):
    ada, other = PersonFactory(name="Ada Test"), PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), "Ada Test")
    assert "Several records match" in page.error_at("participant_ids")
    assert {value for value, _ticked in offered(page)} == {
        f"id:{ada.id}",
        f"id:{other.id}",
        "new:person:Ada Test",
        "new:organisation:Ada Test",
    }
    page = log(browser, f"id:{other.id}", "Ada Test")
    assert page.title == "Ada Test"
    assert count(session, Person) == 2
    log(browser, "new:person:Ada Test", "Ada Test", note="Une troisième")
    assert count(session, Person) == 3


def test_a_follow_up_is_a_task_about_the_exchange_for_the_person_named(browser, session):
    ada = PersonFactory(name="Ada Test")
    claire = UserFactory(name="Claire", role=Role.CONTRIBUTOR)
    log(
        browser.sign_in("contributor", name="Paul"),
        f"id:{ada.id}",
        follow_up="Envoyer le rapport",
        follow_up_due="01/12/2026",
        follow_up_for=str(claire.id),
        note="Appel",
    )
    log(browser, f"id:{ada.id}", follow_up="Rappeler", note="Second appel")
    tasks = {task.name: task for task in session.scalars(select(Task))}
    assert tasks["Envoyer le rapport"].assignee_id == claire.id
    assert tasks["Envoyer le rapport"].due == PartialDate(2026, 12, 1)
    assert tasks["Rappeler"].assignee_id == browser.user.id
    first = session.scalar(select(Interaction).where(Interaction.subject == "Appel"))
    assert tasks["Envoyer le rapport"].subject_id == first.id
    page = browser.get("interactions.detail", place=place(first))
    assert "Envoyer le rapport" in page.section("tasks")
    assert "Claire" in page.section("tasks")


# Confidentiality


def test_an_exchange_with_a_confidential_person_is_invisible_to_a_viewer_everywhere(
    browser, session
):
    refuge = OrganisationFactory(name="Refuge")
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    exchange = exchange_with(refuge, hidden, subject="Entretien discret")
    pages = (
        "/interactions/",
        f"/organisations/{place(refuge)}",
        f"/interactions/?with={refuge.id}",
        "/search?q=discret",
        "/records/suggest?q=discret",
        f"/organisations/{place(refuge)}/history",
    )
    for role in ("viewer", "contributor"):
        browser.sign_in(role)
        for address in pages:
            assert "Entretien" not in browser.get(address).html, (role, address)
        assert browser.get("interactions.detail", place=place(exchange)).status == 404
        assert browser.get(f"/records/{exchange.id}").status == 404
    browser.sign_in("manager")
    for address in pages[:-1]:
        assert "Entretien discret" in browser.get(address).html, address
    assert browser.get("interactions.detail", place=place(exchange)).status == 200


def test_an_exchange_about_a_confidential_record_hides_with_it(browser, session):
    ada = PersonFactory(name="Ada Test")
    hidden = MeetingFactory(visibility=Visibility.MANAGERS)
    exchange = exchange_with(ada, about=(hidden,), subject="Préparation discrète")
    browser.sign_in("viewer")
    assert browser.get("interactions.detail", place=place(exchange)).status == 404
    assert "discrète" not in browser.get("people.detail", place=place(ada)).html


def test_an_exchange_kept_to_named_people_is_seen_by_them_alone(browser, session):
    ada = PersonFactory(name="Ada Test")
    reader = UserFactory(role=Role.VIEWER, locale="en")
    log(
        browser.sign_in("contributor"),
        f"id:{ada.id}",
        note="Confidence",
        visibility="named",
        reader_ids=str(reader.id),
    )
    author = browser.user
    made = session.scalar(select(Interaction))
    for user, status in ((reader, 200), (author, 200), ("manager", 404), ("admin", 404)):
        browser.sign_in(user)
        assert browser.get("interactions.detail", place=place(made)).status == status


# Changing


def change(browser, exchange, **data):
    return browser.post(
        "interactions.edit_record",
        place=place(exchange),
        data={
            "interaction_kind": "call",
            "happened": "03/02/2026",
            "subject": "Appel",
            "visibility": "team",
            "version": "1",
            **data,
        },
    )


def test_an_exchange_is_changed_and_each_change_undone_in_history(browser, session):
    ada, bea = PersonFactory(name="Ada Test"), PersonFactory(name="Bea Test")
    exchange = exchange_with(ada, subject="Appel")
    browser.sign_in("manager")
    page = browser.get("interactions.edit_record", place=place(exchange))
    assert offered(page) == [(f"id:{ada.id}", True)]
    assert not page.select("//*[@name='follow_up' or @name='once']")
    page = change(browser, exchange, participant_ids=f"id:{bea.id}", interaction_kind="email")
    assert "Bea Test" in page.section("participants")
    assert "Ada Test" not in page.section("participants")
    assert "Appel" not in browser.get("people.detail", place=place(ada)).section("timeline")
    for _ in range(3):
        page = browser.get("interactions.history", place=place(exchange))
        entry = page.select("//form[contains(@action, '/undo')]/@action")[0]
        assert "The change was undone" in browser.post(entry).html
        page = browser.get("interactions.detail", place=place(exchange))
        if "Ada Test" in page.section("participants"):
            break
    assert "Ada Test" in page.section("participants")


def test_the_kind_of_an_exchange_is_put_back_by_history(browser, session):
    ada = PersonFactory(name="Ada Test")
    exchange = exchange_with(ada, subject="Appel")
    browser.sign_in("contributor")
    change(browser, exchange, participant_ids=f"id:{ada.id}", interaction_kind="email")
    assert session.get(Interaction, exchange.id).interaction_kind.value == "email"
    page = browser.get("interactions.history", place=place(exchange))
    undo = page.select("//form[contains(@action, '/undo')]/@action")
    assert len(undo) == 1, "one’s own change, not the making by somebody else"
    browser.post(undo[0])
    session.expire_all()
    assert session.get(Interaction, exchange.id).interaction_kind.value == "call"


def test_an_exchange_logged_by_mistake_is_undone_and_gone(browser, session):
    ada = PersonFactory(name="Ada Test")
    log(browser.sign_in("contributor"), f"id:{ada.id}", note="Erreur")
    made = session.scalar(select(Interaction))
    page = browser.get("interactions.history", place=place(made))
    browser.post(page.select("//form[contains(@action, '/undo')]/@action")[-1])
    assert count(session, Interaction) == 0
    assert "Erreur" not in browser.get("people.detail", place=place(ada)).text


def test_a_change_without_anybody_is_refused(browser, session):
    ada = PersonFactory()
    exchange = exchange_with(ada, subject="Appel")
    page = change(browser.sign_in("contributor"), exchange, participant_ids="")
    assert "Enter with whom the exchange was" in page.error_at("participant_ids")
    page = change(
        browser,
        exchange,
        participant_ids=f"id:{ada.id}",
        happened=f"{today() + timedelta(days=2):%d/%m/%Y}",
    )
    assert "must be today or in the past" in page.error_at("happened")


# Sent twice


def token(page):
    return page.select("//input[@name='once']/@value")[0]


def test_the_same_form_sent_twice_makes_one_exchange(browser, session):
    ada = PersonFactory(name="Ada Test")
    browser.sign_in("contributor")
    once = token(browser.get(f"/interactions/new?person={ada.id}"))
    assert re.fullmatch("[0-9a-f]{24}", once)
    for _ in range(2):
        page = log(
            browser, f"id:{ada.id}", "new:person:Nova Inconnue", once=once, follow_up="Suite"
        )
        assert page.title == "Ada Test"
    assert "nothing was added twice" in page.html
    assert count(session, Interaction) == count(session, Task) == 1
    assert count(session, Person) == 2


def test_two_forms_make_two_exchanges(browser, session):
    ada = PersonFactory()
    browser.sign_in("contributor")
    for _ in range(2):
        log(
            browser,
            f"id:{ada.id}",
            note="Appel",
            once=token(browser.get("interactions.create")),
        )
    log(browser, f"id:{ada.id}", note="Appel")
    log(browser, f"id:{ada.id}", note="Appel", once="")
    assert count(session, Interaction) == 4


def test_a_refused_form_leaves_nothing_behind_and_is_sent_again_with_the_same_token(
    browser, session
):
    browser.sign_in("contributor")
    once = token(browser.get("interactions.create"))
    page = log(browser, "new:person:Nova Inconnue", visibility="managers", once=once)
    assert page.errors()
    assert token(page) == once
    page = log(browser, "new:person:Nova Inconnue", follow_up_due="2027", once=once)
    assert page.error_at("follow_up")
    assert count(session, Person) == count(session, Interaction) == count(session, Task) == 0
    page = log(browser, "new:person:Nova Inconnue", once=once)
    assert page.title == "Nova Inconnue"
    assert count(session, Person) == count(session, Interaction) == 1


# The list


@pytest.fixture
def three(session, browser):
    browser.sign_in("viewer", name="Claire")
    refuge, ada, forum = OrganisationFactory(), PersonFactory(), MeetingFactory()
    PositionFactory(person_id=ada.id, organisation_id=refuge.id)
    exchange_with(refuge, subject="Alpha", happened=PartialDate(2025, 5, 1))
    exchange_with(ada, subject="Beta", interaction_kind="visit", note="Plan d’action")
    exchange_with(PersonFactory(), about=(forum,), subject="Gamma", happened=PartialDate(2026, 4))
    return {"refuge": refuge, "ada": ada, "forum": forum, "user": browser.user}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Gamma", "Beta", "Alpha"]),
        ("kind=visit", ["Beta"]),
        ("with={refuge.id}", ["Beta", "Alpha"]),
        ("with={ada.id}", ["Beta"]),
        ("about={forum.id}", ["Gamma"]),
        ("from=2026", ["Gamma", "Beta"]),
        ("before=2026", ["Alpha"]),
        ("by={user.id}", []),
        ("q=action", ["Beta"]),
        ("sort=title", ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_filters_narrow_the_list(browser, session, three, query, expected):
    page = browser.get(f"/interactions/?{query.format(**three)}")
    assert [each.text_content().strip() for each in page.select("//tbody//td[2]//a")] == expected


def test_the_number_of_statements_of_the_list_does_not_grow_with_its_rows(
    browser, session, count_statements
):
    browser.sign_in()

    def statements():
        count_statements.clear()
        browser.get("/interactions/")
        return len(count_statements)

    exchange_with(PersonFactory(), OrganisationFactory())
    statements()
    few = statements()
    for _ in range(20):
        exchange_with(PersonFactory(), OrganisationFactory())
    assert statements() == few


def test_every_page_reads_in_french(browser, session):
    refuge, ada = OrganisationFactory(), PersonFactory()
    exchange = exchange_with(refuge, ada, about=(MeetingFactory(),))
    browser.sign_in("manager")
    browser.user.locale = "fr"
    session.merge(browser.user)
    here = {"place": place(exchange)}
    for endpoint, values in (
        ("interactions.index", {}),
        ("interactions.create", {"organisation": refuge.id}),
        ("interactions.detail", here),
        ("interactions.edit_record", here),
        ("interactions.history", here),
        ("organisations.detail", {"place": place(refuge)}),
    ):
        page = browser.get(endpoint, **values)
        assert page.status == 200, endpoint
        assert page.select("//html/@lang") == ["fr"], endpoint


def test_an_exchange_is_not_about_a_task_or_an_exchange(browser, session):
    """What they name could name somebody hidden, further away than is looked."""
    ada = PersonFactory(name="Ada Test")
    exchange_with(ada, subject="Premier appel")
    page = log(browser.sign_in("contributor"), f"id:{ada.id}", topic_ids="Premier appel")
    assert "Nothing is called" in page.error_at("topic_ids")


# On the page of a meeting


def test_what_was_said_at_a_meeting_is_noted_on_its_page(browser, session):
    forum, ada = MeetingFactory(name="Forum"), PersonFactory(name="Ada Test")
    browser.sign_in("contributor")
    page = browser.get("meetings.detail", place=place(forum))
    [form] = page.select("//form[@data-log]")
    data = {**dict(form.form_values()), "participant_ids": "Ada Test", "note": "Un bilan"}
    page = browser.post(form.get("action"), data)
    assert page.title == "Forum"
    assert "Un bilan" in page.section("timeline")
    made = session.scalar(select(Interaction))
    assert [each.record_id for each in made.participants] == [ada.id]
    assert [each.record_id for each in made.topics] == [forum.id]


def test_a_refused_note_about_a_meeting_keeps_what_it_is_about_and_the_way_back(browser, session):
    forum, ada = MeetingFactory(name="Forum"), PersonFactory(name="Ada Test")
    browser.sign_in("contributor")
    page = browser.get("meetings.detail", place=place(forum))
    [form] = page.select("//form[@data-log]")
    page = browser.post(form.get("action"), {**dict(form.form_values()), "note": "Un bilan"})
    assert page.error_at("participant_ids")
    [form] = page.select("//form[@data-log]")
    assert page.title == "Exchange about Forum"
    data = {**dict(form.form_values()), "participant_ids": f"id:{ada.id}"}
    page = browser.post(form.get("action"), data)
    assert page.title == "Forum"
    assert "Un bilan" in page.section("timeline")


def test_nothing_is_noted_on_the_page_of_a_meeting_by_readers_or_in_the_trash(browser, session):
    forum = MeetingFactory(name="Forum")
    browser.sign_in("viewer")
    page = browser.get("meetings.detail", place=place(forum))
    assert not page.select("//form[@data-log]")
    browser.sign_in("manager")
    browser.post("meetings.delete", place=place(forum))
    page = browser.get("meetings.detail", place=place(forum))
    assert not page.select("//form[@data-log]")


# What is confidential stays so


@pytest.mark.parametrize("typed", ["new:person:Secret Source", "new:organisation:Secret Cell"])
def test_who_is_added_beside_a_hidden_record_hides_with_it(browser, session, typed):
    house = OrganisationFactory(name="Hidden House", visibility=Visibility.MANAGERS)
    log(browser.sign_in("manager"), f"id:{house.id}", typed, note="x")
    made = session.scalars(select(Record).where(Record.title.like("Secret%"))).one()
    assert made.visibility is Visibility.MANAGERS
    assert "Secret" not in browser.sign_in("viewer").get("/people/").text
    assert "Secret" not in browser.get("/organisations/").text


def test_who_is_added_beside_a_record_kept_to_somebody_is_kept_to_them(browser, session):
    browser.sign_in("contributor")
    house = OrganisationFactory(name="Hidden House", visibility=Visibility.NAMED)
    session.add(Reader(record_id=house.id, user_id=browser.user.id))
    session.flush()
    log(browser, f"id:{house.id}", "new:person:Secret Source", note="x")
    made = session.scalars(select(Person)).one()
    assert made.visibility is Visibility.NAMED
    assert "Secret Source" in browser.get("/people/").text
    assert "Secret" not in browser.sign_in("manager").get("/people/").text


def test_undo_leaves_whom_a_hidden_exchange_rests_on(browser, session):
    user = browser.sign_in("contributor").user
    [undo] = buttons(log(browser, "new:person:Nova Inconnue", note="Un"))
    nova_id = session.scalars(select(Person.id)).one()
    log(browser.sign_in("manager"), f"id:{nova_id}", note="Secret", visibility="managers")
    browser.sign_in(user).post(undo)
    assert session.scalars(select(Interaction.subject)).all() == ["Secret"]
    assert session.scalars(select(Person.id)).all() == [nova_id]


def test_undo_takes_nothing_a_colleague_has_worked_on(browser, session):
    ada = PersonFactory(name="Ada Test")
    user = browser.sign_in("contributor").user
    [undo] = buttons(log(browser, f"id:{ada.id}", note="Un"))
    logged = session.scalars(select(Interaction)).one()
    with acting_as(session, Principal(UserFactory(role=Role.MANAGER).id, ROLES["manager"])):
        change_interaction(logged, logged.version, note="Rewritten by a manager")
    assert browser.sign_in(user).post(undo).status == 403
    assert session.scalars(select(Interaction.note)).all() == ["Rewritten by a manager"]


def test_undo_is_for_the_day(browser, session):
    ada = PersonFactory(name="Ada Test")
    user = browser.sign_in("contributor").user
    [undo] = buttons(log(browser, f"id:{ada.id}", note="Un"))
    with time_machine.travel(now() + timedelta(days=2)):
        assert browser.sign_in(user).post(undo).status == 403
    assert count(session, Interaction) == 1
