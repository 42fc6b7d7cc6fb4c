"""What we want from an organisation at a meeting is noted on the meeting's page, once."""

import pytest

from crm.core.db import db
from crm.meetings.models import MeetingAim
from crm.records.models import Visibility
from tests.factories.meetings import MeetingAimFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


def place(record):
    return f"{record.id}-{record.slug}"


def send(browser, meeting, **values):
    return browser.post("meetings.add_part", place=place(meeting), part_name="aims", data=values)


def test_it_is_added_and_read_on_the_page_of_the_meeting(browser, session):
    meeting, refuge = MeetingFactory(), OrganisationFactory(name="Refugio del Sur")
    speaker = PersonFactory(name="Claire Test")
    browser.sign_in("contributor")
    page = send(
        browser,
        meeting,
        organisation_id=f"id:{refuge.id}",
        wanted="Une signature",
        questions="Qui suit ?",
        speaker_id=f"id:{speaker.id}",
    )
    text = page.section("aims")
    for told in ("Refugio del Sur", "Une signature", "Qui suit ?", "Claire Test"):
        assert told in text


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"wanted": "x"}, "organisation_id", "Enter the organisation"),
        ({"organisation_id": "Refugio del Sur"}, "wanted", "Enter what we want"),
        (
            {"organisation_id": "Déjà notée", "questions": "x"},
            "organisation_id",
            "There is a note on this organisation already",
        ),
    ],
)
def test_what_is_missing_or_there_already_is_said_at_its_field(
    browser, session, values, field, sentence
):
    meeting = MeetingFactory()
    OrganisationFactory(name="Refugio del Sur")
    known = OrganisationFactory(name="Déjà notée")
    MeetingAimFactory(meeting_id=meeting.id, organisation_id=known.id)
    page = send(browser.sign_in("contributor"), meeting, **values)
    assert sentence in page.error_at(field)


def test_one_cannot_be_turned_into_a_second_one_of_the_same_organisation(browser, session):
    meeting = MeetingFactory()
    one, other = (
        MeetingAimFactory(meeting_id=meeting.id, organisation_id=OrganisationFactory().id)
        for _each in range(2)
    )
    page = browser.sign_in("contributor").post(
        "meetings.edit_part",
        place=place(meeting),
        part_name="aims",
        part_id=one.id,
        data={
            "organisation_id": f"id:{other.organisation_id}",
            "wanted": "x",
            "version": one.version,
        },
    )
    assert "There is a note on this organisation already" in page.error_at("organisation_id")
    assert db.session.get(MeetingAim, one.id).organisation_id == one.organisation_id


def test_it_hides_with_any_record_it_names(browser, session):
    meeting = MeetingFactory()
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    MeetingAimFactory(meeting_id=meeting.id, wanted="Rien à dire", speaker_id=hidden.id)
    page = browser.sign_in("contributor").get("meetings.detail", place=place(meeting))
    assert "Rien à dire" not in page.text
    page = browser.sign_in("manager").get("meetings.detail", place=place(meeting))
    assert "Rien à dire" in page.text
