"""How what changed from one meeting of a series to another reads on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.coming import series
from crm.coming.occurrences import Occurrences, counts
from crm.coming.series import Changes, Entry, Stay
from crm.core.i18n import _, _l
from crm.meetings.attendance import dates
from crm.meetings.models import Meeting
from crm.records.list_page import FilterControl
from crm.web.cells import lines
from crm.web.tables import HeaderCell, Row, Table

LABELS: dict[str, Any] = {"from": _l("Earlier meeting"), "to": _l("Later meeting")}


@dataclass(frozen=True)
class ChangeTable:
    """A change, how many it concerns, and whom."""

    id: str
    title: str
    count: int
    table: Table


def changes_between(found: Occurrences, compared: Sequence[Meeting]) -> Changes | None:
    """Return what changed from one meeting to the other; None where there are not two."""
    if not compared:
        return None
    start, end = compared
    return series.compare(found.entries[start.id], found.entries[end.id], counts)


def concerned(changes: Changes | None) -> set[int]:
    """Return the ids of all records that the changes name."""
    if changes is None:
        return set()
    entries = [*changes.newcomers, *(each for each, _now in changes.gone)]
    for stay in (*changes.changed_role, *changes.changed_organisation):
        entries += [stay.before, stay.after]
    named = {each for entry in entries for each in (entry.person_id, entry.organisation_id)}
    return {
        each
        for each in (*named, *changes.new_organisations, *changes.gone_organisations)
        if each is not None
    }


def compared_text(compared: Sequence[Meeting]) -> str:
    """Return which two meetings are compared."""
    if not compared:
        return ""
    start, end = compared
    return _(
        "%(end)s (%(end_date)s), compared with %(start)s (%(start_date)s)",
        end=end.title,
        end_date=dates(end),
        start=start.title,
        start_date=dates(start),
    )


def expected_text(found: Occurrences, compared: Sequence[Meeting]) -> str:
    """Say where those expected are compared, since nobody has noted who came."""
    titles = [each.title for each in compared if each.id not in found.held]
    if not titles:
        return ""
    return _(
        "Who came is not noted yet for %(titles)s: those counted are compared",
        titles=", ".join(titles),
    )


def filters(found: Occurrences, compared: Sequence[Meeting]) -> list[FilterControl]:
    """Return the fields that choose the two meetings."""
    if len(found.meetings) < 2:
        return []
    chosen = [each.id for each in compared] or [0, 0]
    return [
        FilterControl(
            key,
            str(LABELS[key]),
            "choice",
            str(chosen_id),
            [(str(each.id), f"{each.title} ({dates(each)})") for each in reversed(found.meetings)],
            True,
        )
        for key, chosen_id in zip(("from", "to"), chosen, strict=True)
    ]


def tables(found: Occurrences, changes: Changes | None) -> list[ChangeTable]:
    """Return a table for each sort of change, empty ones too: their number is an answer."""
    if changes is None:
        return []
    who, organisation, role = _("Who"), _("On behalf of"), _("Role")
    return [
        _table(
            "newcomers",
            _("Newcomers"),
            (who, organisation, role),
            [[*_person(found, each), each.role] for each in _sorted(found, changes.newcomers)],
        ),
        _table(
            "gone",
            _("Did not come back"),
            (who, organisation, _("Noted this time")),
            [_absence(found, *each) for each in _gone(found, changes)],
        ),
        _table(
            "new-organisations",
            _("New organisations"),
            (_("Organisation"),),
            [[found.link(each)] for each in sorted(changes.new_organisations, key=found.key)],
        ),
        _table(
            "gone-organisations",
            _("Organisations no longer there"),
            (_("Organisation"),),
            [[found.link(each)] for each in sorted(changes.gone_organisations, key=found.key)],
        ),
        _table(
            "roles",
            _("Other role or status"),
            (who, _("Before"), _("Now")),
            [_other_role(found, each) for each in _stays(found, changes.changed_role)],
        ),
        _table(
            "moves",
            _("Came for another organisation"),
            (who, _("Before"), _("Now")),
            [_move(found, each) for each in _stays(found, changes.changed_organisation)],
        ),
    ]


def _table(
    table_id: str, title: str, labels: Sequence[str], rows: Sequence[Sequence[Any]]
) -> ChangeTable:
    table = Table(title, [HeaderCell(label) for label in labels], [Row(each) for each in rows])
    return ChangeTable(table_id, title, len(rows), table)


def _sorted(found: Occurrences, entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: found.key(each.person_id or 0))


def _gone(found: Occurrences, changes: Changes) -> list[tuple[Entry, Entry | None]]:
    return sorted(changes.gone, key=lambda pair: found.key(pair[0].person_id or 0))


def _stays(found: Occurrences, stays: Sequence[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda each: found.key(each.after.person_id or 0))


def _person(found: Occurrences, entry: Entry) -> list[Any]:
    return [found.link(entry.person_id), found.link(entry.organisation_id)]


def _absence(found: Occurrences, before: Entry, noted: Entry | None) -> list[Any]:
    return [*_person(found, before), noted.status if noted else _("not noted")]


def _other_role(found: Occurrences, stay: Stay) -> list[Any]:
    return [
        found.link(stay.after.person_id),
        lines([stay.before.role, stay.before.status]),
        lines([stay.after.role, stay.after.status]),
    ]


def _move(found: Occurrences, stay: Stay) -> list[Any]:
    return [
        found.link(stay.after.person_id),
        found.link(stay.before.organisation_id),
        found.link(stay.after.organisation_id),
    ]
