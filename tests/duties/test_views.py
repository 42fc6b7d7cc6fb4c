"""Pages of duties, as people use them."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from crm.accounts.models import Role
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.duties import agenda
from crm.duties.models import Duty, DutyState, DutyTemplate
from crm.networks.models import Term
from crm.records.models import Document, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.duties import DutyFactory, fee_of, our_link
from tests.factories.networks import NetworkFactory
from tests.factories.projects import ProjectFactory

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-23T09:00:00+00:00", tick=False) as traveller:
        yield traveller


def iso(text):
    return PartialDate.parse_iso(text)


def place(record):
    return f"{record.id}-{record.slug}"


def duties_of(session, *columns):
    return session.execute(select(*columns).order_by(Duty.due)).all()


def groups(page):
    """Return what the page shows under each heading."""
    return {
        " ".join(section.xpath("string(.//h2)").split()): [
            " ".join(row.xpath("string(./td[2])").split()) for row in section.xpath(".//tbody/tr")
        ]
        for section in page.select("//main//section")
    }


# Twelve months on one page


def test_duties_stand_by_month_the_overdue_ones_first(browser, session):
    network = NetworkFactory()
    for name, due, values in (
        ("Fee", "2026-11-20", {}),
        ("Report sent", "2026-11-01", {"state": DutyState.SENT, "is_answered": True}),
        ("Today", "2026-11-23", {}),
        ("Passes", "2026-12-31", {}),
        ("Meeting", "2026-12", {}),
        ("Entry", "2026", {}),
        ("Conference", "2027-10", {}),
        ("Report", "2027", {}),
        ("Too far", "2027-11-24", {}),
        ("Done", "2026-11-02", {"state": DutyState.DONE, "done_on": date(2026, 11, 2)}),
    ):
        DutyFactory(subject_id=network.id, name=name, due=iso(due), **values)
    DutyFactory(subject_id=network.id, name="Answers", is_on_call=True)
    page = browser.sign_in("viewer").get("duties.index")
    assert list(groups(page).items()) == [
        ("Overdue (1)", ["Fee"]),
        ("Sent, not closed yet (1)", ["Report sent"]),
        ("November 2026 (1)", ["Today"]),
        ("December 2026 (2)", ["Meeting", "Passes"]),
        ("In the course of 2026 (1)", ["Entry"]),
        ("October 2027 (1)", ["Conference"]),
        ("In the course of 2027 (1)", ["Report"]),
        ("On call (1)", ["Answers"]),
    ]
    assert "Late by 3 days" in page.text
    assert "9 duties" in page.text
    assert page.links()["In my calendar"] == "/account/calendar"
    page = browser.get("duties.index", state="closed")
    assert groups(page) == {"Done in the last twelve months (1)": ["Done"]}


def test_one_sees_everybodys_duties_or_ones_own(browser, session):
    browser.sign_in("viewer", name="Claire")
    other = UserFactory(name="Paul", role=Role.VIEWER)
    DutyFactory(name="Fee", due=iso("2027-01-31"), owner_id=browser.user.id)
    DutyFactory(name="Report", due=iso("2027-01-31"), deputy_id=browser.user.id)
    DutyFactory(name="Entry", due=iso("2027-01-31"), owner_id=other.id)
    assert len(groups(browser.get("duties.index"))["January 2027 (3)"]) == 3
    page = browser.get("duties.index", who="me")
    assert sorted(groups(page)["January 2027 (2)"]) == ["Fee", "Report"]
    assert "deputy: Claire" in page.text


def test_a_page_without_duties_says_until_when(browser, session):
    assert "Nothing until 23 November 2027" in browser.sign_in("viewer").get("duties.index").text


def test_the_page_asks_as_many_questions_whatever_the_number_of_duties(
    browser, session, count_statements
):
    browser.sign_in("manager")
    owner = UserFactory()

    def read(number):
        for month in range(number):
            link = our_link()
            fee_of(link, PartialDate(2027, 1 + month % 10), owner_id=owner.id)
        browser.get("duties.index")  # What is read once per process is read before.
        count_statements.clear()
        browser.get("duties.index")
        return len(count_statements)

    assert read(1) == read(12)


def test_today_shows_what_waits_for_us(browser, session):
    DutyFactory(name="Fee", due=iso("2027-01-20"))
    DutyFactory(name="Far", due=iso("2027-01-31"))
    DutyFactory(name="Sent", due=iso("2026-12-01"), state=DutyState.SENT)
    page = browser.sign_in("viewer").get("/")
    words = page.section("duties")
    assert "Fee" in words
    assert "Far" not in words
    assert "Sent" not in words


# Adding


def test_a_duty_is_added_on_the_page_of_its_network(browser, session):
    link = our_link()
    browser.sign_in("contributor", name="Claire")
    page = browser.get("organisations.detail", place=place(link.network))
    page = browser.get(page.links()["Add a duty"])
    assert page.select("//select[@name='membership_id']/option[@value!='']")
    page = browser.post(
        "organisations.add_part",
        place=place(link.network),
        part_name="duties",
        data={
            "name": "Answer to the consultation",
            "kind": "consultation",
            "due": "15/12/2026",
            "membership_id": str(link.id),
            "owner_id": str(browser.user.id),
            "lead_months": "1",
        },
    )
    words = page.section("duties")
    assert "Answer to the consultation" in words
    assert "15 Dec 2026" in words
    assert "Claire" in words


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": ""}, "name", "Enter what is owed"),
        ({"due": ""}, "due", "Enter when it is due"),
        ({"due": "some day"}, "due", "Write the date like"),
        ({"every_months": "360"}, "every_months", "ten years at most"),
        ({"every_months": "often"}, "every_months", "whole number"),
        ({"lead_months": "early"}, "lead_months", "for instance 12, 6, 3, 1"),
        (
            {"covers_since": "2027", "covers_until": "2024"},
            "covers_until",
            "must not be before the start",
        ),
        ({"membership_id": "1"}, "membership_id", "Choose one of the values"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(
    browser, session, data, field, words
):
    link = our_link()
    page = browser.sign_in("contributor").post(
        "organisations.add_part",
        place=place(link.network),
        part_name="duties",
        data={"name": "Kept", "kind": "fee", "due": "31/01/2027", "lead_months": "1", **data},
    )
    assert words in page.error_at(field)
    kept = {"name": "Kept", "due": "31/01/2027", **data}
    for name in ("name", "due"):
        assert page.select(f"//input[@name='{name}']/@value") == [kept[name]]
    assert session.scalar(select(Duty)) is None


def test_templates_become_duties_and_their_dates_are_confirmed(browser, session):
    link = our_link(kind="special_status", since=iso("2012-07"), until=iso("2030"))
    browser.sign_in("contributor")
    page = browser.get("organisations.detail", place=place(link.network))
    page = browser.get(page.links()["Add from the templates"])
    assert "Quadrennial report" in page.text
    report, passes = [
        name.removeprefix("take_")
        for name in page.select("//input[starts-with(@name, 'take_')]/@name")
    ]
    assert page.select(f"//input[@name='due_{report}']/@value") == ["01/06/2028"]
    assert "Proposed, to be confirmed" in page.text
    address = page.select("//main//form/@action")[0]
    page = browser.post(address, {f"due_{report}": "01/06/2028", f"due_{passes}": "31/12/2026"})
    assert page.errors() == ["Tick at least one duty"]
    page = browser.post(
        address,
        {
            f"take_{report}": "y",
            f"due_{report}": "01/06/2028",
            f"due_{passes}": "31/12/2026",
            "owner_id": str(browser.user.id),
        },
    )
    assert "1 duty added" in page.html
    assert "To be confirmed" in page.section("duties")
    assert "2024–2027" in page.section("duties")
    page = browser.get(page.links()["Confirm the date"])
    page = browser.post(page.select("//main//form/@action")[0], {"due": ""})
    assert page.error_at("due") == "Enter when it is due"
    page = browser.post(page.select("//main//form/@action")[0], {"due": "02/06/2028"})
    assert "To be confirmed" not in page.section("duties")
    assert duties_of(session, Duty.due, Duty.is_unsure) == [(iso("2028-06-02"), False)]


def test_templates_keep_their_place_when_somebody_takes_one_meanwhile(browser, session):
    link = our_link(kind="special_status", since=iso("2012-07"), until=iso("2030"))
    browser.sign_in("contributor")
    page = browser.get("duties.take_over", subject=link.network_id)
    address = page.select("//main//form/@action")[0]
    report, passes = [
        name.removeprefix("take_")
        for name in page.select("//input[starts-with(@name, 'take_')]/@name")
    ]
    browser.post(address, {f"take_{report}": "y", f"due_{report}": "01/06/2028"})
    page = browser.post(address, {f"take_{report}": "y", f"due_{report}": "01/06/2028"})
    assert page.errors() == ["Tick at least one duty"]
    browser.post(address, {f"take_{passes}": "y", f"due_{passes}": "31/12/2026"})
    names = session.scalars(select(DutyTemplate.label_en).join(Duty).order_by(Duty.due)).all()
    assert [name.split()[0] for name in names] == ["Designations", "Quadrennial"]
    assert "No template is left" in browser.get("duties.take_over", subject=link.network_id).text


@pytest.mark.parametrize("subject", ["", "0", "x", "999999999999999999999", "²", "-1"])
def test_templates_of_nothing_are_not_found(browser, session, subject):
    page = browser.sign_in("contributor").get("duties.take_over", subject=subject)
    assert page.status == 404


# How far it has come


def note(browser, duty, **data):
    return browser.post(
        "duties.progress", duty_id=duty.id, data={"state": "done", "on": "today", **data}
    )


def test_a_duty_is_noted_done_with_its_proof_and_the_next_is_made(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), every_months=12)
    browser.sign_in("contributor")
    page = browser.get("duties.index")
    page = browser.get(page.links()["Note as done"])
    upload = (io.BytesIO(PDF), "receipt.pdf")
    page = browser.post(
        page.select("//main//form/@action")[0],
        {"state": "done", "on": "20/11/2026", "outcome": "Paid by transfer", "upload": upload},
    )
    assert page.title == "Duties"
    assert "The next one is due: 30 Nov 2027" in page.html.replace("Tue, ", "")
    duty = session.get(Duty, duty.id)
    assert (duty.state, duty.done_on) == (DutyState.DONE, date(2026, 11, 20))
    document = session.scalars(select(Document)).one()
    assert (document.record_id, duty.proof_id) == (duty.subject_id, document.id)
    page = browser.get("duties.index", state="closed")
    assert "receipt.pdf" in page.links()
    with browser.client.get(page.links()["receipt.pdf"]) as answer:
        assert answer.status_code == 200
    assert "Paid by transfer" in page.text


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"on": "24/11/2026"}, "on", "today or in the past"),
        ({"on": "one day"}, "on", "Write the date like"),
        ({"state": "sent"}, "state", "“To do” by now"),
        ({"state": "nothing"}, "state", "Choose one of the values"),
        ({"outcome": "x" * 301}, "outcome", "300 characters or fewer"),
        ({"upload": (b"MZ", "proof.exe")}, "upload", "Files of this kind are not kept"),
    ],
)
def test_progress_that_cannot_be_is_refused_at_its_field(browser, session, data, field, words):
    duty = DutyFactory(due=iso("2026-11-30"))
    sent = {
        key: (io.BytesIO(value[0]), value[1]) if key == "upload" else value
        for key, value in data.items()
    }
    page = note(browser.sign_in("contributor"), duty, **{"outcome": "Kept", **sent})
    assert words in page.error_at(field)
    kept = data.get("outcome", "Kept")
    assert page.select("//input[@name='outcome']/@value") == [kept]
    assert session.get(Duty, duty.id).state is DutyState.TO_DO
    assert session.scalar(select(Document)) is None


def test_two_people_close_one_duty_and_one_follows(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), every_months=12)
    note(browser.sign_in("contributor"), duty)
    page = note(browser.sign_in("contributor"), duty, outcome="Also me")
    assert "“Done” by now" in page.error_at("state")
    assert session.scalar(select(func.count(Duty.id))) == 2


def test_a_form_sent_twice_closes_once(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), every_months=12)
    browser.sign_in("contributor")
    page = browser.get("duties.progress", duty_id=duty.id)
    once = page.select("//input[@name='once']/@value")[0]
    for _ in range(2):
        page = note(browser, duty, once=once)
        assert page.status == 200
    assert session.scalar(select(func.count(Duty.id))) == 2


def test_a_closed_duty_is_opened_again_and_its_closing_undone_in_history(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), every_months=12)
    browser.sign_in("contributor")
    note(browser, duty)
    network = session.get(Duty, duty.id).subject
    page = browser.get("organisations.detail", place=place(network))
    assert "Open again" in page.links()
    note(browser, duty, state="to_do")
    assert duties_of(session, Duty.due, Duty.state) == [(iso("2026-11-30"), DutyState.TO_DO)]
    note(browser, duty)
    browser.sign_in("manager")
    page = browser.get("organisations.history", place=place(network))
    undo = page.select("//form[contains(@action, '/undo')]/@action")
    for address in undo[:2]:
        browser.post(address)
    assert (iso("2026-11-30"), DutyState.TO_DO) in duties_of(session, Duty.due, Duty.state)


def test_a_duty_that_another_follows_is_removed(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), every_months=12)
    browser.sign_in("contributor")
    note(browser, duty)
    page = browser.post(
        "organisations.remove_part",
        place=place(session.get(Duty, duty.id).subject),
        part_name="duties",
        part_id=duty.id,
    )
    assert page.status == 200
    assert duties_of(session, Duty.due) == [(iso("2027-11-30"),)]


# Renewing


def renewal(**data):
    return {
        "since": "01/01/2027",
        "until": "31/12/2027",
        "fee": "1200.00",
        "currency": "EUR",
        **data,
    }


def paid_link(session):
    link = our_link()
    term = link.terms[0]
    term.fee, term.currency = Decimal("1150.50"), "CHF"
    session.flush()
    return link, fee_of(link, iso("2027-01-31"))


def test_a_link_is_renewed_from_its_duty(browser, session):
    paid_link(session)
    browser.sign_in("manager")
    page = browser.get("duties.index")
    first = page.select("//td[contains(@class, 'actions-cell')]//a")[0]
    assert first.text_content() == "Renew"
    page = browser.get(first.get("href"))
    shown = {
        name: page.select(f"//input[@name='{name}']/@value")
        for name in ("since", "until", "fee", "currency", "fee_due")
    }
    assert shown == {
        "since": ["01/01/2027"],
        "until": ["31/12/2027"],
        "fee": ["1150.50"],
        "currency": ["CHF"],
        "fee_due": ["2027-01-31"],
    }
    page = browser.post(
        page.select("//main//form/@action")[0],
        {name: value[0] for name, value in shown.items()},
    )
    assert page.title == "Duties"
    assert "The next fee is due" in page.html
    terms = session.execute(select(Term.since, Term.fee, Term.currency).order_by(Term.since)).all()
    assert terms[1] == (iso("2027-01-01"), Decimal("1150.50"), "CHF")
    assert duties_of(session, Duty.due, Duty.state) == [
        (iso("2027-01-31"), DutyState.DONE),
        (iso("2028-01-31"), DutyState.TO_DO),
    ]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"until": "30/06/2026"}, "until", "must not be before the start"),
        ({"since": "01/06/2026"}, "since", "overlaps another one"),
        ({"since": ""}, "since", "Enter from when"),
        ({"currency": "EURO"}, "currency", "no currency"),
        ({"fee": "a lot"}, "fee", "Enter a number"),
        ({"fee": "-5"}, "fee", "between 0 and"),
        ({"paid_on": "2027-01-01"}, "paid_on", "today or in the past"),
        ({"fee_due": "soon"}, "fee_due", "Choose a date"),
    ],
)
def test_a_renewal_that_cannot_be_is_refused_at_its_field(browser, session, data, field, words):
    link, duty = paid_link(session)
    page = browser.sign_in("manager").post(
        "renewals.renew", membership_id=link.id, data=renewal(**data)
    )
    assert words in page.error_at(field)
    for name, value in renewal(**data).items():
        if name not in ("fee_due", "paid_on"):
            assert page.select(f"//input[@name='{name}']/@value") == [value]
    assert session.scalar(select(func.count(Term.id))) == 1
    assert not session.get(Duty, duty.id).is_closed


def test_a_link_without_fees_is_renewed_by_its_period_alone(browser, session):
    link = our_link(kind="forum_seat")
    page = browser.sign_in("manager").get("renewals.renew", membership_id=link.id)
    assert page.select("//input[@name='fee']") == []
    page = browser.post(
        "renewals.renew",
        membership_id=link.id,
        data={"since": "01/01/2027", "until": "31/12/2027"},
    )
    assert "Renewed" in page.html
    assert session.scalar(select(func.count(Term.id))) == 2


def test_what_goes_on_for_ever_can_be_opened_for_renewal(browser, session):
    link = our_link(until=iso("2999-12-31"))
    page = browser.sign_in("manager").get("renewals.renew", membership_id=link.id)
    assert page.status == 200


# Who may what


def test_a_viewer_reads_and_changes_nothing(browser, session):
    link, duty = paid_link(session)
    network = place(link.network)
    browser.sign_in("viewer")
    page = browser.get("duties.index")
    assert "Yearly fee" in page.text
    assert page.select("//td[contains(@class, 'actions-cell')]") == []
    for endpoint, values in (
        ("duties.progress", {"duty_id": duty.id}),
        ("duties.confirm", {"duty_id": duty.id}),
        ("duties.take_over", {"subject": link.network_id}),
        ("renewals.renew", {"membership_id": link.id}),
        ("organisations.add_part", {"place": network, "part_name": "duties"}),
    ):
        assert browser.get(endpoint, **values).status == 403, endpoint
        assert browser.post(endpoint, **values).status == 403, endpoint


def test_a_contributor_notes_and_a_manager_renews(browser, session):
    link, duty = paid_link(session)
    browser.sign_in("contributor")
    assert "Renew" not in browser.get("duties.index").links()
    assert browser.get("renewals.renew", membership_id=link.id).status == 403
    assert browser.post("renewals.renew", membership_id=link.id).status == 403
    assert browser.get("duties.progress", duty_id=duty.id).status == 200
    assert browser.get("duties.confirm", duty_id=duty.id).status == 200
    browser.sign_in("manager")
    assert browser.get("renewals.renew", membership_id=link.id).status == 200


def test_a_duty_is_seen_where_its_network_or_project_is(browser, session):
    hidden = NetworkFactory(name="Réseau secret", visibility=Visibility.MANAGERS)
    trashed = NetworkFactory(name="Réseau jeté", deleted_at=func.now())
    project = ProjectFactory(name="Projet secret", visibility=Visibility.MANAGERS)
    secret = [
        DutyFactory(subject_id=record.id, name="Secret duty", due=iso("2026-11-30"))
        for record in (hidden, project, trashed)
    ]
    link = our_link(network=hidden)
    browser.sign_in("contributor")
    for endpoint in ("duties.index", "/"):
        page = browser.get(endpoint)
        assert "Secret duty" not in page.html
        assert "secret" not in page.text
    for duty in secret:
        assert browser.get("duties.progress", duty_id=duty.id).status == 404
        assert browser.get("duties.confirm", duty_id=duty.id).status == 404
    assert browser.get("duties.take_over", subject=hidden.id).status == 404
    manager = browser.sign_in("manager")
    assert manager.get("duties.index").html.count("Secret duty") >= 2
    assert browser.get("renewals.renew", membership_id=link.id).status == 200
    contributor = UserFactory(role=Role.CONTRIBUTOR)
    principal = Principal(contributor.id, contributor.permissions)
    session.expunge_all()
    with acting_as(session, principal):
        assert list(agenda.events(contributor.id)) == []
        assert agenda.due(contributor.id, date(2026, 11, 30)).lines == []


# Calendars and the daily mail


def test_the_calendar_has_what_is_due_on_a_day(app, session):
    network = NetworkFactory(name="Réseau")
    claire = UserFactory(name="Claire")
    duty = DutyFactory(
        subject_id=network.id,
        name="Fee",
        due=iso("2027-01-31"),
        is_unsure=True,
        owner_id=claire.id,
    )
    DutyFactory(due=iso("2027-01"))
    DutyFactory(is_on_call=True)
    DutyFactory(due=iso("2026-01-01"), state=DutyState.DONE)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        [event] = agenda.events(claire.id)
    assert (event.uid, event.start) == (f"duty-{duty.id}", date(2027, 1, 31))
    assert event.summary == "Réseau · Fee"
    assert event.description == "Claire\nDate to be confirmed"
    assert event.url == f"/records/{network.id}"


def told(session, user, day):
    """Return what the daily mail tells somebody on a day."""
    principal = Principal(user.id, user.permissions)
    session.flush()
    with acting_as(session, principal):
        return [(line.text, line.is_late) for line in agenda.due(user.id, day).lines]


def test_the_daily_mail_tells_owner_and_deputy_and_managers_of_what_is_nobodys(session):
    network = NetworkFactory(name="Réseau")
    claire, paul = UserFactory(role=Role.VIEWER), UserFactory(role=Role.CONTRIBUTOR)
    manager = UserFactory(role=Role.MANAGER)
    due = iso("2026-12-23")
    DutyFactory(subject_id=network.id, name="Fee", due=due, owner_id=claire.id, deputy_id=paul.id)
    DutyFactory(subject_id=network.id, name="Entry", due=due)
    day = date(2026, 11, 23)
    assert told(session, claire, day) == [("Réseau · Fee", False)]
    assert told(session, paul, day) == [("Réseau · Fee", False)]
    assert told(session, manager, day) == [("Réseau · Entry", False)]
    assert told(session, claire, day + timedelta(days=1)) == []
    assert told(session, claire, date(2026, 12, 23)) == [("Réseau · Fee", False)]
    assert told(session, claire, date(2026, 12, 24)) == [("Réseau · Fee", True)]


def test_what_was_sent_is_recalled_again_when_questions_come(session):
    claire = UserFactory(role=Role.VIEWER)
    duty = DutyFactory(
        name="Report",
        due=iso("2026-12-23"),
        owner_id=claire.id,
        is_answered=True,
        state=DutyState.SENT,
    )
    day = date(2026, 12, 23)
    assert told(session, claire, day) == []
    duty.state = DutyState.QUESTIONS
    assert len(told(session, claire, day)) == 1


def test_a_date_that_no_longer_matters_asks_for_no_confirmation(browser, session):
    duty = DutyFactory(name="Fee", due=iso("2026-11-30"), is_unsure=True)
    page = browser.sign_in("contributor").get("duties.index")
    assert "To be confirmed" in page.text
    note(browser, duty)
    page = browser.get("duties.index", state="closed")
    assert "Fee" in page.text
    assert "To be confirmed" not in page.text
