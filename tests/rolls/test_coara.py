"""A real list of 834 signatories, as it was scraped and as a table, counted as its file counts it.

Skipped, and said so, where the files are not at hand.
"""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from babel import Locale
from sqlalchemy import select

from crm.core.db import db
from crm.declarations.models import Declaration, Signature
from crm.declarations.signatories import list_of
from crm.meetings.pasting import decoded
from crm.organisations.models import Organisation
from crm.rolls.page import compared
from crm.rolls.services import Entry, note_list, undo_list
from tests.factories.declarations import DeclarationFactory
from tests.rolls.test_views import groups, paste, place, save
from tests.web.apps import committed, own_app, url_of

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDER = Path(os.environ.get("PASSERELLE_SHARED_DATA", BESIDE)) / "coara-signatories"
JOINED = FOLDER / "signatories_joined.csv"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"needs the files in {FOLDER}"),
]

# What the file calls a country otherwise than Babel does.
OTHERWISE = {"Turkey": "TR", "Bosnia and Herzegovina": "BA"}
SCOPES = {"Europe", "Global"}


def expected():
    """Return how many the file lists under each heading, and in each country or scope."""
    names = Locale.parse("en").territories
    codes = {name: code for code, name in names.items() if len(code) == 2} | OTHERWISE
    with JOINED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = Counter(row["country_or_scope"] for row in rows)
    assert {each for each in places if each not in codes} == SCOPES
    headings = Counter(row["category"] for row in rows)
    return headings, Counter({codes.get(name, name): count for name, count in places.items()})


def read_back(session, declaration):
    """Return what was saved, counted by heading and by place."""
    found = session.scalars(select(Signature)).all()
    headings = Counter(each.listed_under or "" for each in found)
    places = Counter(each.country or each.scope for each in found)
    listed = list_of(session.get(Declaration, declaration.id), is_public=False)
    assert listed.count == len(found)
    assert sorted(count for _name, count in listed.by_heading) == sorted(headings.values())
    assert sorted(count for _name, count in listed.by_country) == sorted(places.values())
    return headings, places


def test_the_list_as_it_was_scraped_counts_as_its_file_does(browser, session):
    declaration = DeclarationFactory(name="Agreement")
    text = (FOLDER / "coara_signatories.csv").read_text(encoding="utf-8")
    page = paste(browser.sign_in("contributor"), declaration, text)
    assert groups(page) == {"New": 834}
    assert "1667 lines repeat a name" in page.text
    page = save(browser, declaration, page)
    assert "834 signatures noted · 834 organisations added" in page.text
    assert read_back(session, declaration) == expected()
    page = browser.get("declarations.signatories", place=place(declaration))
    assert "Universities and their associations 519" in page.text
    assert re.search(r"Spain 92 .*Europe 55 .*Global 20", page.text)
    assert groups(paste(browser, declaration, text)) == {"Already on the list": 834}


def test_the_list_as_a_table_counts_as_its_file_does_and_is_undone_at_once(database, tmp_path):
    # Committed for real: a test that keeps thousands of savepoints open measures those.
    with own_app(tmp_path, url_of(database, "coara")) as app:
        with committed(app):
            declaration = DeclarationFactory(name="Agreement")
        with committed(app):
            text = decoded(JOINED.read_bytes())
            declaration = db.session.get(Declaration, declaration.id)
            roll, found = compared(declaration, text)
            assert roll.repeated == 0
            entries = [Entry(each.signer, None) for each in found if not each.match.candidates]
            assert len(entries) == 834
            note_list(declaration, entries)
            batch = db.session.info["batch"]
        with committed(app):
            assert read_back(db.session, declaration) == expected()
        with committed(app):
            _undone, kept = undo_list(db.session.get(Declaration, declaration.id), batch)
            assert kept == 0
        with committed(app):
            assert db.session.scalars(select(Signature)).all() == []
            assert db.session.scalars(select(Organisation)).all() == []
