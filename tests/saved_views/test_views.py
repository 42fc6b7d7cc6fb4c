"""Lists kept under a name: one's own, the team's, changed, and the source of something else."""

from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from crm.accounts.models import Role
from crm.feeds.models import PrivateAddress
from crm.records.models import Visibility
from crm.saved_views.models import SavedView
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.saved_views import SavedViewFactory

ATOM = "{http://www.w3.org/2005/Atom}"


def view(owner, name="Italians", address="country=IT", kind="organisation", **values):
    return SavedViewFactory(owner_id=owner.id, name=name, address=address, kind=kind, **values)


def names(page):
    return [link.text_content().strip() for link in page.select("//table//tbody//td//a")]


def state(page):
    """Return the line that says which view is shown, and what can be done with it."""
    found = page.select("//div[@class='view-state']")
    words = [part for each in found for part in each.itertext()]
    return " ".join(" ".join(words).split())


def offered(page):
    """Return the names of the views that a list offers."""
    return [
        " ".join(each.text_content().split()) for each in page.select("//ul[@class='view-list']//a")
    ]


@pytest.fixture
def lists(session):
    OrganisationFactory(name="Alpha", country="IT")
    OrganisationFactory(name="Beta", country="FR")
    OrganisationFactory(name="Gamma", country="IT", organisation_kind="foundation")


def test_a_list_is_kept_under_a_name_and_opened_again(browser, session, lists):
    browser.sign_in("viewer")
    page = browser.get("/organisations/?country=IT&sort=-title&cols=title,country")
    page = browser.get(page.links()["Save this list as a view"])
    assert "Organisations – Country: Italy" in page.text
    page = browser.post(page.select("//main//form/@action")[0], {"name": "Italians"})
    assert "View “Italians” saved" in page.text
    assert names(page) == ["Gamma", "Alpha"]
    assert state(page) == "View Italians"
    page = browser.get("/organisations/")
    assert offered(page) == ["Italians"]
    page = browser.get(page.links()["Italians"])
    assert names(page) == ["Gamma", "Alpha"]
    assert not page.select("//input[@name='is_shared']")


def test_a_view_that_was_changed_can_be_saved_saved_as_another_or_gone_back_to(
    browser, session, lists
):
    browser.sign_in("contributor")
    kept = view(browser.user)
    page = browser.get(f"/organisations/?country=IT&kind=foundation&view={kept.id}")
    assert names(page) == ["Gamma"]
    assert state(page) == "View Italians View changed Save the changes Save as… Back to the view"
    assert names(browser.get(page.links()["Back to the view"])) == ["Alpha", "Gamma"]
    page_as = browser.get(page.links()["Save as…"])
    browser.post(page_as.select("//main//form/@action")[0], {"name": "Italian foundations"})
    assert session.get(SavedView, kept.id).address == "country=IT"
    [save] = page.select("//div[@class='view-state']//form/@action")
    page = browser.post(save)
    assert state(page) == "View Italians"
    assert session.get(SavedView, kept.id).address == "country=IT&kind=foundation"
    assert session.scalars(select(SavedView.name).order_by(SavedView.name)).all() == [
        "Italian foundations",
        "Italians",
    ]


def test_taking_the_last_filter_away_changes_the_view_and_does_not_bring_it_back(
    browser, session, lists
):
    browser.sign_in("contributor")
    kept = view(browser.user)
    page = browser.get(f"/views/{kept.id}")
    page = browser.get(page.select("//a[@class='removable']/@href")[0])
    assert names(page) == ["Alpha", "Beta", "Gamma"]
    assert "View changed" in state(page)


def test_pages_and_orders_of_filters_do_not_change_a_view(browser, session):
    for number in range(60):
        OrganisationFactory(name=f"Refuge {number:02}", country="IT")
    browser.sign_in("contributor")
    kept = view(browser.user, address="kind=ngo&country=IT")
    page = browser.get(f"/organisations/?country=IT&kind=ngo&view={kept.id}")
    page = browser.get(page.select("//a[@rel='next']/@href")[0])
    assert state(page) == "View Italians"


def test_managers_share_views_and_others_use_them_without_changing_them(browser, session, lists):
    owner = UserFactory(role=Role.MANAGER, name="Claire")
    private, shared = view(owner, "Mine"), view(owner, "Ours", is_shared=True)
    browser.sign_in("contributor")
    page = browser.get("/organisations/")
    assert offered(page) == ["Ours"]
    assert browser.get(f"/views/{private.id}").status == 404
    page = browser.get(f"/organisations/?country=FR&view={shared.id}")
    assert state(page) == "View Ours of the team View changed Save as… Back to the view"
    assert browser.post(f"/views/{shared.id}/save?country=FR").status == 403
    assert browser.get(f"/views/{shared.id}/edit").status == 403
    assert browser.post(f"/views/{shared.id}/remove").status == 403
    assert browser.post(f"/views/{private.id}/remove").status == 404
    assert "The team, from Claire" in browser.get("/views/").text
    page = browser.post("/views/new/organisations?country=FR", {"name": "X", "is_shared": "y"})
    assert session.scalar(select(SavedView.is_shared).where(SavedView.name == "X")) is False
    browser.sign_in("manager")
    browser.post(f"/views/{shared.id}/edit", {"name": "Everybody’s", "is_shared": "y"})
    assert session.get(SavedView, shared.id).name == "Everybody’s"
    browser.post(f"/views/{shared.id}/remove")
    assert session.get(SavedView, shared.id) is None


def test_a_name_is_used_once_and_cannot_be_empty(browser, session, lists):
    browser.sign_in("viewer")
    view(browser.user)
    page = browser.post("/views/new/organisations?country=FR", {"name": " ITALIANS "})
    assert page.error_at("name").startswith("There is a view of this list with this name")
    page = browser.post("/views/new/organisations?country=FR", {"name": "…"})
    assert page.error_at("name") == "Enter a name of letters or digits"
    page = browser.post("/views/new/people?country=FR", {"name": "Italians"})
    assert "View “Italians” saved" in page.text
    page = browser.post("/views/new/organisations?country=FR", {"name": "x" * 200})
    assert "120 characters or fewer" in page.error_at("name")
    assert browser.get("/views/new/nothing").status == 404


def test_a_filter_that_is_not_there_any_more_is_a_notice_and_can_be_tidied(browser, session, lists):
    browser.sign_in("viewer")
    kept = view(browser.user, address="country=IT&zork=1&network=999999999&country=ZZZ")
    page = browser.get(f"/views/{kept.id}")
    assert "no filter called “zork”" in page.text
    assert "“ZZZ” is no value of “Country”" in page.text
    page = browser.get(f"/organisations/?country=IT&view={kept.id}")
    assert "View changed" in state(page)
    [save] = page.select("//div[@class='view-state']//form/@action")
    assert state(browser.post(save)) == "View Italians"
    page = browser.get("/organisations/?view=999999999")
    assert "This view is not there any more" in page.text
    page = browser.get("/people/?view=" + str(kept.id))
    assert "This view is not there any more" in page.text


HOSTILE = "_external=1&_scheme=x&_anchor=y&_method=z&endpoint=a&path=b&view_id=c&country=FR"


def test_keys_that_mean_something_elsewhere_mean_nothing_here(browser, session, lists):
    browser.sign_in("viewer")
    page = browser.get(f"/views/new/organisations?{HOSTILE}")
    assert page.select("//main//form/@action") == ["/views/new/organisations?country=FR"]
    kept = view(browser.user)
    page = browser.post(f"/views/{kept.id}/save?{HOSTILE}")
    assert names(page) == ["Beta"]


def test_a_view_of_a_list_that_is_gone_is_left_out(browser, session):
    browser.sign_in("viewer")
    kept = view(browser.user, kind="zeppelin")
    assert browser.get(f"/views/{kept.id}").status == 404
    assert "Italians" not in browser.get("/views/").text


def test_a_shared_view_shows_each_what_they_may_see_and_names_nothing_else(browser, session):
    hidden = OrganisationFactory(name="Hidden network", visibility=Visibility.MANAGERS)
    manager = UserFactory(role=Role.MANAGER)
    shared = view(manager, "Ours", f"network={hidden.id}", is_shared=True)
    OrganisationFactory(name="Secret", country="FR", visibility=Visibility.MANAGERS)
    french = view(manager, "French", "country=FR", is_shared=True)
    browser.sign_in("contributor")
    assert "Hidden" not in browser.get(f"/views/{shared.id}").html
    assert "Secret" not in browser.get(f"/views/{french.id}").html
    browser.sign_in("manager")
    assert "Secret" in browser.get(f"/views/{french.id}").html


# A view as a source


def test_a_pack_tells_of_the_organisations_of_a_view(browser, session, lists):
    browser.sign_in("contributor")
    kept = view(browser.user)
    meeting = MeetingFactory(name="Plenary")
    AttendanceFactory(
        meeting_id=meeting.id, person_id=None, organisation_id=OrganisationFactory(name="Omega").id
    )
    address = f"/meetings/{meeting.id}-{meeting.slug}/pack"
    data = {"parts": ["organisations"]}
    usual = made(browser, address, data)
    of_view = made(browser, address, {**data, "view": str(kept.id)})
    assert [words_of(usual), words_of(of_view)] == [{"Omega"}, {"Alpha", "Gamma"}]


def made(browser, address, data):
    """Make a pack and get its file."""
    pack = browser.post(address, data, follow=False).location
    return browser.get(f"{pack}/file?format=docx")


def words_of(page):
    """Return which of our organisations a document names."""
    with ZipFile(BytesIO(page.response.get_data())) as book:
        text = " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return {name for name in ("Alpha", "Beta", "Gamma", "Omega") if name in text}


def test_the_cards_of_a_view_of_people_leave_as_a_file(browser, session):
    PersonFactory(name="Ada Lune", country="IT")
    PersonFactory(name="Ben Soleil", country="FR")
    browser.sign_in("manager")
    kept = view(browser.user, kind="person")
    page = browser.get(f"/views/{kept.id}")
    cards = browser.post(
        page.links()["Make a file"],
        {"audience": "internal", "columns": ["title"], "file_format": "vcard"},
    ).html
    assert ["Ada Lune" in cards, "Ben Soleil" in cards] == [True, False]


def test_a_view_that_asks_for_something_gone_means_nobody_not_everybody(browser, session, lists):
    PersonFactory(name="Ada Lune", country="IT")
    browser.sign_in("contributor")
    kept = view(browser.user, address="zork=1")
    meeting = MeetingFactory(name="Plenary")
    page = browser.post(
        f"/meetings/{meeting.id}-{meeting.slug}/pack",
        {"parts": ["organisations"], "view": str(kept.id)},
    )
    assert "no filter called “zork”" in page.error_at("view")
    assert Browser(browser.app).get(feed_of(browser, kept)).status == 404
    browser.sign_in("manager")
    page = browser.post("/exports/new/people?contry=IT", {"file_format": "vcard"})
    assert "no filter called “contry”" in page.text
    assert "Ada Lune" not in page.response.get_data(as_text=True).partition("BEGIN:VCARD")[2]


def feed_of(browser, kept):
    page = browser.post(f"/views/{kept.id}/feed/new")
    [address] = page.select("//input[@id='private-address']/@value")
    return address.removeprefix("http://localhost")


def entries(page):
    return [
        each.findtext(f"{ATOM}title")
        for each in ET.fromstring(page.response.get_data()).iter(f"{ATOM}entry")  # noqa: S314
    ]


def test_a_view_is_read_as_a_feed_at_a_private_address(browser, session, lists):
    browser.sign_in("manager")
    OrganisationFactory(name="Secret", country="IT", visibility=Visibility.MANAGERS)
    kept = view(browser.user)
    address = feed_of(browser, kept)
    reader = Browser(browser.app)
    page = reader.get(address)
    assert page.response.mimetype == "application/atom+xml"
    assert sorted(entries(page)) == ["Alpha", "Gamma"]
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.response.headers
    token = address.split("/")[-1].removesuffix(".atom")
    assert session.scalar(select(PrivateAddress.last_read_at)) is not None
    assert token not in str(session.execute(select(PrivateAddress.__table__)).all())
    assert reader.get(f"/calendar/{token}.ics").status == 404


def test_a_feed_ends_with_its_view_its_sharing_and_its_reader(browser, session, lists):
    owner = UserFactory(role=Role.MANAGER)
    shared = view(owner, is_shared=True)
    browser.sign_in("viewer")
    address = feed_of(browser, shared)
    reader = Browser(browser.app)
    assert reader.get(address).status == 200
    session.get(SavedView, shared.id).is_shared = False
    page = reader.get(address)
    assert (page.status, page.html) == (404, "There is no such feed\n")
    session.get(SavedView, shared.id).is_shared = True
    assert reader.get(address).status == 200
    Browser(browser.app).sign_in(owner).post(f"/views/{shared.id}/remove")
    assert reader.get(address).status == 404
    assert session.scalar(select(PrivateAddress)) is None


def test_a_feed_is_withdrawn(browser, session, lists):
    browser.sign_in("viewer")
    kept = view(browser.user)
    address = feed_of(browser, kept)
    page = browser.post(f"/views/{kept.id}/feed/withdraw")
    assert "The address is withdrawn" in page.html
    assert Browser(browser.app).get(address).status == 404
