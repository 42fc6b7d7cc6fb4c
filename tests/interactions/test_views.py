"""Pages of exchanges, as people use them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.accounts.models import Role
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.interactions.models import Interaction
from crm.people.models import Person
from crm.records.models import Visibility
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


def test_an_unknown_name_stays_beside_the_names_that_are_known(browser, session):
    ada = PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), f"id:{ada.id}", "Nova Inconnue", note="Rencontre")
    assert "Nothing is called “Nova Inconnue”" in page.error_at("participant_ids")
    assert page.select("//input[@id='participant_ids']/@value") == ["Nova Inconnue"]
    assert offered(page) == [(f"id:{ada.id}", True)]
    assert typed_note(page) == "Rencontre"
    page = log(
        browser, f"id:{ada.id}", "Nova Inconnue", note="Rencontre", may_create="y", once="again"
    )
    assert page.title == "Ada Test"
    made = session.scalar(select(Interaction))
    assert {each.record.title for each in made.participants} == {"Ada Test", "Nova Inconnue"}


def test_a_name_to_add_makes_the_person_once(browser, session):
    browser.sign_in("contributor")
    for note in ("Un", "Deux"):
        page = log(browser, "Nova Inconnue", note=note, may_create="y")
        assert page.title == "Nova Inconnue"
    log(browser, "Céline Double; celine  double", note="Trois", may_create="y")
    assert set(session.scalars(select(Person.name))) == {"Nova Inconnue", "Céline Double"}
    assert count(session, Person) == 2
    assert count(session, Interaction) == 3


def test_a_name_too_long_to_add_is_refused(browser, session):
    page = log(browser.sign_in("contributor"), "N" * 121, may_create="y")
    assert "120 characters or fewer (it is 121)" in page.error_at("participant_ids")
    assert count(session, Person) == 0


def test_a_name_that_several_bear_is_a_question_not_a_guess(browser, session):
    ada, other = PersonFactory(name="Ada Test"), PersonFactory(name="Ada Test")
    page = log(browser.sign_in("contributor"), "Ada Test", may_create="y")
    assert "Several records match" in page.error_at("participant_ids")
    assert {value for value, _ticked in offered(page)} == {f"id:{ada.id}", f"id:{other.id}"}
    page = log(browser, f"id:{other.id}", "Ada Test", may_create="y")
    assert page.title == "Ada Test"
    assert count(session, Person) == 2


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
    assert not page.select("//*[@name='follow_up' or @name='may_create' or @name='once']")
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
            browser, f"id:{ada.id}", "Nova Inconnue", once=once, follow_up="Suite", may_create="y"
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
    page = log(browser, "Nova Inconnue", may_create="y", visibility="managers", once=once)
    assert page.errors()
    assert token(page) == once
    page = log(browser, "Nova Inconnue", may_create="y", follow_up_due="2027", once=once)
    assert page.error_at("follow_up")
    assert count(session, Person) == count(session, Interaction) == count(session, Task) == 0
    page = log(browser, "Nova Inconnue", may_create="y", once=once)
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
