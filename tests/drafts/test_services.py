"""Whose drafts are whose, and how long they stay."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.accounts.services import disable
from crm.core.clock import now
from crm.drafts import services
from crm.drafts.models import Draft
from crm.drafts.services import Window
from crm.records.models import Change
from tests.factories.accounts import UserFactory

ADDRESS = "/interactions/new"


def count(session):
    return session.scalar(select(func.count()).select_from(Draft))


def draft_of(user, note="A few words", window="one", address=ADDRESS):
    place = Window(address, window)
    return services.keep(user.id, place, title="Log an exchange", fields=[("note", note)])


@pytest.fixture
def claire(session):
    """Return somebody of the team."""
    return UserFactory(name="Claire")


def test_a_draft_is_of_its_owner_alone(browser, session):
    browser.sign_in("contributor")
    draft = draft_of(browser.user)
    assert "Log an exchange" in browser.get("home.today").section("drafts")
    assert "Log an exchange" in browser.get("drafts.index").text
    assert "A few words" in browser.get(ADDRESS).html
    browser.sign_in("admin")
    assert "Log an exchange" not in browser.get("home.today").section("drafts")
    assert "No draft" in browser.get("drafts.index").text
    assert "A few words" not in browser.get(f"{ADDRESS}?draft={draft.id}").html
    assert browser.post("drafts.discard", draft_id=draft.id).status == 404
    assert count(session) == 1


def test_a_draft_is_discarded_from_the_page_today(browser, session):
    browser.sign_in("contributor")
    draft_of(browser.user)
    page = browser.get("home.today")
    [action] = page.select("//*[@id='drafts']//form/@action")
    page = browser.post(action)
    assert page.title == "Today"
    assert "No draft" in page.section("drafts")


def test_a_draft_leaves_no_trace_in_history_or_search(browser, session, claire):
    draft_of(claire, "Wombat")
    assert session.scalar(select(func.count()).select_from(Change)) == 0
    assert "Wombat" not in browser.sign_in("admin").get("/search?q=wombat").section("results")


def test_drafts_end_with_the_account_and_others_stay(session, claire):
    other = UserFactory()
    draft_of(claire)
    draft_of(other)
    disable(claire)
    assert session.scalars(select(Draft.user_id)).all() == [other.id]


def test_drafts_that_nobody_came_back_to_are_removed_after_thirty_days(session, claire):
    draft_of(claire, window="old").changed_at = now() - timedelta(days=31)
    draft_of(claire, window="fresh").changed_at = now() - timedelta(days=29)
    session.flush()
    services.remove_old()
    assert session.scalars(select(Draft.window)).all() == ["fresh"]


def test_somebody_keeps_the_newest_hundred(session, claire):
    for number in range(102):
        draft_of(claire, window=f"{number}").changed_at = now() - timedelta(minutes=200 - number)
        session.flush()
    draft_of(claire, window="last")
    assert count(session) == 100
    assert "0" not in session.scalars(select(Draft.window)).all()


def test_a_window_writes_over_itself_and_over_no_other(session, claire):
    draft_of(claire, "One")
    draft_of(claire, "Two")
    draft_of(claire, "Three", window="other")
    draft_of(UserFactory(), "Four")
    notes = sorted(each[0][1] for each in session.scalars(select(Draft.fields)))
    assert notes == ["Four", "Three", "Two"]


def test_a_form_that_was_sent_takes_no_draft_any_more(session, claire):
    window = Window(ADDRESS, "one")
    services.forget_window(claire.id, window)
    assert draft_of(claire) is None
    assert count(session) == 0
