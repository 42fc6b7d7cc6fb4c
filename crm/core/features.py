"""What a feature may add to the whole; the rest reads this and imports no feature."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from crm.permissions import Permission


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation."""

    label: Any
    endpoint: str
    order: int
    group: Literal["main", "more"] = "main"
    permission: Permission = Permission.RECORDS_VIEW


@dataclass(frozen=True)
class Feature:
    """The manifest of a feature: everything others may know of it.

    :param kinds: its kinds of records (:class:`crm.records.kinds.RecordKind`).
    :param parts: the parts people edit (:class:`crm.records.kinds.PartKind`).
    :param panels: tables on record pages, its own and others'.
    :param moments: what it adds to timelines.
    :param readings: what record pages read besides their panels
        (:class:`crm.records.reading.Reading`).
    :param page_sections: functions that take a record and return what they put on its page
        (:class:`crm.records.kinds.PageSection`) or nothing.
    :param blueprints: its own routes, besides those of its kinds.
    :param routes: functions that add routes to the blueprint of a kind: (kind name, function).
    :param pack_sections: its sections of briefing packs (:class:`crm.records.packing.PackSection`).
    :param pack_tables: what it says there of each organisation
        (:class:`crm.records.packing.PackTable`).
    :param pack_changes: what it knows there to have changed since the last meeting
        (:class:`crm.records.packing.PackChanges`).
    :param ties: ways in which we work with an organisation (:class:`crm.records.ties.Tie`).
    :param public_sections: its sections of the public page
        (:class:`crm.records.publishing.PublicSection`).
    :param public_facts: what it says there of records, its own and others'
        (:class:`crm.records.publishing.PublicFacts`).
    :param commands: groups or commands of the command line.
    :param lists: lists of values that managers edit (:class:`crm.records.kinds.ListKind`).
    :param home: blocks of the page Today (:class:`crm.records.kinds.HomeBlock`).
    :param facts: more facts on pages of records (:class:`crm.records.kinds.MoreFacts`).
    :param glances: what stands at the top of pages (:class:`crm.records.kinds.Glance`).
    :param record_actions: functions that return more things to do from the page of a record.
    :param ways_to_add: pairs of a kind's name and a function that returns other ways to add a
        record of it, offered beside its list and above its form.
    :param list_filters: pairs of a kind's name and a filter (:class:`crm.records.kinds.Filter`)
        that its list answers, too.
    :param list_columns: pairs of a kind's name and a column (:class:`crm.records.kinds.Column`)
        that its list can show, too.
    :param list_actions: functions that take a list (:class:`crm.records.listing.Listing`) and
        return more things to do with it.
    :param list_files: files it makes of lists (:class:`crm.records.kinds.ListFile`).
    :param part_lists: pages of parts that are taken along as a table
        (:class:`crm.records.kinds.PartList`).
    :param linked_lists: which records stand in a workbook along with others
        (:class:`crm.records.filed.LinkedList`).
    :param linked_sheets: sheets that tie them together (:class:`crm.records.filed.LinkedSheet`).
    :param withheld: records that stand in no file (:class:`crm.records.audience.Withheld`).
    :param views_bar: a function that takes a list (:class:`crm.records.listing.Listing`) and
        returns what to show of its saved views (:class:`crm.records.list_page.ViewsBar`).
    :param bulk_actions: changes of many records at once (:class:`crm.records.kinds.BulkAction`).
    :param holdings: what somebody of the team is in charge of, and hands over before leaving
        (:class:`crm.records.holding.Holding`).
    :param calendar: functions that take a user's id, while the session acts for that user, and
        return entries of the calendar (:class:`crm.documents.ics.CalendarEvent`).
    :param digest: functions that take a user's id, likewise, and the day of the daily mail, and
        return what it says (:class:`crm.records.agenda.DigestSection`) or nothing.
    """

    name: str
    kinds: Sequence[Any] = ()
    parts: Sequence[Any] = ()
    panels: Sequence[Any] = ()
    moments: Sequence[Any] = ()
    readings: Sequence[Any] = ()
    page_sections: Sequence[Callable[[Any], Any]] = ()
    blueprints: Sequence[Any] = ()
    routes: Sequence[tuple[str, Callable[[Any], None]]] = ()
    nav: Sequence[NavItem] = ()
    pack_sections: Sequence[Any] = ()
    pack_tables: Sequence[Any] = ()
    pack_changes: Sequence[Any] = ()
    ties: Sequence[Any] = ()
    public_sections: Sequence[Any] = ()
    public_facts: Sequence[Any] = ()
    commands: Sequence[Any] = ()
    lists: Sequence[Any] = ()
    home: Sequence[Any] = ()
    facts: Sequence[Any] = ()
    glances: Sequence[Any] = ()
    record_actions: Sequence[Callable[[Any], Sequence[Any]]] = ()
    ways_to_add: Sequence[tuple[str, Callable[[], Sequence[Any]]]] = ()
    list_filters: Sequence[tuple[str, Any]] = ()
    list_columns: Sequence[tuple[str, Any]] = ()
    list_actions: Sequence[Callable[[Any], Sequence[Any]]] = ()
    list_files: Sequence[Any] = ()
    part_lists: Sequence[Any] = ()
    linked_lists: Sequence[Any] = ()
    linked_sheets: Sequence[Any] = ()
    withheld: Sequence[Any] = ()
    views_bar: Callable[[Any], Any] | None = None
    bulk_actions: Sequence[Any] = ()
    holdings: Sequence[Any] = ()
    calendar: Sequence[Callable[[int], Iterable[Any]]] = ()
    digest: Sequence[Callable[[int, date], Any]] = ()
