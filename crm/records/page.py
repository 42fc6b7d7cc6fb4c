"""What the pages of a record show: facts, panels, timeline, history, conflict, trash."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from crm.core.db import db
from crm.core.errors import Conflict
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.permissions import Permission
from crm.records import asof, queries, services
from crm.records.display import Names, label_of, live_value, points_at, stored_value
from crm.records.gathering import ANY_RECORD, Gathered, Telling, gather, query_of
from crm.records.kinds import (
    Column,
    GlanceLine,
    Loaded,
    PageSection,
    Panel,
    RecordKind,
    record_link,
    registry,
)
from crm.records.list_page import ListPage
from crm.records.listing import count_of, headings, ids_of
from crm.records.models import Change, Part, Record, Visibility
from crm.records.reading import having_read
from crm.records.unions import Answer
from crm.web import kept
from crm.web.cells import Action, Chip, Lines, lines
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry, locale_code, shown

MOMENTS = 20
PANEL_ROWS = 100
CHANGES = 50


@dataclass(frozen=True)
class PanelView:
    """A panel as the template draws it."""

    id: str
    title: str
    count: int
    columns: Sequence[HeaderCell]
    rows: Sequence[Row]
    actions: Sequence[Action]
    empty: str
    note: str = ""
    more_url: str | None = None
    more_label: str | None = None


@dataclass(frozen=True)
class GlanceView:
    """What stands at the top of a page, as the template draws it."""

    id: str
    title: str
    shape: str
    lines: Sequence[GlanceLine]
    more_url: str | None = None


@dataclass(frozen=True)
class AsOf:
    """The day of a page: what was typed, what to say of it, and where today is."""

    typed: str
    sentence: str
    complaint: str
    url: str


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened."""

    when: str
    year: str
    kind_label: str
    title: str
    url: str
    summary: str


@dataclass(frozen=True)
class HistoryEntry:
    """A change as the history page tells it."""

    when: Any
    who: str
    action_label: str
    reason: str
    changes: Sequence[tuple[str, Any, Any]]
    undo: Action | None = None
    undo_reason: str | None = None


@dataclass(frozen=True)
class ConflictRow:
    """A field that two people changed."""

    name: str
    label: str
    mine: Any
    stored: Any
    original: Any

    @property
    def choice_name(self) -> str:
        """Return the name of the radio buttons."""
        return f"choice-{self.name}"


@dataclass
class Timeline:
    """A page of a record's timeline."""

    entries: list[TimelineEntry] = field(default_factory=list)
    newest: Sequence[Record] | None = None
    older_url: str | None = None
    filters: list[NavEntry] = field(default_factory=list)


def context(kind: RecordKind, record: Record) -> dict[str, Any]:
    """Return what the page of a record needs."""
    with asof.as_of(asof.read_day() if kind.is_dated else None):
        return _context(kind, record)


def _context(kind: RecordKind, record: Record) -> dict[str, Any]:
    declared = registry.panels_of(record)
    moments = _Moments(record)
    gathered = gather(kind, record, declared, registry.readings_of(record), moments.telling())
    with having_read(gathered.readings):
        return _told(kind, record, declared, gathered, moments)


def _told(
    kind: RecordKind,
    record: Record,
    declared: Sequence[Panel],
    gathered: Gathered,
    moments: "_Moments",
) -> dict[str, Any]:
    adders: list[Action] = []
    rows = {key: answer.rows for key, answer in gathered.panels.items()}
    filled = {key for key, found in rows.items() if found}
    panels = [_panel(kind, panel, record, gathered.panels[panel.key], adders) for panel in declared]
    timeline = moments.timeline(kind, gathered.moments)
    side = {panel.key for panel in declared if panel.side}
    visible = [panel for panel in panels if panel is not None]
    return {
        "record": record,
        "kind_label": str(kind.label),
        "breadcrumb": NavEntry(
            str(kind.label_plural), url_for(f"{kind.path}.index"), current=False
        ),
        "chips": _chips(record),
        "summary_line": [value for value in kind.summary(record) if value not in (None, "")],
        "notice": _notice(record),
        "as_of": _as_of(kind, record) if kind.is_dated else None,
        "facts": facts_of(kind, record, filled),
        "note": kind.note(record),
        "glances": _glances(record, Loaded(rows, timeline.newest)),
        "panels_main": [panel for panel in visible if panel.id not in side],
        "panels_side": [panel for panel in visible if panel.id in side],
        "timeline_entries": timeline.entries,
        "timeline_older_url": timeline.older_url,
        "timeline_filters": timeline.filters,
        "actions": _actions(kind, record),
        "adders": adders,
        "sections": _sections(record),
    }


def _sections(record: Record) -> list[PageSection]:
    """Return what features put on the page; nothing on a past day or of what is in the trash."""
    if record.deleted_at is not None or asof.asked_day() is not None:
        return []
    return [section for offered in registry.page_sections if (section := offered(record))]


def _glances(record: Record, loaded: Loaded) -> list[GlanceView]:
    """Return what stands at the top of the page: as far as there is something to say."""
    views = []
    for each in sorted(registry.glances, key=lambda glance: glance.order):
        found = each.lines(record, loaded) if record.kind in each.on else ()
        if found:
            more = f"#{each.panel}" if each.panel else None
            views.append(GlanceView(f"glance-{each.key}", str(each.title), each.shape, found, more))
    return views


def _as_of(kind: RecordKind, record: Record) -> AsOf:
    return AsOf(
        typed=asof.typed_day(),
        sentence=asof.sentence(),
        complaint=asof.complaint(),
        url=kind.url(record),
    )


def facts_of(
    kind: RecordKind, record: Record, filled: Container[str] | None = None
) -> list[tuple[Any, Any]]:
    """Return the facts of a record's page: those of its kind, and what other features know.

    :param filled: the keys of the panels that have rows, where that is known.
    """
    more = [
        each.of
        for each in registry.facts
        if each.kind == kind.name and (filled is None or each.panel is None or each.panel in filled)
    ]
    return _united(
        [
            *kind.facts(record),
            *(fact for facts in more for fact in facts(record)),
            *_bookkeeping(record),
        ]
    )


def _united(facts: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return facts with each label once: what several features know of it stands together."""
    united: dict[str, list[Any]] = {}
    for label, value in facts:
        values = value.lines if isinstance(value, Lines) else [value]
        known = united.setdefault(str(label), [])
        known += [each for each in values if shown(each) not in map(shown, known)]
    return [(label, lines(values)) for label, values in united.items()]


def rows_of(panel: Panel, record: Record, most: int, skip: int = 0) -> Sequence[Any]:
    """Return rows of a panel, on the day that was asked."""
    query = query_of(panel, record)
    return db.session.scalars(query.limit(most).offset(skip or None)).unique().all()


def _count_of(panel: Panel, record: Record) -> int:
    """Return how many rows a panel has in all."""
    return count_of(ids_of(query_of(panel, record)))


def columns_of(panel: Panel, record: Record) -> Sequence[Column]:
    """Return what a panel shows of each row on the page of a record."""
    return panel.columns(record) if callable(panel.columns) else panel.columns


def _chips(record: Record) -> list[Chip]:
    if record.visibility is Visibility.TEAM:
        return []
    return [Chip(record.visibility.label, "violet", "lock")]


def _notice(record: Record) -> str | None:
    if record.deleted_at is None:
        return None
    return _(
        "In the trash since %(when)s. Nobody finds it in lists or search.",
        when=shown(record.deleted_at),
    )


def _bookkeeping(record: Record) -> list[tuple[str, Any]]:
    if record.checked_on is None:
        return []
    who = record.checked_by.name if record.checked_by else _("somebody who left")
    return [(_("Checked"), _("%(when)s by %(who)s", when=shown(record.checked_on), who=who))]


def _actions(kind: RecordKind, record: Record) -> list[Action]:
    if record.deleted_at is not None:
        if current_user.can(Permission.RECORDS_TRASH):
            return [Action(_("Restore"), kind.url(record, "restore"), "post")]
        return []
    found = list(kind.actions(record))
    for more in reversed(registry.record_actions):  # The features of daily work come last.
        found += more(record)
    reading = [action for action in found if action.only_reads]
    reading.append(Action(_("History"), kind.url(record, "history"), only_reads=True))
    if asof.asked_day() is not None:
        return reading  # The past is looked at; what is done is done today.
    actions = [action for action in found if not action.only_reads]
    if current_user.can(kind.edit_permission):
        actions += [
            Action(_("Edit"), kind.url(record, "edit_record")),
            Action(_("Still right"), kind.url(record, "confirm"), "post"),
            Action(_("Tags"), kind.url(record, "tags")),
        ]
    actions += reading
    if current_user.can(Permission.RECORDS_TRASH):
        actions.append(Action(_("Put in the trash"), kind.url(record, "delete"), "post"))
    return actions


def _panel(
    kind: RecordKind, panel: Panel, record: Record, answer: Answer, adders: list[Action]
) -> PanelView | None:
    """Return a panel; of one with nothing to show, only the ways to add something are kept."""
    rows = answer.rows
    actions = _panel_actions(kind, panel, record, has_rows=bool(rows))
    if not rows and panel.when_empty is None:
        adders += actions
        return None
    is_cut = len(rows) > panel.limit
    url = _full_page(kind, panel, record) if is_cut else None
    return _panel_view(
        kind,
        panel,
        record,
        rows[: panel.limit],
        count=answer.total if is_cut else len(rows),
        actions=actions,
        more_url=url,
    )


def _full_page(kind: RecordKind, panel: Panel, record: Record) -> str:
    """Return the address where all rows of a panel are."""
    day = asof.address_values()
    if panel.full_page is not None:
        return kind.url(record, panel.full_page, **day)
    return kind.url(record, "panel", key=panel.key, **day)


def _panel_actions(
    kind: RecordKind, panel: Panel, record: Record, *, has_rows: bool
) -> list[Action]:
    is_today = asof.asked_day() is None
    actions = list(panel.actions(record)) if panel.actions and is_today else []
    part = panel.part
    is_full = part is not None and part.is_single and has_rows
    if part is not None and panel.adds and not is_full and _is_editable(kind, panel, record):
        actions.insert(0, Action(part.add_label, kind.url(record, "add_part", part_name=part.name)))
    return actions


def _is_editable(kind: RecordKind, panel: Panel, record: Record) -> bool:
    part = panel.part
    return (
        part is not None
        and asof.asked_day() is None
        and kind.name in part.owners
        and record.deleted_at is None
        and current_user.can(part.permission)
    )


def _panel_view(  # noqa: PLR0913 - all that a panel is made of
    kind: RecordKind,
    panel: Panel,
    record: Record,
    rows: Sequence[Any],
    *,
    count: int,
    actions: Sequence[Action],
    more_url: str | None = None,
) -> PanelView:
    columns = columns_of(panel, record)
    editable = _is_editable(kind, panel, record)
    is_live = asof.asked_day() is None and record.deleted_at is None
    note = panel.note(record, rows) if panel.note else None
    return PanelView(
        id=panel.key,
        title=str(panel.title),
        count=count,
        columns=headings(columns),
        rows=[
            Row(
                [column.cell(row) for column in columns],
                actions=_row_actions(kind, panel, record, row, is_editable=editable)
                if is_live
                else (),
            )
            for row in rows
        ],
        actions=actions,
        empty=str(panel.when_empty or _("Nothing here yet")),
        note=str(note) if note else "",
        more_url=more_url,
        more_label=_("See all %(count)d", count=count) if more_url else None,
    )


def panel_context(kind: RecordKind, record: Record, key: str) -> dict[str, Any] | None:
    """Return what the page of a panel needs, on which all its rows are; None where there is none.

    The address says which part of the rows: ``?page=2``.
    """
    panel = next((each for each in registry.panels_of(record) if each.key == key), None)
    if panel is None:
        return None
    with asof.as_of(asof.read_day() if kind.is_dated else None):
        count = _count_of(panel, record)
        pages = max(1, -(-count // PANEL_ROWS))
        number = min(max(_number(request.args.get("page", "1")), 1), pages)
        rows = rows_of(panel, record, PANEL_ROWS, skip=(number - 1) * PANEL_ROWS)

        def address(page: int) -> str:
            return kind.url(record, "panel", key=key, page=page, **asof.address_values())

        actions = _panel_actions(kind, panel, record, has_rows=bool(count))
        return {
            "panel": _panel_view(kind, panel, record, rows, count=count, actions=actions),
            "title": _("%(what)s – %(title)s", what=panel.title, title=record.title),
            "as_of": _as_of(kind, record) if kind.is_dated else None,
            "back_url": kind.url(record, **asof.address_values()),
            "back_label": record.title,
            "previous_url": address(number - 1) if number > 1 else None,
            "next_url": address(number + 1) if number < pages else None,
        }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _row_actions(
    kind: RecordKind, panel: Panel, record: Record, row: Any, *, is_editable: bool
) -> list[Action]:
    """Return what one may do with a row: what its panel says, then to change and remove it.

    Rows of another record are changed on its own page.
    """
    part = panel.part
    more = panel.row_actions(record, row) if panel.row_actions else ()
    if part is None:
        return [*more]
    if not is_editable or not isinstance(row, part.model):
        return []
    if getattr(row, part.owners[kind.name]) != record.id:
        return []
    if not part.may_change(row):
        return [*more]
    return [
        *more,
        Action(_("Edit"), kind.url(record, "edit_part", part_name=part.name, part_id=row.id)),
        Action(
            _("Remove"),
            kind.url(record, "remove_part", part_name=part.name, part_id=row.id),
            "post",
        ),
    ]


# Timeline


class _Moments:
    """What happened with a record: how it is asked for, and how it is told."""

    def __init__(self, record: Record) -> None:
        """Read from the address which part of it is wanted."""
        self.record = record
        self.all = [moment for moment in registry.moments if moment.kind in registry.kinds]
        self.asked = request.args.get("show", "")
        self.chosen = [moment for moment in self.all if moment.kind == self.asked] or self.all
        self.day, _tilde, last_id = request.args.get("before", "")[:40].partition("~")
        is_number = last_id.isascii() and last_id.isdigit() and len(last_id) < 10
        self.last_id = int(last_id) if is_number else None

    def telling(self) -> Telling | None:
        """Return the question for these moments, and for one more."""
        if not self.chosen:
            return None
        is_later = self.last_id is not None
        values = {"before_day": self.day, "before_id": self.last_id} if is_later else {}
        name = self.asked if self.chosen is not self.all else ""
        return Telling(f"{name} {is_later}", self._query, MOMENTS + 1, values)

    def _query(self) -> Any:
        told = sa.union_all(*(each.query(ANY_RECORD) for each in self.chosen)).subquery()
        last = sa.func.coalesce(sa.func.max(sa.type_coerce(told.c[1], sa.String)), "")
        happened = (
            select(told.c[0].label("record_id"), last.label("day"))
            .where(told.c[0] != ANY_RECORD.id)
            .group_by(told.c[0])
        )
        if (asked_day := asof.asked_day()) is not None:
            happened = happened.where(sa.type_coerce(told.c[1], sa.String) <= asked_day.isoformat())
        moment = happened.subquery()
        query: Any = select(Record.id, moment.c.day).join(moment, moment.c.record_id == Record.id)
        if self.last_id is not None:
            last_day = sa.bindparam("before_day", type_=sa.String)
            last_id = sa.bindparam("before_id", type_=sa.Integer)
            query = query.where(sa.tuple_(moment.c.day, Record.id) < sa.tuple_(last_day, last_id))
        return query.order_by(moment.c.day.desc(), Record.id.desc())

    def timeline(self, kind: RecordKind, found: Sequence[tuple[Record, str | None]]) -> Timeline:
        """Return a page of the timeline."""
        timeline = Timeline()
        if not self.chosen:
            return timeline
        kept, shown_kind = asof.address_values(), self.asked or None
        timeline.entries = [_entry(row, day) for row, day in found[:MOMENTS]]
        if self.chosen is self.all and not request.args.get("before", ""):
            timeline.newest = [row for row, _day in found]
        if len(found) > MOMENTS:
            row, day = found[MOMENTS - 1]
            timeline.older_url = kind.url(
                self.record, before=f"{day or ''}~{row.id}", show=shown_kind, **kept
            )
        names = dict.fromkeys(moment.kind for moment in self.all)
        timeline.filters = [
            NavEntry(_("All"), kind.url(self.record, **kept), current=self.chosen is self.all),
            *(
                NavEntry(
                    str(registry.kinds[name].label_plural),
                    kind.url(self.record, show=name, **kept),
                    current=self.asked == name,
                )
                for name in names
            ),
        ]
        return timeline


def _entry(record: Record, day: str | None) -> TimelineEntry:
    kind = registry.kind_of(record)
    when = PartialDate.parse_iso(day[:10]) if day else None
    return TimelineEntry(
        when=when.format(locale_code()) if when else _("date not stated"),
        year=str(when.year) if when else "",
        kind_label=str(kind.label),
        title=record.title,
        url=kind.url(record),
        summary=(kind.timeline_summary(record) if kind.timeline_summary else None) or "",
    )


# History


def may_undo(change: Change) -> bool:
    """Tell whether the person may put a change back: their own, or any as a manager."""
    return bool(change.user_id == current_user.id) or current_user.can(Permission.RECORDS_TRASH)


def history_context(kind: RecordKind, record: Record) -> dict[str, Any]:
    """Return what the history page of a record needs."""
    before = request.args.get("before", "")
    query = queries.changes_of(record)
    if before.isascii() and before.isalnum() and before:
        place = db.session.scalar(select(Change.id).where(Change.key == before[:32]))
        query = query.where(Change.id < place) if place else query
    found = db.session.scalars(query.limit(CHANGES + 1)).unique().all()
    names = _names_in(found)
    older = (
        kind.url(record, "history", before=found[CHANGES - 1].key) if len(found) > CHANGES else None
    )
    return {
        "record": record,
        "kind_label": str(kind.label),
        "breadcrumb": NavEntry(record.title, kind.url(record), current=False),
        "entries": [_history_entry(kind, record, change, names) for change in found[:CHANGES]],
        "older_url": older,
    }


def _names_in(changes: Sequence[Change]) -> Names:
    records: list[Any] = []
    users: list[Any] = []
    tags: list[Any] = []
    targets = {"record": records, "user": users, "tag": tags}
    for change in changes:
        model = services.model_of(change.row_table)
        if model is None:
            continue
        for key, pair in change.values.items():
            target = points_at(model, key)
            if target in targets:
                targets[target].extend(pair)
    names = Names()
    names.learn(records, users, tags)
    return names


def _history_entry(kind: RecordKind, record: Record, change: Change, names: Names) -> HistoryEntry:
    model = services.model_of(change.row_table)
    values = []
    if model is not None:
        own = getattr(model, "__records__", ())
        for key, (old, new) in change.values.items():
            if key in own and record.id in (old, new):
                continue  # The page says already which record it is.
            values.append(
                (
                    label_of(model, key),
                    stored_value(model, key, old, names),
                    stored_value(model, key, new, names),
                )
            )
    undo, obstacle = None, None
    if may_undo(change) and current_user.can(kind.edit_permission):
        row = services.row_of(change)
        obstacle = services.undo_obstacle(change, model, row)
        if obstacle is None:
            undo = Action(_("Undo"), kind.url(record, "undo", key=change.key), "post")
    what = model.__part_label__ if model is not None and issubclass(model, Part) else kind.label
    return HistoryEntry(
        when=change.at,
        who=change.user.name if change.user else _("The system"),
        action_label=_act(change, record, str(what)),
        reason=change.reason or "",
        changes=values,
        undo=undo,
        undo_reason=obstacle,
    )


def _act(change: Change, record: Record, what: str) -> str:
    if change.row_id != record.id:
        return _("%(act)s: %(what)s", act=change.act.label, what=what)
    if "deleted_at" in change.values:
        return _("Put in the trash") if change.values["deleted_at"][1] else _("Restored")
    return str(change.act.label)


# Conflict


def version_asked(row: Any) -> int:
    """Return the version of the row that the form was made from."""
    asked = kept.entered().get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return int(asked)
    version: int = row.version
    return version


def conflict_context(
    conflict: Conflict, typed: MultiDict[str, str], action_url: str
) -> dict[str, Any]:
    """Return what the conflict page needs: three values per field, and all that was typed."""
    row = conflict.record
    model = type(row)
    db.session.refresh(row)
    names = Names()
    values = [(key, value) for key, three in conflict.fields.items() for value in three]
    names.learn(
        [value for key, value in values if points_at(model, key) == "record"],
        [value for key, value in values if points_at(model, key) == "user"],
    )
    last = db.session.scalar(
        queries.changes_of_row(row.__tablename__, row.id, version_asked(row)).limit(1)
    )
    rows = [
        ConflictRow(
            key, label_of(model, key), *(live_value(model, key, each, names) for each in three)
        )
        for key, three in conflict.fields.items()
    ]
    return {
        "title": getattr(row, "title", None) or str(getattr(model, "__part_label__", "")),
        "who": last.user.name if last and last.user else _("Somebody"),
        "when": last.at if last else None,
        "rows": rows,
        "form_data": [
            (name, value)
            for name, value in typed.items(multi=True)
            if name not in ("csrf_token", "version") and not name.startswith("choice-")
        ],
        "action_url": action_url,
        "version": row.version,
    }


# Trash


def trash_page(records: Sequence[Record]) -> ListPage:
    """Return the list of what is in the trash."""
    rows = [
        Row(
            [
                record_link(record),
                registry.kind_of(record).label,
                record.deleted_at,
            ],
            actions=[Action(_("Restore"), registry.kind_of(record).url(record, "restore"), "post")],
        )
        for record in records
    ]
    return ListPage(
        title=_("Trash"),
        q="",
        filters=[],
        chips=[],
        clear_url="",
        columns=[HeaderCell(_("Name")), HeaderCell(_("Kind")), HeaderCell(_("In the trash since"))],
        rows=rows,
        count_text="",
        empty_text=_("The trash is empty"),
    )
