"""People met: paste, check, save; known people completed, never overwritten; cards out."""

from datetime import date, timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.meetings.models import Attendance, AttendanceStatus, MeetingKind
from crm.organisations.models import Organisation
from crm.people.models import Person, Position
from crm.records.models import ContactKind, ContactPoint, Visibility
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

SIGNATURE = """Cordialement,

Mme Élodie EXEMPLE
Chargée de plaidoyer
Maison Exemple
12 rue des Essais, 75012 Paris
Tél. 01 99 00 12 34 - Port. 06 39 98 01 01
elodie@maison-exemple.example.org
"""


def place(record):
    return f"{record.id}-{record.slug}"


def paste(browser, text="", *, meeting=None, file=None):
    data = {"text": text}
    if file is not None:
        data["upload"] = (BytesIO(file), "card.vcf")
    return browser.post("people.from_card", data=data, meeting=meeting.id if meeting else None)


def filled(page):
    """Return what the second page would send, as a browser does."""
    data = {}
    for control in page.select("//form//input[@name] | //form//textarea | //form//select"):
        kind, name = control.get("type"), control.get("name")
        if kind in ("checkbox", "radio") and control.get("checked") is None:
            continue
        if control.tag == "textarea":
            value = (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = control.xpath("./option[@selected]/@value")
            value = chosen[0] if chosen else ""
        else:
            value = control.get("value") or ""
        if name not in data or kind != "text":
            data.setdefault(name, value)
    return data


def save(browser, page, **answers):
    return browser.post(
        page.select("//form[.//input[@value='save']]/@action")[0], data={**filled(page), **answers}
    )


def only(session, name):
    return session.scalars(select(Person).where(Person.name == name)).one()


def ways(session, person):
    points = session.scalars(select(ContactPoint).where(ContactPoint.record_id == person.id))
    return {point.value: point.usage for point in points}


def yesterday():
    return PartialDate.of(today() - timedelta(days=1))


def test_a_signature_becomes_a_person_on_two_screens(browser, session):
    house = OrganisationFactory(name="Maison Exemple")
    meeting = MeetingFactory(name="Plenary", starts=yesterday())
    page = paste(browser.sign_in("contributor"), SIGNATURE, meeting=meeting)
    assert "Proposed" in page.text
    assert session.scalars(select(Person)).all() == []
    page = save(browser, page)
    assert page.title == "Inform “Élodie Exemple”"
    assert "article 14" in page.text
    person = only(session, "Élodie Exemple")
    assert (person.given_name, person.family_name) == ("Élodie", "Exemple")
    assert person.form_of_address == "Mme"
    assert person.data_source == "Met at “Plenary”"
    position = session.scalars(select(Position).where(Position.person_id == person.id)).one()
    assert (position.organisation_id, position.title) == (house.id, "Chargée de plaidoyer")
    assert ways(session, person) == {
        "elodie@maison-exemple.example.org": None,
        "+33 1 99 00 12 34": None,
        "+33 6 39 98 01 01": "mobile",
        "12 rue des Essais, 75012 Paris": None,
    }
    (there,) = session.scalars(select(Attendance))
    assert (there.person_id, there.meeting_id) == (person.id, meeting.id)
    assert (there.status, there.organisation_id) == (AttendanceStatus.ATTENDED, house.id)


def test_the_meeting_of_these_days_is_proposed_unless_it_is_a_series(browser, session):
    MeetingFactory(name="Series", starts=yesterday(), meeting_kind=MeetingKind.SERIES)
    MeetingFactory(name="Cancelled", starts=yesterday(), is_cancelled=True)
    MeetingFactory(name="Coming", starts=PartialDate.of(today() + timedelta(days=2)))
    MeetingFactory(name="Long ago", starts=PartialDate.of(today() - timedelta(days=9)))
    hidden = MeetingFactory(name="Secret", starts=yesterday(), visibility=Visibility.MANAGERS)
    page = paste(browser.sign_in("contributor"), SIGNATURE)
    for name in ("Series", "Cancelled", "Coming", "Long ago", "Secret"):
        assert name not in page.text
    page = paste(browser, SIGNATURE, meeting=hidden)
    assert "Secret" not in page.text
    recent = MeetingFactory(name="Recent", starts=PartialDate.of(today() - timedelta(days=3)))
    assert recent.name in paste(browser, SIGNATURE).text


def test_a_meeting_to_come_is_refused(browser, session):
    coming = MeetingFactory(name="Coming", starts=PartialDate.of(today() + timedelta(days=2)))
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@example.org")
    page = save(browser, page, meeting_id=f"id:{coming.id}")
    assert "still to come" in page.error_at("meeting_id")
    assert session.scalars(select(Person)).all() == []


def test_an_organisation_is_added_only_when_its_box_is_ticked(browser, session):
    page = paste(browser.sign_in("contributor"), SIGNATURE)
    page = save(browser, page)
    assert "Tick the box to add it" in page.error_at("organisation_id")
    assert session.scalars(select(Person)).all() == []
    page = save(browser, page, add_organisation="y")
    assert page.title == "Inform “Élodie Exemple”"
    (house,) = session.scalars(select(Organisation))
    assert house.name == "Maison Exemple"
    assert session.scalars(select(Position)).one().organisation_id == house.id


def test_an_organisation_is_found_by_its_domain(browser, session):
    house = OrganisationFactory(name="House of Hope")
    session.add(
        ContactPoint(
            record_id=house.id, kind=ContactKind.WEBSITE, value="https://www.hope.example.org/en"
        )
    )
    other = OrganisationFactory(name="Hopeless")
    session.add(
        ContactPoint(record_id=other.id, kind=ContactKind.EMAIL, value="x@nothope.example.org")
    )
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@hope.example.org")
    save(browser, page)
    assert session.scalars(select(Position)).one().organisation_id == house.id


def test_somebody_known_is_completed_and_never_overwritten(browser, session):
    house = OrganisationFactory(name="Maison Exemple")
    known = PersonFactory(
        name="Elodie Exemple", family_name="Example", informed_on=date(2026, 1, 2)
    )
    PositionFactory(person_id=known.id, organisation_id=house.id, title="Director")
    session.add(
        ContactPoint(
            record_id=known.id, kind=ContactKind.EMAIL, value="Elodie@maison-exemple.example.org"
        )
    )
    meeting = MeetingFactory(name="Plenary", starts=yesterday())
    AttendanceFactory(meeting_id=meeting.id, person_id=known.id, status=AttendanceStatus.REMOTE)
    page = paste(browser.sign_in("contributor"), SIGNATURE, meeting=meeting)
    assert "Perhaps known already" in page.text
    assert filled(page)["person"] == "new"
    page = save(browser, page, person=f"id:{known.id}", name="Somebody Else")
    assert "“Elodie Exemple” completed" in page.html
    person = session.scalars(select(Person)).one()
    assert (person.name, person.family_name, person.given_name) == (
        "Elodie Exemple",
        "Example",
        "Élodie",
    )
    assert session.scalars(select(Position)).one().title == "Director"
    assert len(ways(session, person)) == 4
    assert session.scalars(select(Attendance)).one().status is AttendanceStatus.REMOTE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AttendanceStatus.REGISTERED, AttendanceStatus.ATTENDED),
        (AttendanceStatus.ATTENDED, AttendanceStatus.ATTENDED),
    ],
)
def test_who_was_expected_becomes_attended(browser, session, before, after):
    known = PersonFactory(name="Ada Test")
    meeting = MeetingFactory(starts=yesterday())
    AttendanceFactory(meeting_id=meeting.id, person_id=known.id, status=before)
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@example.org", meeting=meeting)
    save(browser, page, person=f"id:{known.id}")
    assert session.scalars(select(Attendance)).one().status is after


def test_hidden_people_and_organisations_are_neither_proposed_nor_named(browser, session):
    house = OrganisationFactory(name="Maison Exemple", visibility=Visibility.MANAGERS)
    hidden = PersonFactory(name="Élodie Exemple", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=house.id)
    page = paste(browser.sign_in("contributor"), SIGNATURE)
    assert "Perhaps known already" not in page.text
    assert str(house.id) not in page.html
    page = save(browser, page, person=f"id:{hidden.id}", add_organisation="y")
    assert page.title == "Inform “Élodie Exemple”"
    assert len(session.scalars(select(Person)).all()) == 2
    assert ways(session, hidden) == {}
    page = paste(browser.sign_in("manager"), SIGNATURE)
    assert "Perhaps known already" in page.text


def test_a_person_can_be_kept_to_named_people_from_the_start(browser, session):
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@example.org")
    save(browser, page, visibility="named")
    assert only(session, "Ada Test").visibility is Visibility.NAMED


def test_a_form_sent_twice_adds_one_person(browser, session):
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@example.org")
    save(browser, page)
    assert "saved already" in save(browser, page).html
    assert only(session, "Ada Test")


def test_a_card_is_read_from_a_file_and_several_are_chosen_from(browser, session):
    def card(name):
        return (
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nLANG:fr\r\n"
            "ADR:;;1 rue X;Paris;;75001;France\r\nEND:VCARD\r\n"
        ).encode()

    page = paste(browser.sign_in("contributor"), file=card("Ada Test"))
    save(browser, page)
    person = only(session, "Ada Test")
    assert (person.languages, person.country) == ("French", "FR")
    assert person.data_source == "Electronic card"
    page = paste(browser, file=card("Ben Test") + card("Cleo Test; Ltd"))
    assert page.title == "Choose somebody of this file"
    (text,) = page.select("//form[.//button[contains(., 'Ben')]]/input[@name='text']/@value")
    page = paste(browser, text)
    save(browser, page)
    assert only(session, "Ben Test")


def test_what_was_pasted_can_be_changed(browser, session):
    page = paste(browser.sign_in("contributor"), SIGNATURE)
    page = save(browser, page, step="again")
    assert "Mme Élodie EXEMPLE" in page.select("//textarea[@name='text']")[0].text


@pytest.mark.parametrize(
    ("text", "file", "field"),
    [
        ("", None, "text"),
        ("nobody at all", None, "text"),
        ("x" * 1_000_000, None, "text"),
        ("\x00" * 50, None, "text"),
        ("BEGIN:VCARD\nEND:VCARD", None, "text"),
        ("kept", bytes(range(256)) * 100, "upload"),
        ("kept", b"BEGIN:VCARD", "upload"),
        ("kept", b"\xff\xfe" * 5000, "upload"),
    ],
)
def test_rubbish_is_refused_in_a_sentence_and_what_was_typed_stays(
    browser, session, text, file, field
):
    page = paste(browser.sign_in("contributor"), text, file=file)
    assert page.status == 200
    assert page.error_at(field)
    assert len(page.errors()) == 1
    if text == "kept":
        assert page.select("//textarea[@name='text']")[0].text.strip() == "kept"


def test_a_card_with_a_photo_of_thirty_megabytes_is_taken(browser, session):
    card = b"BEGIN:VCARD\r\nFN:Ada Test\r\nPHOTO:" + b"A" * (30 * 1024 * 1024)
    head = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.vcf"\r\n\r\n'
    body = head + card + b"\r\nEND:VCARD\r\n\r\n--x--\r\n"
    page = browser.sign_in("contributor")._open(
        "POST",
        "/people/from-card",
        follow=True,
        input_stream=BytesIO(body),
        content_type="multipart/form-data; boundary=x",
        content_length=len(body),
    )
    assert filled(page)["name"] == "Ada Test"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("emails", "not an address"),
        ("phones", "call me"),
        ("phones", "1234\n" * 3 + "\n".join(str(number) for number in range(1000, 1030))),
        ("websites", "x" * 501),
        ("position_title", "x" * 201),
        ("name", ""),
        ("organisation_id", "No Such House"),
        ("meeting_id", "No such meeting"),
        ("country", "ZZ"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_the_rest_stays(browser, session, field, typed):
    page = paste(browser.sign_in("contributor"), "Ada Test\nada@example.org")
    page = save(browser, page, **{field: typed, "pronunciation": "x", "given_name": "Kept"})
    assert page.error_at(field) or page.errors()
    assert filled(page)["given_name"] == "Kept"
    assert session.scalars(select(Person)).all() == []


def test_only_who_may_edit_adds_people_and_only_who_may_export_takes_cards(browser, session):
    person = PersonFactory(name="Ada Test")
    assert browser.sign_in("viewer").get("people.from_card").status == 403
    assert browser.get("people.inform", place=place(person)).status == 403
    assert browser.get("people.card", place=place(person)).status == 403
    assert "From a signature" not in browser.get("people.index").text
    assert "Make a file" not in browser.get("people.index").text


def test_the_way_in_is_on_the_list_the_form_and_the_meeting(browser, session):
    meeting = MeetingFactory(starts=yesterday())
    coming = MeetingFactory(starts=PartialDate.of(today() + timedelta(days=2)))
    browser.sign_in("contributor")
    for page in (browser.get("people.index"), browser.get("people.create")):
        assert page.links()["From a signature or a card"] == "/people/from-card"
    page = browser.get("meetings.detail", place=place(meeting))
    assert page.links()["Add somebody met"] == f"/people/from-card?meeting={meeting.id}"
    page = browser.get("meetings.detail", place=place(coming))
    assert "Add somebody met" not in page.links()


def test_the_text_is_ready_in_both_languages_until_the_person_is_informed(browser, session):
    us = OrganisationFactory(name="Our House", is_us=True)
    session.add(
        ContactPoint(record_id=us.id, kind=ContactKind.EMAIL, value="data@our-house.example.org")
    )
    person = PersonFactory(name="Ada Test", data_source="Met at “Plenary”")
    session.add(ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value="ada@example.org"))
    page = browser.sign_in("contributor").get("people.detail", place=place(person))
    page = browser.get(page.links()["Inform this person"])
    texts = {area.get("lang"): area.text for area in page.select("//textarea")}
    assert set(texts) == {"fr", "en"}
    for fact in ("Our House", "data@our-house.example.org", "Met at “Plenary”", "article 14"):
        assert fact in texts["en"]
    mails = [link for link in page.links().values() if link.startswith("mailto:")]
    assert len(mails) == 2
    assert all(link.startswith("mailto:ada@example.org?subject=") for link in mails)
    assert "data@our-house.example.org" in unquote(mails[1])
    page = browser.post("people.informed", place=place(person))
    assert only(session, "Ada Test").informed_on == today()
    assert "Inform this person" not in page.links()


# Cards out


def test_a_person_goes_out_as_a_card_of_what_the_team_may_see(browser, session):
    house = OrganisationFactory(name="Maison Exemple")
    secret = OrganisationFactory(name="Secret House", visibility=Visibility.MANAGERS)
    person = PersonFactory(name="Ada Test", given_name="Ada", family_name="Test")
    PositionFactory(person_id=person.id, organisation_id=secret.id, is_primary=True)
    PositionFactory(person_id=person.id, organisation_id=house.id)
    session.add_all(
        [
            ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value="ada@example.org"),
            ContactPoint(
                record_id=person.id, kind=ContactKind.PHONE, value="+33 1", usage="mobile"
            ),
            ContactPoint(
                record_id=person.id, kind=ContactKind.PHONE, value="+33 2", is_private=True
            ),
        ]
    )
    page = browser.sign_in("manager").get("people.card", place=place(person))
    assert page.response.mimetype == "text/vcard"
    assert "FN:Ada Test\r\nN:Test;Ada;;;\r\nORG:Maison Exemple\r\n" in page.html
    assert "EMAIL;TYPE=work:ada@example.org" in page.html
    assert "TEL;TYPE=cell:+33 1" in page.html
    assert "+33 2" not in page.html
    assert "Secret" not in page.html
    assert browser.get("people.card", place=place(person)).html == page.html


def _cards(browser, asked=""):
    """Return the cards of a list of people."""
    wanted = {"audience": "internal", "columns": ["title"], "file_format": "vcard"}
    return browser.post(f"/exports/new/people{asked}", wanted)


def test_nobody_kept_to_few_and_nobody_at_risk_goes_out(browser, session):
    PersonFactory(name="Ada Open", country="FR")
    PersonFactory(name="Ben Elsewhere", country="BE")
    hidden = PersonFactory(name="Cleo Hidden", country="FR", visibility=Visibility.MANAGERS)
    PersonFactory(name="Dan Risk", country="FR", is_at_risk=True)
    browser.sign_in("manager")
    everybody = _cards(browser).html
    assert [name in everybody for name in ("Ada", "Ben", "Cleo", "Dan")] == [
        True,
        True,
        False,
        False,
    ]
    french = _cards(browser, "?country=FR").html
    assert [name in french for name in ("Ada", "Ben", "Cleo", "Dan")] == [True, False, False, False]
    page = browser.get("people.card", place=place(hidden))
    assert "kept to a few people" in page.html
    assert "Nothing of this list may stand in such a file" in _cards(browser, "?q=Cleo").text
    link = browser.get("people.index", country="FR").links()["Make a file"]
    assert link == "/exports/new/people?country=FR"
    browser.sign_in("contributor")
    assert browser.get("people.card", place=place(hidden)).status == 404


def test_many_cards_take_few_statements(browser, session, count_statements):
    for _number in range(30):
        PositionFactory()
    browser.sign_in("manager")
    _cards(browser)
    del count_statements[:]
    _cards(browser)
    assert len(count_statements) < 40
