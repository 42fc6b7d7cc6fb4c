"""A workbook: a list, the records that go with it, and the sheets that tie them together."""

from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from crm.core.clock import today
from crm.core.db import db
from crm.core.principal import Principal
from crm.documents.sheets import Cell, RowsByColumn, Sheet, SheetColumn
from crm.exports.gathering import CHUNK, Table, columns_for, people_among
from crm.records.audience import Audience
from crm.records.filed import LinkedSheet, Scope, filed
from crm.records.kinds import Column, registry
from crm.records.leaving import leaving
from crm.records.listing import Listing, count_of

NUMBER = "number"
"""The column by which the sheets refer to one another."""


def is_offered_for(kind: str) -> bool:
    """Tell whether a workbook can begin with a list."""
    return any(each.of == registry.kinds[kind].stored_kind for each in registry.linked_lists)


@dataclass
class Workbook:
    """The sheets of a workbook, pulled one after the other."""

    listing: Listing
    columns: list[Column]
    audience: Audience
    principal: Principal
    count: int = 0

    def sheets(self) -> list[Sheet]:
        """Return the sheets: the list itself, what goes with it, and what ties them together."""
        scope = self._scope()
        found = [self._list(self.listing, self.columns)]
        found += [
            self._list(self._other(each.to, scope))
            for each in registry.linked_lists
            if each.of == self.listing.kind.stored_kind
        ]
        linked = sorted(registry.linked_sheets, key=lambda each: each.order)
        return [*found, *(self._linked(each, scope) for each in linked)]

    def size(self, most: int) -> dict[str, int]:
        """Count the records of the sheets, no further than asked, by kind: those of the list first.

        Where these are so many people, the others are not counted, which would take long.
        """
        counts: dict[str, int] = {}
        with leaving(self.principal), self.listing.on_day():
            for kind, ids in self._scope().ids.items():
                counts[kind] = count_of(ids, most)
                if people_among(counts) >= most:
                    break
        return counts

    def _scope(self) -> Scope:
        day = self.listing.day or today()
        of = self.listing.kind.stored_kind
        with self.listing.on_day():
            ids = {of: self.listing.query_of_ids()}
            for each in registry.linked_lists:
                if each.of == of:
                    kind = registry.kinds[each.to]
                    condition = each.condition(ids[of], day)
                    ids[each.to] = kind.query().with_only_columns(kind.model.id).where(condition)
        return Scope(ids, day)

    def _other(self, kind: str, scope: Scope) -> Listing:
        listing = Listing(registry.kinds[kind], MultiDict())
        listing.day = self.listing.day
        listing.query = listing.query.where(listing.kind.model.id.in_(scope.ids[kind]))
        return listing

    def _list(self, listing: Listing, columns: list[Column] | None = None) -> Sheet:
        offered = columns_for(listing.kind, self.audience)
        shown = columns or [column for column in listing.columns if column.key in offered]
        numbered = [offered[NUMBER], *(column for column in shown if column.key != NUMBER)]
        table = Table(listing, numbered, self.principal)
        return Sheet(str(listing.kind.label_plural), table.headings(), self._counted(table))

    def _counted(self, table: Table) -> Iterator[RowsByColumn]:
        for piece in table.rows():
            self.count += len(piece)
            yield piece

    def _linked(self, sheet: LinkedSheet, scope: Scope) -> Sheet:
        columns = [SheetColumn(str(each.label)) for each in sheet.columns]
        return Sheet(str(sheet.title), columns, self._rows(sheet, scope))

    def _rows(self, sheet: LinkedSheet, scope: Scope) -> Iterator[list[tuple[Cell, ...]]]:
        says = [each.say for each in sheet.columns]
        with leaving(self.principal), self.listing.on_day():
            options = {"yield_per": CHUNK}
            with db.session.execute(sheet.query(scope), execution_options=options) as found:
                for piece in found.partitions():
                    rows = [
                        tuple(
                            value if say is None or value is None else filed(say(value))
                            for say, value in zip(says, row, strict=True)
                        )
                        for row in piece
                    ]
                    self.count += len(rows)
                    yield rows
