"""A mail waits until it is decided upon: people by address, files ticked, nothing silent."""

import logging
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm.accounts.models import Role
from crm.accounts.services import disable
from crm.capture import correspondents, message, services
from crm.capture.models import WaitingFile, WaitingMail
from crm.core.clock import now
from crm.core.db import Base
from crm.core.errors import InvalidValue
from crm.core.queue import run_periodic
from crm.drafts.models import Draft
from crm.interactions.models import Interaction, InteractionKind, Participant
from crm.people.models import Person
from crm.records.models import ContactKind, ContactPoint, Document, Visibility
from tests.capture.mails import mail, pdf, with_large_file
from tests.capture.test_line import filled
from tests.capture.test_message import HEADS
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

NOON = "2026-11-20T12:00:00Z"


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture(autouse=True)
def kept_files(session, tmp_path):
    """Keep files in a folder of the test's own."""
    info = Base.metadata.info
    before = info["files_dir"]
    info["files_dir"] = tmp_path
    yield tmp_path
    info["files_dir"] = before


@pytest.fixture
def claire(session):
    return UserFactory(
        name="Claire Équipe", email="claire@team.example.org", role=Role.CONTRIBUTOR, locale="en"
    )


def reach(record, address):
    return ContactPoint(record_id=record.id, kind=ContactKind.EMAIL, value=address)


@pytest.fixture
def maria(session):
    person = PersonFactory(name="Maria Exemple")
    session.add(reach(person, "Maria@ECRE.example.org"))
    session.flush()
    return person


def hand_in(browser, sent, **options):
    content = sent if isinstance(sent, bytes) else sent.as_bytes()
    return browser.post("capture.mails", {"upload": (BytesIO(content), "mail.eml")}, **options)


def place(page):
    return page.select("//main//form[.//button[text()='Save']]/@action")[0]


def save(browser, page, **answers):
    return browser.post(place(page), {**filled(page), **answers})


def ticked(page, name="participant_ids"):
    return page.select(f"//input[@name='{name}'][@checked]/@value")


def offered(page, name="participant_ids"):
    return [
        " ".join(each.text_content().split())
        for each in page.select(
            f"//label[input[@name='{name}'][not(@checked)]] | //div[input[@name='{name}']]/label"
        )
    ]


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def sent_form(page, name):
    return filled(page)[name][-1]


# From the mail to the exchange


def test_a_mail_becomes_an_exchange_once_it_is_saved(browser, session, claire, maria):
    page = hand_in(browser.sign_in(claire), mail())
    assert page.title == "Re: note détention"
    assert count(session, Interaction) == 0
    assert ticked(page) == [f"id:{maria.id}"]
    # Half past midnight by the clocks of Paris.
    assert sent_form(page, "happened") == "13/11/2026"
    assert sent_form(page, "interaction_kind") == "email"
    note = " ".join(sent_form(page, "note").split())
    assert note == "Mail received Bonjour Claire, La note est prête."
    assert "où en est la note ?" in page.select("//details//div")[0].text_content()
    [button] = page.select("//main//button[@autofocus]")
    assert button.text_content() == "Save"
    page = save(browser, page)
    assert "Exchange logged" in page.text
    noted = session.scalars(select(Interaction)).one()
    assert noted.interaction_kind is InteractionKind.EMAIL
    assert "où en est" not in noted.note
    assert session.scalars(select(Participant.record_id)).all() == [maria.id]
    assert count(session, WaitingMail) == 0


@pytest.mark.parametrize("ending", ["Save", "Remove this mail"])
def test_what_was_mended_of_a_mail_is_kept_and_goes_with_the_mail(
    browser, session, claire, maria, ending
):
    page = hand_in(browser.sign_in(claire), mail())
    address = place(page)
    browser.post("drafts.keep", {**filled(page), "note": "What Maria wrote, in short"})
    back = browser.get(address)
    assert "Your draft of" in back.text
    assert sent_form(back, "note") == "What Maria wrote, in short"
    assert ticked(back) == [f"id:{maria.id}"]
    if ending == "Save":
        save(browser, back)
        assert session.scalars(select(Interaction)).one().note == "What Maria wrote, in short"
    else:
        [form] = back.select("//form[@id='discard']")
        browser.post(form.get("action"), dict(form.form_values()))
    assert count(session, WaitingMail) == 0
    assert count(session, Draft) == 0


def test_a_mail_of_ours_is_one_that_was_sent(browser, session, claire, maria):
    sent = mail(sender="Claire <claire@team.example.org>", to="Maria <maria@ecre.example.org>")
    page = hand_in(browser.sign_in(claire), sent)
    assert "Sent by one of us" in page.text
    assert sent_form(page, "note").startswith("Mail sent")
    assert ticked(page) == [f"id:{maria.id}"]


def test_those_who_got_a_copy_and_those_who_share_an_address_are_offered(
    browser, session, claire, maria
):
    copied, one, other = PersonFactory(name="Paul Copie"), PersonFactory(), PersonFactory()
    for person, address in (
        (copied, "paul@example.org"), (one, "office@example.org"), (other, "office@example.org")
    ):  # fmt: skip
        session.add(reach(person, address))
    page = hand_in(
        browser.sign_in(claire),
        mail(to="claire@team.example.org, office@example.org", Cc="paul@example.org"),
    )
    assert ticked(page) == [f"id:{maria.id}"]
    assert {text.removesuffix(" Person") for text in offered(page)} >= {
        copied.name, one.name, other.name
    }  # fmt: skip


def test_an_organisation_is_proposed_by_its_domain_and_never_ticked(
    browser, session, claire, maria
):
    council = OrganisationFactory(name="Council")
    session.add(
        ContactPoint(
            record_id=council.id, kind=ContactKind.WEBSITE, value="https://ecre.example.org/about"
        )
    )
    team = OrganisationFactory(name="Ourselves")
    session.add(reach(team, "office@team.example.org"))
    page = hand_in(browser.sign_in(claire), mail())
    assert ticked(page) == [f"id:{maria.id}"]
    assert any(text.startswith("Council") for text in offered(page))
    assert not any(text.startswith("Ourselves") for text in offered(page))


def test_somebody_not_known_is_added_with_the_address_when_ticked(browser, session, claire):
    page = hand_in(browser.sign_in(claire), mail())
    assert offered(page, "new_people") == ["Maria Exemple <maria@ecre.example.org>"]
    refused = save(browser, page)
    assert "Enter with whom the exchange was" in refused.errors()
    assert count(session, Person) == 0
    assert count(session, WaitingMail) == 1
    save(browser, refused, new_people=["maria@ecre.example.org"])
    person = session.scalars(select(Person)).one()
    assert (person.name, person.data_source) == ("Maria Exemple", "Mail of 13/11/2026")
    assert session.scalars(select(ContactPoint.value)).all() == ["maria@ecre.example.org"]
    assert session.scalars(select(Participant.record_id)).all() == [person.id]


def test_somebody_added_is_seen_by_those_alone_who_see_the_exchange(browser, session, claire):
    page = hand_in(browser.sign_in(claire), mail())
    save(browser, page, new_people=["maria@ecre.example.org"], visibility="named")
    assert session.scalars(select(Person)).one().visibility is Visibility.NAMED


def test_an_address_that_the_mail_does_not_name_adds_nobody(browser, session, claire, maria):
    page = hand_in(browser.sign_in(claire), mail(Cc="ada@example.org"))
    page = save(browser, page, new_people=["mallory@example.org"])
    assert page.errors()
    assert session.scalars(select(Person.name)).all() == [maria.name]


def test_only_the_files_that_are_ticked_are_kept(browser, session, claire, maria, kept_files):
    files = [("note.pdf", pdf()), ("budget.csv", b"a;b\n1;2\n"), ("tool.exe", b"MZ")]
    page = hand_in(browser.sign_in(claire), mail(files=files))
    page = browser.get(place(page))
    assert offered(page, "file_ids") == ["budget.csv (1 KB)", "note.pdf (2 KB)"]
    assert ticked(page, "file_ids") == []
    assert "“tool.exe” is not kept" in page.text
    [note] = session.scalars(select(WaitingFile.id).where(WaitingFile.name == "note.pdf"))
    save(browser, page, file_ids=[str(note)])
    document = session.scalars(select(Document)).one()
    noted = session.scalars(select(Interaction)).one()
    assert (document.name, document.record_id) == ("note.pdf", noted.id)
    assert count(session, WaitingFile) == 0
    assert [path.read_bytes() for path in kept_files.rglob("*") if path.is_file()] == [pdf()]


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"Date": None}, "The mail has no date that can be read"),
        ({"Date": "Thu, 12 Nov 2099 10:00:00 +0000"}, "The mail is dated in the future"),
        ({"sender": None, "to": None}, "The mail names no addresses"),
    ],
)
def test_what_a_mail_does_not_say_is_said_and_can_be_entered(
    browser, session, claire, maria, headers, sentence
):
    page = hand_in(browser.sign_in(claire), mail(**headers))
    assert sentence in page.text
    if "Date" in headers:
        assert sent_form(page, "happened") == "20/11/2026"
    save(browser, page, participant_ids=[maria.name])
    assert count(session, Interaction) == 1


# What waits


def test_a_mail_is_for_whoever_handed_it_in_alone(browser, session, claire, maria):
    page = hand_in(browser.sign_in(claire), mail())
    address = place(page)
    assert "Re: note détention" in browser.get("capture.mails").text
    browser.sign_in("admin")
    assert browser.get(address).status == 404
    assert browser.post(address, {}).status == 404
    assert browser.post(f"{address}/discard").status == 404
    assert "Re: note détention" not in browser.get("capture.mails").text
    assert browser.sign_in("viewer").get("capture.mails").status == 403


def test_a_mail_that_waits_is_on_the_page_today_of_whoever_handed_it_in(
    browser, session, claire, maria
):
    assert "No mail to log" in browser.sign_in(claire).get("home.today").text
    page = hand_in(browser, mail())
    today_page = browser.get("home.today")
    assert today_page.section("mails").startswith("My mails to log (1)")
    assert today_page.links()["Re: note détention"].startswith("/interactions/mail/")
    save(browser, page)
    assert "No mail to log" in browser.get("home.today").text
    hand_in(browser, mail())
    assert "note détention" not in browser.sign_in("manager").get("home.today", who="team").text


def test_a_mail_can_be_removed(browser, session, claire):
    page = hand_in(browser.sign_in(claire), mail(files=[("note.pdf", pdf())]))
    page = browser.post(f"{place(page)}/discard")
    assert "The mail was removed, nothing was noted" in page.text
    assert (count(session, WaitingMail), count(session, WaitingFile)) == (0, 0)


def test_a_mail_that_nobody_decides_upon_goes_after_30_days(browser, session, claire):
    hand_in(browser.sign_in(claire), mail(files=[("note.pdf", pdf())]))
    with time_machine.travel(now() + timedelta(days=29), tick=False):
        run_periodic()
        assert count(session, WaitingMail) == 1
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        run_periodic()
    assert (count(session, WaitingMail), count(session, WaitingFile)) == (0, 0)


def test_the_mails_of_somebody_who_may_not_sign_in_any_more_go(browser, session, claire):
    hand_in(browser.sign_in(claire), mail())
    UserFactory(role=Role.ADMIN, password_hash="x")
    disable(session.merge(claire))
    assert count(session, WaitingMail) == 0


def test_only_so_many_mails_wait(browser, session, claire, monkeypatch):
    monkeypatch.setattr(services, "MOST_WAITING", 1)
    hand_in(browser.sign_in(claire), mail())
    page = hand_in(browser, mail())
    assert page.error_at("upload") == "1 mails wait already. Decide on some first"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty. Choose another"),
        (b"\xff\x00" * 900, "This file is no mail. Save the mail as .eml and try again"),
    ],
)
def test_what_is_no_mail_is_refused(browser, session, claire, content, sentence):
    page = hand_in(browser.sign_in(claire), content)
    assert page.error_at("upload") == sentence
    assert count(session, WaitingMail) == 0


@pytest.mark.slow
def test_a_mail_may_be_larger_than_what_is_kept_of_it(browser, session, claire, maria):
    page = hand_in(browser.sign_in(claire), with_large_file(mail(files=[("a.csv", b"a;b")]), 40))
    page = browser.get(place(page))
    assert offered(page, "file_ids") == ["a.csv (1 KB)", "last.txt (1 KB)"]
    assert "“large.pdf” is not kept: This file is larger than 20 MB" in page.text
    save(browser, page)
    assert count(session, Interaction) == 1


@given(st.one_of(st.binary(max_size=300), st.builds(bytes.__add__, HEADS, st.binary(max_size=60))))
@example(b"From: \x00 <\x00@b.c>\nSubject: \x00\xed\xa0\x80\n\n\x00 \xed\xa0\x80 words")
def test_whatever_can_be_read_can_be_kept(session, claire, content):
    try:
        found = message.read(BytesIO(content))
    except InvalidValue:
        return
    kept = services.keep(found, user_id=claire.id)
    assert correspondents.of(kept).chosen == []
    services.discard(kept)


def test_a_form_without_a_mail_is_refused(browser, session, claire):
    page = browser.sign_in(claire).post("capture.mails", {})
    assert page.error_at("upload") == "Choose a mail"


def test_a_mail_saved_twice_is_one_exchange(browser, session, claire, maria):
    page = hand_in(browser.sign_in(claire), mail())
    save(browser, page)
    assert save(browser, page).status in (200, 404)
    assert count(session, Interaction) == 1


# Nothing tells of who is hidden


def test_somebody_hidden_is_a_stranger(browser, session, claire, maria):
    hidden = PersonFactory(name="Zoé Cachée", visibility=Visibility.MANAGERS, is_at_risk=True)
    session.add(reach(hidden, "zoe@example.org"))
    shadow = OrganisationFactory(name="Ombre", visibility=Visibility.MANAGERS)
    session.add(reach(shadow, "office@ombre.example.org"))
    session.flush()
    sent = mail(Cc="Zoé <zoe@example.org>, Office <office@ombre.example.org>")
    page = hand_in(browser.sign_in(claire), sent)
    assert "Cachée" not in page.text
    assert offered(page, "new_people") == [
        "Zoé <zoe@example.org>", "Office <office@ombre.example.org>"
    ]  # fmt: skip
    assert not any(text.startswith("Ombre") for text in offered(page))
    page = hand_in(browser.sign_in("manager"), sent)
    assert any(text.startswith("Zoé Cachée") for text in offered(page))


def test_the_log_names_nobody(browser, session, claire, maria, caplog):
    with caplog.at_level(logging.INFO):
        hand_in(browser.sign_in(claire), mail(files=[("secret-note.pdf", pdf())]))
    [record] = [each for each in caplog.records if each.name.startswith("crm.capture")]
    said = f"{record.getMessage()} {record.__dict__}".casefold()
    for word in ("maria", "example.org", "détention", "secret-note"):
        assert word not in said


# Without a browser


@pytest.fixture
def run(app, session):
    def command(*arguments, content=None):
        session.commit()
        return app.test_cli_runner().invoke(args=["log-email", *arguments], input=content)

    return command


def test_a_mail_can_be_piped_and_waits_for_whom_it_went_to(run, session, claire, maria, browser):
    PersonFactory()
    done = run(content=mail(files=[("note.pdf", pdf())]).as_bytes())
    assert done.exit_code == 0, done.output
    waiting = session.scalars(select(WaitingMail)).one()
    assert done.output.splitlines() == [
        "A mail received on 2026-11-13: 1 known, 0 to choose from, 0 not known, 1 files.",
        f"It waits at /interactions/mail/{waiting.id}",
    ]
    assert count(session, Interaction) == 0
    assert browser.sign_in(claire).get(f"/interactions/mail/{waiting.id}").status == 200


def test_a_mail_can_be_a_file_and_given_to_somebody(run, session, claire, tmp_path):
    path = tmp_path / "mail.eml"
    path.write_bytes(mail(to="ada@example.org").as_bytes())
    done = run(str(path), "--user", "Claire@Team.example.org")
    assert done.exit_code == 0, done.output
    assert session.scalars(select(WaitingMail.user_id)).all() == [claire.id]


def test_the_command_finds_what_its_colleague_may_see(run, session, claire):
    hidden = PersonFactory(visibility=Visibility.MANAGERS)
    session.add(reach(hidden, "maria@ecre.example.org"))
    done = run(content=mail().as_bytes())
    assert "0 known, 0 to choose from, 1 not known" in done.output


@pytest.mark.parametrize(
    ("arguments", "content", "sentence"),
    [
        ((), b"", "This file is empty"),
        ((), b"rubbish", "This file is no mail"),
        ((), mail(to="ada@example.org").as_bytes(), "names no colleague"),
        (("--user", "nobody@example.org"), mail().as_bytes(), "No colleague who may sign in"),
        (("--user", "viewer@team.example.org"), mail().as_bytes(), "may not log exchanges"),
        (
            (),
            mail(to="claire@team.example.org, viewer@team.example.org").as_bytes(),
            "several colleagues",
        ),
        (("nowhere.eml",), b"", "nowhere.eml"),
    ],
)
def test_the_command_refuses_in_one_sentence(run, session, claire, arguments, content, sentence):
    UserFactory(email="viewer@team.example.org", role=Role.VIEWER)
    done = run(*arguments, content=content)
    assert done.exit_code != 0
    assert sentence in done.output
    assert count(session, WaitingMail) == 0


def test_the_help_of_the_command_shows_an_example(run):
    done = run("--help")
    assert "Example: crm log-email mail.eml --user claire@example.org" in done.output
