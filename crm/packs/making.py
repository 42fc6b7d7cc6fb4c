"""Makes packs: small ones at once, large ones piece by piece in the background."""

from collections.abc import Iterable

from crm.core.clock import now
from crm.core.db import db
from crm.core.principal import TEAM, acting_as, principal_of
from crm.core.queue import enqueue
from crm.packs import queries, services
from crm.packs.composition import MANAGERS, Composition
from crm.packs.files import hidden_from
from crm.packs.gathering import Gathered, gather
from crm.packs.models import KeptPack
from crm.records.models import Visibility

GATHER = "packs.gather"

MOST_AT_ONCE = 50
"""A pack of more organisations is made in the background, however long that takes."""

AT_A_TIME = 4
"""Pieces that are gathered, and kept, together."""

_CHUNK = 5_000  # ids of one statement


def begin(
    meeting_id: int, asked: Composition, *, author: str, language: str, at_once: bool = False
) -> KeptPack:
    """Make a pack, or have it made, and keep it.

    :param author: who is named on it.
    :param language: the one that texts are in while this runs.
    :param at_once: however many organisations it tells of.
    :raises LookupError: when its readers do not see the meeting.
    """
    maker = principal_of(db.session)
    most = None if at_once else MOST_AT_ONCE
    found = gather(asked.reader, meeting_id, asked, asked.pieces, most=most)
    is_small = most is None or found.organisations <= most
    pieces = asked.pieces if is_small else []
    withheld = _withheld(meeting_id, asked, found, pieces) if is_small else set()
    pack = KeptPack(
        meeting_id=meeting_id,
        user_id=maker.user_id if maker else None,
        author=author,
        language=language,
        is_for_managers=asked.is_for_managers,
        asked=asked.to_json(),
        content=_content(found),
        done=len(pieces),
        total=len(asked.pieces),
        withheld=len(withheld),
        made_at=now() if is_small else None,
    )
    db.session.add(pack)
    db.session.flush()  # So that it has an id.
    if not is_small:
        enqueue(GATHER, {"pack_id": pack.id, "step": 0, "withheld": []})
    return pack


def go_on(pack: KeptPack, withheld: Iterable[int]) -> None:
    """Gather the next pieces of a pack, and queue those after them.

    The session acts for its maker.

    :param withheld: the ids of the records that were left out of the pieces before.
    :raises LookupError: when its readers do not see the meeting any more.
    """
    pack_id, meeting_id, step = pack.id, pack.meeting_id, pack.done
    asked = Composition.from_json(pack.asked)
    pieces = asked.pieces[step : step + AT_A_TIME]
    found = gather(asked.reader, meeting_id, asked, pieces)
    hidden = set(withheld) | _withheld(meeting_id, asked, found, pieces)
    held = services.held(pack_id)
    if held is None:
        return
    before = held.content
    held.content = {
        **_content(found),
        "pieces": {**before["pieces"], **found.pieces},
        "record_ids": sorted({*before["record_ids"], *found.shown}),
    }
    held.done = step + len(pieces)
    held.total = len(asked.pieces)
    held.withheld = len(hidden)
    if held.done >= held.total:
        held.made_at = now()
    else:
        payload = {"pack_id": pack_id, "step": held.done, "withheld": sorted(hidden)}
        enqueue(GATHER, payload)
    db.session.flush()


def _content(found: Gathered) -> dict[str, object]:
    return {
        "title": found.title,
        "subtitle": found.subtitle,
        "pieces": found.pieces,
        "record_ids": sorted(found.shown),
    }


def _withheld(
    meeting_id: int, asked: Composition, found: Gathered, pieces: Iterable[str]
) -> set[int]:
    """Return the records that its maker would have seen in these pieces, and its readers do not."""
    maker = principal_of(db.session)
    if maker is None or db.session.scalar(queries.kept_from(_hidden_levels(asked))) is None:
        return set()  # Whoever sees nothing confidential sees what the readers see.
    try:
        known = gather(maker, meeting_id, asked, pieces)
    except LookupError:  # It was made confidential meanwhile, and its maker may not see it.
        return set()
    return hidden_from(asked.reader, known.shown - found.shown)


def _hidden_levels(asked: Composition) -> list[Visibility]:
    """Return the levels of the records that not all readers of a pack see."""
    if asked.is_for_managers:
        return [Visibility.NAMED]
    return [Visibility.MANAGERS, Visibility.NAMED]


def may_be_read(pack: KeptPack) -> bool:
    """Tell whether all that a pack names may still be seen by those it was made for.

    What is in the trash since was there to be seen; what was made confidential or erased is not.
    """
    ids = pack.content["record_ids"]
    seen: set[int] = set()
    with acting_as(db.session, MANAGERS if pack.is_for_managers else TEAM):
        for start in range(0, len(ids), _CHUNK):
            seen |= set(db.session.scalars(queries.seen_among(ids[start : start + _CHUNK])))
    return len(seen) == len(ids)
