"""The public page: what stands on it, what must not, and what was published when."""

import gzip
import itertools
import json
import random
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from lxml import html as lxml_html
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.db import Base
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.facts import services as facts
from crm.facts.models import FactKind
from crm.meetings.models import AttendanceStatus
from crm.networks.models import MembershipStatus
from crm.organisations.models import Milestone, RelationKind
from crm.projects.models import InvolvementRole
from crm.publishing import composition, content, differences, publication, services
from crm.publishing.models import Edition, Presentation, PublicSection, PublicWording
from crm.publishing.publication import CannotPublish
from crm.records.models import Visibility
from crm.records.services import trash
from tests.factories.accounts import UserFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory, SubmissionFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    TermFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectFactory,
    SizeFactFactory,
)
from tests.factories.publishing import PresentationFactory, SourceFactory

DAY = date(2026, 11, 26)


def place(record):
    return f"{record.id}-{record.slug}"


def public(record, *, source="Our annual report", **values):
    """Mark a record public, with a source that covers it."""
    PresentationFactory(record_id=record.id, **values)
    if source:
        SourceFactory(record_id=record.id, title=source)
        services.set_words(record, source, text_fr="Rapport annuel", text_en="Annual report")
    return record


def draft():
    return composition.draft(DAY)


def entries(made, language="fr"):
    return {
        entry.title: entry for section in made.pages[language].sections for entry in section.entries
    }


def said(entry):
    return {fact.label: [line.text for line in fact.lines] for fact in entry.facts}


def again(session, record):
    """Return a record as the session has it: making the page forgets what was loaded before."""
    return session.get(type(record), record.id)


def form(page):
    """Return what the form of the texts would send as it stands."""
    texts = {each.get("name"): each.text or "" for each in page.select("//main//textarea")}
    hidden = page.select("//main//input[@type='hidden'][starts-with(@name, 'version-')]")
    return texts | {each.get("name"): each.get("value") for each in hidden}


def everything(made):
    return json.dumps(made.content(), ensure_ascii=False)


@pytest.fixture
def us(session):
    return OrganisationFactory(name="We", is_us=True)


@pytest.fixture
def project(us):
    found = ProjectFactory(name="Welcome", starts=PartialDate(2025), ends=PartialDate(2027))
    InvolvementFactory(project_id=found.id, organisation_id=us.id)
    return public(found)


# What stands on it


def test_only_records_that_are_marked_stand_on_the_page(project):
    ProjectFactory(name="Not marked", starts=PartialDate(2025))
    assert set(entries(draft())) == {"Welcome"}


def test_the_words_of_labels_are_those_of_each_language(project):
    made = draft()
    assert said(entries(made, "fr")["Welcome"])["Partenaires"] == ["We"]
    assert said(entries(made, "en")["Welcome"])["Partners"] == ["We"]


def test_what_is_confidential_or_in_the_trash_leaves_no_trace(session, us):
    secret = public(ProjectFactory(name="Secret project", visibility=Visibility.MANAGERS))
    gone = public(ProjectFactory(name="Gone project"))
    trash(gone)
    seen = public(ProjectFactory(name="Seen project"))
    hidden = OrganisationFactory(name="Hidden partner", visibility=Visibility.NAMED)
    InvolvementFactory(project_id=seen.id, organisation_id=hidden.id)
    text = everything(draft())
    assert "Seen project" in text
    for word in ("Secret project", "Gone project", "Hidden partner"):
        assert word not in text
    assert secret.id not in {entry.record_id for entry in entries(draft()).values()}


def test_the_page_is_the_same_whoever_makes_it(session, project, acting):
    admin = UserFactory(role=Role.ADMIN)
    InvolvementFactory(
        project_id=project.id,
        organisation_id=OrganisationFactory(name="Hidden", visibility=Visibility.MANAGERS).id,
    )
    as_system = draft().content()
    acting(admin)
    assert draft().content() == as_system


def test_a_person_is_never_named_unless_as_a_signatory_who_agreed(session, us):
    meeting = public(MeetingFactory(name="Gathering", starts=PartialDate(2026)))
    AttendanceFactory(meeting_id=meeting.id, person_id=PersonFactory(name="Guest Name").id)
    declaration = public(DeclarationFactory(name="Appeal", dated=PartialDate(2026)))
    for name, agreed in (("Agreed Name", True), ("Silent Name", False)):
        SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=PersonFactory(name=name).id,
            displayed_name=name,
            status=SignatureStatus.SIGNED,
            may_publish=agreed,
        )
    SubmissionFactory(
        declaration_id=declaration.id,
        recipient_id=OrganisationFactory(name="Ministry").id,
        person_id=PersonFactory(name="Official Name").id,
        addressee="The Minister, Name Withheld",
    )
    text = everything(draft())
    assert "Agreed Name" in text
    assert "Ministry" in text
    for name in ("Guest Name", "Silent Name", "Official Name", "Name Withheld"):
        assert name not in text


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("organisation", "good_to_know"),
        ("meeting", "positions"),
        ("meeting", "minutes"),
        ("meeting", "decisions"),
    ],
)
def test_what_the_team_notes_for_itself_never_goes_out(session, us, kind, field):
    if kind == "organisation":
        record = NetworkFactory(name="Net", **{field: "For us alone"})
        membership = MembershipFactory(member_id=us.id, network_id=record.id)
        TermFactory(membership_id=membership.id, member_id=us.id, network_id=record.id)
    else:
        record = MeetingFactory(name="Met", **{field: "For us alone"})
    public(record)
    made = draft()
    assert entries(made)
    assert "For us alone" not in everything(made)


def test_notes_and_what_is_not_public_stay_inside(session, project):
    InvolvementFactory(
        project_id=project.id,
        organisation_id=OrganisationFactory(name="Partner").id,
        note="Difficult",
        change_reason="Left angry",
        amount=100,
    )
    OutputFactory(record_id=project.id, title="Inside report", is_public=False)
    text = everything(draft())
    assert "Partner" in text
    for word in ("Difficult", "Left angry", "Inside report"):
        assert word not in text


def test_the_order_is_that_of_the_team_and_then_of_time(session, us):
    for name, position, year in (
        ("B", 10, 2024),
        ("C", 20, 2026),
        ("D", 20, 2025),
        ("E", 20, None),
    ):
        starts = PartialDate(year) if year else None
        public(MeetingFactory(name=name, starts=starts), position=position)
    assert list(entries(draft())) == ["B", "C", "D", "E"]


def test_sections_come_in_the_order_and_with_the_words_of_the_team(session, project):
    public(MeetingFactory(name="Met", starts=PartialDate(2026)))
    rows = {row.code: row for row in session.scalars(select(PublicSection))}
    rows["meetings"].position = 9_000
    rows["projects_current"].label_fr = "Ce que nous faisons"
    rows["projects_current"].intro_fr = "Avec d’autres."
    rows["projects_current"].intro_en = "With others."
    session.flush()
    page = draft().pages["fr"]
    assert [section.key for section in page.sections] == ["projects_current", "meetings"]
    assert page.sections[0].title == "Ce que nous faisons"
    assert page.sections[0].intro == "Avec d’autres."
    again(session, rows["meetings"]).is_active = False
    session.flush()
    assert [section.key for section in draft().pages["fr"].sections] == ["projects_current"]


def test_a_project_whose_end_has_passed_stands_with_the_past_ones_without_a_wrong_status(
    session, us
):
    public(ProjectFactory(name="Ended", starts=PartialDate(2020), ends=PartialDate(2021)))
    page = draft().pages["fr"]
    assert [section.key for section in page.sections] == ["projects_past"]
    assert "Statut" not in said(page.sections[0].entries[0])


def test_funders_and_leads_are_told_apart_from_partners(session, project):
    for name, role in (
        ("Fund", InvolvementRole.FUNDER),
        ("Lead one", InvolvementRole.COORDINATOR),
        ("Lead two", InvolvementRole.COORDINATOR),
    ):
        InvolvementFactory(
            project_id=project.id, organisation_id=OrganisationFactory(name=name).id, role=role
        )
    known = said(entries(draft(), "en")["Welcome"])
    assert known["Led by"] == ["Lead one", "Lead two"]
    assert known["Funded by"] == ["Fund"]
    assert known["Partners"] == ["We"]


# Sources and words


def test_a_fact_without_a_source_is_refused_with_the_list_of_such_facts(session, us):
    project = ProjectFactory(name="Welcome", starts=PartialDate(2025), status_source=None)
    public(project, source=None)
    made = draft()
    assert [(each.title, each.label) for each in made.unsourced] == [("Welcome", "Dates")]
    with pytest.raises(CannotPublish, match="source"):
        publication.publish(made)
    assert session.scalar(select(Edition)) is None


def test_a_source_may_cover_one_fact_alone(session, us):
    project = public(
        ProjectFactory(name="Welcome", starts=PartialDate(2025), programme="AMIF"), source=None
    )
    SourceFactory(record_id=project.id, title="Grant agreement", fact="Dates of the project")
    SourceFactory(record_id=project.id, title="Minutes", fact="About programmers")
    made = draft()
    assert [each.label for each in made.unsourced] == ["Programme"]
    dates = next(each for each in entries(made)["Welcome"].facts if each.key == "dates")
    assert dates.source == "Grant agreement"


def test_a_free_text_needs_words_in_both_languages(session, project):
    project.aim = "To welcome people"
    session.flush()
    made = draft()
    assert [(each.original, each.missing) for each in made.unworded] == [
        ("To welcome people", ["fr", "en"])
    ]
    with pytest.raises(CannotPublish):
        publication.publish(made)
    services.set_words(
        project, "To welcome people", text_fr="Accueillir", text_en="To welcome people"
    )
    made = draft()
    assert made.is_ready
    assert said(entries(made, "fr")["Welcome"])["Objectif"] == ["Accueillir"]


def test_words_are_asked_for_again_when_the_text_changes(session, project):
    project.aim = "To welcome people"
    services.set_words(project, "To welcome people", text_fr="Accueillir", text_en="To welcome")
    assert draft().unworded == []
    again(session, project).aim = "To welcome everybody"
    session.flush()
    assert [each.original for each in draft().unworded] == ["To welcome everybody"]


def test_a_text_that_is_left_out_does_not_go_out(session, project):
    project.aim = "Not for others"
    services.set_words(project, "Not for others", text_fr=None, text_en=None, is_left_out=True)
    made = draft()
    assert made.is_ready
    assert "Not for others" not in everything(made)


def test_a_presentation_or_introduction_in_one_language_alone_is_refused(session, us):
    public(ProjectFactory(name="Welcome"), text_fr="Présentation")
    row = session.scalars(select(PublicSection).where(PublicSection.code == "meetings")).one()
    row.intro_en = "Only in English"
    session.flush()
    made = draft()
    assert [each.missing for each in made.unworded] == [["en"]]
    assert made.unsaid == ["Nos rencontres"]
    assert not made.is_ready


def test_nothing_marked_is_nothing_to_publish(session, us):
    with pytest.raises(CannotPublish, match="publique"):
        publication.publish(draft())


# Files


@pytest.fixture
def files(session, project, us):
    network = NetworkFactory(name="Réseau <script>alert(1)</script>")
    membership = MembershipFactory(member_id=us.id, network_id=network.id)
    TermFactory(
        membership_id=membership.id,
        member_id=us.id,
        network_id=network.id,
        since=PartialDate(1981),
    )
    public(network, text_fr="Première ligne.\n\nSeconde « ligne » & fin.", text_en="One & two")
    OutputFactory(record_id=project.id, title="Guide", url="https://example.org/guide?a=1&b=2")
    OutputFactory(record_id=project.id, title="Trap", url="javascript:alert(1)")
    for title in ("Guide", "Trap"):
        services.set_words(project, title, text_fr=title, text_en=title)
    edition, _is_new = publication.publish(draft())
    return edition.files


def pages(files):
    return {name: text for name, text in files.items() if name.endswith(".html")}


def test_the_site_has_a_page_and_two_feeds_in_each_language(files):
    assert set(files) == {
        "style.css",
        "index.html",
        "feed.xml",
        "feed.json",
        "en/index.html",
        "en/feed.xml",
        "en/feed.json",
    }
    assert '<html lang="fr"' in files["index.html"]
    assert '<html lang="en"' in files["en/index.html"]
    assert "depuis 1981" in files["index.html"]
    assert "since 1981" in files["en/index.html"]


def test_the_pages_hold_no_script_and_ask_nobody_for_anything(files):
    for text in pages(files).values():
        tree = lxml_html.document_fromstring(text)
        assert tree.xpath("//script | //iframe | //img | //object | //form | //style") == []
        assert tree.xpath("//@onclick | //@style") == []
        for link in tree.xpath("//link[@rel='stylesheet']"):
            assert re.fullmatch(r"(\./|\.\./)style\.css", link.get("href"))
        for link in tree.xpath("//a"):
            assert not link.get("href").startswith("javascript:")
    assert "url(" not in files["style.css"]
    assert "@import" not in files["style.css"]


def test_all_of_it_is_small(files):
    sizes = [len(gzip.compress(text.encode())) for text in files.values()]
    assert sum(sizes) < 60_000


def test_what_was_typed_is_shown_and_never_run(files):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in files["index.html"]
    assert "Seconde « ligne » &amp; fin." in files["index.html"]


def test_every_link_inside_leads_somewhere(files):
    for name, text in pages(files).items():
        tree = lxml_html.document_fromstring(text)
        ids = set(tree.xpath("//@id"))
        assert len(ids) == len(tree.xpath("//@id")), "an id stands twice"
        for href in tree.xpath("//a/@href | //link/@href"):
            if href.startswith("#"):
                assert href[1:] in ids, href
            elif not href.startswith("http"):
                folder = name.rpartition("/")[0]
                parts = [part for part in f"{folder}/{href}".split("/") if part not in ("", ".")]
                while ".." in parts:
                    at = parts.index("..")
                    del parts[at - 1 : at + 1]
                target = "/".join(parts)
                assert target in files or f"{target}/index.html".lstrip("/") in files, href


def test_headings_go_down_step_by_step_and_each_part_has_one(files):
    tree = lxml_html.document_fromstring(files["index.html"])
    levels = [int(each.tag[1]) for each in tree.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for part in tree.xpath("//section | //article"):
        assert tree.get_element_by_id(part.get("aria-labelledby")).text_content().strip()


def test_the_pages_speak_the_vocabulary_of_schema_org(files):
    tree = lxml_html.document_fromstring(files["index.html"])
    types = {each.rpartition("/")[2] for each in tree.xpath("//@itemtype")}
    assert types == {"WebPage", "Organization", "Project"}
    for article in tree.xpath("//article"):
        assert article.xpath(".//*[@itemprop='name']")


def test_the_feeds_can_be_read_and_say_what_the_page_says(files):
    channel = ET.fromstring(files["feed.xml"]).find("channel")  # noqa: S314 - our own file
    titles = {item.findtext("title") for item in channel.findall("item")}
    feed = json.loads(files["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert titles == {item["title"] for item in feed["items"]}
    assert "Welcome" in titles
    anchors = set(lxml_html.document_fromstring(files["index.html"]).xpath("//article/@id"))
    assert {item["id"] for item in feed["items"]} == {f"fr:{anchor}" for anchor in anchors}


def test_links_of_the_feeds_are_whole_where_the_address_is_known(app, session, project):
    Base.metadata.info["public_url"] = "https://www.example.org/reseaux"
    try:
        edition, _is_new = publication.publish(draft())
    finally:
        Base.metadata.info["public_url"] = ""
    feed = json.loads(edition.files["en/feed.json"])
    assert feed["home_page_url"] == "https://www.example.org/reseaux/en/"
    assert feed["items"][0]["url"].startswith("https://www.example.org/reseaux/en/#project-")


# Editions


def test_publishing_twice_without_a_change_keeps_one_edition(session, project):
    first, is_new = publication.publish(draft())
    again, is_new_again = publication.publish(draft())
    assert (is_new, is_new_again) == (True, False)
    assert again.id == first.id


def test_a_feed_tells_what_changed_and_leaves_the_rest(session, project):
    other = public(ProjectFactory(name="Other", starts=PartialDate(2026)))
    with time_machine.travel("2026-11-26T08:00:00Z", tick=False):
        publication.publish(draft())
    again(session, other).ends = PartialDate(2028)
    session.flush()
    with time_machine.travel("2026-11-27T08:00:00Z", tick=False):
        edition, _is_new = publication.publish(draft())
    items = {item["title"]: item for item in json.loads(edition.files["feed.json"])["items"]}
    assert items["Welcome"]["date_modified"] == "2026-11-26T08:00:00+00:00"
    assert items["Other"]["date_modified"] == "2026-11-27T08:00:00+00:00"
    assert items["Other"]["date_published"] == "2026-11-26T08:00:00+00:00"


def rows(page, panel):
    return [
        " ".join(each.text_content().split())
        for each in page.select(f"//*[@id='{panel}']//tbody/tr")
    ]


def test_a_manager_sees_what_differs_from_what_was_published_last(browser, session, project):
    browser.sign_in("manager")
    browser.post("publishing.publish")
    again(session, project).ends = PartialDate(2030)
    session.flush()
    page = browser.get("publishing.index")
    assert "2 lines differ from what was published last." in page.text
    changed = [row for row in rows(page, "changes") if "French" in row]
    assert len(changed) == 1
    assert "2025–2027" in changed[0]
    assert "2025–2030" in changed[0]


def test_two_editions_are_compared_and_downloaded_as_they_were(browser, session, project):
    browser.sign_in("manager")
    first = browser.post("publishing.publish")
    assert "This is the first edition." in first.text
    again(session, project).starts = PartialDate(2024)
    session.flush()
    second = browser.post("publishing.publish")
    assert second.title.startswith("Edition of")
    assert "2 lines differ" in second.text
    before = session.scalars(select(Edition).order_by(Edition.published_at)).first()
    files = dict(before.files)
    answer = browser.get("publishing.download", edition_id=before.id)
    with ZipFile(BytesIO(answer.response.data)) as archive:
        assert set(archive.namelist()) == set(files)
        assert archive.read("index.html").decode() == files["index.html"]
        assert "2025–2027" in archive.read("index.html").decode()


def test_what_was_published_stays_when_a_record_becomes_confidential(browser, session, project):
    browser.sign_in("manager")
    browser.post("publishing.publish")
    again(session, project).visibility = Visibility.MANAGERS
    session.flush()
    page = browser.get("publishing.index")
    assert any("Gone" in row and "Welcome" in row for row in rows(page, "changes"))
    kept = session.scalars(select(Edition)).one()
    assert "Welcome" in kept.files["index.html"]


# The pages of managers


def test_the_list_of_facts_without_a_source_leads_to_where_one_is_added(browser, session, us):
    project = public(ProjectFactory(name="Welcome", starts=PartialDate(2025)), source=None)
    page = browser.sign_in("manager").get("publishing.index")
    assert "1 fact without a source" in page.text
    assert not page.select("//form[contains(@action, '/publish')]")
    links = [link.get("href") for link in page.select("//*[@id='unsourced']//a")]
    assert browser.address("projects.add_part", place=str(project.id), part_name="sources") in links
    refused = browser.post("publishing.publish")
    assert "Some facts have no source: add one to each, or take them out" in refused.html


def test_words_are_written_on_a_page_of_their_own(browser, session, project):
    project.aim = "To welcome people"
    session.flush()
    browser.sign_in("manager")
    page = browser.get("publishing.words", record_id=project.id)
    data = form(page)
    key = next(name for name in data if name.startswith("fr-") and not data[name])
    page = browser.post(
        "publishing.words",
        record_id=project.id,
        data={**data, key: "Accueillir", key.replace("fr-", "en-"): "To welcome"},
    )
    assert "Texts saved" in page.html
    assert form(browser.get("publishing.words", record_id=project.id))[key] == "Accueillir"
    row = session.scalars(
        select(PublicWording).where(PublicWording.original == "To welcome people")
    ).one()
    assert (row.text_fr, row.text_en) == ("Accueillir", "To welcome")


def test_a_record_is_put_on_the_page_once_and_taken_off_again(browser, session, us):
    project = ProjectFactory(name="Welcome")
    browser.sign_in("manager")
    page = browser.get("projects.detail", place=place(project))
    assert "Put on the public page" in page.links()
    data = {"position": "5", "text_fr": "Bonjour", "text_en": "Hello"}
    browser.post("projects.add_part", place=place(project), part_name="public", data=data)
    row = session.scalars(select(Presentation)).one()
    assert (row.position, row.text_fr) == (5, "Bonjour")
    page = browser.get("projects.detail", place=place(project))
    assert "Put on the public page" not in page.links()
    page = browser.post("projects.add_part", place=place(project), part_name="public", data=data)
    assert "It stands on the public page already: change what is there" in page.errors()
    browser.post("projects.remove_part", place=place(project), part_name="public", part_id=row.id)
    assert session.scalars(select(Presentation)).all() == []


def test_a_confidential_record_is_refused_on_the_page(browser, session, us):
    project = ProjectFactory(name="Secret", visibility=Visibility.MANAGERS)
    page = browser.sign_in("manager").post(
        "projects.add_part", place=place(project), part_name="public", data={"position": "5"}
    )
    assert "A confidential record cannot stand on the public page" in page.errors()


@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_only_managers_decide_what_strangers_read(browser, session, project, role):
    browser.sign_in(role)
    for endpoint, values in (
        ("publishing.index", {}),
        ("publishing.preview", {"language": "fr"}),
        ("publishing.style", {}),
        ("publishing.words", {"record_id": project.id}),
    ):
        assert browser.get(endpoint, **values).status == 403
    assert browser.post("publishing.publish").status == 403
    data = {"position": "5"}
    page = browser.post("projects.add_part", place=place(project), part_name="public", data=data)
    assert page.status == 403
    assert "Put on the public page" not in browser.get("projects.index").html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_preview_is_the_page_that_would_be_published(browser, session, project, language):
    browser.sign_in("manager")
    page = browser.get("publishing.preview", language=language)
    assert page.status == 200
    edition, _is_new = publication.publish(draft())
    name = "index.html" if language == "fr" else "en/index.html"
    published = lxml_html.document_fromstring(edition.files[name])
    mains = [each.xpath("//main")[0].text_content() for each in (page.tree, published)]
    assert mains[0] == mains[1]
    assert browser.get("publishing.style").response.mimetype == "text/css"


def test_facts_with_several_sources_stay_with_the_team(session, project):
    facts.add_value(
        record_id=project.id, kind=FactKind.SIZE, value="15 States", source="Somebody else"
    )
    assert "15 States" not in everything(draft())


@pytest.mark.parametrize("path", ["editions/999999", "editions/999999/site.zip", "words/999999"])
def test_what_is_not_there_is_not_found(browser, session, path):
    assert browser.sign_in("manager").get(f"/publishing/{path}").status == 404


def test_comparing_with_rubbish_compares_with_the_edition_before(browser, session, project):
    browser.sign_in("manager").post("publishing.publish")
    edition = session.scalars(select(Edition)).one()
    for asked in ("x", "-1", "9" * 30, "1 OR 1"):
        page = browser.get(f"/publishing/editions/{edition.id}?with={asked}")
        assert page.status == 200


def test_what_a_form_did_not_ask_for_is_left_as_it_is(browser, session, project):
    project.aim = "To welcome people"
    session.flush()
    browser.sign_in("manager")
    data = form(browser.get("publishing.words", record_id=project.id))
    project = again(session, project)
    project.project_kind = "research"
    services.set_words(project, "research", text_fr="Recherche", text_en="Research")
    session.flush()
    browser.post("publishing.words", record_id=project.id, data=data)
    row = session.scalars(select(PublicWording).where(PublicWording.original == "research")).one()
    assert row.text_fr == "Recherche"


def test_texts_that_somebody_else_changed_meanwhile_are_not_overwritten(browser, session, project):
    project.aim = "To welcome people"
    services.set_words(project, "To welcome people", text_fr="Accueillir", text_en="To welcome")
    browser.sign_in("manager")
    data = form(browser.get("publishing.words", record_id=project.id))
    key = next(name for name, text in data.items() if text == "Accueillir")
    services.set_words(
        again(session, project), "To welcome people", text_fr="Recevoir", text_en="To receive"
    )
    page = browser.post("publishing.words", record_id=project.id, data={**data, key: "Loger"})
    assert "Somebody else has changed some of these texts meanwhile" in page.html
    assert form(browser.get("publishing.words", record_id=project.id))[key] == "Recevoir"
    # What was typed is still there, beside what is stored, and may be saved knowingly.
    assert form(page)[key] == "Loger"
    assert "Recevoir" in page.text
    browser.post("publishing.words", record_id=project.id, data=form(page))
    assert form(browser.get("publishing.words", record_id=project.id))[key] == "Loger"


def test_a_text_that_is_too_long_is_refused_and_stays_in_its_box(browser, session, project):
    browser.sign_in("manager")
    data = form(browser.get("publishing.words", record_id=project.id))
    key = next(name for name in data if name.startswith("fr-"))
    page = browser.post("publishing.words", record_id=project.id, data={**data, key: "x" * 4_001})
    assert "A text is longer than 4000 characters: shorten it" in page.html
    assert form(page)[key] == "x" * 4_001


def test_a_record_without_free_texts_says_that_there_is_nothing_to_write(browser, session, us):
    project = public(ProjectFactory(name="Bare"), source=None)
    page = browser.sign_in("manager").get("publishing.words", record_id=project.id)
    assert "there is nothing to write" in page.text


@pytest.mark.parametrize("what", ["output", "milestone", "size", "group"])
def test_with_a_text_that_is_left_out_goes_all_that_is_said_with_it(session, us, what):
    if what == "group":
        record = public(MeetingFactory(name="Met", starts=PartialDate(2026)))
        AttendanceFactory(
            meeting_id=record.id,
            organisation_id=None,
            category="Inside words",
            headcount=77_777,
            status=AttendanceStatus.ATTENDED,
        )
    else:
        record = public(ProjectFactory(name="Welcome"))
    if what == "output":
        OutputFactory(
            record_id=record.id,
            title="Inside words",
            reference_year="77777",
            url="https://example.org/77777",
        )
    if what == "size":
        SizeFactFactory(project_id=record.id, what="Inside words", number=77_777)
    if what == "milestone":
        session.add(Milestone(record_id=record.id, label="Inside words", dated=PartialDate(2777)))
    session.flush()
    services.set_words(record, "Inside words", text_fr=None, text_en=None, is_left_out=True)
    text = everything(draft())
    assert record.title in text
    for word in ("Inside words", "77777", "77,777", "77\u202f777", "2777"):
        assert word not in text


@pytest.mark.parametrize(
    "values",
    [
        {"applied_on": PartialDate(2026)},
        {
            "override": MembershipStatus.EXCLUDED,
            "override_reason": "Excluded",
            "override_since": date(2026, 1, 1),
            "override_until": date(2027, 1, 1),
        },
    ],
)
def test_we_are_no_member_where_we_only_asked_or_were_excluded(session, us, values):
    network = public(NetworkFactory(name="Net"))
    MembershipFactory(member_id=us.id, network_id=network.id, **values)
    assert "Notre place" not in said(entries(draft())["Net"])


def test_what_has_ended_is_not_told_as_if_it_went_on(session, us):
    network = public(NetworkFactory(name="Net"))
    old = OrganisationFactory(name="Old host")
    RelationFactory(
        organisation_id=old.id,
        other_id=network.id,
        kind=RelationKind.HOSTS,
        until=PartialDate(2011),
    )
    group = WorkingGroupFactory(network_id=network.id, name="Old group")
    MandateFactory(
        network_id=network.id,
        working_group_id=group.id,
        organisation_id=us.id,
        until=PartialDate(2012),
    )
    text = everything(draft())
    assert "Old host" not in text
    assert "Old group" not in text


def test_a_meeting_is_named_only_where_it_is_public_itself(session, us):
    meeting = MeetingFactory(name="Crisis meeting")
    public(DeclarationFactory(name="Appeal", origin_meeting_id=meeting.id))
    assert "Crisis meeting" not in everything(draft())
    public(again(session, meeting))
    assert "Crisis meeting" in said(entries(draft())["Appeal"])["Issu de"]


def test_a_source_goes_out_in_words_of_its_own_or_not_at_all(session, us):
    project = ProjectFactory(
        name="Welcome",
        starts=PartialDate(2025),
        status_as_of=PartialDate(2026),
        status_source="Mail of Awa Secret",
    )
    public(project)
    services.set_words(project, "Mail of Awa Secret", text_fr=None, text_en=None, is_left_out=True)
    made = draft()
    assert (made.unsourced, made.unworded) == ([], [])
    assert "Awa Secret" not in everything(made)
    assert entries(made)["Welcome"].sources == ["Rapport annuel"]


def test_the_organisations_that_are_named_are_listed_for_the_manager(browser, session, project):
    InvolvementFactory(
        project_id=project.id, organisation_id=OrganisationFactory(name="Partner").id
    )
    page = browser.sign_in("manager").get("publishing.index")
    assert any("Partner" in row for row in rows(page, "named"))


def test_what_is_marked_and_stands_nowhere_is_listed(browser, session, project):
    public(again(session, project) and OrganisationFactory(name="No network"))
    page = browser.sign_in("manager").get("publishing.index")
    assert rows(page, "unplaced") == ["No network"]


def test_an_edition_of_another_version_can_still_be_read():
    old = {"fr": {"language": "fr", "title": "Ancienne", "sections": [
        {"key": "meetings", "title": "Nos rencontres", "later": 1, "entries": [
            {"record_id": 1, "kind": "meeting", "title": "Rencontre", "facts": [
                {"key": "dates", "label": "Dates", "lines": [{"text": "2020"}]}]}]}]}}  # fmt: skip
    page = content.read(old)["fr"]
    (entry,) = page.sections[0].entries
    assert (entry.title, entry.also, entry.facts[0].lines[0].text) == ("Rencontre", (), "2020")
    assert differences.between({"fr": page}, {"fr": page}) == []


def test_another_order_and_another_source_are_differences(session, us):
    first = public(ProjectFactory(name="First", starts=PartialDate(2025)), position=1)
    public(ProjectFactory(name="Second", starts=PartialDate(2025)), position=2)
    before = draft().pages
    row = session.scalars(select(Presentation).where(Presentation.record_id == first.id)).one()
    row.position = 3
    session.flush()
    found = differences.between(before, draft().pages)
    assert [(each.label, each.language) for each in found] == [("Ordre", "fr"), ("Ordre", "en")]
    before = draft().pages
    services.set_words(
        again(session, first), "Our annual report", text_fr="Bilan", text_en="Review"
    )
    found = differences.between(before, draft().pages)
    assert {each.label for each in found} == {"Sources"}


def test_a_page_that_has_grown_too_long_is_refused(session, us):
    chance = random.Random(7)  # noqa: S311 - text that cannot be compressed, no secret
    text = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _each in range(45_000))
    public(ProjectFactory(name="Long"), text_fr=text, text_en=text)
    with pytest.raises(CannotPublish, match="trop longue"):
        publication.publish(draft())


def test_two_who_write_at_once_leave_whole_files(tmp_path):
    def write(text):
        publication.write(dict.fromkeys(("index.html", "en/index.html"), text * 20_000), tmp_path)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcdabcd"))
    for name in ("index.html", "en/index.html"):
        assert len(set((tmp_path / name).read_text("utf-8"))) == 1
    assert len([each for each in tmp_path.rglob("*") if each.is_file()]) == 2


def test_a_long_page_asks_no_more_for_a_second_mention_of_a_partner(session, us, count_statements):
    def ask():
        count_statements.clear()
        draft()
        return len([each for each in count_statements if each.startswith("SELECT")])

    first, partner = (OrganisationFactory(name=name) for name in ("First", "Partner"))
    projects = [public(ProjectFactory(name=f"Project {number}")) for number in range(3)]
    for project in projects:
        InvolvementFactory(project_id=project.id, organisation_id=first.id)
    InvolvementFactory(project_id=projects[0].id, organisation_id=partner.id)
    few = ask()
    for project in projects[1:]:
        InvolvementFactory(project_id=project.id, organisation_id=partner.id)
    assert ask() <= few
