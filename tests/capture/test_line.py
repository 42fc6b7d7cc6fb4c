"""One line becomes a proposed exchange: nothing is lost, and nobody is chosen silently."""

import re
from datetime import date

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.accounts.models import User
from crm.capture import line
from crm.capture.understanding import understand
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.interactions.models import Interaction, Participant, Topic
from crm.people.models import Person
from crm.records.models import Record, Visibility
from crm.tasks.models import Task
from tests.capture.sentences import ECRE, MARIA, PAUL, SENTENCES
from tests.factories.accounts import UserFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

TODAY = "2026-11-18T09:00:00Z"
LABELLED = 0.95


@pytest.fixture
def moment():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def world(session, moment):
    """Make the small world of the sentences; return whom they call “me”."""
    council = OrganisationFactory(name="European Council Example", acronym="ECRE")
    agency = OrganisationFactory(name="UNHCR")
    house = OrganisationFactory(name="Maison Exemple")
    for name in ("Arc Nord", "Arc Sud"):
        OrganisationFactory(name=name, acronym="ARC")
    works(MARIA, council)
    works("Maria Autre", house)
    works(PAUL, house)
    works("Jean Doublon", house)
    works("Jean Doublon", agency)
    MeetingFactory(name="Conférence de Rome")
    UserFactory(name="Claire Équipe")
    return UserFactory(name="Nadia Équipe", role="contributor", locale="en")


def works(name, organisation, **values):
    person = PersonFactory(name=name, **values)
    PositionFactory(person_id=person.id, organisation_id=organisation.id)
    return person


def ask(browser, text):
    return browser.post("capture.line", {"line": text})


def filled(page):
    """Return what the page would send if one pressed Enter."""
    data = {}
    for control in page.select("//main//form//*[self::input or self::textarea or self::select]"):
        name, kind = control.get("name"), control.get("type")
        if name is None or (kind in ("checkbox", "radio") and control.get("checked") is None):
            continue
        if control.tag == "textarea":
            value = (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            value = "".join(control.xpath("./option[@selected]/@value")[:1])
        else:
            value = control.get("value") or ""
        data.setdefault(name, []).append(value)
    return data


def save(browser, page, **answers):
    return browser.post("capture.line", {**filled(page), "step": "save", **answers})


def candidates(page):
    """Return who is offered for a choice, each with where they work."""
    return [
        " ".join(each.text_content().split())
        for each in page.select("//label[input[@name='participant_ids'][@data-candidate]]")
    ]


def proposed(page, session):
    """Return the fields of the page, as the labels of the sentences write them."""
    sent = {name: values[-1] for name, values in filled(page).items()}
    names = {record.id: title(record) for record in session.scalars(select(Record))}
    team = {user.id: user.name for user in session.scalars(select(User))}

    def titles(field):
        ticked = page.select(f"//input[@name='{field}'][@checked]/@value")
        return sorted(names[int(value.removeprefix("id:"))] for value in ticked)

    day = sent["happened"].split("/")
    due = sent["follow_up_due"].split("/")
    return {
        "people": titles("participant_ids"),
        "asked": sorted(filter(None, sent["participant_ids"].split("; "))),
        "when": "-".join(reversed(day)),
        "means": sent["interaction_kind"],
        "subject": sent["subject"],
        "topic": "; ".join(titles("topic_ids")),
        "follow_up": sent["follow_up"],
        "due": "-".join(reversed(due)),
        "assignee": team.get(int(sent["follow_up_for"] or 0), ""),
        "note": sent["note"],
    }


def title(record):
    if isinstance(record, Person) and record.name == "Jean Doublon":
        return f"Jean Doublon ({record.positions[0].organisation.name})"
    return record.title


# The labelled sentences


def test_at_least_95_in_100_fields_of_the_sentences_are_right_and_nobody_is_wrong(
    browser, session, world, record_property
):
    browser.sign_in(world)
    right = total = 0
    wrong, silent = [], []
    for sentence in SENTENCES:
        page = ask(browser, sentence.line)
        found = proposed(page, session)
        for name, value in found.items():
            meant = getattr(sentence, name)
            expected = sorted(meant) if isinstance(meant, tuple) else meant
            total += 1
            right += value == expected
            if value != expected:
                wrong.append((sentence.line, name, value, expected))
        if set(found["people"]) - set(sentence.people):
            silent.append((sentence.line, found["people"]))
    record_property("right fields", f"{right} of {total}")
    assert len(SENTENCES) >= 30
    assert not silent, "nobody is chosen whom the sentence does not mean"
    assert right / total >= LABELLED, f"{right} of {total} fields are right; wrong: {wrong}"


# From the box to the exchange


def test_a_line_is_saved_with_enter(browser, session, world):
    page = ask(
        browser.sign_in(world),
        "12/11 appel @Maria ECRE re: note détention; todo envoyer projet avant 20/11 !moi",
    )
    assert page.title == "Check and save"
    assert session.scalars(select(Interaction)).all() == []
    [button] = page.select("//main//button[@autofocus]")
    assert button.text_content() == "Save"
    page = save(browser, page)
    assert "Exchange logged" in page.text
    noted = session.scalars(select(Interaction)).one()
    assert (noted.subject, str(noted.happened)) == ("note détention", "2026-11-12")
    assert sorted(each.record.title for each in noted.participants) == [ECRE, MARIA]
    task = session.scalars(select(Task)).one()
    assert (task.name, str(task.due)) == ("envoyer projet", "2026-11-20")
    assert (task.assignee_id, task.subject_id) == (browser.user.id, noted.id)


def test_what_each_field_was_read_from_stands_beside_it(browser, session, world):
    page = ask(browser.sign_in(world), "hier appel @Maria ECRE re: visas; todo écrire avant lundi")
    for field, text in {
        "happened": "hier",
        "interaction_kind": "appel",
        "participant_ids": "@Maria ECRE",
        "subject": "re: visas",
        "follow_up": "todo écrire",
        "follow_up_due": "avant lundi",
    }.items():
        assert f"Read from “{text}”" in page.section(f"{field}-hint"), field


def test_a_name_that_several_bear_opens_a_choice_with_where_they_work(browser, session, world):
    page = ask(browser.sign_in(world), "appel @Maria re: visas")
    assert "Several records match “Maria”. Choose one" in page.errors()
    assert not page.select("//main//button[@autofocus]")
    assert candidates(page) == ["Maria Autre Maison Exemple", f"{MARIA} {ECRE}"]
    refused = save(browser, page)
    assert "Several records match “Maria”. Choose one" in refused.errors()
    assert session.scalars(select(Interaction)).all() == []
    [maria] = session.scalars(select(Person).where(Person.name == MARIA))
    save(browser, refused, participant_ids=[f"id:{maria.id}", "Maria"])
    assert session.scalars(select(Participant.record_id)).all() == [maria.id]


def test_those_at_the_organisation_named_are_offered_first(browser, session, world):
    council = session.scalars(select(Record).where(Record.title == ECRE)).one()
    works("Zora Maria", council)
    for number in range(15):
        PersonFactory(name=f"Maria Another {number}")
    page = ask(browser.sign_in(world), "appel @Maria ECRE")
    assert candidates(page)[:2] == [
        f"{MARIA} {ECRE}",
        f"Zora Maria {ECRE}",
    ]


def test_a_name_beside_one_that_has_it_too_is_asked_for_all_the_same(browser, session, world):
    page = ask(browser.sign_in(world), 'appel @"Maria Exemple" et @Maria re: visas')
    assert "Several records match “Maria”. Choose one" in page.errors()
    assert candidates(page) == ["Maria Autre Maison Exemple"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("appel @Mar ECRE", "Several records match “Mar”"),  # The beginning of a name is not one.
        ("appel @Marie ECRE", "Nothing is called “Marie”"),
        ("appel @Maria UNHCR", "Several records match “Maria”"),  # No Maria works there.
        ("appel @Jean Doublon", "Several records match “Jean Doublon”"),
        ("réunion @ARC", "Several records match “ARC”"),
    ],
)
def test_whoever_could_be_another_is_never_ticked(browser, session, world, text, sentence):
    page = ask(browser.sign_in(world), text)
    assert any(error.startswith(sentence) for error in page.errors()), page.errors()
    ticked = page.select("//label[input[@name='participant_ids'][@checked]]")
    assert not any("Mar" in each.text_content() for each in ticked)


def test_somebody_who_has_left_is_not_who_works_there(browser, session, world):
    council = session.scalars(select(Record).where(Record.title == ECRE)).one()
    gone = PersonFactory(name="Olga Partie")
    PositionFactory(person_id=gone.id, organisation_id=council.id, until=PartialDate(2020))
    page = ask(browser.sign_in(world), "appel @Olga ECRE")
    assert "Several records match “Olga”. Choose one" in page.errors()


def test_somebody_not_known_is_added_when_the_box_is_ticked(browser, session, world):
    page = ask(browser.sign_in(world), "appel @Zoé Nouvelle re: visas")
    assert any("Nothing is called “Zoé Nouvelle”" in error for error in page.errors())
    assert not session.scalars(select(Person).where(Person.name == "Zoé Nouvelle")).all()
    save(browser, page, participant_ids="new:person:Zoé Nouvelle")
    assert session.scalars(select(Participant)).one().record.title == "Zoé Nouvelle"


def test_a_subject_that_is_the_name_of_a_record_is_its_topic_too(browser, session, world):
    page = ask(browser.sign_in(world), "appel @Paul Test re: conference de rome")
    save(browser, page)
    assert session.scalars(select(Topic)).one().record.title == "Conférence de Rome"
    assert session.scalars(select(Interaction)).one().subject == "conference de rome"


def test_a_line_can_be_changed(browser, session, world):
    page = ask(browser.sign_in(world), "appel @Maria")
    page = save(browser, page, step="again")
    assert page.title == "Log in one line"
    assert page.select("//input[@name='line']/@value") == ["appel @Maria"]


def test_a_day_to_come_is_refused_and_stays_to_be_corrected(browser, session, world):
    page = ask(browser.sign_in(world), "19/11/2026 appel @Paul Test")
    assert page.error_at("happened") == "The date must be today or in the past"
    assert page.select("//input[@name='happened']/@value") == ["19/11/2026"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write what happened"),
        ("   ", "Write what happened"),
        ("x" * 100_000, "must be 2000 characters or fewer (it is 100000)"),
    ],
)
def test_a_line_of_nothing_or_of_a_book_is_refused_in_one_sentence(
    browser, session, world, text, sentence
):
    page = ask(browser.sign_in(world), text)
    assert sentence in page.error_at("line")
    assert page.select("//input[@name='line']/@value") in ([text], [""])


def test_nothing_tells_of_who_is_hidden(browser, session, world):
    hidden = PersonFactory(name="Secrète Exemple", visibility=Visibility.MANAGERS, is_at_risk=True)
    OrganisationFactory(name="Ombre", visibility=Visibility.MANAGERS)
    council = session.scalars(select(Record).where(Record.title == ECRE)).one()
    PositionFactory(person_id=hidden.id, organisation_id=council.id)
    browser.sign_in(world)
    for text in ("appel @Secrète ECRE", 'appel @"Secrète Exemple"', "appel Ombre", "appel @Ombre"):
        there = ask(browser, text)
        as_if = ask(browser, text.replace("Secrète", "Absente").replace("Ombre", "Pénombre"))
        shown = there.text.replace("Secrète", "Absente").replace("Ombre", "Pénombre")
        assert shown == as_if.text
    page = ask(browser.sign_in("manager"), "appel @Secrète ECRE")
    assert page.select(f"//input[@value='id:{hidden.id}'][@checked]")


def test_the_ways_to_log_are_offered_where_exchanges_are(browser, session):
    browser.sign_in("contributor")
    for address in ("/interactions/", "/interactions/new"):
        links = browser.get(address).links()
        assert links["Log in one line"] == "/interactions/line"
        assert links["Log from a mail"] == "/interactions/mail"
    proposals = browser.get("search.propose", q="one line").response.get_json()
    assert {"Log in one line"} == {each["value"] for each in proposals}
    assert browser.sign_in("viewer").get("/interactions/line").status == 403
    assert "Log in one line" not in browser.get("/interactions/").links()


@pytest.mark.parametrize("word", ["@Ab ", "Ab ", "ECRE ", "@Maria ", "lundi ", "todo ", "a ", "; "])
def test_a_line_that_is_full_is_read_with_a_bounded_number_of_questions(
    browser, session, world, count_statements, word
):
    browser.sign_in(world)
    count_statements.clear()
    text = (word * 1_000)[: line.MOST_CHARACTERS].strip()
    assert ask(browser, text).status == 200
    assert len(count_statements) < 200


# No word is lost

KNOWN = frozenset({"ecre", "maria exemple", "maison exemple"})
WORDS = (
    "12/11 hier lundi 14h30 appel call mail réunion avec and re: objet : sur about ; , . : - – "
    "todo à faire avant by 20/11 demain !moi !x @Maria @ @@ Maison Exemple ECRE Elle note; «x»"
)
VOCABULARY = st.sampled_from(
    [*WORDS.split(), "sur place", "à faire", "d'ici vendredi", "au sujet de", '@"Maria Exemple"']
)


def every_word(text):
    return sorted(word for part in re.findall(r"[^\s;]+", text) for word in fold(part).split())


@given(st.one_of(st.lists(VOCABULARY, max_size=20).map(" ".join), st.text(max_size=200)))
@example("todo")
@example('@"Maria Exemple": re: x; re: y; todo a; todo b avant hier')
def test_each_word_of_a_line_is_in_a_field_or_in_the_note(text):
    read = line.read(text, date(2026, 11, 18), known=KNOWN, team={"moi": 1})
    kept = " ".join([*read.read_from.values(), read.note])
    lost = set(every_word(text)) - set(every_word(kept))
    assert not lost


@given(st.text(max_size=300))
def test_any_line_gives_a_page(text):
    assert line.phrases(text) is not None


@given(text=st.lists(VOCABULARY, max_size=12).map(" ".join))
def test_what_was_read_is_in_the_form(app, session, text):
    user = UserFactory()
    with app.test_request_context("/interactions/line", method="POST"):
        understood = understand(text, user.id)
    assert len(understood.chosen) + len(understood.typed) == len(understood.reading.names)


@pytest.mark.parametrize("year", [2998, 2999])
def test_the_last_days_of_the_calendar_are_days(browser, session, world, year):
    page = ask(browser.sign_in(world), f"31/12/{year} call @Paul Test; todo x by 31/12/{year}")
    assert page.status == 200
    assert page.select("//input[@name='follow_up_due']/@value") == [f"31/12/{year}"]
