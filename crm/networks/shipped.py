"""The kinds of link that a new installation begins with; the team may edit them."""

from typing import Any


def _kind(  # noqa: PLR0913 - a row of a table
    code: str,
    french: tuple[str, str],
    english: tuple[str, str],
    *,
    has_terms: bool = False,
    has_fees: bool = False,
    can_lapse: bool = False,
    has_duties: bool = True,
    places_per_station: int | None = None,
) -> dict[str, Any]:
    return {
        "code": code,
        "label_fr": french[0],
        "word_fr": french[1],
        "label_en": english[0],
        "word_en": english[1],
        "has_terms": has_terms,
        "has_fees": has_fees,
        "can_lapse": can_lapse,
        "has_duties": has_duties,
        "places_per_station": places_per_station,
    }


KINDS_OF_LINK: tuple[dict[str, Any], ...] = (
    _kind(
        "member",
        ("Adhésion", "Membre"),
        ("Membership", "Member"),
        has_terms=True,
        has_fees=True,
        can_lapse=True,
    ),
    _kind(
        "associate",
        ("Adhésion associée", "Membre associé"),
        ("Associate membership", "Associate member"),
        has_terms=True,
        has_fees=True,
        can_lapse=True,
    ),
    _kind("registered", ("Inscription", "Entité inscrite"), ("Registration", "Registered body")),
    _kind(
        "forum_seat",
        ("Siège au forum", "Siège au forum"),
        ("Seat in the forum", "Holds a seat"),
        has_terms=True,
    ),
    _kind(
        "special_status",
        ("Statut consultatif spécial", "Statut spécial"),
        ("Special consultative status", "Special status"),
        places_per_station=7,
    ),
    _kind(
        "general_status",
        ("Statut consultatif général", "Statut général"),
        ("General consultative status", "General status"),
        places_per_station=7,
    ),
    _kind(
        "roster",
        ("Statut consultatif (liste)", "Sur la liste"),
        ("Roster consultative status", "On the roster"),
        has_duties=False,
    ),
    _kind(
        "observer",
        ("Statut d’observateur", "Observateur"),
        ("Observer status", "Observer"),
        has_duties=False,
    ),
    _kind("participant", ("Participation", "Participant"), ("Participation", "Participant")),
)
