"""The example data on each database, loaded once and only read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as, set_principal
from crm.example.loader import REGISTER, load
from crm.records.kinds import registry
from crm.records.models import Base, Identifier, Record
from tests.browser import Browser, Page
from tests.conftest import make_app
from tests.databases import postgresql_url


@dataclass
class Site:
    """Somebody who reads the example data, in English and in French."""

    english: Browser
    french: Browser
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)

    def record(self, key: str) -> Record:
        """Return the record that bears this id in the files."""
        with acting_as(db.session, SYSTEM):
            found = db.session.scalar(
                select(Identifier).where(Identifier.scheme == REGISTER, Identifier.value == key)
            )
            assert found is not None, key
            return found.record

    def page(self, key: str, language: str = "en") -> Page:
        """Return the page of a record."""
        if (key, language) not in self.pages:
            record = self.record(key)
            kind = registry.kind_of(record)
            place = f"{record.id}-{record.slug}"
            browser = self.french if language == "fr" else self.english
            self.pages[key, language] = browser.get(f"{kind.path}.detail", place=place)
        return self.pages[key, language]

    def text(self, key: str, language: str = "en") -> str:
        """Return the words of the page of a record."""
        return self.page(key, language).text

    def rows(self, key: str, panel: str) -> list[str]:
        """Return the rows of a panel of a record's page, as words."""
        return _rows(self.page(key).select(f'//*[@id="{panel}"]//tbody/tr'))

    def listed(self, path: str, **filters: object) -> list[str]:
        """Return the rows of a list, as words."""
        return _rows(self.english.get(f"{path}.index", **filters).select("//main//tbody/tr"))

    def found(self, words: str) -> list[str]:
        """Return what a search finds, as words."""
        return _rows(self.english.get("search.index", q=words).select("//main//tbody/tr"))


def _rows(rows: list[object]) -> list[str]:
    return [" ".join(row.text_content().split()) for row in rows]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def site(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the site with the example data."""
    url = "" if database == "sqlite" else postgresql_url("example")
    app = make_app(tmp_path_factory.mktemp(f"example-{database}"), url)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        set_principal(db.session, SYSTEM)
        load()
        english = Browser(app).sign_in("viewer")
        french = Browser(app).sign_in("viewer")
        french.user.locale = "fr"
        db.session.commit()
        yield Site(english, french)
        db.session.remove()
        db.engine.dispose()
