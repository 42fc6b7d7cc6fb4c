"""Packs stay as they were made: with their date, in every format, for those who may read them."""

import json

import pytest
import sqlalchemy as sa

from crm.core import queue
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.meetings.models import MeetingKind
from crm.packs import document, making
from crm.packs.models import KeptPack, PackPreset
from crm.records.models import Visibility
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingAimFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.packs import KeptPackFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.saved_views import SavedViewFactory
from tests.factories.tasks import TaskFactory
from tests.packs.reading import FORMATS, everything, file_at, make, place, squeeze, words

MAY = PartialDate(2026, 5, 5)


def _discreet(world):
    exchange_with(
        world.refuge, subject="Échange discret", happened=MAY, visibility=Visibility.MANAGERS
    )


def made(browser, meeting, chosen=None, **more):
    """Make a pack; return its address and the row."""
    answer = make(browser, meeting, chosen, **more)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    address = answer.headers["Location"]
    return address, db.session.get(KeptPack, int(address.rpartition("/")[2]))


def rename(session, record, name):
    record.name = name
    session.merge(record)
    session.commit()


# Keeping


def test_a_pack_asked_for_twice_by_one_form_is_made_once(browser, session, world):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting, once="one form")
    again, _pack = made(browser, world.meeting, once="one form")
    assert again == address
    assert session.scalar(sa.select(sa.func.count()).select_from(KeptPack)) == 1
    other, _pack = made(browser, world.meeting, once="another form")
    assert other != address


def test_a_pack_stays_as_it_was_whatever_changes_later(browser, session, world):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    before = {each: file_at(browser, address, each).data for each in FORMATS}
    rename(session, world.refuge, "Un autre nom")
    page = browser.get(address)
    assert "Refugio del Sur" in page.text
    assert "Un autre nom" not in page.text
    for each in FORMATS:
        assert file_at(browser, address, each).data == before[each], each


def test_update_makes_a_new_one_of_the_same_parts_and_keeps_the_old(browser, session, world):
    browser.sign_in("contributor")
    address, pack = made(browser, world.meeting, ["expected", "practical"])
    rename(session, world.refuge, "Un autre nom")
    page = browser.post(f"{address}/update")
    assert "The pack is up to date" in page.text
    assert page.select("//section/h2/text()") == ["Who is expected", "Practical sheet"]
    assert "Un autre nom" in page.text
    kept = db.session.scalars(sa.select(KeptPack)).all()
    assert len(kept) == 2
    assert {json.dumps(each.asked) for each in kept} == {json.dumps(pack.asked)}


def test_the_page_of_the_meeting_and_the_form_lead_to_the_packs(browser, world):
    browser.sign_in("contributor", name="Claire Test")
    address, _pack = made(browser, world.meeting)
    page = browser.get("meetings.detail", place=place(world.meeting))
    assert address in page.links().values()
    assert "Claire Test" in page.section("packs")
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert address in page.links().values()


def test_a_viewer_opens_no_pack(browser, world):
    address, _pack = made(browser.sign_in("contributor"), world.meeting)
    browser.sign_in("viewer")
    assert browser.get(address).status == 403
    assert file_at(browser, address, "pdf").status_code == 403
    assert "Packs" not in browser.get("meetings.detail", place=place(world.meeting)).text


def test_its_maker_or_a_manager_removes_a_pack(browser, world):
    address, _pack = made(browser.sign_in("contributor"), world.meeting)
    browser.sign_in("contributor")
    assert "Remove" not in browser.get(address).text
    assert browser.post(f"{address}/remove").status == 403
    browser.sign_in("manager")
    page = browser.post(f"{address}/remove")
    assert "The pack is removed" in page.text
    assert browser.get(address).status == 404


def test_a_wrong_slug_leads_to_the_right_address(browser, world):
    address, pack = made(browser.sign_in("contributor"), world.meeting)
    moved = browser.get(f"/meetings/{world.meeting.id}-x/packs/{pack.id}", follow=False)
    assert moved.location.endswith(address)


def test_a_pack_of_another_meeting_is_not_found_here(browser, world):
    _address, pack = made(browser.sign_in("contributor"), world.meeting)
    other = MeetingFactory()
    assert browser.get(f"/meetings/{place(other)}/packs/{pack.id}").status == 404


# The page


def test_the_page_has_the_sections_in_order_with_contents_that_lead_to_them(browser, world):
    browser.sign_in("contributor")
    chosen = ["organisations", "practical", "notes"]
    order = {"parts-order": chosen}
    address, _pack = made(browser, world.meeting, chosen, **order)
    page = browser.get(address)
    assert page.title == "Plénière des Ponts"
    assert page.select("//section/h2/text()") == ["Organisations", "Practical sheet", "Notes"]
    targets = [
        each.removeprefix("#")
        for each in page.select("//nav[@aria-labelledby='contents']//a/@href")
    ]
    assert targets == page.select("//section/*[1]/@id")
    assert "Internal document" in page.text
    assert f"/records/{world.refuge.id}" in page.links().values()


def test_every_line_has_the_number_of_its_record(browser, world):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    page = browser.get(address)
    heads = {
        table: table.xpath(".//th[last()]")[0].text_content().strip()
        for table in page.select("//article//table")
    }
    assert heads
    assert set(heads.values()) == {"Record"}
    for table in heads:
        for cell in table.xpath(".//tbody/tr/td[last()]"):
            number = cell.text_content().strip()
            assert not number or cell.xpath(".//a/@href") == [f"/records/{number}"] or number == "—"


def test_what_we_want_and_ask_stands_with_the_organisation(browser, world):
    speaker = PersonFactory(name="Claire Test")
    MeetingAimFactory(
        meeting_id=world.meeting.id,
        organisation_id=world.refuge.id,
        wanted="Une signature avant le 15",
        questions="Qui suit le dossier ?",
        speaker_id=speaker.id,
    )
    late = OrganisationFactory(name="Sans présence")
    MeetingAimFactory(meeting_id=world.meeting.id, organisation_id=late.id, wanted="Se voir")
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    for each in FORMATS:
        text = words(file_at(browser, address, each).data, each)
        for told in (
            "Une signature avant le 15",
            "Qui suit le dossier ?",
            "Claire Test",
            "Se voir",
        ):
            assert squeeze(told) in text, told


def test_our_delegation_stands_apart_from_who_is_expected(browser, world):
    ours = PersonFactory(name="Nous Test")
    PositionFactory(person_id=ours.id, organisation_id=world.us.id)
    AttendanceFactory(meeting_id=world.meeting.id, person_id=ours.id, role="speaker")
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting, ["delegation", "expected"])
    page = browser.get(address)
    tables = [table.text_content() for table in page.select("//article//table")]
    assert "Nous Test" in tables[0]
    assert "Speaker" in tables[0]
    assert "Nous Test" not in tables[1]


def test_positions_are_cut_where_a_line_is_a_theme(browser, session, world):
    world.meeting.themes = "Relocalisation; Accueil"
    world.meeting.positions = "D’abord ceci.\nRELOCALISATION\nUn calendrier.\n# Budget\nAssez."
    session.merge(world.meeting)
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting, ["positions"])
    page = browser.get(address)
    assert page.select("//section/h3/text()") == ["RELOCALISATION", "Budget"]


def test_who_knows_whom_counts_exchanges_by_colleague(browser, session, world):
    browser.sign_in("contributor", name="Claire Test")
    for month in (5, 6):
        exchange = exchange_with(world.people[0], subject=f"Appel {month}")
        exchange.created_by_id = browser.user.id
    session.flush()
    address, _pack = made(browser, world.meeting, ["known"])
    text = browser.get(address).text
    assert "Claire Test: 2 exchanges, last 03/02/2026" in text
    for shared in ("Networks: 1", "Projects: 1", "Declarations: 1"):
        assert shared in text


# Who may read it


def test_what_is_confidential_is_nowhere_in_what_is_kept(browser, world):
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=world.refuge.id)
    exchange_with(hidden, subject="Échange discret")
    _address, pack = made(browser.sign_in("manager"), world.meeting)
    kept = json.dumps(pack.content, ensure_ascii=False)
    assert "Cachée" not in kept
    assert "discret" not in kept
    assert str(hidden.id) not in kept
    assert pack.withheld >= 1


def test_a_pack_hides_with_its_meeting(browser, session, world):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    world.meeting.visibility = Visibility.MANAGERS
    session.merge(world.meeting)
    assert browser.get(address).status == 404
    assert file_at(browser, address, "pdf").status_code == 404


def test_a_pack_that_names_what_became_confidential_is_closed_to_all_and_made_again(
    browser, session, world
):
    address, _pack = made(browser.sign_in("manager"), world.meeting)
    person = world.people[0]
    person.visibility = Visibility.MANAGERS
    session.merge(person)
    for role in ("contributor", "manager"):
        browser.sign_in(role)
        page = browser.get(address)
        assert "names something that fewer people may see since" in page.text
        assert person.name not in page.text
        assert file_at(browser, address, "docx").status_code == 404
    page = browser.post(f"{address}/update")
    assert person.name not in page.text
    assert "Confidential items withheld: 1" in page.text


def test_what_is_in_the_trash_since_stays_in_the_pack(browser, session, world):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    browser.sign_in("manager")
    browser.post(
        "projects.delete", place=place(world.project), data={"version": world.project.version}
    )
    assert "Projet Passage" in browser.get(address).text


def test_only_managers_open_what_was_made_for_them_and_it_says_so(browser, world):
    exchange_with(
        world.refuge, subject="Échange discret", happened=MAY, visibility=Visibility.MANAGERS
    )
    exchange_with(world.refuge, subject="Pour une seule", happened=MAY, visibility=Visibility.NAMED)
    browser.sign_in("manager")
    address, _pack = made(browser, world.meeting, is_for_managers="y")
    page = browser.get(address)
    assert "For managers only" in page.text
    assert "Échange discret" in page.text
    assert "Aime les faits" in page.text  # Good to know
    assert "Pour une seule" not in page.text
    browser.sign_in("contributor")
    assert browser.get(address).status == 404
    assert file_at(browser, address, "pdf").status_code == 404
    assert browser.post(f"{address}/update").status == 404
    page = browser.get("meetings.detail", place=place(world.meeting))
    assert address not in page.links().values()


@pytest.mark.parametrize("first", ["manager", "contributor"])
def test_a_pack_for_managers_is_named_to_managers_alone_whoever_opens_the_meeting_first(
    browser, session, world, first
):
    maker = browser.sign_in("manager").user
    KeptPackFactory(
        meeting_id=world.meeting.id, is_for_managers=True, author="Maker", user_id=maker.id
    )
    session.commit()
    for role in (first, *({"manager", "contributor"} - {first})):
        page = browser.sign_in(role).get("meetings.detail", place=place(world.meeting))
        assert ("Maker" in page.section("packs")) is (role == "manager"), role


def test_people_at_risk_are_in_no_pack_whoever_it_is_for(browser, world):
    hidden = PersonFactory(name="Zofia Menacée", visibility=Visibility.MANAGERS, is_at_risk=True)
    PositionFactory(person_id=hidden.id, organisation_id=world.refuge.id, title="Titre rare")
    AttendanceFactory(
        meeting_id=world.meeting.id, person_id=hidden.id, organisation_id=world.refuge.id
    )
    call = exchange_with(hidden, subject="Appel de Zofia", happened=MAY)
    TaskFactory(name="Rappeler Zofia", subject_id=call.id)
    TaskFactory(name="Chercher Zofia", subject_id=world.refuge.id, origin_id=call.id)
    _discreet(world)
    browser.sign_in("manager")
    address, pack = made(browser, world.meeting, is_for_managers="y")
    kept = json.dumps(pack.content, ensure_ascii=False)
    assert "Échange discret" in kept
    for told in ("Zofia", "Titre rare", str(hidden.id)):
        assert told not in kept, told
    hidden = db.session.get(type(hidden), world.people[0].id)
    hidden.visibility, hidden.is_at_risk = Visibility.MANAGERS, True
    assert "names something that fewer people may see since" in browser.get(address).text


def test_a_contributor_is_not_asked_and_gets_nothing_for_managers(browser, world):
    exchange_with(
        world.refuge, subject="Échange discret", happened=MAY, visibility=Visibility.MANAGERS
    )
    browser.sign_in("contributor")
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert not page.select("//input[@name='is_for_managers']")
    _address, pack = made(browser, world.meeting, is_for_managers="y")
    assert not pack.is_for_managers
    assert "discret" not in json.dumps(pack.content, ensure_ascii=False)


def test_managers_make_the_pack_of_a_meeting_that_only_they_see(browser, session):
    meeting = MeetingFactory(name="Réunion discrète", visibility=Visibility.MANAGERS)
    browser.sign_in("manager")
    page = browser.get("meetings.detail", place=place(meeting))
    page = browser.get(page.links()["Prepare the pack"])
    assert page.select("//input[@name='is_for_managers'][@checked]")
    address, pack = made(browser, meeting, is_for_managers="y")
    assert pack.is_for_managers
    assert browser.get(address).title == "Réunion discrète"


# Composing


def test_parts_move_by_buttons_and_nothing_is_made_meanwhile(browser, world):
    browser.sign_in("contributor")
    order = everything()
    data = {"parts": order[:2], "parts-order": order, "up": order[2]}
    page = browser.post("meetings.pack", place=place(world.meeting), data=data)
    assert page.select("//input[@name='parts']/@value")[:3] == [order[0], order[2], order[1]]
    assert page.select("//input[@name='parts'][@checked]/@value") == order[:2]
    assert page.select("//button[@autofocus]/@value") == [order[2]]
    assert not db.session.scalars(sa.select(KeptPack)).all()
    data = {"parts": order, "parts-order": order, "down": order[-1]}
    page = browser.post("meetings.pack", place=place(world.meeting), data=data)
    assert page.select("//input[@name='parts']/@value") == order


def test_what_somebody_made_last_is_what_they_begin_with(browser, world):
    browser.sign_in("contributor")
    made(browser, world.meeting, ["known", "practical"])
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert page.select("//input[@name='parts'][@checked]/@value") == ["known", "practical"]
    browser.sign_in("contributor")
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert len(page.select("//input[@name='parts'][@checked]")) > 2


def test_a_preset_of_another_kind_of_meeting_can_be_taken(browser, world):
    browser.sign_in("contributor")
    page = browser.get("meetings.pack", place=place(world.meeting), preset="training")
    assert page.select("//input[@name='parts'][@checked]/@value") == [
        "practical",
        "agenda",
        "delegation",
        "expected",
        "known",
        "notes",
    ]
    assert browser.get("meetings.pack", place=place(world.meeting), preset="x").status == 200


def test_managers_decide_what_packs_of_a_kind_begin_with(browser, world):
    browser.sign_in("manager")
    data = {"parts": ["notes", "practical"], "parts-order": ["notes", "practical"]}
    page = browser.post("meetings.pack_preset", place=place(world.meeting), data=data)
    assert "now begin with this" in page.text
    browser.post("meetings.pack_preset", place=place(world.meeting), data=data)
    (kept,) = db.session.scalars(sa.select(PackPreset))
    assert (kept.meeting_kind, kept.parts) == (MeetingKind.CONFERENCE, ["notes", "practical"])
    browser.sign_in("contributor")
    page = browser.get("meetings.pack", place=place(world.meeting))
    assert page.select("//input[@name='parts'][@checked]/@value") == ["notes", "practical"]
    answer = browser.post("meetings.pack_preset", place=place(world.meeting), data=data)
    assert answer.status == 403


# Comparing


def test_two_packs_are_compared_line_by_line(browser, session, world):
    browser.sign_in("contributor")
    _address, old = made(browser, world.meeting)
    rename(session, world.project, "Projet Traverse")
    gone = db.session.merge(world.people[1])
    gone.positions[0].title = "Directrice"
    AttendanceFactory(
        meeting_id=world.meeting.id, person_id=PersonFactory(name="Nouvelle Venue").id
    )
    _address, new = made(browser, world.meeting)
    page = browser.get(
        "meetings.pack_compare", place=place(world.meeting), one=new.id, other=old.id
    )
    told = {
        item.xpath("../../h2")[0].text_content(): " ".join(item.text_content().split())
        for item in page.select("//ul[@class='differences']/li")
    }
    assert told["Organisations · Refugio del Sur · Projects in common"].startswith("Changed")
    assert "Directrice" in told["Organisations · Refugio del Sur · Contacts"]
    assert told["Who is expected"].startswith("Added")
    assert "Practical sheet" not in told


def test_packs_that_say_the_same_have_no_difference(browser, world):
    browser.sign_in("contributor")
    _address, one = made(browser, world.meeting)
    _address, other = made(browser, world.meeting)
    page = browser.get(
        "meetings.pack_compare", place=place(world.meeting), one=one.id, other=other.id
    )
    assert "Both packs say the same" in page.text
    for wrong in ("", "x", "999999999", "9" * 30):
        answer = browser.get(
            "meetings.pack_compare", place=place(world.meeting), one=one.id, other=wrong
        )
        assert answer.status == 404


# Large ones


@pytest.fixture
def many(monkeypatch):
    """Let every pack be a large one."""
    monkeypatch.setattr(making, "MOST_AT_ONCE", 0)


def run_jobs(session, limit=100):
    session.commit()
    session.expunge_all()
    return queue.run_due(limit)


def test_a_large_pack_is_made_in_the_background_and_says_how_far_it_is(
    browser, session, world, many
):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    page = browser.get(address)
    assert "0 of" in page.text
    assert page.select("//progress/@value") == ["0"]
    assert page.links()["Look again"] == address
    assert run_jobs(session, 1) == 1
    assert f"{making.AT_A_TIME} of" in browser.get(address).text
    assert file_at(browser, address, "pdf").status_code == 404
    run_jobs(session)
    page = browser.get(address)
    assert "Refugio del Sur" in page.text
    assert not page.select("//progress")


def test_a_pack_made_in_the_background_is_the_one_made_at_once(
    browser, session, world, monkeypatch
):
    exchange_with(
        world.refuge, subject="Échange discret", happened=MAY, visibility=Visibility.MANAGERS
    )
    browser.sign_in("manager")
    _address, at_once = made(browser, world.meeting)
    monkeypatch.setattr(making, "MOST_AT_ONCE", 0)
    _address, later = made(browser, world.meeting)
    run_jobs(session)
    later = db.session.get(KeptPack, later.id)
    at_once = db.session.get(KeptPack, at_once.id)
    assert later.content == at_once.content
    assert later.withheld == at_once.withheld == 1
    assert (later.done, later.total) == (at_once.done, at_once.total)


def test_a_large_pack_of_a_saved_view_tells_of_its_organisations(browser, session, world, many):
    OrganisationFactory(name="Ailleurs", country="PT")
    browser.sign_in("contributor")
    kept = SavedViewFactory(
        owner_id=browser.user.id, kind="organisation", name="Portugal", address="country=PT"
    )
    address, _pack = made(browser, world.meeting, ["organisations"], view=str(kept.id))
    run_jobs(session)
    page = browser.get(address)
    assert page.select("//section/h3//text()") == ["Ailleurs"]
    form = browser.get("meetings.pack", place=place(world.meeting))
    assert form.select("//select[@name='view']/option[@selected]/@value") == [str(kept.id)]


def test_a_pack_that_is_stopped_keeps_nothing_and_goes_no_further(browser, session, world, many):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)
    run_jobs(session, 1)
    page = browser.post(f"{address}/stop")
    assert "Stopped: nothing was kept" in page.text
    run_jobs(session)
    (pack,) = db.session.scalars(sa.select(KeptPack))
    assert (pack.content, pack.made_at) == ({}, None)
    page = browser.get("meetings.detail", place=place(world.meeting))
    assert address not in page.links().values()
    assert "up to date" not in browser.get(address).text


def test_a_worker_that_dies_half_way_loses_and_doubles_nothing(browser, session, world, many):
    browser.sign_in("contributor")
    address, pack = made(browser, world.meeting)
    run_jobs(session, 1)
    # Killed after it took the next job: once the claim has expired, another worker takes it over.
    job = session.scalar(sa.select(queue.Job).where(queue.Job.finished_at.is_(None)))
    job.state, job.claimed_at = queue.JobState.RUNNING, queue.now() - queue.CLAIM
    run_jobs(session)
    pack = db.session.get(KeptPack, pack.id)
    assert pack.done == pack.total
    assert len(pack.content["pieces"]) == pack.total
    assert browser.get(address).status == 200


def test_a_job_that_comes_twice_adds_nothing(browser, session, world, many):
    browser.sign_in("contributor")
    _address, pack = made(browser, world.meeting)
    queue.enqueue(making.GATHER, {"pack_id": pack.id, "step": 0, "withheld": []})
    run_jobs(session)
    pack = db.session.get(KeptPack, pack.id)
    assert pack.done == pack.total == len(pack.content["pieces"])


def test_a_pack_ends_with_the_rights_of_its_maker(browser, session, world, many):
    browser.sign_in("contributor")
    address, pack = made(browser, world.meeting)
    browser.user.is_enabled = False
    session.merge(browser.user)
    run_jobs(session)
    assert db.session.get(KeptPack, pack.id).stopped_at is not None
    assert browser.sign_in("contributor").get(address).status == 200


def test_a_meeting_that_becomes_confidential_meanwhile_stops_its_pack(
    browser, session, world, many
):
    browser.sign_in("contributor")
    _address, pack = made(browser, world.meeting)
    run_jobs(session, 1)
    meeting = session.merge(world.meeting)
    meeting.visibility = Visibility.MANAGERS
    run_jobs(session)
    pack = db.session.get(KeptPack, pack.id)
    assert pack.stopped_at is not None
    assert pack.content == {}


# What may go wrong


def test_a_full_disk_is_one_sentence_and_the_pack_is_kept(browser, world, monkeypatch):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting)

    def full(*_args, **_values):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(document, "files", full)
        page = browser.get(f"{address}/file?format=xlsx")
    assert "There is no room to write the file" in page.text
    assert file_at(browser, address, "xlsx").status_code == 200


@pytest.mark.parametrize("file_format", ["", "exe", "PDF", "../etc"])
def test_a_format_that_is_none_gives_the_pdf(browser, world, file_format):
    browser.sign_in("contributor")
    address, _pack = made(browser, world.meeting, ["practical"])
    assert file_at(browser, address, file_format).mimetype == "application/pdf"


def test_a_meeting_without_date_and_without_anybody_has_every_part(browser, session):
    meeting = MeetingFactory(name="Vide", starts=None)
    browser.sign_in("contributor")
    address, _pack = made(browser, meeting)
    text = browser.get(address).text
    for told in (
        "not set yet",
        "No agenda and no paper yet.",
        "Nobody of ours is noted as coming yet.",
        "No position noted yet.",
        "Nobody is noted as expected yet",
        "No organisation is noted as expected",
        "No network holds this meeting.",
        "No declaration is open for signature here.",
    ):
        assert told in text, told
    for each in FORMATS:
        assert file_at(browser, address, each).status_code == 200
