"""A viewer cannot tell a database with confidential records from one without (C16)."""

import random
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

import crm.core.db
from crm.accounts.models import Role
from crm.core.db import Base, db
from crm.core.principal import SYSTEM, set_principal
from tests.browser import Browser
from tests.conftest import make_app
from tests.databases import postgresql_url
from tests.factories.accounts import UserFactory
from tests.security.crawl import addresses, masked
from tests.security.world import build


class Dice:
    """Draws ids from two streams, so that confidential rows do not shift the others."""

    def __init__(self) -> None:
        """Begin both streams anew."""
        self.streams = {"open": random.Random(1), "confidential": random.Random(2)}  # noqa: S311
        self.current = "open"

    def randbelow(self, limit: int) -> int:
        """Draw from the current stream."""
        return self.streams[self.current].randrange(limit)

    def token_hex(self, size: int) -> str:
        """Draw a token from the current stream."""
        return f"{self.streams[self.current].getrandbits(8 * size):0{2 * size}x}"

    token_urlsafe = token_hex


@pytest.fixture
def worlds(database, tmp_path, monkeypatch) -> Iterator[Callable[[bool], tuple[Browser, dict]]]:
    """Return a function that makes a database with or without confidential records."""
    made: list[Flask] = []

    def make(with_confidential: bool) -> tuple[Browser, dict]:
        dice = Dice()
        monkeypatch.setattr(crm.core.db, "secrets", dice)
        monkeypatch.setattr("crm.records.history.secrets", dice)
        folder = tmp_path / f"world-{with_confidential}"
        url = "" if database == "sqlite" else postgresql_url(f"world_{with_confidential}".lower())
        app = make_app(folder, url)
        made.append(app)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            set_principal(db.session, SYSTEM)
            UserFactory.reset_sequence(force=True)
            viewer = UserFactory(role=Role.VIEWER, locale="fr")
            places = build(dice, with_confidential=with_confidential)
            dice.current = "open"
            db.session.commit()
            browser = Browser(app).sign_in(viewer)
            db.session.commit()
            db.session.remove()
        return browser, places

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.slow
def test_a_viewer_reads_the_same_bytes_with_and_without_confidential_records(worlds):
    with time_machine.travel("2026-11-23T09:00:00+00:00", tick=False):
        pages: list[dict[str, tuple[int, str]]] = []
        hidden: dict = {}
        for with_confidential in (False, True):
            browser, places = worlds(with_confidential)
            hidden = places.pop("hidden", {})
            read = {}
            with browser.app.app_context():
                for address in dict.fromkeys(addresses(browser.app, places)):
                    response = browser.client.get(address)
                    read[address] = (response.status_code, masked(response.get_data(as_text=True)))
                    db.session.remove()
            pages.append(read)
        without, having = pages
        assert len(without) > 300
        assert without.keys() == having.keys()
        different = [address for address in without if without[address] != having[address]]
        assert different == []
        crashed = [address for address, (status, _) in having.items() if status >= 500]
        assert crashed == []
        with browser.app.app_context():
            for kind_path, record_id in hidden.items():
                for end in ("", "/history", "/edit", "/tags", "/delete"):
                    page = browser.client.get(f"/{kind_path}/{record_id}{end}")
                    missing = browser.client.get(f"/{kind_path}/999999999{end}")
                    assert page.status_code in (403, 404, 405), end
                    if page.status_code == 404:
                        assert masked(page.get_data(as_text=True)) == masked(
                            missing.get_data(as_text=True)
                        )


@pytest.mark.slow
def test_the_confidential_records_are_there_for_managers(worlds):
    with time_machine.travel("2026-11-23T09:00:00+00:00", tick=False):
        browser, places = worlds(True)
        hidden = places["hidden"]
        with browser.app.app_context():
            set_principal(db.session, SYSTEM)
            manager = UserFactory(role=Role.MANAGER)
            db.session.commit()
            browser.sign_in(manager)
            db.session.commit()
            for kind_path, record_id in hidden.items():
                page = browser.client.get(f"/{kind_path}/{record_id}", follow_redirects=True)
                assert page.status_code == 200, kind_path
