"""Whatever happens on the way, what was typed into a form comes back: no script plays a part."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from wtforms import PasswordField

from crm.accounts.services import end_all_sessions
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.drafts.models import Draft
from crm.organisations.models import Organisation
from crm.web import kept
from crm.web.form import Form
from tests.accounts.people import PASSWORD, member
from tests.browser import Browser
from tests.factories.declarations import DeclarationFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

WORDS = "Half a page about the forum, and what we owe them"

FORMS = {
    "log": "/interactions/new?organisation={refuge.id}",
    "new record": "/organisations/new",
    "record": "/organisations/{refuge.id}-{refuge.slug}/edit",
    "part": "/people/{ada.id}-{ada.slug}/sources/new",
    "debrief": "/meetings/{forum.id}-{forum.slug}/debrief",
    "page of a meeting": "/meetings/{forum.id}-{forum.slug}",
    "people of a meeting": "/meetings/{forum.id}-{forum.slug}/attendance/paste",
    "signatories": "/declarations/{appeal.id}-{appeal.slug}/signatures/paste",
    "signature of a mail": "/people/from-card",
    "one line": "/interactions/line",
}
ON_ONE_PAGE = list(FORMS)[:6]
TEXTS = {
    "log": "note",
    "new record": "good_to_know",
    "record": "good_to_know",
    "part": "fact",
    "debrief": "minutes",
    "page of a meeting": "note",
    "people of a meeting": "text",
    "signatories": "text",
    "signature of a mail": "text",
    "one line": "line",
}


@pytest.fixture
def world(session):
    """Return what the forms are about."""
    return {
        "refuge": OrganisationFactory(name="Refuge"),
        "ada": PersonFactory(name="Ada Test"),
        "appeal": DeclarationFactory(name="Appeal"),
        "forum": MeetingFactory(name="Forum", starts=PartialDate.of(today())),
    }


@pytest.fixture
def desk(browser, world):
    """Return somebody of the team at work."""
    return browser.sign_in(member("contributor"))


NEEDED = {
    "new record": {"name": "Accueil"},
    "part": {"title": "Report"},
    "page of a meeting": {"participant_ids": "new:person:Nova Inconnue"},
}


@dataclass
class Typed:
    """A form: its name, where it is opened and sent to, and what somebody typed into it."""

    name: str
    address: str
    action: str
    data: dict[str, Any]


@pytest.fixture(params=FORMS)
def form(request, desk, world):
    """Return a form into which somebody has typed."""
    address = FORMS[request.param].format_map(world)
    page = desk.get(address)
    typed = fill(page, **{TEXTS[request.param]: WORDS})
    return Typed(request.param, address, sheet(page).get("action"), typed)


def sheet(page):
    """Return the form of a page of which drafts are kept."""
    [found] = page.select("//form[@data-draft]")
    return found


def fill(page, **typed):
    """Return what a browser sends of a form, with what is typed over it."""
    values = {}
    for name, value in sheet(page).form_values():
        # A browser passes over the line break with which a text box begins.
        values.setdefault(name, []).append((value or "").removeprefix("\n"))
    return {**values, **typed}


def text_in(page, name):
    """Return what stands in a field."""
    fields = page.select(f"//form[@data-draft]//*[@name='{name}']")
    assert fields, page.text
    return (fields[0].text_content().strip() or fields[0].get("value") or "").strip()


def keep(desk, data, **more):
    """Do what the script does every five seconds while somebody types."""
    return desk.post("drafts.keep", {**data, **more})


def a_minute_passes(session):
    for draft in session.scalars(select(Draft)):
        draft.changed_at -= timedelta(minutes=1)
    session.flush()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def press(page, words):
    """Return where a button of the page leads, and what it sends."""
    [button] = page.select(f"//main//form[.//button[normalize-space()='{words}']]")
    return button.get("action"), dict(button.form_values())


# What can happen, with each form


def test_a_window_that_closed_finds_its_words_again(desk, form):
    assert keep(desk, form.data).status == 204
    page = desk.get(form.address)
    assert text_in(page, TEXTS[form.name]) == WORDS
    assert "Your draft of" in page.text


def test_a_session_that_ended_before_sending_keeps_the_words_until_one_is_back(desk, session, form):
    user = session.merge(desk.user)
    end_all_sessions(user)
    page = desk.post(form.action, form.data)
    assert page.status == 401
    assert "what you typed is kept" in page.text
    action, carried = press(page, "Sign in")
    wrong = desk.post(action, {**carried, "email": user.email, "password": "not this one at all"})
    assert wrong.errors()
    action, carried = press(wrong, "Sign in")
    page = desk.post(action, {**carried, "email": user.email, "password": PASSWORD})
    assert text_in(page, TEXTS[form.name]) == WORDS


@pytest.mark.parametrize("form", ON_ONE_PAGE, indirect=True)
def test_a_server_that_fails_while_saving_gives_the_words_back(
    app, desk, session, form, monkeypatch
):
    complete(form)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(kept.was_sent, "fault", fail)
    page = desk.post(form.action, form.data)
    assert page.status == 500
    monkeypatch.delitem(kept.was_sent, "fault")
    action, carried = press(page, "Back to the form, with what you typed")
    page = desk.post(action, carried)
    assert text_in(page, TEXTS[form.name]) == WORDS


def test_a_form_that_is_too_old_gives_the_words_back(app, desk, form, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    page = desk.post(form.action, {**form.data, "csrf_token": "stale"})
    assert page.status == 400
    action, carried = press(page, "Back to the form, with what you typed")
    page = desk.post(action, carried)
    assert text_in(page, TEXTS[form.name]) == WORDS


def test_two_windows_with_the_same_form_keep_both(desk, session, form):
    other = fill(desk.get(form.address), **{TEXTS[form.name]: "Words of the other window"})
    keep(desk, form.data)
    keep(desk, other)
    a_minute_passes(session)
    keep(desk, form.data)
    page = desk.get(form.address)
    assert text_in(page, TEXTS[form.name]) == WORDS
    [older] = [url for words, url in page.links().items() if words.startswith("Another draft")]
    assert text_in(desk.get(older), TEXTS[form.name]) == "Words of the other window"


@pytest.mark.parametrize("form", ON_ONE_PAGE, indirect=True)
def test_a_form_that_was_saved_leaves_no_draft_not_even_a_late_one(desk, session, form):
    complete(form)
    keep(desk, form.data)
    assert count(session, Draft) == 1
    page = desk.post(form.action, form.data, follow=False)
    assert page.status == 302, page.errors()
    assert count(session, Draft) == 0
    assert keep(desk, form.data).status == 410
    assert count(session, Draft) == 0


@pytest.mark.parametrize("name", ["people of a meeting", "signatories"])
def test_a_pasted_list_comes_back_with_what_was_decided_of_it(desk, session, world, name):
    address = FORMS[name].format_map(world)
    first = desk.get(address)
    asked = fill(first, text="Nova Inconnue, Abri des Alpes\nAda Test\n?!")
    keep(desk, asked)
    check = desk.post(sheet(first).get("action"), asked)
    decided = {**fill(check), "row-0": "new"}
    assert keep(desk, decided).status == 204
    assert count(session, Draft) == 1

    back = desk.get(address)
    assert back.title.startswith("Check the list")
    assert back.select("//input[@name='row-0'][@value='new'][@checked]")
    assert not back.errors()
    again = {**fill(back), "step": ["save", "again"]}
    assert "Nova Inconnue" in text_in(desk.post(sheet(back).get("action"), again), "text")

    saved = desk.post(sheet(back).get("action"), fill(back, **{"row-0": "new"}))
    assert not saved.errors()
    assert "Undo the whole list" in saved.text
    assert count(session, Draft) == 0
    if sheets := saved.select("//form[@data-draft]"):
        left = fill(saved, text="Somebody else")
        assert left["draft_window"] != decided["draft_window"]
        assert keep(desk, left).status == 204
        assert text_in(desk.get(address), "text") == "Somebody else", sheets


@pytest.mark.parametrize("name", ["people of a meeting", "signatories"])
def test_who_was_unticked_stays_unticked_in_a_pasted_list_that_comes_back(desk, world, name):
    address = FORMS[name].format_map(world)
    first = desk.get(address)
    known = "Ada Test" if name == "people of a meeting" else "Refuge"
    check = desk.post(sheet(first).get("action"), fill(first, text=f"{known}\nNova Inconnue"))
    ticked = "//input[@name='row-0'][@checked]"
    assert check.select(ticked)
    without = {key: value for key, value in fill(check).items() if key != "row-0"}
    keep(desk, without)
    back = desk.get(address)
    assert back.title.startswith("Check the list")
    assert back.select("//input[@name='row-0']")
    assert not back.select(ticked)


def test_lines_that_were_being_mended_come_back_as_they_were_left(desk, world):
    address = FORMS["people of a meeting"].format_map(world)
    first = desk.get(address)
    lines = f"Ada Test\n{'x' * 400}"
    check = desk.post(sheet(first).get("action"), fill(first, text=lines))
    assert check.select("//textarea[@name='unread']")
    keep(desk, fill(check, unread="Nova Inconnue"))
    assert text_in(desk.get(address), "unread") == "Nova Inconnue"


def test_a_signature_comes_back_with_what_was_mended_of_it(desk, session, world):
    address = FORMS["signature of a mail"]
    asked = fill(desk.get(address), text="Nova Inconnue\nDirector\nnova@example.org")
    keep(desk, asked)
    check = desk.post(address, asked)
    keep(desk, fill(check, given_name="Novalie"))
    back = desk.get(address)
    assert text_in(back, "given_name") == "Novalie"
    assert "Your draft of" in back.text
    assert not back.errors()
    desk.post(address, fill(back))
    assert count(session, Draft) == 0


def test_a_line_that_was_saved_leaves_no_draft_not_even_a_late_one(desk, session, world):
    address = FORMS["one line"]
    asked = fill(desk.get(address), line="yesterday call Refuge re: the forum")
    keep(desk, asked)
    check = desk.post(address, asked)
    page = desk.post(address, fill(check), follow=False)
    assert page.status == 302, page.errors()
    assert count(session, Draft) == 0
    assert keep(desk, asked).status == 410
    assert count(session, Draft) == 0


def test_what_a_line_says_comes_back_with_what_was_mended_of_it(desk, session, world):
    address = FORMS["one line"]
    asked = fill(desk.get(address), line="yesterday call Refuge re: the forum")
    keep(desk, fill(desk.post(address, asked), note=WORDS))
    back = desk.get(address)
    assert text_in(back, "note") == WORDS
    assert text_in(back, "subject") == "the forum"
    assert "Your draft of" in back.text
    assert not back.errors()
    changed = desk.post(address, {**fill(back), "step": ["save", "again"]})
    assert text_in(changed, "line") == "yesterday call Refuge re: the forum"
    page = desk.post(address, fill(back), follow=False)
    assert page.status == 302, page.errors()
    assert count(session, Draft) == 0


def complete(form):
    """Enter what the form needs besides."""
    form.data.update(NEEDED.get(form.name, {}))


def fail():
    raise RuntimeError("the disk is full")


# Windows, versions, limits


def test_a_draft_goes_on_in_the_window_that_opened_it(desk, session, world):
    address = FORMS["log"].format_map(world)
    keep(desk, fill(desk.get(address), note="One"))
    second = fill(desk.get(address))
    assert second["note"] == ["One"]
    keep(desk, {**second, "note": "One and two"})
    assert count(session, Draft) == 1
    assert text_in(desk.get(address), "note") == "One and two"


def test_a_draft_that_its_own_window_changed_again_stays_beside_the_new_one(desk, session, world):
    address = FORMS["log"].format_map(world)
    first = fill(desk.get(address), note="One")
    keep(desk, first)
    second = fill(desk.get(address), note="Two")
    keep(desk, {**first, "note": "One, goes on"})
    keep(desk, second)
    notes = {dict(map(tuple, each))["note"] for each in session.scalars(select(Draft.fields))}
    assert notes == {"One, goes on", "Two"}


def test_what_somebody_else_changed_meanwhile_is_laid_open_for_a_draft_too(desk, session, world):
    refuge = world["refuge"]
    address = FORMS["record"].format_map(world)
    keep(desk, fill(desk.get(address), good_to_know="Mine"))
    theirs = session.get(Organisation, refuge.id)
    theirs.good_to_know = "Theirs"
    session.flush()
    page = desk.get(address)
    assert text_in(page, "good_to_know") == "Mine"
    page = desk.post(address, fill(page))
    assert page.status == 409
    assert "Theirs" in page.text


def test_more_lines_of_a_form_come_back_with_what_stands_in_them(desk, world):
    address = FORMS["debrief"].format_map(world)
    page = desk.post(address, {**fill(desk.get(address)), "step": "more-tasks"})
    lines = int(page.select("//input[@name='tasks_lines']/@value")[0])
    last = f"task_{lines - 1}_name"
    keep(desk, fill(page, **{last: "Send the paper"}))
    page = desk.get(address)
    assert text_in(page, last) == "Send the paper"


def test_people_ticked_and_names_typed_come_back(desk, world):
    address = FORMS["log"].format_map(world)
    data = fill(desk.get(address))
    data["participant_ids"] = [f"id:{world['ada'].id}", "Nova Inconnue"]
    keep(desk, data)
    page = desk.get(address)
    assert page.select("//input[@name='participant_ids'][@checked]/@value") == [
        f"id:{world['ada'].id}"
    ]
    assert page.select("//input[@id='participant_ids']/@value") == ["Nova Inconnue"]
    assert not page.errors()


def test_a_record_that_is_renamed_keeps_the_draft_of_its_form(desk, session, world):
    keep(desk, fill(desk.get(FORMS["record"].format_map(world)), good_to_know=WORDS))
    renamed = session.get(Organisation, world["refuge"].id)
    renamed.name = "Refuge des Alpes"
    session.flush()
    address = FORMS["record"].format(refuge=renamed)
    assert text_in(desk.get(address), "good_to_know") == WORDS


def test_what_is_discarded_is_gone_and_the_form_is_as_it_was(desk, session, world):
    address = FORMS["log"].format_map(world)
    keep(desk, fill(desk.get(address), note=WORDS))
    action, data = press(desk.get(address), "Discard")
    page = desk.post(action, data)
    assert "Draft discarded" in page.text
    assert text_in(page, "note") == ""
    assert count(session, Draft) == 0


def test_a_refused_form_keeps_its_window(desk, session, world):
    address = FORMS["log"].format_map(world)
    data = fill(desk.get(address), note=WORDS, happened="someday")
    keep(desk, data)
    page = desk.post(address, data)
    assert page.error_at("happened")
    again = fill(page, happened="")
    assert again["draft_window"] == data["draft_window"]
    desk.post(address, again)
    assert count(session, Draft) == 0


@pytest.mark.parametrize("hidden", ["draft_of", "draft_window", "draft_from"])
@pytest.mark.parametrize("value", ["", "x" * 600, "//evil.example", "1.2.3", "' OR 1"])
def test_strange_hidden_fields_harm_nothing(desk, session, world, hidden, value):
    address = FORMS["new record"]
    data = {**fill(desk.get(address)), "name": "Accueil", hidden: value}
    assert keep(desk, data).status in (204, 400)
    assert desk.post(address, data).title == "Accueil"


def test_a_draft_too_long_is_refused_and_a_form_without_drafts_too(desk, session, world):
    data = fill(desk.get(FORMS["log"].format_map(world)), note="x" * 500_001)
    assert keep(desk, data).status == 400
    assert desk.post("drafts.keep", {"note": "x"}).status == 400
    assert count(session, Draft) == 0


def test_a_note_of_a_hundred_thousand_characters_comes_back(desk, world):
    address = FORMS["log"].format_map(world)
    note = "word " * 20_000
    keep(desk, fill(desk.get(address), note=note))
    assert text_in(desk.get(address), "note") == note.strip()


def test_what_was_changed_since_is_discarded_with_the_draft_it_began_with(desk, session, world):
    address = FORMS["log"].format_map(world)
    keep(desk, fill(desk.get(address), note="One"))
    page = desk.get(address)
    again = fill(page, note="One and two")
    keep(desk, again)
    action, data = press(page, "Discard")
    page = desk.post(action, data)
    assert text_in(page, "note") == ""
    assert count(session, Draft) == 0
    assert keep(desk, again).status == 410


def test_somebody_else_who_signs_in_reads_nothing_of_it(desk, session, world):
    address = FORMS["log"].format_map(world)
    data = fill(desk.get(address), note=WORDS)
    end_all_sessions(session.merge(desk.user))
    action, carried = press(desk.post("/interactions/new", data), "Sign in")
    other = member("contributor")
    page = desk.post(action, {**carried, "email": other.email, "password": PASSWORD})
    assert text_in(page, "note") == ""
    assert count(session, Draft) == 0


def test_a_text_too_long_for_a_draft_keeps_nobody_from_signing_in(desk, session, world):
    data = fill(desk.get(FORMS["log"].format_map(world)), note="x" * 500_001)
    user = session.merge(desk.user)
    end_all_sessions(user)
    action, carried = press(desk.post("/interactions/new", data), "Sign in")
    page = desk.post(action, {**carried, "email": user.email, "password": PASSWORD})
    assert page.title == "Exchange with Refuge"


# What is not kept


SECRET = "Tr0ub4dor-secret"


def with_secret(user_id):
    return {
        "draft_of": "/reports/activity/file?from=2026-01-01",
        "draft_window": "w1",
        "draft_by": str(user_id),
        "password": SECRET,
        "reason": "Board",
    }


def test_a_password_is_neither_kept_nor_sent_back(app, browser, session):
    user = browser.sign_in("manager").user
    browser.post("/drafts/open", with_secret(user.id))
    assert [draft.fields for draft in session.scalars(select(Draft))] == [[["reason", "Board"]]]
    stranger = Browser(app).post("/reports/activity/file", with_secret(user.id))
    assert stranger.status == 401
    assert "Board" in stranger.html
    assert SECRET not in stranger.html


def test_every_field_for_a_password_is_one_that_is_not_kept():
    named = {
        name
        for form in all_forms(Form)
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    }
    assert named
    assert named <= kept.NOT_TYPED


def all_forms(form):
    return {form} | {each for sub in form.__subclasses__() for each in all_forms(sub)}


def test_what_was_sent_is_kept_for_who_has_signed_in_again_in_another_window(browser, session):
    user = browser.sign_in("contributor").user
    carried = {
        "carried-draft_of": "/interactions/new",
        "carried-draft_window": "abc",
        "carried-draft_by": str(user.id),
        "carried-note": WORDS,
    }
    browser.post("/sign-in?next=/interactions/new", {"email": "x", "password": "y", **carried})
    assert [draft.fields for draft in session.scalars(select(Draft))] == [[["note", WORDS]]]


def test_a_draft_holds_no_character_that_the_database_refuses(browser, session):
    user = browser.sign_in("contributor").user
    odd = {"draft_window": "a\x00b", "draft_title": "t\x00t", "draft_by": str(user.id)}
    sent = browser.post("/drafts/", {"draft_of": "/interactions/new", "note": "x", **odd})
    assert sent.status == 204
    draft = session.scalars(select(Draft)).one()
    assert "\x00" not in draft.window + draft.title


def test_a_form_answered_with_a_file_leaves_no_draft(browser, session):
    browser.sign_in("manager")
    exchange_with(PersonFactory(), happened=PartialDate.of(today()))
    page = browser.get("/reports/activity/file?from=2026-01-01")
    data = fill(page, password=PASSWORD)
    assert browser.post("/drafts/", data).status == 204
    answer = browser.post("/reports/activity/file?from=2026-01-01", data)
    assert "attachment" in answer.response.headers.get("Content-Disposition", ""), answer.text
    assert session.scalars(select(Draft)).all() == []
