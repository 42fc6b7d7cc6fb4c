"""Files of pages that list parts: as the team sees them, without what may not leave the house."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from sqlalchemy import Select

from crm.core.clock import PARIS, now, today
from crm.core.db import db
from crm.core.principal import OUTSIDE, TEAM, Principal, principal_of
from crm.core.text import slug
from crm.documents import sheets
from crm.documents.sheets import Cell, Sheet, SheetColumn
from crm.exports import gathering, services
from crm.exports.files import MEDIA_TYPES, written
from crm.exports.models import Export, ExportFormat
from crm.exports.services import Wish
from crm.records.audience import Audience
from crm.records.filed import filed
from crm.records.kinds import PartList
from crm.records.listing import count_of, ids_of
from crm.records.visibility import alone
from crm.web.templating import locale_code


@dataclass
class PartFile:
    """A file about to be made.

    :param query: its rows.
    :param author: who is named on it.
    """

    listed: PartList
    query: Select[Any]
    file_format: ExportFormat
    author: str
    language: str
    count: int = 0

    @property
    def title(self) -> str:
        """Return the name of the list."""
        return str(self.listed.title)

    @property
    def name(self) -> str:
        """Return the name of the file, with the day."""
        return f"{slug(self.title)}-{today().isoformat()}.{self.file_format.ending}"

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""
        return MEDIA_TYPES[self.file_format]

    def pieces(self) -> Generator[bytes]:
        """Yield the file, piece by piece, and count what it holds."""
        with alone(OUTSIDE):
            rows = self._rows()
        self.count = len(rows)
        columns = [SheetColumn(str(each.label)) for each in self.listed.columns]
        about = sheets.About(
            title=self.title,
            author=self.author,
            made_at=now().astimezone(PARIS),
            language="en" if self.language == "en" else "fr",
            note="",
        )
        yield from written(Sheet(self.title, columns, [rows]), self.file_format, about)

    def _rows(self) -> list[Sequence[Cell]]:
        found = db.session.scalars(self.query).unique().all()
        cells = [column.cells(found) for column in self.listed.columns]
        return [[filed(each) for each in row] for row in zip(*cells, strict=True)]


def begin(
    listed: PartList,
    query: Select[Any],
    address: str,
    *,
    file_format: ExportFormat,
    reason: str | None = None,
    **_more: Any,
) -> tuple[Export, PartFile]:
    """Note that somebody takes a list of parts along, and return it, about to be made.

    :param query: its rows.
    :param address: what the page asks for.
    :raises InvalidValue: when there is nothing to take along.
    """
    asking, made = (
        principal_of(db.session) or TEAM,
        PartFile(listed, query, file_format, current_user.name, locale_code()),
    )
    seen, of_team, size = (_size_for(each, query) for each in (asking, TEAM, OUTSIDE))
    wish = Wish(
        kind=listed.path,
        title=made.name,
        address=address,
        columns=[each.key for each in listed.columns],
        file_format=file_format,
        language=made.language,
        audience=Audience.INTERNAL,
        with_confidential=False,
        rows=size,
        people=0,
        withheld={gathering.CONFIDENTIAL: seen - of_team} if seen > of_team else {},
    )
    return services.begin(wish, reason=reason), made


def _size_for(reader: Principal, query: Select[Any]) -> int:
    with alone(reader):
        return count_of(ids_of(query))
