"""Everything that changes a person or a position. No service commits."""

from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.people import queries
from crm.people.models import Person, Position
from crm.records import services
from crm.records.models import Visibility


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
