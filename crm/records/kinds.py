"""What a feature says of its records and parts; the generic pages are built from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from flask import url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, Select
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.datastructures import MultiDict

from crm.core.i18n import _
from crm.core.text import slug
from crm.documents.ics import CalendarEvent
from crm.permissions import Permission
from crm.records import services
from crm.records.agenda import DigestSection
from crm.records.audience import Audience, Withheld
from crm.records.filed import Filed, LinkedList, LinkedSheet
from crm.records.holding import Holding
from crm.records.models import Part, Record
from crm.records.packing import PackChanges, PackSection, PackTable
from crm.records.publishing import PublicFacts, PublicSection
from crm.records.reading import Reading
from crm.records.ties import Tie
from crm.web.addresses import address_of_place
from crm.web.cells import Action, Link
from crm.web.form import EntryForm
from crm.web.templating import DrawnOnce, locale_code

EVERY_KIND = "*"
"""Instead of a kind's name: what a feature adds to every list."""


@dataclass(frozen=True)
class Column:
    """A column of a list or panel.

    :param cell: returns what to show of a row: text, or one of :mod:`crm.web.cells`.
    :param sort: the database column to sort by, where the list can.
    :param together: returns what to show of each of the page's rows, by id, where asking for each
        would take a statement a row; instead of ``cell``. Columns with the same function ask once.
    :param say: turns what ``together`` has of a row into what to show; by default as it is.
    :param usual: whether a list shows it before anybody chooses columns.
    :param widest: the readers whom a file with it may reach, and no others beyond them.
    :param filed: how a file reads it without loading whole records; by default what it shows.
    :param within: columns of which it shows something too; a file has them beside it.
    :param field: the field of the form by which it is corrected, where it can be.
    """

    key: str
    label: Any
    cell: Callable[[Any], Any] = lambda row: None
    sort: Any = None
    numeric: bool = False
    together: Callable[[Sequence[Any]], Mapping[int, Any]] | None = None
    say: Callable[[Any], Any] | None = None
    usual: bool = True
    widest: Audience = Audience.INTERNAL
    filed: Filed | None = None
    within: Sequence[str] = ()
    field: str | None = None

    def cells(self, rows: Sequence[Any], known: dict[Any, Any] | None = None) -> list[Any]:
        """Return what to show of each row.

        :param known: what other columns have asked of the same rows; it is added to.
        """
        if self.together is None:
            return [self.cell(row) for row in rows]
        known = {} if known is None else known
        if self.together not in known:
            known[self.together] = self.together(rows) if rows else {}
        found = [known[self.together].get(row.id) for row in rows]
        return found if self.say is None else [self.say(each) for each in found]


@dataclass(frozen=True)
class Filter:
    """A question a list answers from its address.

    :param where: turns one value of the address into a condition; raises ``ValueError`` for a
        value that makes no sense. Several values of one filter mean "or".
    :param choices: the values to offer, with their labels.
    :param is_closed: whether these are the same for everybody, as long as the program runs.
    :param kind: how the form asks for it.
    :param describe: how a value reads on its chip; by default the label of the choice.
    :param read: turns what somebody typed into values of the address, as when names become ids.
    :param kinds: the kinds of records whose names are proposed while typing.
    :param is_twofold: whether "all but these" is a question, too.
    """

    key: str
    label: Any
    where: Callable[[str], Any]
    kind: Literal["choice", "text", "date", "record"] = "choice"
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    is_closed: bool = False
    describe: Callable[[str], Any] | None = None
    pinned: bool = False
    read: Callable[[str], Sequence[str]] = lambda value: (value,)
    kinds: Sequence[str] = ()
    is_twofold: bool = True
    _closed: dict[str, DrawnOnce] = field(default_factory=dict, init=False, compare=False)

    def offered(self) -> Sequence[tuple[str, str]]:
        """Return the values to offer, with their labels in the reader's language."""
        if self.choices is None:
            return ()
        if not self.is_closed:
            return [(value, str(label)) for value, label in self.choices()]
        language = locale_code()
        if language not in self._closed:
            pairs = [(value, str(label)) for value, label in self.choices()]
            self._closed[language] = DrawnOnce(pairs)
        return self._closed[language]


@dataclass(frozen=True)
class PartKind:
    """A part that people add, change and remove from a record's page.

    :param name: its place in the address: ``/organisations/142-x/<name>/new``.
    :param owners: for each kind of record on whose page it can be added, the column that then
        takes the record's id.
    :param create: the service that adds one; takes the form's values and returns the part.
    :param change: the service that changes one; takes the part, its version and the values.
    :param remove: the service that removes one, where it may refuse.
    :param may_change: whether one can be changed and removed at all.
    :param is_single: whether a record has one at most.
    """

    name: str
    model: type[Part]
    label: Any
    add_label: Any
    form: type[EntryForm]
    owners: dict[str, str]
    permission: Permission = Permission.RECORDS_EDIT
    create: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None
    remove: Callable[[Any], None] = services.remove_part
    may_change: Callable[[Any], bool] = lambda part: True
    is_single: bool = False


@dataclass(frozen=True)
class Panel:
    """A table on a record's page.

    :param on: kinds of record that show it.
    :param query: returns the rows of a record's panel: takes something that has its id alone.
    :param columns: what it shows of each row, or a function that takes the page's record.
    :param part: the kind of part of the rows, when people edit them here.
    :param adds: whether its heading offers to add one; not where another panel does.
    :param side: in the narrow column beside the timeline.
    :param limit: how many rows the page of the record shows; all are on a page of their own.
    :param full_page: the page of the record with all rows, where it has one of its own.
    :param when_empty: the sentence shown instead of an empty table; None hides the panel.
    :param actions: more things to do, besides adding a part.
    :param row_actions: more things to do with a row: takes the page's record and the row.
    :param note: a sentence about the whole panel, computed from the record and its rows.
    :param when: whether the panel concerns a record at all.
    :param on_day: the condition that keeps the rows of a day, when one is asked.
    """

    key: str
    title: Any
    on: Sequence[str]
    query: Callable[[Any], Select[Any]]
    columns: Sequence[Column] | Callable[[Any], Sequence[Column]]
    part: PartKind | None = None
    adds: bool = True
    side: bool = False
    order: int = 50
    when_empty: Any = None
    limit: int = 20
    full_page: str | None = None
    actions: Callable[[Any], Sequence[Action]] | None = None
    row_actions: Callable[[Any, Any], Sequence[Action]] | None = None
    note: Callable[[Any, Sequence[Any]], Any] | None = None
    when: Callable[[Any], bool] = lambda record: True
    on_day: Callable[[date], ColumnElement[bool]] | None = None


@dataclass(frozen=True)
class ListKind:
    """A list of values that managers edit, with its pages under ``/lists/``.

    :param name: its place in the address.
    :param about: what it decides, in a sentence.
    :param fixed: what every value of this list has in common, when the table holds several lists.
    :param create: the service that adds a value; takes the form's values and what is fixed.
    :param add_label: None for a list with a value for each of a fixed number of things.
    :param title: what a value is called on the page that changes it.
    :param check: refuses the values in the table as a whole, by raising ``InvalidValue``.
    """

    name: str
    model: type[Any]
    label: Any
    about: Any
    form: type[EntryForm]
    columns: Sequence[Column]
    add_label: Any = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    create: Callable[..., Any] | None = None
    title: Callable[[Any], Any] | None = None
    check: Callable[[Sequence[Any]], None] | None = None


@dataclass(frozen=True)
class HomeBlock:
    """A table of the page Today.

    :param query: returns its rows, the most urgent first: takes the id of whose they are, or None
        for those of the whole team.
    :param empty: the sentence that stands for a table without rows.
    :param more_url: the list that has these very rows, where there is one: takes the same.
    :param row_actions: what to do with a row, the main thing first.
    """

    key: str
    title: Any
    query: Callable[[int | None], Select[Any]]
    columns: Sequence[Column]
    empty: Any
    order: int = 50
    more_url: Callable[[int | None], str] | None = None
    row_actions: Callable[[Any], Sequence[Action]] | None = None


@dataclass(frozen=True)
class BulkAction:
    """A change that can be made to many records of a list at once.

    :param kinds: the lists that offer it.
    :param form: what it asks for.
    :param apply: the service: takes a record and the form's values as JSON holds them (ids, codes,
        texts); tells whether it changed anything, or says what it could not change of it; raises
        ``InvalidValue`` or ``NotAllowed`` for a record that it cannot change.
    :param check: refuses the values themselves, once, by raising ``InvalidValue``.
    """

    name: str
    label: Any
    kinds: Sequence[str]
    permission: Permission
    form: type[EntryForm]
    apply: Callable[..., bool | str]
    check: Callable[..., None] | None = None
    order: int = 50


@dataclass(frozen=True)
class ListFile:
    """A file that a feature makes of the records of a list, besides tables.

    :param name: the format, as exports know it.
    :param kinds: the lists that offer it.
    :param widest: the readers whom it may reach, and no others beyond them.
    :param make: takes the ids of some records and the address of the server; yields what the
        file says of each that may stand in it.
    """

    name: str
    kinds: Sequence[str]
    widest: Audience
    make: Callable[[Sequence[int], str], Iterable[bytes]]


@dataclass(frozen=True)
class PartList:
    """A page of its own that lists parts, and can be taken along as a table.

    :param path: names it in the address of its file.
    :param query: returns its rows; takes what the address of the page asks for.
    :param endpoint: its page.
    """

    path: str
    title: Any
    endpoint: str
    query: Callable[[MultiDict[str, str]], Select[Any]]
    columns: Sequence[Column]

    def file_actions(self, **asked: Any) -> list[Action]:
        """Return the way from the page to its file, for those who may make one."""
        if not current_user.can(Permission.EXPORTS_MAKE):
            return []
        return [Action(_("Make a file"), url_for("exports.parts", path=self.path, **asked))]


@dataclass(frozen=True)
class PageSection:
    """Something that a feature puts on the page of a record, before what happened.

    :param template: draws it; reads what it needs as ``section.values``.
    """

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class MoreFacts:
    """What a feature knows of the records of a kind, beside what the kind itself says.

    :param kind: whose pages say it.
    :param of: returns label and value pairs.
    :param panel: the panel on the same page without whose rows there is nothing to say.
    """

    kind: str
    of: Callable[[Any], Sequence[tuple[Any, Any]]]
    panel: str | None = None


@dataclass(frozen=True)
class Loaded:
    """What a page has read already: nothing of it need be asked again.

    :param rows: the rows of each panel, by its key, up to its limit or more.
    :param moments: the newest records of the timeline; None where only some kinds are shown.
    """

    rows: Mapping[str, Sequence[Any]]
    moments: Sequence[Record] | None = None


@dataclass(frozen=True)
class GlanceLine:
    """A line at the top of a page: what it is about, a detail beside it, a text below."""

    value: Any
    detail: Any = None
    text: str | None = None


@dataclass(frozen=True)
class Glance:
    """What one wants to see of a record before a call, without a further step.

    :param lines: takes the page's record and what was read for the page.
    :param shape: a list of lines, lines with a text in the wide column, or all on one line.
    :param panel: where the rest of it is on the page.
    """

    key: str
    title: Any
    on: Sequence[str]
    lines: Callable[[Any, Loaded], Sequence[GlanceLine]]
    shape: Literal["list", "wide", "line"] = "list"
    order: int = 50
    panel: str | None = None


@dataclass(frozen=True)
class Moment:
    """What a feature adds to the timelines of records.

    :param query: returns, for something with the id of a record, rows of (record id, ISO text of
        the date): the records to show and when they happened. These are filtered once more
        where they are told, so that their own tables may be read as they are.
    """

    kind: str
    query: Callable[[Any], Select[int, Any]]


@dataclass(frozen=True)
class RecordKind:
    """A kind of record and its pages.

    :param name: as in the column ``records.kind``.
    :param path: the first part of its addresses.
    :param query: the statement that lists it, with what the columns need.
    :param facts: label and value pairs of the page.
    :param summary: the values under the heading.
    :param note: the pinned "good to know" text.
    :param create: the service that adds one.
    :param change: the service that changes one: takes the record, its version and the values.
    :param actions: further things to do from the page, the first is the main one.
    :param list_actions: further things to do from the list.
    :param timeline_summary: one line about it on timelines.
    :param prefill: returns what an address asks a new form to begin with, besides its fields.
    :param has_own_form: whether its feature has a page of its own to add one.
    :param is_dated: whether its page answers as on a day.
    :param column_sets: columns of a file that go together: a label and their keys.
    :param names_people: whether a file of its list is one about people.
    :param needs: what its page says of the record that is read from elsewhere, as the options of
        a statement.
    """

    name: str
    path: str
    model: type[Record]
    label: Any
    label_plural: Any
    add_label: Any
    form: type[EntryForm]
    columns: Sequence[Column]
    query: Callable[[], Select[Any]]
    filters: Sequence[Filter] = ()
    facts: Callable[[Any], Sequence[tuple[Any, Any]]] = lambda record: ()
    summary: Callable[[Any], Sequence[Any]] = lambda record: ()
    note: Callable[[Any], str | None] = lambda record: None
    create: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None
    edit_permission: Permission = Permission.RECORDS_EDIT
    actions: Callable[[Any], Sequence[Action]] = lambda record: ()
    list_actions: Callable[[], Sequence[Action]] = lambda: ()
    timeline_summary: Callable[[Any], str | None] | None = None
    empty: Any = None
    prefill: Callable[[Mapping[str, str]], Mapping[str, Any]] = lambda args: {}
    has_own_form: bool = False
    default_sort: str = "title"
    stored: str | None = None
    is_dated: bool = False
    column_sets: Sequence[tuple[Any, Sequence[str]]] = ()
    names_people: bool = False
    needs: Sequence[ExecutableOption] = ()

    @property
    def stored_kind(self) -> str:
        """Return the value of ``records.kind`` of its records.

        A kind may be another list of the same records: a network is an organisation.
        """
        return self.stored or self.name

    def url(self, record: Record, page: str = "detail", /, **values: Any) -> str:
        """Return the address of a record's page."""
        return self.url_of(record.id, record.title, page, **values)

    def url_of(self, record_id: int, title: str, page: str = "detail", /, **values: Any) -> str:
        """Return the address of the page of a record that was not loaded whole."""
        decoration = slug(title)
        place = f"{record_id}-{decoration}" if decoration else str(record_id)
        endpoint = f"{registry.kinds[self.stored_kind].path}.{page}"
        if values:
            return url_for(endpoint, place=place, **values)
        return address_of_place(endpoint, place)


@dataclass
class Registry:
    """All that the features in use say of records."""

    kinds: dict[str, RecordKind] = field(default_factory=dict)
    panels: list[Panel] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    page_sections: list[Callable[[Record], PageSection | None]] = field(default_factory=list)
    parts: dict[str, PartKind] = field(default_factory=dict)
    facts: list[MoreFacts] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    glances: list[Glance] = field(default_factory=list)
    record_actions: list[Callable[[Any], Sequence[Action]]] = field(default_factory=list)
    ways_to_add: list[tuple[str, Callable[[], Sequence[Action]]]] = field(default_factory=list)
    list_filters: list[tuple[str, Filter]] = field(default_factory=list)
    list_columns: list[tuple[str, Column]] = field(default_factory=list)
    home: list[HomeBlock] = field(default_factory=list)
    lists: dict[str, ListKind] = field(default_factory=dict)
    pack_sections: list[PackSection] = field(default_factory=list)
    pack_tables: list[PackTable] = field(default_factory=list)
    pack_changes: list[PackChanges] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    public_sections: list[PublicSection] = field(default_factory=list)
    public_facts: list[PublicFacts] = field(default_factory=list)
    bulk_actions: dict[str, BulkAction] = field(default_factory=dict)
    views_bar: Callable[[Any], Any] | None = None
    list_actions: list[Callable[[Any], Sequence[Action]]] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    list_files: dict[str, ListFile] = field(default_factory=dict)
    part_lists: dict[str, PartList] = field(default_factory=dict)
    linked_lists: list[LinkedList] = field(default_factory=list)
    linked_sheets: list[LinkedSheet] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    calendar: list[Callable[[int], Iterable[CalendarEvent]]] = field(default_factory=list)
    digest: list[Callable[[int, date], DigestSection | None]] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything, before an application registers its features."""
        self.views_bar = None
        for collection in (
            self.kinds,
            self.parts,
            self.lists,
            self.bulk_actions,
            self.list_files,
            self.part_lists,
        ):
            collection.clear()
        for listed in (
            self.panels,
            self.moments,
            self.page_sections,
            self.facts,
            self.readings,
            self.glances,
            self.record_actions,
            self.ways_to_add,
            self.list_filters,
            self.list_columns,
            self.list_actions,
            self.withheld,
            self.linked_lists,
            self.linked_sheets,
            self.home,
            self.pack_sections,
            self.pack_tables,
            self.pack_changes,
            self.ties,
            self.public_sections,
            self.public_facts,
            self.holdings,
            self.calendar,
            self.digest,
        ):
            listed.clear()

    def kind_of(self, record: Record) -> RecordKind:
        """Return the kind of a record."""
        return self.kinds[record.kind]

    def filters_of(self, kind: RecordKind) -> dict[str, Filter]:
        """Return the filters of a kind's list by their keys: its own, then those of others."""
        more = [each for name, each in self.list_filters if name in (kind.name, EVERY_KIND)]
        return {each.key: each for each in [*kind.filters, *more]}

    def columns_of(self, kind: RecordKind) -> dict[str, Column]:
        """Return the columns of a kind's list by their keys: its own, then those of others."""
        more = [each for name, each in self.list_columns if name in (kind.name, EVERY_KIND)]
        return {each.key: each for each in [*kind.columns, *more]}

    def other_ways_to_add(self, kind: str) -> list[Action]:
        """Return how else a record of a kind is added."""
        return [action for name, ways in self.ways_to_add if name == kind for action in ways()]

    def panels_of(self, record: Record) -> list[Panel]:
        """Return the panels of a record's page, in order."""
        shown = [panel for panel in self.panels if record.kind in panel.on and panel.when(record)]
        return sorted(shown, key=lambda panel: panel.order)

    def readings_of(self, record: Record) -> list[Reading]:
        """Return what else the page of a record reads."""
        asked = [each for each in self.readings if record.kind in each.on and each.when(record)]
        return list(dict.fromkeys(asked))

    def parts_on(self, kind: str) -> dict[str, PartKind]:
        """Return the parts that can be added on a kind's page, by their place in the address."""
        return {part.name: part for part in self.parts.values() if kind in part.owners}

    def part_of_table(self, table: str) -> PartKind | None:
        """Return the kind of part stored in a table."""
        return next(
            (part for part in self.parts.values() if part.model.__tablename__ == table),  # type: ignore[attr-defined]
            None,
        )


registry = Registry()


def record_link(record: Record | None) -> Any:
    """Return a link to a record, or nothing where it is hidden."""
    if record is None or record.kind not in registry.kinds:
        return None
    return Link(record.title, registry.kind_of(record).url(record))


def link_to(kind: str, record_id: int, title: str) -> Link:
    """Return a link to a record that one sees, and that was not loaded whole."""
    return Link(title, registry.kinds[kind].url_of(record_id, title))
