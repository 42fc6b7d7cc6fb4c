"""XLSX: sheets of any length, written as they go out, with real dates and never a formula.

Written by hand, because XlsxWriter, which makes the documents of :mod:`crm.documents.xlsx`, writes
a quarter as many rows a second (11,500, where 30,000 are asked for) and hands nothing out before
the last (decision 0022). Texts stand in their cells: a table of shared ones grows with the rows.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, zip_longest
from typing import assert_never

from crm.documents.archive import Part, stream_archive
from crm.documents.cells import (
    MOST_ROWS,
    PlainTexts,
    Rows,
    column_letters,
    is_exact,
    is_real_date,
    kept,
    plain_texts,
    rows_of,
    widths,
    without_zone,
    written_date,
)
from crm.documents.formulas import harmless_as_typed
from crm.documents.markup import HEAD, attribute, encoded, escaped, line, utc
from crm.documents.sheet_model import About, Cell, Language, Row, Sheet, SheetColumn
from crm.documents.sheet_names import cut, unique_sheet_name

_MOST_BYTES = 2_000_000_000  # a part of 2 GiB needs another kind of archive, which few open
_LONGEST_CELL = 32_767
_LONGEST_PROPERTY = 255
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no zones
_ORDINAL_ZERO = _DAY_ZERO.toordinal()
_ONE_DAY = timedelta(days=1)
_NOT_IN_XML = re.compile("[&<>]|_x")
_LIKE_A_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN = f"{_SCHEMAS}/spreadsheetml/2006/main"
_OFFICE = f"{_SCHEMAS}/officeDocument/2006/relationships"
_PACKAGE = f"{_SCHEMAS}/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# Places in the list of styles at the end.
_PLAIN, _HEADING, _DATE, _MOMENT, _LINES, _SIGNED = range(6)
_STYLES_OF_KINDS = {"date": _DATE, "moment": _MOMENT}
_DATE_CODES = {"fr": "dd/mm/yyyy", "en": "[$-809]dd mmm yyyy"}


def xlsx_file(sheets: Sequence[Sheet], about: About) -> Iterator[bytes]:
    """Yield the file piece by piece; rows are pulled as the pieces go out."""
    return stream_archive(_Workbook(sheets, about).parts())


class _Workbook:
    """Yields the parts of the file: the sheets, then those that name them all."""

    def __init__(self, sheets: Sequence[Sheet], about: About) -> None:
        self.sheets = sheets or [Sheet(about.title, [], [])]
        self.about = about
        self.names: set[str] = set()
        self.written: list[_WrittenSheet] = []

    def parts(self) -> Generator[Part]:
        yield Part("_rels/.rels", [_relations(_OF_FILE)])
        yield Part("docProps/core.xml", [_properties(self.about)])
        yield Part("xl/styles.xml", [_styles(self.about.language)])
        for sheet in self.sheets:
            with rows_of(sheet.chunks) as rows:
                yield self._sheet(sheet, rows)
                while rows.ahead:
                    yield self._sheet(sheet, rows)
        yield Part("xl/workbook.xml", [self._workbook()])
        yield Part("xl/_rels/workbook.xml.rels", [self._relations()])
        yield Part("[Content_Types].xml", [self._content_types()])

    def _sheet(self, sheet: Sheet, rows: Rows) -> Part:
        name = unique_sheet_name(sheet.name, self.names)
        written = _WrittenSheet(name, sheet.columns, self.about.language)
        self.written.append(written)
        number = len(self.written)
        return Part(f"xl/worksheets/sheet{number}.xml", written.pieces(rows, is_first=number == 1))

    def _workbook(self) -> bytes:
        sheets = "".join(
            f'<sheet name="{attribute(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, sheet in enumerate(self.written, start=1)
        )
        names = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
            f"{escaped(sheet.address)}</definedName>"
            for place, sheet in enumerate(self.written)
            if sheet.columns
        )
        names = f"<definedNames>{names}</definedNames>" if names else ""
        return encoded(
            f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/>'
            f"</bookViews><sheets>{sheets}</sheets>{names}</workbook>"
        )

    def _relations(self) -> bytes:
        sheets = [
            (f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml")
            for number in range(1, len(self.written) + 1)
        ]
        return _relations([*sheets, (f"{_OFFICE}/styles", "styles.xml")])

    def _content_types(self) -> bytes:
        types = {"/xl/workbook.xml": f"{_TYPES}.sheet.main+xml"}
        for number in range(1, len(self.written) + 1):
            types[f"/xl/worksheets/sheet{number}.xml"] = f"{_TYPES}.worksheet+xml"
        types["/xl/styles.xml"] = f"{_TYPES}.styles+xml"
        types["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
        parts = "".join(
            f'<Override PartName="{name}" ContentType="{each}"/>' for name, each in types.items()
        )
        return encoded(
            f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
        )


class _WrittenSheet:
    """Yields the XML of a sheet, and knows afterwards how long it is."""

    def __init__(self, name: str, columns: Sequence[SheetColumn], language: Language) -> None:
        self.name = name
        self.columns = columns
        self.language = language
        self.letters = [column_letters(place) for place in range(1, len(columns) + 1)]
        self.last_row = 1

    @property
    def address(self) -> str:
        """Return the cells that are filtered, as a formula names them."""
        name = self.name.replace("'", "''")
        return f"'{name}'!$A$1:${self.letters[-1]}${self.last_row}"

    def pieces(self, rows: Rows, *, is_first: bool) -> Iterator[bytes]:
        yield encoded(self._head(rows.ahead, is_first=is_first))
        size = 0
        for piece in rows.take(MOST_ROWS - 1):
            xml = encoded(self._rows(piece))
            yield xml
            size += len(xml)
            if size > _MOST_BYTES:
                break
        yield encoded(self._foot())

    def _head(self, first_rows: Iterable[Row], *, is_first: bool) -> str:
        selected = ' tabSelected="1"' if is_first else ""
        columns = "".join(
            _column(place, column, width)
            for place, (column, width) in enumerate(
                zip(self.columns, widths(self.columns, first_rows), strict=True), start=1
            )
        )
        headings = "".join(
            _text(f"{letters}1", column.heading, _HEADING)
            for letters, column in zip(self.letters, self.columns, strict=True)
        )
        columns = f"<cols>{columns}</cols>" if columns else ""
        return (
            f'{HEAD}<worksheet xmlns="{_MAIN}">'
            f'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView{selected} workbookViewId="0">'
            f'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>'
            f'{columns}<sheetData><row r="1">{headings}</row>'
        )

    def _foot(self) -> str:
        last = f"{self.letters[-1]}{self.last_row}" if self.columns else ""
        filtered = f'<autoFilter ref="A1:{last}"/>' if last else ""
        return (
            f"</sheetData>{filtered}"
            f'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0" footer="0"/>'
            f'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        )

    def _rows(self, piece: Sequence[Row]) -> str:
        """Return the XML of some rows, looking at whole columns: few cells need any care."""
        numbers = range(self.last_row + 1, self.last_row + len(piece) + 1)
        self.last_row += len(piece)
        # Of rows of unlike length the shorter end with empty cells, which are not written.
        columns = zip(self.letters, zip_longest(*piece), strict=False)
        written = [
            [f'<row r="{number}">' for number in numbers],
            *(self._column(letters, numbers, column) for letters, column in columns),
            ["</row>"] * len(piece),
        ]
        return "".join(chain.from_iterable(zip(*written, strict=True)))

    def _column(self, letters: str, numbers: range, column: Sequence[Cell]) -> list[str]:
        texts = plain_texts(column)
        if texts is not None and not _needs_care(texts):
            return [
                f'<c r="{letters}{number}" t="inlineStr"><is><t>{text}</t></is></c>' if text else ""
                for number, text in zip(numbers, texts.cells, strict=True)
            ]
        if set(map(type, column)) == {int} and all(map(is_exact, {min(column), max(column)})):  # type: ignore[type-var, arg-type]
            return [
                f'<c r="{letters}{number}"><v>{cell}</v></c>'
                for number, cell in zip(numbers, column, strict=True)
            ]
        return [
            "" if cell is None else self._cell(f"{letters}{number}", cell)
            for number, cell in zip(numbers, column, strict=True)
        ]

    def _cell(self, place: str, cell: Cell) -> str:
        match cell:
            case str():
                return _text(place, cell)
            case bool():
                return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
            case int() | float():
                return _number(place, cell) if is_exact(cell) else _text(place, str(cell))
            case date():
                return self._date(place, cell)
            case None:
                return ""
        assert_never(cell)

    def _date(self, place: str, day: date) -> str:
        if not is_real_date(day):
            return _text(place, written_date(day, self.language))
        if isinstance(day, datetime):
            days = (without_zone(day) - _DAY_ZERO) / _ONE_DAY
            return f'<c r="{place}" s="{_MOMENT}"><v>{days!r}</v></c>'
        return f'<c r="{place}" s="{_DATE}"><v>{day.toordinal() - _ORDINAL_ZERO}</v></c>'


def _needs_care(texts: PlainTexts) -> bool:
    """Tell whether a text of a column cannot stand between tags just so."""
    cells, together = texts
    return (
        bool(_NOT_IN_XML.search(together))
        or " " in {text[-1:] for text in cells}
        or (2 * len(together) > _LONGEST_CELL and 2 * max(map(len, cells)) > _LONGEST_CELL)
    )


def _column(place: int, column: SheetColumn, width: int) -> str:
    style = _styled(_STYLES_OF_KINDS.get(column.kind, _PLAIN), "style")
    hidden = ' hidden="1"' if column.is_hidden else ""
    return f'<col min="{place}" max="{place}" width="{width}" customWidth="1"{style}{hidden}/>'


def _number(place: str, number: float) -> str:
    return f'<c r="{place}"><v>{number!r}</v></c>'


def _text(place: str, text: str, style: int | None = None) -> str:
    text = cut(harmless_as_typed(kept(text)), _LONGEST_CELL)
    if not text:
        return ""
    if style is None:
        style = _LINES if "\n" in text else _SIGNED if text[0] in "+-" else _PLAIN
    if "_x" in text:
        text = _LIKE_A_CODE.sub("_x005F_", text)
    # Readers drop the spaces at the ends unless they are told.
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return (
        f'<c r="{place}"{_styled(style)} t="inlineStr"><is><t{space}>{escaped(text)}</t></is></c>'
    )


def _styled(style: int, name: str = "s") -> str:
    return f' {name}="{style}"' if style else ""


# The small parts


def _relations(relations: Sequence[tuple[str, str]]) -> bytes:
    """Return the XML that leads to other parts, of (type, target) each."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return encoded(
        f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
    )


_OF_FILE = [
    (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
]


def _properties(about: About) -> bytes:
    title, author, note = (
        line(each, _LONGEST_PROPERTY) for each in (about.title, about.author, about.note)
    )
    made = utc(about.made_at)
    return encoded(
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>"
        f"<dc:description>{note}</dc:description>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{made}</dcterms:modified>'
        f"<dc:language>{about.language}</dc:language></cp:coreProperties>"
    )


def _styles(language: Language) -> bytes:
    """Return the formats of cells, in the order of their places."""
    day = _DATE_CODES[language]
    top, left = '<alignment vertical="top"/>', '<alignment horizontal="left" vertical="top"/>'
    wrapped = '<alignment vertical="top" wrapText="1"/>'
    formats = [
        _format(top),
        _format(wrapped, 'fontId="1" applyFont="1" borderId="1" applyBorder="1"'),
        _format(left, 'numFmtId="164" applyNumberFormat="1"'),
        _format(left, 'numFmtId="165" applyNumberFormat="1"'),
        _format(wrapped),
        # As if typed with an apostrophe: a telephone number is still one when it was edited.
        _format(top, 'quotePrefix="1"'),
    ]
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return encoded(
        f'{HEAD}<styleSheet xmlns="{_MAIN}">'
        f'<numFmts count="2"><numFmt numFmtId="164" formatCode="{day}"/>'
        f'<numFmt numFmtId="165" formatCode="{day} hh:mm"/></numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        f'<fills count="2"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f'<border><left/><right/><top/><bottom style="medium"><color auto="1"/></bottom>'
        f"<diagonal/></border></borders>"
        f'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" '
        f'applyAlignment="1">{top}</xf></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
        f'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        f"</styleSheet>"
    )


def _format(alignment: str, extra: str = "") -> str:
    names = {"numFmtId": 0, "fontId": 0, "fillId": 0, "borderId": 0}
    plain = " ".join(f'{name}="{value}"' for name, value in names.items() if name not in extra)
    return f'<xf {plain} {extra} xfId="0" applyAlignment="1">{alignment}</xf>'
