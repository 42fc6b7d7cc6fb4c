"""Packs hold what the whole team may see of a meeting, in each kind of file."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.interactions.models import Interaction, Participant
from crm.meetings.models import Attendance, Meeting
from crm.organisations.models import Organisation
from crm.packs import document, making
from crm.packs.composition import Composition, titles
from crm.packs.files import MEDIA_TYPES, Format
from crm.people.models import Person, Position
from crm.records.models import Visibility
from tests.databases import analyse
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.tasks import TaskFactory
from tests.packs.conftest import NAMES
from tests.packs.reading import (
    FORMATS,
    ask,
    everything,
    place,
    preset_of,
    sheet,
    squeeze,
    words,
)

MOST_STATEMENTS = 65

each_format = pytest.mark.parametrize("file_format", FORMATS)


def read(browser, meeting, file_format, chosen=None):
    answer = ask(browser, meeting, file_format, chosen)
    assert answer.status_code == 200
    return words(answer.data, file_format)


# The page


def test_the_page_offers_every_part_and_ticks_those_of_the_preset(browser, world):
    browser.sign_in("contributor")
    page = browser.get("meetings.detail", place=place(world.meeting))
    page = browser.get(page.links()["Prepare the pack"])
    wanted = preset_of(world.meeting)
    offered = page.select("//input[@name='parts']/@value")
    assert page.select("//input[@name='parts'][@checked]/@value") == wanted
    assert offered[: len(wanted)] == wanted
    assert set(offered) == set(everything())


def test_a_viewer_makes_no_pack(browser, world):
    browser.sign_in("viewer")
    page = browser.get("meetings.detail", place=place(world.meeting))
    assert "Prepare the pack" not in page.links()
    assert browser.get("meetings.pack", place=place(world.meeting)).status == 403
    assert ask(browser, world.meeting, "pdf").status_code == 403


def test_a_wrong_slug_leads_to_the_right_address(browser, world):
    browser.sign_in("contributor")
    moved = browser.get(f"/meetings/{world.meeting.id}-x/pack", follow=False)
    assert moved.location.endswith(f"/meetings/{place(world.meeting)}/pack")


def test_what_is_no_part_or_no_view_is_refused_at_its_field(browser, world):
    browser.sign_in("contributor")
    page = browser.post(
        "meetings.pack",
        place=place(world.meeting),
        data={"parts": ["practical", "secrets"], "view": "12345"},
    )
    assert page.status == 200
    assert page.error_at("parts")
    assert page.error_at("view")


@each_format
def test_the_file_has_its_type_and_a_name_and_is_not_kept_on_the_way(browser, world, file_format):
    answer = ask(browser.sign_in("contributor"), world.meeting, file_format)
    assert answer.mimetype == MEDIA_TYPES[Format(file_format)]
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=pleniere-des-ponts-{today().isoformat()}.{file_format}"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


# What is in it


@each_format
def test_a_pack_holds_all_that_helps_to_prepare(browser, world, file_format):
    text = read(browser.sign_in("contributor", name="Claire Test"), world.meeting, file_format)
    for expected in (
        "Plénière des Ponts",
        "23 Nov 2026",
        "09:30 Europe/Brussels",
        "Salle Verte (Belgium)",
        "Réseau des Ponts (Host)",
        "Registration closes",
        "1 Oct 2026",
        "Accueil des mineurs",
        "Tenir les délais",
        "chercheurs (7) – Germany, Italy",
        "Country not stated",
        "Refugio del Sur",
        "Chargée de mission",
        "espagnol",
        "contact1@example.org",
        "Projet Passage",
        "Appel des Ponts",
        "11 Dec 2020",
        "Envoyer la note",
        "Internal document",
        "Confidential items withheld: 0",
        "Claire Test",
    ):
        assert squeeze(expected) in text, expected
    for absent in ("Absente Prévue", "Déjà faite", "+33600000001", "Maison commune"):
        assert squeeze(absent) not in text, absent


@each_format
def test_names_in_every_script_are_read_back(browser, world, file_format):
    text = read(browser.sign_in("contributor"), world.meeting, file_format)
    for name in NAMES:
        assert squeeze(name) in text, name


@each_format
def test_the_last_three_exchanges_come_newest_first(browser, world, file_format):
    text = read(browser.sign_in("contributor"), world.meeting, file_format)
    places = [text.find(f"Échangenuméro{number}") for number in (4, 3, 2)]
    assert places == sorted(places)
    assert -1 not in places
    assert "Échangenuméro1" not in text
    assert "Contenu4" in text


def test_those_expected_stand_by_country(browser, world):
    answer = ask(browser.sign_in("contributor"), world.meeting, "xlsx")
    rows = sheet(answer.data, "Who is expected")
    start = next(place for place, row in enumerate(rows) if row[0] == "Country")
    found = [row[:5] for row in rows[start + 1 :] if row[0]]
    assert [(row[0], row[1], row[4]) for row in found] == [
        ("Spain", NAMES[0], "Registered"),
        ("Several countries", "chercheurs (7) – Germany, Italy", "Registered"),
        ("Country not stated", NAMES[1], "Accepted"),
    ]
    assert [NAMES[0], "Refugio del Sur", "Chargée de mission"] in [row[1:4] for row in found]


def test_a_sheet_names_the_organisation_in_front_of_each_row(browser, world):
    answer = ask(browser.sign_in("contributor"), world.meeting, "xlsx")
    for name, second in (
        ("Networks", "Réseau des Ponts"),
        ("Projects in common", "Projet Passage"),
        ("Declarations signed together", "Appel des Ponts"),
        ("Open tasks", "Envoyer la note"),
    ):
        assert ["Refugio del Sur", second] in [row[:2] for row in sheet(answer.data, name)], name


@each_format
def test_what_is_not_ticked_is_left_out(browser, world, file_format):
    browser.sign_in("contributor")
    text = read(browser, world.meeting, file_format, ["practical"])
    assert squeeze("Salle Verte") in text
    for absent in (NAMES[0], "Projet Passage", "Refugio del Sur"):
        assert squeeze(absent) not in text, absent
    text = read(browser, world.meeting, file_format, ["organisations"])
    assert squeeze("Accueil des mineurs") not in text
    assert squeeze("Projet Passage") in text


def test_a_pack_of_nothing_is_refused(browser, world):
    page = browser.sign_in("contributor").post(
        "meetings.pack", place=place(world.meeting), data={"view": ""}
    )
    assert "Choose at least one part" in page.error_at("parts")


@each_format
def test_a_meeting_at_which_nobody_is_expected_has_a_pack(browser, session, file_format):
    meeting = MeetingFactory(name="حوار 2026", starts=None)
    text = read(browser.sign_in("contributor"), meeting, file_format)
    assert squeeze("Nobody is noted as expected yet") in text


def test_addresses_in_a_pack_lead_to_the_records(browser, world):
    answer = ask(browser.sign_in("contributor"), world.meeting, "docx")
    assert f"/records/{world.refuge.id}".encode() in _relations(answer.data)
    page = browser.get(f"/records/{world.refuge.id}")
    assert page.title == "Refugio del Sur"


def _relations(file):
    return ZipFile(BytesIO(file)).read("word/_rels/document.xml.rels")


@each_format
def test_a_pack_is_made_in_french(browser, world, session, file_format):
    browser.sign_in("contributor")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert page.status == 200
    assert page.select("//html/@lang") == ["fr"]
    text = read(browser, world.meeting, file_format)
    assert squeeze("23 nov. 2026") in text
    assert squeeze("Espagne") in text


# What is confidential


@each_format
def test_a_confidential_exchange_is_withheld_and_counted_for_who_may_see_it(
    browser, world, file_format
):
    exchange_with(
        world.refuge,
        subject="Échange discret",
        happened=PartialDate(2026, 5, 5),
        visibility=Visibility.MANAGERS,
    )
    for role, count in (("manager", 1), ("contributor", 0)):
        text = read(browser.sign_in(role), world.meeting, file_format)
        assert "discret" not in text
        assert squeeze(f"Confidential items withheld: {count}") in text, role
        assert "Échangenuméro4" in text


@each_format
def test_a_confidential_person_is_withheld_and_counted_once(browser, world, file_format):
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=world.refuge.id, title="Titre rare")
    AttendanceFactory(
        meeting_id=world.meeting.id, person_id=hidden.id, organisation_id=world.refuge.id
    )
    for role, count in (("manager", 1), ("contributor", 0)):
        text = read(browser.sign_in(role), world.meeting, file_format)
        assert "Zofia" not in text
        assert squeeze("Titre rare") not in text
        assert squeeze(f"Confidential items withheld: {count}") in text, role


def test_only_what_is_confidential_is_counted_not_what_goes_with_it(browser, world):
    """What is known of a hidden organisation is left out with it, but is no secret itself."""
    hidden = OrganisationFactory(name="Maison cachée", visibility=Visibility.MANAGERS)
    ada = PersonFactory(name="Ada Test")
    PositionFactory(person_id=ada.id, organisation_id=hidden.id)
    exchange_with(ada, subject="Appel ordinaire")
    TaskFactory(name="Rappel ordinaire", subject_id=hidden.id)
    AttendanceFactory(meeting_id=world.meeting.id, organisation_id=hidden.id, person_id=ada.id)
    text = read(browser.sign_in("manager"), world.meeting, "xlsx")
    assert "cachée" not in text
    assert "ordinaire" not in text
    # The organisation, and the task that hides with it.
    assert squeeze("Confidential items withheld: 2") in text


def test_a_confidential_meeting_has_no_pack_and_says_why_to_who_sees_it(browser, session):
    meeting = MeetingFactory(name="Réunion discrète", visibility=Visibility.MANAGERS)
    browser.sign_in("contributor")
    assert browser.get("meetings.pack", place=place(meeting)).status == 404
    assert ask(browser, meeting, "pdf").status_code == 404
    browser.sign_in("manager")
    page = browser.get("meetings.detail", place=place(meeting))
    page = browser.post(
        "meetings.pack",
        place=place(meeting),
        data={"parts": everything()},
    )
    assert page.status == 200
    assert "a pack shows what the whole team may see" in page.errors()[0]


# The command


@pytest.fixture
def run(app, session, tmp_path):
    def invoke(*args):
        session.flush()
        return app.test_cli_runner().invoke(
            args=["pack", *(str(each) for each in args), "--out", str(tmp_path / "packs")]
        )

    return invoke


@pytest.mark.parametrize("asked", ["id", "address", "title", "part of the title", "folded"])
def test_a_meeting_is_named_by_its_id_its_address_or_its_title(world, run, tmp_path, asked):
    meeting = {
        "id": str(world.meeting.id),
        "address": f"https://crm.example.org/meetings/{place(world.meeting)}/",
        "title": "Plénière des Ponts",
        "part of the title": "plénière",
        "folded": "PLENIERE DES PONTS",
    }[asked]
    done = run(meeting)
    assert done.exit_code == 0, done.output
    made = sorted(path.name for path in (tmp_path / "packs").iterdir())
    assert made == sorted(f"pleniere-des-ponts.{each}" for each in FORMATS)
    assert done.stdout.splitlines() == [
        str(tmp_path / "packs" / f"pleniere-des-ponts.{each}") for each in FORMATS
    ]


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "23 nov. 2026"), ("en", "Who is expected")]
)
def test_the_command_speaks_the_language_asked_for(world, run, tmp_path, language, expected):
    assert run(world.meeting.id, "--language", language, "--author", "Claire Test").exit_code == 0
    for file_format in FORMATS:
        file = (tmp_path / "packs" / f"pleniere-des-ponts.{file_format}").read_bytes()
        text = words(file, file_format)
        assert squeeze(expected) in text
        assert squeeze("Claire Test") in text


def test_the_command_withholds_what_is_confidential(world, run, tmp_path):
    exchange_with(world.refuge, subject="Échange discret", visibility=Visibility.NAMED)
    assert run(world.meeting.id, "--language", "en").exit_code == 0
    text = words((tmp_path / "packs" / "pleniere-des-ponts.xlsx").read_bytes(), "xlsx")
    assert "discret" not in text
    assert "Échangenuméro4" in text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Rencontre double", "Several meetings are called so, give the id"),
        ("rencontre", "Several meetings are called so, give the id"),
        ("introuvable", "There is no meeting “introuvable”"),
        ("999999999", "There is no meeting “999999999”"),
        ("9" * 40, "There is no meeting"),
        ("", "There is no meeting"),
        ("%", "There is no meeting"),
        ("Refuge", "There is no meeting"),
        ("Réunion discrète", "This meeting is kept to a few people"),
    ],
)
def test_a_meeting_that_cannot_be_packed_fails_with_one_sentence(
    session, run, tmp_path, asked, expected
):
    for _ in range(2):
        MeetingFactory(name="Rencontre double")
    MeetingFactory(name="Réunion discrète", visibility=Visibility.MANAGERS)
    OrganisationFactory(name="Refuge")
    done = run(asked)
    assert done.exit_code != 0
    assert expected in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert not list((tmp_path / "packs").glob("*"))


# A large one


@pytest.fixture
def crowd(session):
    """Return a meeting of 40 organisations with which there were 5,000 exchanges."""
    bodies = [Organisation(name=f"Maison {number:02}", country="IT") for number in range(40)]
    people = [Person(name=f"Person {number:02}") for number in range(40)]
    meeting = Meeting(name="Grande plénière", starts=PartialDate(2026, 11, 23))
    session.add_all([*bodies, *people, meeting])
    session.flush()
    rows = []
    for body, person in zip(bodies, people, strict=True):
        rows += [
            Position(person_id=person.id, organisation_id=body.id, title="Déléguée"),
            Attendance(meeting_id=meeting.id, person_id=person.id, organisation_id=body.id),
        ]
    for number in range(5_000):
        exchange = Interaction(
            subject=f"Échange {number}", happened=PartialDate(2000 + number // 200, 1, 1)
        )
        record = bodies[number % 40] if number % 2 else people[number % 40]
        rows.append(Participant(interaction=exchange, record_id=record.id))
    session.add_all(rows)
    session.flush()
    analyse(session)
    return meeting


@pytest.mark.slow
def test_a_large_pack_takes_no_more_statements_than_a_small_one(
    session, crowd, world, count_statements
):
    def statements(meeting):
        db.session.expunge_all()
        count_statements.clear()
        asked = Composition(list(titles()))
        pack = making.begin(meeting.id, asked, author="Claire", language="fr")
        (file,) = document.files(pack, [Format.XLSX], "")
        return len(count_statements), words(file.content, "xlsx")

    few, _text = statements(world.meeting)
    many, text = statements(crowd)
    assert many <= few
    assert many <= MOST_STATEMENTS
    for number in range(40):
        assert f"Maison{number:02}" in text
    assert text.count("Échange4") >= 40
    assert text.count("Person") >= 80
