"""Fixtures: Chromium, and a server with a small world that browsers can reach."""

import gc
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from crm.accounts.models import Role, User, UserSession
from crm.accounts.passwords import hash_password
from crm.accounts.services import open_session
from crm.commitments.models import Commitment
from crm.core.clock import now, today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM, acting_as
from crm.drafts.models import Draft
from crm.duties.models import Duty
from crm.example.loader import REGISTER, load
from crm.facts.models import FactKind
from crm.facts.services import add_value
from crm.interactions.models import InteractionKind
from crm.interactions.services import FollowUp, log
from crm.meetings.models import MeetingKind
from crm.organisations.models import PartnershipStatus, Tier
from crm.packs import making
from crm.packs.composition import Composition, titles
from crm.projects.models import Involvement, WorkKind
from crm.publishing import composition, publication
from crm.records.kinds import registry
from crm.records.models import RECORDS, Base, ContactKind, ContactPoint, Identifier, Visibility
from crm.reviews.evidence import gather
from crm.reviews.shipped import CRITERIA
from crm.tasks.models import Task
from tests.conftest import make_app
from tests.factories.accounts import UserFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.packs import KeptPackFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import OutputFactory, WorkFactory
from tests.factories.reviews import ReviewFactory
from tests.meetings import forty
from tests.web_pages.partner import busy_partner

EMAIL = "claire@example.org"
PASSWORD = "four words nobody guesses"
EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("crm.access", "crm.security", "werkzeug")

expect.set_options(timeout=15_000)
"""A busy machine answers late; how fast pages are is measured elsewhere."""


@dataclass(frozen=True)
class Server:
    """A server, the pages of some records on it, and who is signed in."""

    url: str
    places: dict[str, str]
    token: str
    cookies: dict[str, str]
    app: Flask

    def renew_sessions(self) -> None:
        """Let who is signed in have just been there and given the password.

        Sessions wait for minutes; the tests of a slow machine are further apart.
        """
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.update(UserSession).values(seen_at=now(), proved_at=now()))

    def remove_drafts(self) -> None:
        """Let nobody have anything half written."""
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.delete(Draft))

    @property
    def cookie(self) -> str:
        """Return what signs in the colleague who reads English."""
        return self.cookies["en"]


@pytest.fixture(autouse=True)
def unpaused() -> Iterator[None]:
    """Keep the garbage collector away while a browser waits.

    The servers are threads of this process, and the other tests leave more than a gigabyte in it:
    one pass over that stops every thread for seconds, on a busy machine for longer than pages are
    waited for.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a small invented world."""
    app = make_app(tmp_path_factory.mktemp("instance-browser"))
    app.config["WTF_CSRF_ENABLED"] = True
    loggers = [logging.getLogger(name) for name in QUIET]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    with app.app_context(), acting_as(db.session, SYSTEM):
        Base.metadata.create_all(db.engine)
        records, token = _world()
        french = open_session(_reader_of_french(), browser="Chromium")
        db.session.commit()
        with app.test_request_context():
            places = {key: registry.kind_of(record).url(record) for key, record in records.items()}
            named = ("organisation", "ecre", "series", "cifer", "partner")
            ids = {key: str(records[key].id) for key in named}
            duty = db.session.scalars(
                select(Duty).where(Duty.subject_id == records["ecre"].id, Duty.is_unsure)
            ).first()
            ids |= {"duty": str(duty.id), "membership": str(duty.membership_id)}
            ids["commitment"] = str(db.session.scalars(select(Commitment.id)).first())
            ids["user"] = str(db.session.scalars(select(User.id)).first())
            cifer = Involvement.project_id == records["cifer"].id
            ids["involvement"] = str(db.session.scalars(select(Involvement.id).where(cifer)).one())
            edition, _is_new = publication.publish(composition.draft())
            ids["edition"] = str(edition.id)
            ids |= _packs(records["ev-rome-2020"].id)
            ids["review"] = str(_reviewed(records["partner"].id, records["partner"].created_by_id))
            db.session.commit()
        db.session.remove()
    places |= {f"{key}_id": row_id for key, row_id in ids.items()}
    with app.app_context():
        serializer = app.session_interface.get_signing_serializer(app)
        cookies = {
            locale: serializer.dumps({"_user_id": each, "_fresh": True})
            for locale, each in (("en", token), ("fr", french))
        }
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{web.server_port}"
    yield Server(url, token=token, cookies=cookies, places=places, app=app)
    web.shutdown()
    thread.join()
    web.server_close()
    with app.app_context():
        db.engine.dispose()
    for logger, disabled in zip(loggers, before, strict=True):
        logger.disabled = disabled


def _packs(meeting_id):
    """Make two packs of a meeting that differ, and one that is not ready."""
    with force_locale("en"):
        older, newer = (
            making.begin(meeting_id, Composition(parts), author="Claire Martin", language="en")
            for parts in (["practical", "notes"], list(titles()))
        )
    unfinished = KeptPackFactory(meeting_id=meeting_id, made_at=None, done=4, total=19)
    return {
        "pack": str(newer.id),
        "older_pack": str(older.id),
        "unfinished_pack": str(unfinished.id),
    }


def _reviewed(partner_id, user_id):
    """Review a partner, a month ago, and let others wait for it."""
    found = gather(partner_id, today())
    scores = [
        {"criterion_id": 100_000 + place, "fr": words[0], "en": words[1], "score": place}
        for place, words in enumerate(CRITERIA[:3], start=1)
    ]
    for number in range(24):
        OrganisationFactory(
            name=f"To be reviewed {number:02}",
            partnership_status=PartnershipStatus.ACTIVE,
            tier=Tier.C,
            next_review=PartialDate(2026, 1, 1 + number),
        )
    review = ReviewFactory(
        organisation_id=partner_id,
        closed_on=today() - timedelta(days=30),
        closed_by_id=user_id,
        evidence=found,
        ratings=scores,
    )
    return review.id


def _reader_of_french():
    return UserFactory(name="Paul Exemple", role=Role.ADMIN, locale="fr")


def _world():
    user = UserFactory(
        name="Claire Martin",
        email=EMAIL,
        role=Role.ADMIN,
        locale="en",
        password_hash=hash_password(PASSWORD),
    )
    organisation = OrganisationFactory(
        name="Communauté de Sant’Egidio",
        city="Roma",
        country="IT",
        partnership_status=PartnershipStatus.ACTIVE,
        good_to_know="Prefers to be called before a written request.",
        description="Housing.\n\nLegal help.",
        visibility=Visibility.MANAGERS,
    )
    for status in PartnershipStatus:
        OrganisationFactory(
            name=f"Fédération internationale des communes hospitalières d’Europe ({status})",
            partnership_status=status,
        )
    RelationFactory(organisation_id=organisation.id)
    person = registry.kinds["person"].model(name="زينب الحسن")
    db.session.add_all(
        [
            person,
            ContactPoint(
                record_id=organisation.id, kind=ContactKind.EMAIL, value="contact@example.org"
            ),
        ]
    )
    db.session.flush()
    PositionFactory(person_id=person.id, organisation_id=organisation.id)
    load()
    records = {
        "organisation": organisation,
        "person": person,
        "exchange": log(
            participant_ids=[organisation.id, person.id],
            interaction_kind=InteractionKind.CALL,
            note="What to say together before the forum.",
            follow_up=FollowUp("Send the paper", PartialDate.of(today()), user.id),
        ),
    }
    logged = sa.update(RECORDS).where(RECORDS.c.id == records["exchange"].id)
    db.session.connection().execute(logged.values(created_by_id=user.id))
    for key in ("ecre", "ftda", "ev-rome-2020", "decl-rome", "cifer"):
        number = select(Identifier).where(Identifier.scheme == REGISTER, Identifier.value == key)
        records[key] = db.session.scalars(number).one().record
    _work_on(records["cifer"])
    forty.make_known()
    series = MeetingFactory(name="Gatherings", meeting_kind=MeetingKind.SERIES)
    records["series"] = series
    records["partner"] = busy_partner(user)
    for key in ("plenary", "assembly", "council"):
        yesterday = PartialDate.of(today() - timedelta(days=1))
        records[key] = MeetingFactory(name=key.title(), starts=yesterday, series_id=series.id)
    records["task"] = db.session.scalars(select(Task)).first()
    records["talked_with"] = _talked_with()
    return records, open_session(user, browser="Chromium")


def _talked_with():
    """Make an organisation with whose people one talks."""
    house = OrganisationFactory(name="Hafenhaus Beispiel", country="DE")
    for name in ("Greta Muster", "Karl Exempel", "Lena Probe", "Moritz Vorlage"):
        PositionFactory(person_id=PersonFactory(name=name).id, organisation_id=house.id)
    return house


def _work_on(project):
    """Give a project what its own pages show: work, a deliverable, sources that differ."""
    package = WorkFactory(
        project_id=project.id,
        number="WP1",
        title="Studies in five cities",
        starts=PartialDate(2023),
        due=PartialDate(2024),
    )
    WorkFactory(
        project_id=project.id,
        number="MS1",
        title="Mid-term meeting",
        kind=WorkKind.MILESTONE,
        due=PartialDate(2023, 11),
        within_id=package.id,
    )
    OutputFactory(
        record_id=project.id,
        number="D1.1",
        title="Guide for towns",
        due=PartialDate(2024, 6),
        work_id=package.id,
        is_public=False,
    )
    for words in ("City for Everyone", "City for Everybody"):
        add_value(record_id=project.id, kind=FactKind.NAME, value=words, source="example.org")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the Chromium of the system."""
    path = next((found for name in EXECUTABLES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=("en", "fr"))
def language(request: pytest.FixtureRequest) -> str:
    """Return the language of the pages."""
    return request.param


@pytest.fixture
def words(request: pytest.FixtureRequest, language: str) -> dict[str, str]:
    """Return the words of the pages in the language under test, as the test's module lists them."""
    return request.module.WORDS[language]


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window, signed in or not; nothing may fail in it."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    server.renew_sessions()

    def open_window(
        *, known: bool = True, width: int = 1366, language: str = "en", **options
    ) -> Page:
        context = chromium.new_context(
            base_url=server.url,
            locale="en-GB",
            reduced_motion="reduce",  # Colours are measured, not their transitions.
            viewport={"width": width, "height": 768},
            **options,
        )
        contexts.append(context)
        if known:
            cookie = {"name": "session", "value": server.cookies[language], "url": server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security" in said.text else None,
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def no_drafts_left(server: Server) -> Iterator[None]:
    """Find nothing half written by other tests, and leave nothing to them.

    It asks for no window, so that those of the test are closed before it ends: a window that
    closes sends its last word, sometimes when the next test begins already.
    """
    server.remove_drafts()
    yield
    server.remove_drafts()
