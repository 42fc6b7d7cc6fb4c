"""The report of a round, as a page and as files that leave the house; mail, packs and lists."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.documents.sheet_reading import read_tables
from crm.permissions import ROLES
from crm.records.models import Visibility
from crm.reviews import agenda
from crm.reviews.models import Decision, ReviewCriterion
from tests.factories.accounts import UserFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.reviews import ReviewFactory
from tests.packs.reading import ask, words
from tests.reviews.world import days_ago, partner

SCORES = [{"criterion_id": 100_001, "fr": "Réciprocité", "en": "Reciprocity", "score": 4}]


@pytest.fixture
def manager(browser):
    return browser.sign_in("manager")


@pytest.fixture
def round_of_reviews(session):
    """Make two reviews of this round, one before it, and a partner that waits."""
    refuge = partner(name="Refuge", next_review=days_ago(-300))
    haven = partner(name="Haven", next_review=days_ago(-300))
    partner(name="Still Waiting House")
    before = ReviewFactory(
        organisation_id=refuge.id, closed_on=today() - timedelta(days=500), decision=Decision.KEEP
    )
    evidence = {
        "after": str(days_ago(365)),
        "until": today().isoformat(),
        "findings": {"contacts": {"total": 7, "rows": [], "counts": {}}},
    }
    ReviewFactory(
        organisation_id=refuge.id,
        decision=Decision.WATCH,
        reason="No answer for months",
        previous_id=before.id,
        ratings=SCORES,
        evidence=evidence,
    )
    ReviewFactory(organisation_id=haven.id, decision=Decision.DEEPEN, reason="Good year")
    return refuge


def period():
    return {"since": (today() - timedelta(days=30)).isoformat(), "until": today().isoformat()}


def test_a_round_is_told_decision_by_decision_with_what_changed(manager, round_of_reviews):
    page = manager.get("reviews.report", **period())
    watch = page.section("watch")
    assert "Refuge" in watch
    assert "No answer for months" in watch
    assert "Exchanges: 7" in watch
    assert "Keep as it is" in watch, "what was decided before"
    assert "First review" in page.section("deepen")
    assert page.section("keep") == "", "the review of long ago is none of this round"
    assert "Still Waiting House" in page.section("late")


def test_a_correction_stands_in_the_report_instead_of_what_it_corrects(
    manager, session, round_of_reviews
):
    wrong = ReviewFactory(organisation_id=partner(name="Corrected").id, decision=Decision.END)
    ReviewFactory(
        organisation_id=wrong.organisation_id, decision=Decision.PAUSE, replaces_id=wrong.id
    )
    page = manager.get("reviews.report", **period())
    assert page.section("end") == ""
    assert "Corrected" in page.section("pause")


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-02-30", "until": "2026-03-01"},
        {"since": "", "until": ""},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "x" * 3000, "until": "9999-12-31"},
    ],
)
def test_a_period_of_no_sense_is_said_so_and_makes_no_file(manager, asked):
    page = manager.get("reviews.report", **asked)
    assert page.status == 200
    assert page.errors()
    assert manager.get("reviews.report_file", format="pdf", **asked).status == 404


def test_without_a_period_the_last_twelve_months_are_told(manager, round_of_reviews):
    assert "Refuge" in manager.get("reviews.report").section("watch")


def test_the_board_reads_it_on_paper(manager, round_of_reviews):
    answer = manager.get("reviews.report_file", format="pdf", **period()).response
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(answer.get_data())).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for said in ("Refuge", "No answer for months", "Internal document", "Still Waiting House"):
        assert said in text
    assert "Confidential items withheld: 0" in text


def test_the_sheet_holds_every_number(manager, round_of_reviews):
    answer = manager.get("reviews.report_file", format="xlsx", **period()).response
    reviews, late = read_tables("report.xlsx", answer.get_data())
    rows = [dict(zip(reviews.headings, row, strict=False)) for row in reviews.rows]
    [refuge] = [row for row in rows if row["Partner"] == "Refuge"]
    assert refuge["Decision"] == "Watch"
    assert refuge["Decision before"] == "Keep as it is"
    assert str(refuge["Exchanges"]) in ("7", "7.0")
    assert str(refuge["Average mark"]) in ("4", "4.0")
    assert "Still Waiting House" in [row[0] for row in late.rows]


@pytest.mark.parametrize("file_format", ["pdf", "xlsx"])
def test_what_only_managers_see_is_in_no_file_and_counted(
    manager, session, round_of_reviews, file_format
):
    secret = partner(name="Secret House", visibility=Visibility.MANAGERS)
    ReviewFactory(organisation_id=secret.id, reason="Hidden reason")
    assert "Secret House" in manager.get("reviews.report", **period()).text
    answer = manager.get("reviews.report_file", format=file_format, **period()).response
    content = answer.get_data()
    if file_format == "pdf":
        pages = PdfReader(BytesIO(content)).pages
        text = " ".join(" ".join(page.extract_text().split()) for page in pages)
        assert "Confidential items withheld: 1" in text
    else:
        text = str([table.rows for table in read_tables("report.xlsx", content)])
    assert "Secret House" not in text
    assert "Hidden reason" not in text


def test_the_report_is_for_managers(browser, round_of_reviews):
    contributor = browser.sign_in("contributor")
    assert contributor.get("reviews.report").status == 403
    assert contributor.get("reviews.report_file", format="pdf", **period()).status == 403


def test_the_mail_tells_whose_review_falls_due_and_managers_of_those_of_nobody(session):
    claire, manager = UserFactory(name="Claire"), UserFactory(name="Mina")
    partner(name="Hers", owner_id=claire.id, next_review=PartialDate.of(today()))
    partner(name="Orphan", next_review=PartialDate.of(today()))

    def told(user, role):
        session.expunge_all()
        with acting_as(session, Principal(user.id, ROLES[role])):
            return [line.text.split()[-1] for line in agenda.due(user.id, today()).lines]

    assert told(claire, "contributor") == ["Hers"]
    assert told(manager, "manager") == ["Orphan"]


def test_what_is_late_is_told_once_a_week(session):
    claire = UserFactory()
    partner(owner_id=claire.id, next_review=days_ago(100))
    monday = today() - timedelta(days=today().weekday())
    with acting_as(session, Principal(claire.id, ROLES["contributor"])):
        told = [
            len(agenda.due(claire.id, monday + timedelta(days=days)).lines) for days in range(7)
        ]
    assert told == [1, 0, 0, 0, 0, 0, 0]


def test_a_pack_says_what_was_decided_last_and_not_why(browser, session, round_of_reviews):
    meeting = MeetingFactory(name="Plenary", starts=days_ago(-10))
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=round_of_reviews.id)
    contributor = browser.sign_in("contributor")
    text = words(ask(contributor, meeting, "pdf").get_data(), "pdf")
    assert "Watch" in text
    assert "No answer for months" not in text


def test_managers_edit_the_criteria(manager, session):
    page = manager.get("/lists/review-criteria/")
    assert "Reciprocity" in page.text
    data = {"label_fr": "Langue", "label_en": "Language", "position": "5", "is_active": "y"}
    manager.post("/lists/review-criteria/new", data)
    assert session.scalars(select(ReviewCriterion).where(ReviewCriterion.label_en == "Language"))
    refuge = partner()
    page = manager.get("reviews.begin", organisation=refuge.id)
    [first, *_others] = page.select("//select[starts-with(@name, 'rating_')]")
    label = page.select(f"//label[@for='{first.get('id')}']")[0].text_content()
    assert label.strip() == "Language"
