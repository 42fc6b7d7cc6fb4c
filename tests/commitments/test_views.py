"""Commitments: who owes whom what, wherever they are shown."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.commitments import agenda
from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.permissions import ROLES
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.packs.reading import FORMATS, ask, squeeze, words


def place(record):
    return f"{record.id}-{record.slug}"


def note(page):
    """Return the sentence above the table of commitments."""
    found = page.select("//section[@id='commitments']/p[contains(@class, 'muted')]")
    return found[0].text_content().strip() if found else None


def in_days(days):
    return PartialDate.of(today() + timedelta(days=days))


@pytest.fixture
def contributor(browser):
    return browser.sign_in("contributor")


@pytest.fixture
def partner(session):
    return OrganisationFactory(name="Refuge")


def test_a_commitment_is_noted_at_a_meeting_and_stands_with_the_partner(
    contributor, session, partner
):
    meeting = MeetingFactory(name="Plenary")
    here = {"place": place(meeting), "part_name": "commitments"}
    data = {"debtor": "them", "name": "Lend the room", "state": "open", "due": "5/2027"}
    page = contributor.post("meetings.add_part", data=data, **here)
    assert page.error_at("organisation_id") == "Enter the partner"
    page = contributor.post(
        "meetings.add_part", data={**data, "organisation_id": f"id:{partner.id}"}, **here
    )
    assert "They owe" in page.section("commitments")
    noted = session.scalars(select(Commitment)).one()
    assert (noted.debtor, noted.origin_id) == (Debtor.THEM, meeting.id)
    assert noted.owner_id == contributor.user.id
    page = contributor.get("organisations.detail", place=place(partner))
    assert "Lend the room" in page.section("commitments")
    assert "Plenary" in page.section("commitments")


def test_one_may_be_noted_on_the_page_of_a_partner_or_of_an_exchange(contributor, partner):
    data = {"debtor": "us", "name": "Send the report", "state": "open"}
    page = contributor.post(
        "organisations.add_part", data=data, place=place(partner), part_name="commitments"
    )
    assert "Send the report" in page.section("commitments")
    exchange = exchange_with(partner)
    page = contributor.post(
        "interactions.add_part",
        data={**data, "name": "Call back", "organisation_id": f"id:{partner.id}"},
        place=place(exchange),
        part_name="commitments",
    )
    assert "Call back" in page.section("commitments")


def test_it_is_settled_with_what_came_of_it_and_opened_again(contributor, session, partner):
    owed = CommitmentFactory(organisation_id=partner.id, due=in_days(-1))
    page = contributor.get("organisations.detail", place=place(partner))
    assert "Late" in page.section("commitments")
    form = contributor.get(page.links()["Note as settled"])
    assert form.select("//select[@name='state']/option/@value") == ["kept", "dropped"]
    data = {"state": "kept", "settled_on": today().isoformat(), "outcome": "Sent to all members"}
    page = contributor.post("commitments.settle", data, commitment_id=owed.id)
    assert "Noted: Kept" in page.text
    assert "Sent to all members" in page.section("commitments")
    kept = session.get(Commitment, owed.id, populate_existing=True)
    assert (kept.state, kept.settled_on) == (CommitmentState.KEPT, today())
    contributor.post("commitments.reopen", commitment_id=owed.id)
    kept = session.get(Commitment, owed.id, populate_existing=True)
    assert (kept.state, kept.settled_on) == (CommitmentState.OPEN, None)


BALANCES = [
    ([(Debtor.US, None)], "We owe 1"),
    ([(Debtor.THEM, PartialDate(2999))] * 2, "They owe 2"),
    ([(Debtor.US, None), (Debtor.US, None), (Debtor.THEM, None)], "We owe 2, they owe 1"),
    (
        [
            (Debtor.US, PartialDate(2020, 3, 3)),
            (Debtor.THEM, PartialDate(2020, 4)),
            (Debtor.THEM, PartialDate(2999)),
        ],
        "We owe 1, they owe 2; the oldest has been due since 3 March 2020",
    ),
]


@pytest.mark.parametrize(("owed", "words"), BALANCES)
def test_the_page_of_a_partner_says_who_owes_how_much(contributor, partner, owed, words):
    for debtor, due in owed:
        CommitmentFactory(organisation_id=partner.id, debtor=debtor, due=due)
    CommitmentFactory(
        organisation_id=partner.id, state=CommitmentState.KEPT, settled_on=today(), due=in_days(-99)
    )
    CommitmentFactory(due=in_days(-99))
    assert note(contributor.get("organisations.detail", place=place(partner))) == words


def test_the_balance_counts_what_the_panel_has_no_room_for(contributor, partner):
    for _number in range(25):
        CommitmentFactory(organisation_id=partner.id)
    assert note(contributor.get("organisations.detail", place=place(partner))) == "We owe 25"


def test_a_past_day_has_no_balance(contributor, partner):
    CommitmentFactory(organisation_id=partner.id)
    CommitmentFactory(
        organisation_id=partner.id,
        name="Kept by then",
        state=CommitmentState.KEPT,
        settled_on=today() - timedelta(days=9),
    )
    yesterday = (today() - timedelta(days=1)).isoformat()
    page = contributor.get("organisations.detail", place=place(partner), on=yesterday)
    assert "Kept by then" in page.section("commitments")
    assert note(page) is None


def test_who_follows_it_reads_it_today_and_in_the_daily_mail(contributor, session, partner):
    user = contributor.user
    CommitmentFactory(organisation_id=partner.id, name="Report", owner_id=user.id, due=in_days(0))
    CommitmentFactory(organisation_id=partner.id, name="Later", owner_id=user.id, due=in_days(1))
    CommitmentFactory(organisation_id=partner.id, name="Of somebody else", due=in_days(0))
    page = contributor.get("home.today")
    assert "Report" in page.text
    assert "Later" in page.text
    assert "Of somebody else" not in page.text
    with acting_as(session, Principal(user.id, ROLES["contributor"])):
        lines = agenda.due(user.id, today()).lines
    assert [line.text.split(" · ")[::2] for line in lines] == [["Refuge", "Report"]]


def test_a_viewer_settles_nothing(browser, session, partner):
    owed = CommitmentFactory(organisation_id=partner.id)
    viewer = browser.sign_in()
    assert viewer.post("commitments.settle", commitment_id=owed.id).status == 403
    page = viewer.get("organisations.detail", place=place(partner))
    assert "Note as settled" not in page.section("commitments")


def test_it_hides_with_the_partner_and_with_the_meeting(browser, session, partner):
    hidden = MeetingFactory(visibility=Visibility.MANAGERS)
    secret = OrganisationFactory(visibility=Visibility.MANAGERS)
    meeting = MeetingFactory()
    at_hidden = CommitmentFactory(
        organisation_id=partner.id, origin_id=hidden.id, name="Said in secret"
    )
    CommitmentFactory(organisation_id=secret.id, origin_id=meeting.id, name="To a secret house")
    contributor = browser.sign_in("contributor")
    for endpoint, record in (("organisations", partner), ("meetings", meeting)):
        page = contributor.get(f"{endpoint}.detail", place=place(record))
        assert "secret" not in page.text.lower()
        assert note(page) is None
    assert contributor.get("commitments.settle", commitment_id=at_hidden.id).status == 404
    manager = browser.sign_in("manager")
    page = manager.get("organisations.detail", place=place(partner))
    assert "Said in secret" in page.section("commitments")
    assert note(page) == "We owe 1"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_pack_holds_what_is_open_with_those_expected(browser, session, partner, file_format):
    meeting = MeetingFactory()
    hidden = MeetingFactory(visibility=Visibility.MANAGERS)
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=partner.id)
    owed = {"organisation_id": partner.id, "debtor": Debtor.THEM}
    CommitmentFactory(name="Lend the room", due=PartialDate(2027, 5), **owed)
    CommitmentFactory(name="Was kept", state=CommitmentState.KEPT, settled_on=today(), **owed)
    CommitmentFactory(name="Said in secret", origin_id=hidden.id, **owed)
    CommitmentFactory(name="To somebody else")
    answer = ask(browser.sign_in("manager"), meeting, file_format, ["organisations"])
    text = words(answer.data, file_format)
    for expected in ("Open commitments", "They owe", "Lend the room", "May 2027"):
        assert squeeze(expected) in text
    for absent in ("Was kept", "Said in secret", "To somebody else"):
        assert squeeze(absent) not in text


def test_no_line_of_the_daily_mail_tells_of_what_became_hidden(session, partner):
    user = UserFactory()
    CommitmentFactory(organisation_id=partner.id, owner_id=user.id, due=in_days(-1))
    principal = Principal(user.id, ROLES["contributor"])
    with acting_as(session, principal):
        assert [line.is_late for line in agenda.due(user.id, today()).lines] == [True]
    partner.visibility = Visibility.MANAGERS
    session.flush()
    session.expunge_all()
    with acting_as(session, principal):
        assert agenda.due(user.id, today()).lines == []


def test_nothing_is_settled_on_the_page_of_what_is_in_the_trash(browser, session, partner):
    owed = CommitmentFactory(organisation_id=partner.id)
    manager = browser.sign_in("manager")
    manager.post("organisations.delete", place=place(partner))
    assert manager.get("commitments.settle", commitment_id=owed.id).status == 404
