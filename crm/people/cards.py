"""People as cards, for the address book of whoever asks.

A card leaves the team: it says what the whole team may see, and nothing of people at risk.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.principal import TEAM, acting_as
from crm.documents import vcard
from crm.documents.vcard import MOBILE, Card, Phone
from crm.people import queries
from crm.records import queries as records
from crm.records.models import ContactKind, ContactPoint

_MOBILE = frozenset({MOBILE, "portable"})


def written(person_ids: Sequence[int], base_url: str) -> list[bytes]:
    """Return the cards of people, each a file by itself; none of those who stand in no file.

    :param base_url: address of the server, which names the cards for good.
    """
    with acting_as(db.session, TEAM):
        cards = _gathered(person_ids, base_url)
    return list(vcard.write(cards))


def _gathered(person_ids: Sequence[int], base_url: str) -> list[Card]:
    """Return the cards of a few people; columns alone, for the session may hold more than these."""
    people = db.session.execute(queries.may_leave(person_ids)).all()
    ids = [person.id for person in people]
    work: dict[int, Any] = {}
    for position in db.session.execute(queries.work_of(ids, today())):
        work.setdefault(position.person_id, position)
    reached: dict[int, dict[ContactKind, list[Phone]]] = defaultdict(lambda: defaultdict(list))
    points = records.public_contact_points(ids).with_only_columns(
        ContactPoint.record_id, ContactPoint.kind, ContactPoint.value, ContactPoint.usage
    )
    for record_id, kind, value, usage in db.session.execute(points):
        reached[record_id][kind].append(Phone(value, usage or ""))
    return [_card(each, work.get(each.id), reached[each.id], base_url) for each in people]


def _card(
    person: Any, position: Any, reached: dict[ContactKind, list[Phone]], base_url: str
) -> Card:
    return Card(
        name=person.name,
        given_name=person.given_name or "",
        family_name=person.family_name or "",
        form_of_address=person.form_of_address or "",
        title=(position.title or "") if position else "",
        department=(position.department or "") if position else "",
        organisation=position.name if position else "",
        emails=[way.number for way in reached[ContactKind.EMAIL]],
        phones=[Phone(way.number, _usage(way.usage)) for way in reached[ContactKind.PHONE]],
        websites=[way.number for way in reached[ContactKind.WEBSITE]],
        addresses=[way.number for way in reached[ContactKind.ADDRESS]],
        uid=uuid.uuid5(uuid.NAMESPACE_URL, f"{base_url}/records/{person.id}").urn,
        modified=person.updated_at,
    )


def _usage(text: str) -> str:
    return MOBILE if text.casefold() in _MOBILE else ""
