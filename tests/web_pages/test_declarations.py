"""A declaration from the opening to the hand-in, in a browser, counted action by action.

The mails go to a real receiver; forty-three of sixty sign by the links they were sent, the first of
them in the browser, without JavaScript.
"""

import os
import re
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from flask_babel import force_locale
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from crm.accounts.models import Role
from crm.accounts.services import open_session
from crm.core import queue
from crm.core.clock import now
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.declarations.models import Declaration, Signature, SignatureStatus, Submission
from crm.invitations.models import InvitationMail
from crm.networks.models import Membership
from crm.organisations.models import Organisation
from crm.records.kinds import registry
from tests.factories.accounts import UserFactory
from tests.factories.declarations import DeclarationFactory, DeclarationTextFactory
from tests.factories.organisations import OrganisationFactory
from tests.invitations.world import deadline, network_with
from tests.signing.test_views import FORM
from tests.web.apps import committed, own_app
from tests.web.test_mail import Receiver, free_port
from tests.web_pages.meter import Meter
from tests.web_pages.test_browser import look, overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INSTITUTIONS = ("Ministère de l’Intérieur", "Commission européenne", "Parlement européen")
PICTURES = os.environ.get("PASSERELLE_PICTURES")
"""A folder for screenshots, for whoever wants to look."""


@dataclass
class Office:
    """An application with its server, and the mails that leave it."""

    app: object
    url: str
    mails: Receiver
    cookies: dict[str, str]
    places: dict[str, str]

    def work(self):
        """Do the jobs that wait, as the worker does."""
        with committed(self.app):
            queue.run_due(limit=500)

    def links(self):
        """Return the paths of the links of all mails, by address; the newest last."""
        found = {}
        for envelope, message in zip(self.mails.envelopes, self.mails.messages, strict=True):
            text = message.get_content().replace("\r\n", "\n")
            found[envelope.rcpt_tos[0]] = re.search(r"https?://[^/]+(/s/\S+)", text)[1]
        return found


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Serve an office that is about to open a declaration, one for each language."""
    mails, port = Receiver(), free_port()
    controller = Controller(mails, hostname="127.0.0.1", port=free_port())
    controller.start()
    environment = {
        "SMTP_URL": f"smtp://127.0.0.1:{controller.port}",
        "PASSERELLE_BASE_URL": f"http://127.0.0.1:{port}",
        "MAIL_FROM": "international@example.org",
    }
    with own_app(tmp_path_factory.mktemp("office"), protected=True, **environment) as app:
        with committed(app):
            places, cookies = world(app)
        web = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        yield Office(app, f"http://127.0.0.1:{port}", mails, cookies, places)
        web.shutdown()
        thread.join()
        web.server_close()
    controller.stop()


def world(app):
    """Make sixty members of a network, three institutions, a declaration in each language."""
    OrganisationFactory(name="France terre d’exemple", is_us=True)
    network_with(60, name="ECRE")
    network_with(1, name="Réseau des essais", country="FR")
    for name in INSTITUTIONS:
        OrganisationFactory(name=name)
    places, cookies = {}, {}
    for locale, name in (("fr", "Déclaration de Rome"), ("en", "Declaration of Rome")):
        declaration = DeclarationFactory(name=name)
        for language in ("fr", "en"):
            DeclarationTextFactory(
                declaration_id=declaration.id, language=language, text=TEXTS[language]
            )
        deadline(declaration, day="2099-11-30", hour="13:00", zone="Europe/Paris")
        user = UserFactory(name="Claire Exemple", role=Role.MANAGER, locale=locale)
        db.session.flush()
        token = open_session(user, browser="Chromium")
        serializer = app.session_interface.get_signing_serializer(app)
        cookies[locale] = serializer.dumps({"_user_id": token, "_fresh": True})
        with app.test_request_context():
            places[locale] = registry.kind_of(declaration).url(declaration)
    return places, cookies


TEXTS = {
    "fr": "Nul ne doit être renvoyé vers un danger.\n\nNous demandons des voies sûres.",
    "en": "Nobody is to be sent back to danger.\n\nWe ask for safe ways.",
}


@pytest.fixture
def window(chromium, office):
    """Return a function that opens a window on the office."""
    contexts, faults = [], []

    def opened(locale=None, width=1366, **options):
        context = chromium.new_context(
            base_url=office.url,
            locale="fr-FR" if locale == "fr" else "en-GB",
            reduced_motion="reduce",
            viewport={"width": width, "height": 768},
            **options,
        )
        contexts.append(context)
        if locale:
            cookie = {"name": "session", "value": office.cookies[locale], "url": office.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def picture(page, name):
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


class Person(Meter):
    """Somebody of the office, who reads the words of their language."""

    def __init__(self, page, app, locale):
        """Read in a language."""
        super().__init__(page)
        self.app, self.locale, self.total = app, locale, 0

    def words(self, message, **values):
        with self.app.test_request_context(), force_locale(self.locale):
            return _(message, **values)

    def button_counting(self, singular, plural, count):
        with self.app.test_request_context(), force_locale(self.locale):
            name = _n(singular, plural, count)
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=True))

    def link(self, message, **values):
        name = self.words(message, **values)
        self.click(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def button(self, message, **values):
        name = self.words(message, **values)
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=True).first)

    def paste(self, message, text):
        """Click into a field and paste: two actions."""
        field = self.page.get_by_role("combobox", name=self.words(message), exact=True)
        self.click(field)
        self.page.keyboard.insert_text(text)
        self.keys += 1

    @property
    def actions(self):
        return self.keys + self.clicks


def sign_in_the_browser(window, path, locale):
    page = window(java_script_enabled=False)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{path}?language={locale}")
    picture(page, f"sign-{locale}")
    assert page.context.cookies() == []
    assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}, (
        "nothing from elsewhere"
    )
    page.locator("#signer_name").fill("Ada Example")
    page.locator("#capacity").fill("Présidente")
    page.locator("#may_publish").check()
    page.locator("#agreed").check()
    page.locator("form button").click()
    thanks = {"fr": "Merci", "en": "Thank you"}[locale]
    expect(page.get_by_role("heading", level=1)).to_contain_text(thanks)
    picture(page, f"signed-{locale}")
    assert page.context.cookies() == []


def sign_by_request(office, path):
    with office.app.test_client() as client:
        html = client.get(path).get_data(as_text=True)
        sha256 = re.search(r'name="text_sha256"[^>]*value="([0-9a-f]{64})"', html)[1]
        answer = client.post(path, data={**FORM, "displayed_name": "", "text_sha256": sha256})
        assert answer.status_code == 200
        name = re.search(r'name="displayed_name"[^>]*value="([^"]*)"', html)[1]
        answer = client.post(path, data={**FORM, "displayed_name": name, "text_sha256": sha256})
        assert b"Set-Cookie" not in bytes(str(answer.headers), "utf-8")


def three_days_later(office):
    """Make as if the invitations had gone out three days ago."""
    with committed(office.app):
        table = InvitationMail.__table__
        query = sa.update(table).values(queued_at=now() - timedelta(days=3))
        db.session.connection().execute(query)


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_declaration_is_opened_signed_closed_and_handed_in_within_34_actions(
    window, office, locale
):
    office.work()  # What other tests have left.
    office.mails.envelopes.clear()
    page = window(locale)
    page.goto(office.places[locale])
    claire = Person(page, office.app, locale)
    open_it(claire)
    invite_sixty(claire, office)
    links = office.links()
    addresses = sorted(links)
    sign_in_the_browser(window, links[addresses[0]], locale)
    for address in addresses[1:30]:
        sign_by_request(office, links[address])
    with office.app.test_client() as client:
        client.post(f"{links[addresses[30]]}/decline", data={"reason": ""})
    office.work()
    remind_the_silent(claire, office)
    links = office.links()
    for address in addresses[31:44]:
        sign_by_request(office, links[address])
    close_it(claire)
    make_the_list(claire)
    page.goto(office.places[locale])
    for name in INSTITUTIONS:
        claire.link("Add a submission")
        claire.paste("Recipient", name)
        claire.button("Save")
    picture(page, f"end-{locale}")
    assert claire.actions <= 34
    hold_what_was_done(office, locale)


def move_to(claire, stage):
    claire.link("Move to another stage")
    claire.page.get_by_label(claire.words("Stage"), exact=True).select_option(stage)
    claire.clicks += 1
    claire.button("Save")


def open_it(claire):
    """Freeze both texts and open the declaration."""
    claire.button("Freeze")
    claire.button("Freeze")
    move_to(claire, "open")
    assert claire.actions <= 6


def invite_sixty(claire, office):
    """Invite the members of a network."""
    before = claire.actions
    claire.link("Invite to sign")
    claire.paste("The members of a network", "ECRE")
    claire.button("Check the list")
    picture(claire.page, f"check-{claire.locale}")
    claire.button("See what they will read")
    picture(claire.page, f"preview-{claire.locale}")
    claire.button_counting("Send %(num)d invitation", "Send %(num)d invitations", 60)
    assert claire.actions - before <= 10
    office.work()
    assert len({each.rcpt_tos[0] for each in office.mails.envelopes}) == 60


def remind_the_silent(claire, office):
    """Remind the twenty-nine who have not answered."""
    three_days_later(office)
    claire.page.reload()
    picture(claire.page, f"declaration-{claire.locale}")
    before = claire.actions
    claire.link("Remind the silent (%(count)d)", count=29)
    picture(claire.page, f"remind-{claire.locale}")
    claire.button_counting("Send %(num)d reminder", "Send %(num)d reminders", 29)
    assert claire.actions - before <= 4
    office.work()


def close_it(claire):
    """Close the declaration, which freezes the list and notes who never answered."""
    claire.page.reload()
    before = claire.actions
    move_to(claire, "closed")
    assert claire.actions - before <= 3


def make_the_list(claire):
    """Read the list, and make its file."""
    before = claire.actions
    claire.link("List of signatories")
    picture(claire.page, f"list-{claire.locale}")
    expect(claire.page.locator("main .count")).to_contain_text("43")
    with claire.page.expect_download() as found:
        claire.button("Make the file")
    assert Path(found.value.path()).read_bytes().startswith(b"%PDF")
    assert claire.actions - before <= 2


def hold_what_was_done(office, locale):
    with committed(office.app):
        name = {"fr": "Déclaration de Rome", "en": "Declaration of Rome"}[locale]
        declaration = db.session.scalars(select(Declaration).where(Declaration.name == name)).one()
        states = db.session.scalars(
            select(Signature.status).where(Signature.declaration_id == declaration.id)
        ).all()
        assert states.count(SignatureStatus.SIGNED) == 43
        assert states.count(SignatureStatus.DECLINED) == 1
        assert states.count(SignatureStatus.NO_ANSWER) == 16
        handed = db.session.scalars(
            select(Submission).where(Submission.declaration_id == declaration.id)
        ).all()
        assert {each.recipient.title for each in handed} == set(INSTITUTIONS)
        assert {each.count_that_day for each in handed} == {43}
        assert all(each.text_id for each in handed)


# Everybody can use these pages


def ids(office):
    with committed(office.app):
        network = db.session.scalars(
            select(Organisation).where(Organisation.name == "Réseau des essais")
        ).one()
        member_id = db.session.scalars(
            select(Membership.member_id).where(Membership.network_id == network.id)
        ).one()
        return network.id, member_id


@pytest.fixture
def open_page(window, office):
    """Return a window on a declaration of its own that is open, and its address."""
    with committed(office.app):
        declaration = DeclarationFactory(name="Declaration to look at")
        for language in ("fr", "en"):
            DeclarationTextFactory(
                declaration_id=declaration.id, language=language, text=TEXTS[language]
            )
        with office.app.test_request_context():
            url = registry.kind_of(declaration).url(declaration)
    page = window("en")
    page.goto(url)
    go_on(page, "Freeze")
    go_on(page, "Freeze")
    page.goto(f"{url}/stage")
    page.get_by_label("Stage").select_option("open")
    go_on(page, "Save")
    return page, url


def test_inviting_and_reminding_can_be_done_by_everybody(open_page, office):
    page, url = open_page
    network_id, member_id = ids(office)
    page.goto(f"{url}/invite")
    look(page)
    wide(page)
    page.goto(f"{url}/invite?network={network_id}")
    page.locator(f"#address-{member_id}").fill("not an address")
    page.get_by_role("button", name="See what they will read").click()
    expect(page.get_by_role("alert")).to_be_focused()
    picture(page, "check-wrong")
    look(page)
    wide(page)
    page.locator(f"#address-{member_id}").fill("ada@example.org")
    go_on(page, "See what they will read")
    look(page)
    picture(page, "preview-narrow")
    wide(page)
    go_on(page, "Send 1 invitation")
    look(page)
    picture(page, "declaration-narrow")
    wide(page)
    page.goto(f"{url}/remind")
    look(page)


def go_on(page, button):
    """Press a button and wait for the page it opens, which is the one to look at next."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


def wide(page):
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_page_to_sign_can_be_used_by_everybody(window, office, open_page):
    page, url = open_page
    network_id, _member_id = ids(office)
    office.work()  # What other tests have left.
    office.mails.envelopes.clear()
    page.goto(f"{url}/invite?network={network_id}")
    go_on(page, "See what they will read")
    go_on(page, "Send 1 invitation")
    office.work()
    [path] = office.links().values()
    stranger = window(java_script_enabled=True, width=1366)
    for address in (path, f"{path}/decline", f"{path}/pass", "/s/none"):
        wide(stranger)
        stranger.goto(address)
        see(stranger)
    picture(stranger, "nowhere")
    stranger.goto(f"{path}?language=en")
    go_on(stranger, "Sign the declaration")
    assert stranger.locator(".error-summary").is_visible()
    see(stranger)
    picture(stranger, "sign-errors-narrow")
    # By keyboard alone, from the first error on.
    stranger.get_by_role("link", name="Enter your name").focus()
    stranger.keyboard.press("Enter")
    assert stranger.evaluate("document.activeElement.id") == "signer_name"
    stranger.keyboard.type("Ada Example")
    stranger.keyboard.press("Tab")
    stranger.keyboard.type("President")
    while stranger.evaluate("document.activeElement.id") != "agreed":
        stranger.keyboard.press("Tab")
    stranger.keyboard.press("Space")
    stranger.keyboard.press("Tab")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Thank you")
    see(stranger)
    office.work()
    withdraw = office.links()[office.mails.envelopes[-1].rcpt_tos[0]]
    stranger.goto(withdraw)
    see(stranger)


def see(page):
    """Hold what is true of the page to sign; axe looks past the rules of an application's frame."""
    for width in (1366, 320):
        page.set_viewport_size({"width": width, "height": 768})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            assert [rule["id"] for rule in found] == [], (page.url, violations(page))
        assert overflow(page) <= 0


def test_who_signed_what_and_lists_can_be_read_by_everybody(window, office):
    page = window("en")
    network_id, _member_id = ids(office)
    page.goto(f"/declarations/gaps?network={network_id}")
    look(page)
    picture(page, "gaps-narrow")
    wide(page)
    page.goto("/declarations/gaps")
    picture(page, "gaps")
    url = office.places["en"]
    page.goto(f"{url}/signatures/paste")
    look(page)
    wide(page)
    page.get_by_label("The list").fill(
        "Name;Country;Category\nNew house;France;NGO\nRefuge 000;Italy;NGO\n"
        "Refuge 0001;Italy;NGO\n;;\nOdd;Frannce;NGO"
    )
    go_on(page, "Compare")
    look(page)
    picture(page, "roll-narrow")
    wide(page)
    page.goto(f"{url}/submissions/new")
    look(page)
