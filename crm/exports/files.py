"""Files of lists: each is made while it is sent, whatever its length."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from crm.core.clock import PARIS, now, today
from crm.core.db import Base, db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import TEAM, Principal
from crm.core.text import slug
from crm.documents import sheets
from crm.documents.sheets import Cell, Sheet
from crm.exports import gathering, letters
from crm.exports.gathering import Table
from crm.exports.models import ExportFormat
from crm.exports.workbook import Workbook
from crm.records.audience import Audience
from crm.records.kinds import Column, registry
from crm.records.leaving import leaving
from crm.records.listing import Listing
from crm.saved_views.page import in_words

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {
    ExportFormat.XLSX: _XLSX,
    ExportFormat.CSV: "text/csv",
    ExportFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    ExportFormat.STANDARD: "text/csv",
    ExportFormat.JSON: "application/json",
    ExportFormat.VCARD: "text/vcard",
    ExportFormat.WORKBOOK: _XLSX,
    ExportFormat.LETTER: _DOCX,
    ExportFormat.TEXT: _DOCX,
}
TABLES = (
    ExportFormat.XLSX,
    ExportFormat.CSV,
    ExportFormat.ODS,
    ExportFormat.STANDARD,
    ExportFormat.JSON,
)
_FOR_PROGRAMS = frozenset({ExportFormat.STANDARD, ExportFormat.JSON})
_KEYED = frozenset({ExportFormat.XLSX, ExportFormat.ODS})
"""Files in which columns can be hidden: they can come back corrected."""


@dataclass
class ListFile:
    """A file of a list, about to be made.

    :param author: who is named on it.
    :param base_url: in front of short addresses; may be empty.
    :param template: the document to fill, for letters.
    """

    listing: Listing
    columns: Sequence[Column]
    file_format: ExportFormat
    audience: Audience
    author: str
    language: str
    base_url: str = ""
    principal: Principal = TEAM
    template: bytes | None = None
    count: int = 0
    _written_ahead: list[bytes] = field(default_factory=list, init=False)

    @property
    def title(self) -> str:
        """Return the name of the list."""
        return str(self.listing.kind.label_plural)

    @property
    def name(self) -> str:
        """Return the name of the file, with the day."""
        return f"{slug(self.title)}-{today().isoformat()}.{self.file_format.ending}"

    @property
    def note(self) -> str:
        """Return what the list asks for, in words, as far as its readers may learn it.

        The filters of the team speak of what does not reach others, and of records by name.
        """
        if self.audience is not Audience.INTERNAL:
            return ""
        with leaving(self.principal), self.listing.on_day():
            return in_words(self.listing)

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""
        return MEDIA_TYPES[self.file_format]

    def write_ahead(self) -> None:
        """Make the whole file now, for one that may still be refused.

        :raises InvalidValue: when it is.
        """
        self._written_ahead = list(self._made())

    def pieces(self) -> Generator[bytes]:
        """Yield the file, piece by piece, and count what it holds."""
        yield from self._written_ahead or self._made()

    def _made(self) -> Iterator[bytes]:
        if self.file_format in TABLES:
            yield from self._table()
            return
        if self.file_format is ExportFormat.WORKBOOK:
            book = Workbook(self.listing, list(self.columns), self.audience, self.principal)
            yield from sheets.xlsx_file(book.sheets(), self._about())
            self.count = book.count
            return
        if self.file_format is ExportFormat.LETTER:
            yield self._letters()
            return
        maker = registry.list_files[self.file_format.value]
        for ids in self._ids():
            for content in maker.make(ids, self.base_url):
                self.count += 1
                yield content

    def _ids(self) -> Iterator[Sequence[int]]:
        statement = self.listing.values()
        with leaving(self.principal), self.listing.on_day():
            options = {"yield_per": gathering.CHUNK}
            with db.session.scalars(statement, execution_options=options) as found:
                yield from found.partitions()

    def _letters(self) -> bytes:
        if self.template is None:
            raise InvalidValue("template_id", _("Choose the template to fill"))
        table = Table(self.listing, self.columns, self.principal)
        keys = [column.key for column in self.columns]
        rows: list[dict[str, Cell]] = []
        for piece in table.rows():
            rows += [dict(zip(keys, row, strict=True)) for row in piece]
            if len(rows) > letters.MOST_LETTERS:
                break
        self.count = len(rows)
        return letters.filled(
            self.template,
            title=self.title,
            author=self.author,
            language=self.language,
            rows=rows,
        )

    def _table(self) -> Iterator[bytes]:
        table = Table(
            self.listing,
            self.columns,
            self.principal,
            is_for_people=self.file_format not in _FOR_PROGRAMS,
            keyed=self.file_format in _KEYED and self.audience is Audience.INTERNAL,
        )
        sheet = Sheet(self.title, table.headings(), table.rows())
        for piece in written(sheet, self.file_format, self._about()):
            yield piece
            self.count = table.count
        self.count = table.count

    def _about(self) -> sheets.About:
        return sheets.About(
            title=self.title,
            author=self.author,
            made_at=now().astimezone(PARIS),
            language="en" if self.language == "en" else "fr",
            note=self.note,
        )


def written(
    sheet: Sheet, file_format: ExportFormat, about: sheets.About
) -> Generator[bytes] | Iterator[bytes]:
    """Yield a table as a file of a format."""
    match file_format:
        case ExportFormat.XLSX:
            return sheets.xlsx_file([sheet], about)
        case ExportFormat.ODS:
            return sheets.ods_file([sheet], about)
        case ExportFormat.JSON:
            return sheets.json_file(sheet, about)
    is_standard = file_format is ExportFormat.STANDARD
    return sheets.csv_file(sheet, language=about.language, standard=is_standard)


def base_url(of_request: str = "") -> str:
    """Return the address of the server, as configured or as somebody has come to it."""
    return str(Base.metadata.info.get("base_url") or of_request).rstrip("/")
