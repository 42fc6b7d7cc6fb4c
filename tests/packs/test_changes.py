"""What changed since the last meeting of the series: all of it, and nothing else."""

from datetime import date
from types import SimpleNamespace

import pytest

from crm.commitments.models import CommitmentState
from crm.core.partial_date import PartialDate
from crm.declarations.models import Declaration, SignatureStatus
from crm.meetings.models import MeetingKind
from crm.networks.models import Ending, Membership, Term
from crm.records.models import Visibility
from tests.factories.commitments import CommitmentFactory
from tests.factories.declarations import SignatureFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import NetworkFactory, kind_of_link
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.packs.reading import ask, sheet

HEAD = ["Date", "What changed", "Who or what", "In detail"]


def _member(session, member, network, *terms, kind="member"):
    link = Membership(member_id=member.id, network_id=network.id, kind_id=kind_of_link(kind))
    session.add(link)
    session.flush()
    for since, until, ending in terms:
        session.add(
            Term(
                membership_id=link.id,
                member_id=member.id,
                network_id=network.id,
                since=since,
                until=until,
                ending=ending,
            )
        )
    session.flush()


@pytest.fixture
def series(session):
    """Return two meetings of a series, a year apart, and who comes to the second."""
    us = OrganisationFactory(name="Maison commune", is_us=True)
    network = NetworkFactory(name="Réseau des Ponts")
    refuge = OrganisationFactory(name="Refugio del Sur", country="ES")
    whole = MeetingFactory(name="Plénières", meeting_kind=MeetingKind.SERIES, starts=None)
    first = MeetingFactory(
        name="Plénière 2025",
        series_id=whole.id,
        starts=PartialDate(2025, 11, 20),
        ends=PartialDate(2025, 11, 21),
    )
    second = MeetingFactory(
        name="Plénière 2026",
        series_id=whole.id,
        starts=PartialDate(2026, 11, 23),
        network_id=network.id,
    )
    AttendanceFactory(meeting_id=second.id, person_id=None, organisation_id=refuge.id)
    return SimpleNamespace(us=us, network=network, refuge=refuge, first=first, second=second)


@pytest.fixture
def six(session, series):
    """Make six changes between the two meetings, and much that is none."""
    refuge, network = series.refuge, series.network
    for name, since, until in (
        ("Nouvelle Venue", PartialDate(2026, 2), None),
        ("Partie Depuis", PartialDate(2019), PartialDate(2026, 6, 30)),
        ("Toujours Là", PartialDate(2019), None),
        ("Venue En 2025", PartialDate(2025), None),  # Counts from January, as on every page.
        ("Partie Avant", PartialDate(2019), PartialDate(2025, 11, 19)),
        ("Part En 2026", PartialDate(2019), PartialDate(2026)),  # Until the end of the year.
        ("Viendra Après", PartialDate(2026, 12, 1), None),
        ("Sans Dates", None, None),
    ):
        person = PersonFactory(name=name)
        PositionFactory(
            person_id=person.id, organisation_id=refuge.id, title="Poste", since=since, until=until
        )
    joined, left, stays = (
        OrganisationFactory(name=name) for name in ("Membre neuf", "Membre parti", "Membre fidèle")
    )
    _member(session, joined, network, (PartialDate(2026, 1, 1), None, None))
    ended = (PartialDate(2012), PartialDate(2025, 12, 31), Ending.WITHDRAWN)
    _member(session, left, network, ended)
    _member(  # Paying the next year in time is no change.
        session,
        stays,
        network,
        (PartialDate(2012), PartialDate(2025), None),
        (PartialDate(2026), None, None),
    )
    _member(session, refuge, NetworkFactory(), (PartialDate(2012), None, None))
    old = Declaration(name="Appel ancien", dated=PartialDate(2020, 12, 11))
    new = Declaration(name="Appel des Ponts", dated=PartialDate(2026, 4, 2))
    session.add_all([old, new])
    session.flush()
    SignatureFactory(declaration_id=old.id, signatory_id=refuge.id)
    SignatureFactory(
        declaration_id=new.id, signatory_id=refuge.id, signed_on=PartialDate(2026, 4, 1)
    )
    SignatureFactory(
        declaration_id=new.id, signatory_id=series.us.id, status=SignatureStatus.INVITED
    )
    SignatureFactory(declaration_id=new.id, signatory_id=stays.id)  # Not expected at the meeting.
    for name, state, settled_on in (
        ("Relire la note", CommitmentState.KEPT, date(2026, 5, 4)),
        ("Tenue avant", CommitmentState.KEPT, date(2025, 11, 21)),
        ("Encore due", CommitmentState.OPEN, None),
    ):
        CommitmentFactory(organisation_id=refuge.id, name=name, state=state, settled_on=settled_on)


def changes(browser, meeting):
    answer = ask(browser, meeting, "xlsx", ["changes"])
    rows = sheet(answer.data, "What changed since last time")
    start = next((place for place, row in enumerate(rows) if row[:4] == HEAD), len(rows))
    return [row[:4] for row in rows[start + 1 :] if any(row)]


def test_six_known_changes_are_told_and_no_other(browser, series, six):
    assert changes(browser.sign_in("contributor"), series.second) == [
        ["02/2026", "Arrived", "Nouvelle Venue", "Poste\nRefugio del Sur"],
        ["30/06/2026", "Left", "Partie Depuis", "Poste\nRefugio del Sur"],
        ["31/12/2025", "Withdrawn", "Membre parti", "Réseau des Ponts\nMember"],
        ["01/01/2026", "Joined", "Membre neuf", "Réseau des Ponts\nMember"],
        ["01/04/2026", "Signed", "Refugio del Sur", "Appel des Ponts"],
        ["04/05/2026", "Kept", "Refugio del Sur", "Relire la note\nWe owe"],
    ]


def test_a_move_within_an_organisation_is_one_change(browser, series):
    person = PersonFactory(name="Promue Test")
    for title, since, until in (
        ("Chargée", PartialDate(2019), PartialDate(2026, 1, 31)),
        ("Directrice", PartialDate(2026, 2, 1), None),
    ):
        PositionFactory(
            person_id=person.id,
            organisation_id=series.refuge.id,
            title=title,
            since=since,
            until=until,
        )
    assert changes(browser.sign_in("contributor"), series.second) == [
        [
            "01/02/2026",
            "Changed position",
            "Promue Test",
            "Chargée, then Directrice\nRefugio del Sur",
        ]
    ]


def test_a_signature_that_was_withdrawn_is_a_change(browser, session, series):
    text = Declaration(name="Appel des Ponts", dated=PartialDate(2020))
    session.add(text)
    session.flush()
    SignatureFactory(
        declaration_id=text.id,
        signatory_id=series.refuge.id,
        status=SignatureStatus.WITHDRAWN,
        withdrawn_on=date(2026, 3, 1),
    )
    assert [row[:3] for row in changes(browser.sign_in("contributor"), series.second)] == [
        ["01/03/2026", "Signature withdrawn", "Refugio del Sur"]
    ]


def test_a_change_of_somebody_confidential_is_told_to_nobody(browser, series):
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    PositionFactory(
        person_id=hidden.id, organisation_id=series.refuge.id, since=PartialDate(2026, 2)
    )
    assert changes(browser.sign_in("manager"), series.second) == []


def test_a_cancelled_meeting_was_no_last_time(browser, series, six):
    MeetingFactory(
        name="Plénière annulée",
        series_id=series.second.series_id,
        starts=PartialDate(2026, 9, 1),
        is_cancelled=True,
    )
    assert len(changes(browser.sign_in("contributor"), series.second)) == 6


@pytest.mark.parametrize("dated", [True, False])
def test_the_first_meeting_of_a_series_and_one_without_series_say_so(browser, series, dated):
    meeting = series.first if dated else MeetingFactory(name="Seule", starts=None)
    answer = ask(browser.sign_in("contributor"), meeting, "xlsx", ["changes"])
    rows = sheet(answer.data, "What changed since last time")
    assert any("There is no earlier meeting of this series" in row[0] for row in rows)


def test_a_meeting_of_a_series_without_a_date_is_compared_with_the_last_one(browser, series):
    person = PersonFactory(name="Nouvelle Venue")
    PositionFactory(
        person_id=person.id, organisation_id=series.refuge.id, since=PartialDate(2026, 2)
    )
    meeting = MeetingFactory(name="À venir", series_id=series.second.series_id, starts=None)
    AttendanceFactory(meeting_id=meeting.id, person_id=None, organisation_id=series.refuge.id)
    series.second.is_cancelled = True
    found = changes(browser.sign_in("contributor"), meeting)
    assert [row[2] for row in found] == ["Nouvelle Venue"]
