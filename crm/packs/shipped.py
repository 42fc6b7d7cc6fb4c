"""What the pack of a kind of meeting begins with, until managers choose otherwise."""

from collections.abc import Mapping, Sequence

from crm.meetings.models import MeetingKind

_BEFORE = ("practical", "agenda", "delegation", "positions")
_AFTER = ("organisations", "notes")
_OF_A_NETWORK = (
    *_BEFORE,
    "changes",
    "expected",
    "known",
    "open_declarations",
    "duties",
    *_AFTER,
)

PRESETS: Mapping[MeetingKind, Sequence[str]] = {
    MeetingKind.PLENARY: _OF_A_NETWORK,
    MeetingKind.GENERAL_ASSEMBLY: _OF_A_NETWORK,
    MeetingKind.WORKING_GROUP: _OF_A_NETWORK,
    MeetingKind.CONFERENCE: (
        *_BEFORE,
        "changes",
        "expected",
        "known",
        "open_declarations",
        *_AFTER,
    ),
    MeetingKind.COLLOQUIUM: (*_BEFORE, "expected", "known", "open_declarations", *_AFTER),
    MeetingKind.CONSULTATION: (
        "practical",
        "agenda",
        "positions",
        "delegation",
        "open_declarations",
        "expected",
        "known",
        *_AFTER,
    ),
    MeetingKind.BILATERAL: (
        "practical",
        "organisations",
        "known",
        "positions",
        "changes",
        "agenda",
        "delegation",
        "notes",
    ),
    MeetingKind.TRAINING: ("practical", "agenda", "delegation", "expected", "known", "notes"),
}
"""Of every other kind: all there is."""
