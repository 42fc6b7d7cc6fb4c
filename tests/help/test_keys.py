"""The help page: every key that does something is told, and those of single letters go away."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.accounts.models import Role, User
from crm.help.shortcuts import SHORTCUTS
from crm.reviews.models import Decision

ROOT = Path(__file__).resolve().parents[2]
TOLD = {
    stroke.rpartition("+")[2].lower()
    for _group, shortcuts in SHORTCUTS
    for shortcut in shortcuts
    for stroke in shortcut.keys
}


def keys_that_do_something():
    """Return the keys for which the script or a template has an answer."""
    script = (ROOT / "crm/static/js/app.js").read_text(encoding="utf-8")
    found = set(re.findall(r'event\.key ===? "([^"]+)"', script))
    places = re.search(r"const places = \{(.*?)\}", script).group(1)
    found |= set(re.findall(r"(\w): \"", places))
    for template in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r'data-key="([^"{]+)"', template.read_text(encoding="utf-8")))
    found |= {str(place) for place, _decision in enumerate(Decision, start=1)}
    return {key.lower() for key in found}


def test_every_key_that_does_something_is_told_and_no_other():
    assert keys_that_do_something() == TOLD


@pytest.mark.parametrize("role", Role)
def test_everybody_finds_the_keys_at_the_same_place_of_every_page(browser, role):
    browser.sign_in(role.value)
    for endpoint in ("home.today", "organisations.index", "accounts.account"):
        page = browser.get(endpoint)
        (link,) = page.select("//footer//a[@data-key='?']")
        assert browser.get(link.get("href")).select("//kbd")


def test_the_help_page_says_whether_single_keys_work(browser, session):
    user_id = browser.sign_in("viewer").user.id
    assert "work while you are not typing" in browser.get("help.index").text
    session.execute(sa.update(User).where(User.id == user_id).values(shortcuts=False))
    page = browser.get("help.index")
    assert "switched off" in page.text
    assert not page.select("//body[@data-shortcuts]")
