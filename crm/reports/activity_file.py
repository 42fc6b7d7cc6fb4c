"""A report of activity as a file, with what the team may see and take along."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from flask_login import current_user

from crm.core.clock import PARIS, now, today
from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import OUTSIDE, TEAM, Principal, principal_of
from crm.core.text import slug
from crm.documents import sheets
from crm.documents.docx import write_docx
from crm.documents.model import Block, Bullets, Document, Empty, Paragraph, Section
from crm.documents.model import Table as PrintedTable
from crm.documents.sheets import Cell, Sheet, SheetColumn
from crm.exports import gathering, services
from crm.exports.files import MEDIA_TYPES
from crm.exports.models import Export, ExportFormat
from crm.exports.services import Wish
from crm.packs.files import Language, in_words, stamped
from crm.records.audience import Audience
from crm.records.visibility import alone
from crm.reports.activity import Activity, Question
from crm.reports.files import sheet_of
from crm.web.tables import Table
from crm.web.templating import locale_code

MOST_PRINTED = 500
"""Records of each list that a text names; a workbook has all of them."""


@dataclass
class ActivityFile:
    """A file about to be made.

    :param author: who is named on it.
    :param withheld: how many records of the answer whoever asks sees and the file leaves out.
    """

    question: Question
    file_format: ExportFormat
    author: str
    language: Language
    withheld: int
    count: int = 0
    _tables: list[gathering.Table] = field(default_factory=list, init=False)

    @property
    def title(self) -> str:
        """Return what the report is called."""
        return title_of(self.question)

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
            found = Activity(self.question)
            if self.file_format is ExportFormat.XLSX:
                yield from sheets.xlsx_file(self._sheets(found), self._about())
            else:
                yield write_docx(self._document(found))
            parts = len(found.handed_in) + len(found.published)
        self.count = parts + sum(each.count for each in self._tables)

    # As a workbook

    def _about(self) -> sheets.About:
        return sheets.About(
            title=self.title,
            author=self.author,
            made_at=now().astimezone(PARIS),
            language=self.language,
            note=self._period(),
        )

    def _sheets(self, found: Activity) -> list[Sheet]:
        said = [*found.findings(), *(str(each.text) for each in found.figures())]
        overview = Sheet(
            _("Overview"),
            [SheetColumn(self._period())],
            [[[each] for each in (*said, *self._stamp())]],
        )
        lists = [self._list(found, key) for key in found.lists]
        tables = [sheet_of(each) for each in _tables_of(found)]
        return [overview, *tables, *lists]

    def _list(self, found: Activity, key: str) -> Sheet:
        table = self._gathered(found, key)
        return Sheet(str(found.lists[key].kind.label_plural), table.headings(), table.rows())

    def _gathered(self, found: Activity, key: str) -> gathering.Table:
        table = gathering.Table(found.lists[key], found.columns(key), TEAM)
        self._tables.append(table)
        return table

    # As a text

    def _document(self, found: Activity) -> Document:
        return Document(
            title=self.title,
            subtitle=self._period(),
            language=self.language,
            author=self.author,
            made_at=now().astimezone(PARIS),
            stamp=self._stamp(),
            sections=[
                Section(
                    _("Overview"),
                    [Bullets([*found.findings(), *(str(each.text) for each in found.figures())])],
                ),
                *(Section(each.caption, _printed(each)) for each in _tables_of(found)),
                *(self._section(found, key) for key in found.lists),
            ],
            format_date=lambda day: in_words(day, self.language),
        )

    def _section(self, found: Activity, key: str) -> Section:
        table = self._gathered(found, key)
        rows: list[Sequence[Cell]] = []
        for piece in table.rows():
            rows += piece
        blocks: list[Block] = [Empty(_("Nothing is noted of this time"))]
        if rows:
            headings = [each.heading for each in table.headings()]
            blocks = [PrintedTable("", headings, cast("Any", rows[:MOST_PRINTED]))]
        if len(rows) > MOST_PRINTED:
            blocks.append(Paragraph(_("The first %(num)d are shown", num=MOST_PRINTED)))
        return Section(str(found.lists[key].kind.label_plural), blocks)

    def _period(self) -> str:
        return self.question.period.in_words(self.language)

    def _stamp(self) -> list[str]:
        return stamped(self.author, self.language, self.withheld)


def title_of(question: Question) -> str:
    """Return what a report is called."""
    if question.theme:
        return _("What we did: %(theme)s", theme=question.theme)
    return _("What we did")


def _tables_of(found: Activity) -> Iterator[Table]:
    yield found.by_country
    yield found.by_network
    yield found.table_of_submissions()
    yield found.table_of_outputs()


def _printed(table: Table) -> list[Block]:
    sheet = sheet_of(table)
    rows = [row for piece in sheet.chunks for row in piece]
    if not rows:
        return [Empty(_("Nothing is noted of this time"))]
    return [PrintedTable("", [each.heading for each in sheet.columns], cast("Any", rows))]


def begin(
    question: Question, *, file_format: ExportFormat, reason: str | None = None, **_more: Any
) -> tuple[Export, ActivityFile]:
    """Note that somebody takes a report along, and return it, about to be made.

    :raises InvalidValue: when there is nothing to take along, or no reason for so much.
    """
    language = cast("Language", locale_code())
    asking, author = principal_of(db.session) or TEAM, current_user.name
    seen, of_team = _size_for(asking, question), _size_for(TEAM, question)
    with alone(OUTSIDE):
        found = Activity(question)
        size, people = found.size, found.counts["interactions"]
    made = ActivityFile(question, file_format, author, language, withheld=seen - size)
    wish = Wish(
        kind="activity",
        title=made.name,
        address=urlencode(question.args),
        columns=[],
        file_format=file_format,
        language=language,
        audience=Audience.INTERNAL,
        with_confidential=False,
        rows=size,
        people=people,
        withheld={gathering.CONFIDENTIAL: seen - of_team} if seen > of_team else {},
    )
    return services.begin(wish, reason=reason), made


def _size_for(reader: Principal, question: Question) -> int:
    with alone(reader):
        return Activity(question).size
