"""Everything that changes a person or a position. No service commits."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.people import queries
from crm.people.models import Person, Position
from crm.records import queries as records
from crm.records import services
from crm.records.models import ContactKind, ContactPoint, Visibility


def create_person(**values: Any) -> Person:
    """Add a person."""
    _check_risk(values.get("is_at_risk", False), values.get("visibility"))
    return services.create_record(Person, **values)


def change_person(person: Person, version: int, **values: Any) -> Person:
    """Change a person."""
    _check_risk(
        values.get("is_at_risk", person.is_at_risk), values.get("visibility", person.visibility)
    )
    return services.change_record(person, version, **values)


def _check_risk(is_at_risk: bool, visibility: Visibility | None) -> None:
    """Refuse a person at risk whom the whole team could see (R-10.8)."""
    if is_at_risk and visibility in (None, Visibility.TEAM):
        raise InvalidValue("visibility", _("Keep a person at risk to managers or to named people"))


def add_position(**values: Any) -> Position:
    """Add a position; the first one that is open is the main one."""
    check_dates(values.get("since"), values.get("until"))
    if not values.get("is_primary") and values.get("until") is None:
        others = db.session.scalars(queries.open_positions(values["person_id"])).first()
        values["is_primary"] = others is None
    return services.add(Position(**values))


def change_position(position: Position, version: int, **values: Any) -> Position:
    """Change a position."""
    check_dates(values.get("since", position.since), values.get("until", position.until))
    return services.change_part(position, version, **values)


def check_dates(since: PartialDate | None, until: PartialDate | None) -> None:
    """Refuse an end before the start.

    :raises InvalidValue: at ``until``.
    """
    if since is not None and until is not None and until.last_day < since.first_day:
        raise InvalidValue("until", _("The end must not be before the start"))


def leave(person: Person, *, organisation_id: int | None, on: PartialDate | None) -> list[Position]:
    """End what a person does at an organisation; the positions stay in the history.

    :param organisation_id: where the person leaves; every organisation when None.
    :param on: when; today when None.
    """
    day = on or PartialDate.of(today())
    ended = []
    for position in db.session.scalars(queries.open_positions(person.id)):
        if organisation_id is None or position.organisation_id == organisation_id:
            if position.since is not None and day.last_day < position.since.first_day:
                raise InvalidValue("on", _("The end must not be before the start"))
            position.until = day
            position.is_primary = False
            ended.append(position)
    if not ended:
        raise InvalidValue("organisation_id", _("There is no open position to end"))
    db.session.flush()
    return ended


# What a card or a signature adds


class Reached(NamedTuple):
    """A way to reach somebody."""

    kind: ContactKind
    value: str
    usage: str | None = None


def complete_person(person: Person, **values: Any) -> Person:
    """Enter what is not known yet of a person; what is there already stays."""
    missing = {key: value for key, value in values.items() if value and not getattr(person, key)}
    return services.change_record(person, person.version, **missing) if missing else person


def add_ways_to_reach(person: Person, ways: Sequence[Reached]) -> None:
    """Add the ways to reach a person that are not there yet."""
    points = db.session.scalars(records.contact_points_of(person))
    known = {(point.kind, _comparable(point.kind, point.value)) for point in points}
    for way in ways:
        key = (way.kind, _comparable(way.kind, way.value))
        if key not in known:
            known.add(key)
            services.add(
                ContactPoint(
                    record_id=person.id, kind=way.kind, value=way.value, usage=way.usage or None
                )
            )


def _comparable(kind: ContactKind, value: str) -> str:
    """Return an address or number so that two ways to write it are the same."""
    if kind is ContactKind.PHONE:
        return re.sub(r"\(\s*0\s*\)|[^+0-9]", "", value)
    return value.strip().casefold().removeprefix("https://").removeprefix("http://").rstrip("/")


def add_position_once(person: Person, organisation_id: int, **values: Any) -> None:
    """Add a position, unless the person works at the organisation already."""
    known = queries.open_positions(person.id).where(Position.organisation_id == organisation_id)
    if db.session.scalars(known).first() is None:
        add_position(person_id=person.id, organisation_id=organisation_id, **values)


def note_informed(person: Person) -> Person:
    """Note that a person was told today what is kept of them."""
    return change_person(person, person.version, informed_on=today())
