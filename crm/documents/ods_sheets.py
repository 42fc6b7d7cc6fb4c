"""ODS: sheets of any length, written as they go out, with real dates and never a formula."""

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, assert_never

from crm.documents.archive import Part, stream_archive
from crm.documents.cells import (
    MOST_ROWS,
    NARROWEST,
    TRUTHS,
    WIDEST,
    Rows,
    column_letters,
    is_exact,
    is_real_date,
    kept,
    rows_of,
    widths,
    without_zone,
    written_date,
)
from crm.documents.formulas import harmless_as_typed
from crm.documents.markup import HEAD, attribute, encoded, escaped, line, utc
from crm.documents.sheet_model import About, Cell, Language, Row, Sheet, SheetColumn
from crm.documents.sheet_names import unique_sheet_name

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MILLIMETRES = 2.1  # of a letter, about
_STYLES_OF_KINDS = {"date": "date", "moment": "moment"}
_COUNTRIES = {"fr": "FR", "en": "GB"}
# What stands between the parts of a date, and how its month is written.
_MONTHS = {"fr": ("/", 'number:style="long"'), "en": (" ", 'number:textual="true"')}

# A reader makes one space of several, and none of those at the ends. Tabs stay as they are: some
# readers pass over the element for them, and two words become one.
_SPACES = re.compile("^ +| +$| {2,}")

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "office": f"{_OASIS}:office:1.0",
        "style": f"{_OASIS}:style:1.0",
        "text": f"{_OASIS}:text:1.0",
        "table": f"{_OASIS}:table:1.0",
        "number": f"{_OASIS}:datastyle:1.0",
        "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
        "meta": f"{_OASIS}:meta:1.0",
        "config": f"{_OASIS}:config:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "ooo": "http://openoffice.org/2004/office",
    }.items()
)


def ods_file(sheets: Sequence[Sheet], about: About) -> Iterator[bytes]:
    """Yield the file piece by piece; rows are pulled as the pieces go out."""
    return stream_archive(_Book(sheets, about).parts())


class _Written(NamedTuple):
    """A sheet that is in the file, and its filtered cells."""

    name: str
    area: str


class _Book:
    """Yields the parts of the file; all sheets are in one."""

    def __init__(self, sheets: Sequence[Sheet], about: About) -> None:
        self.sheets = sheets or [Sheet(about.title, [], [])]
        self.about = about
        self.names: set[str] = set()
        self.written: list[_Written] = []

    def parts(self) -> Generator[Part]:
        # By this entry, the first and as it is, programs know the kind of the file.
        yield Part("mimetype", [_TYPE.encode()], is_compressed=False)
        yield Part("META-INF/manifest.xml", [_manifest()])
        yield Part("meta.xml", [_meta(self.about)])
        yield Part("styles.xml", [_page_style(self.about.language)])
        yield Part("content.xml", self._content())
        yield Part("settings.xml", [self._settings()])

    def _content(self) -> Iterator[bytes]:
        yield encoded(
            f'{HEAD}<office:document-content {_NAMES} office:version="1.3">'
            f"<office:automatic-styles>{_styles(self.about.language)}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>"
        )
        for sheet in self.sheets:
            with rows_of(sheet.chunks) as rows:
                yield from self._table(sheet, rows)
                while rows.ahead:
                    yield from self._table(sheet, rows)
        ranges = "".join(
            f'<table:database-range table:name="__Anonymous_Sheet_DB__{place}" '
            f'table:target-range-address="{attribute(each.area)}" '
            f'table:display-filter-buttons="true"/>'
            for place, each in enumerate(self.written)
            if each.area
        )
        ranges = f"<table:database-ranges>{ranges}</table:database-ranges>" if ranges else ""
        yield encoded(f"{ranges}</office:spreadsheet></office:body></office:document-content>")

    def _table(self, sheet: Sheet, rows: Rows) -> Iterator[bytes]:
        name = unique_sheet_name(sheet.name, self.names)
        columns = "".join(map(_column, sheet.columns, widths(sheet.columns, rows.ahead)))
        headings = "".join(
            _text(column.heading, ' table:style-name="heading"') for column in sheet.columns
        )
        yield encoded(
            f'<table:table table:name="{attribute(name)}" table:style-name="sheet">'
            f"{columns or '<table:table-column/>'}<table:table-header-rows>"
            f"<table:table-row>{headings or _EMPTY}</table:table-row></table:table-header-rows>"
        )
        writer = _RowWriter(len(sheet.columns), self.about.language)
        last_row = 1
        for piece in rows.take(MOST_ROWS - 1):
            yield encoded("".join(map(writer.row, piece)))
            last_row += len(piece)
        yield b"</table:table>"
        self.written.append(_Written(name, _area(name, len(sheet.columns), last_row)))

    def _settings(self) -> bytes:
        """Return what keeps the headings in sight."""
        frozen = "".join(
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}'
            f"</config:config-item>"
            for name, kind, value in _FROZEN
        )
        tables = "".join(
            f'<config:config-item-map-entry config:name="{attribute(each.name)}">{frozen}'
            f"</config:config-item-map-entry>"
            for each in self.written
        )
        return encoded(
            f'{HEAD}<office:document-settings {_NAMES} office:version="1.3"><office:settings>'
            f'<config:config-item-set config:name="ooo:view-settings">'
            f'<config:config-item-map-indexed config:name="Views">'
            f'<config:config-item-map-entry><config:config-item config:name="ViewId" '
            f'config:type="string">view1</config:config-item>'
            f'<config:config-item-map-named config:name="Tables">{tables}'
            f"</config:config-item-map-named></config:config-item-map-entry>"
            f"</config:config-item-map-indexed></config:config-item-set>"
            f"</office:settings></office:document-settings>"
        )


_FROZEN = [
    ("VerticalSplitMode", "short", 2),
    ("VerticalSplitPosition", "int", 1),
    ("ActiveSplitRange", "short", 2),
    ("PositionTop", "int", 0),
    ("PositionBottom", "int", 1),
]


def _area(name: str, columns: int, last_row: int) -> str:
    """Return the cells of a sheet as a formula names them; nothing where there are none."""
    if not columns:
        return ""
    sheet = "'" + name.replace("'", "''") + "'"
    return f"{sheet}.A1:{sheet}.{column_letters(columns)}{last_row}"


# Cells

_EMPTY = "<table:table-cell/>"


class _RowWriter:
    def __init__(self, columns: int, language: Language) -> None:
        self.columns = columns
        self.language = language
        self.false, self.true = TRUTHS[language]

    def row(self, row: Row) -> str:
        cells = "".join(map(self._cell, row[: self.columns]))
        return f"<table:table-row>{cells or _EMPTY}</table:table-row>"

    def _cell(self, cell: Cell) -> str:
        match cell:
            case str():
                return _text(cell)
            case None:
                return _EMPTY
            case bool():
                value = f' office:boolean-value="{str(cell).lower()}"'
                return _typed("boolean", value, self.true if cell else self.false)
            case int() | float():
                if not is_exact(cell):
                    return _text(str(cell))
                return _typed("float", f' office:value="{cell!r}"', repr(cell))
            case date():
                return self._date(cell)
        assert_never(cell)

    def _date(self, day: date) -> str:
        if not is_real_date(day):
            return _text(written_date(day, self.language))
        style = "date"
        if isinstance(day, datetime):
            style, day = "moment", without_zone(day)
        value = f' office:date-value="{day.isoformat()}" table:style-name="{style}"'
        return _typed("date", value, written_date(day, self.language))


def _text(text: str, style: str = "") -> str:
    text = harmless_as_typed(kept(text))
    if not text:
        return _EMPTY
    text = escaped(text)
    if text[0] == " " or text[-1] == " " or "  " in text or "\n" in text:
        lines = [_SPACES.sub(_marked, each) for each in text.split("\n")]
        text = "</text:p><text:p>".join(lines)
    return _typed("string", style, text)


def _typed(kind: str, value: str, shown: str) -> str:
    """Return a cell with its type, its value and style as XML has them, and what is seen."""
    return (
        f'<table:table-cell office:value-type="{kind}"{value}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def _marked(spaces: re.Match[str]) -> str:
    return f'<text:s text:c="{len(spaces[0])}"/>'


# Columns and styles


def _column(column: SheetColumn, width: int) -> str:
    hidden = ' table:visibility="collapse"' if column.is_hidden else ""
    style = _STYLES_OF_KINDS.get(column.kind, "plain")
    return (
        f'<table:table-column table:style-name="width{width}" '
        f'table:default-cell-style-name="{style}"{hidden}/>'
    )


def _styles(language: Language) -> str:
    """Return the styles of the content; columns choose among those of every width there is."""
    between, month = _MONTHS[language]
    between = f"<number:text>{between}</number:text>"
    day = (
        f'<number:day number:style="long"/>{between}<number:month {month}/>{between}'
        f'<number:year number:style="long"/>'
    )
    time = (
        '<number:text> </number:text><number:hours number:style="long"/>'
        '<number:text>:</number:text><number:minutes number:style="long"/>'
    )
    local = f'number:language="{language}" number:country="{_COUNTRIES[language]}"'
    return (
        f'<number:date-style style:name="day" {local}>{day}</number:date-style>'
        f'<number:date-style style:name="minute" {local}>{day}{time}</number:date-style>'
        f'<style:style style:name="sheet" style:family="table" style:master-page-name="wide"/>'
        + _cell_style("plain")
        + _cell_style("date", 'style:data-style-name="day"', align="start")
        + _cell_style("moment", 'style:data-style-name="minute"', align="start")
        + _cell_style("heading", bold=True)
        + "".join(
            f'<style:style style:name="width{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width * _MILLIMETRES:.1f}mm"/>'
            f"</style:style>"
            for width in range(NARROWEST, WIDEST + 1)
        )
    )


def _cell_style(name: str, data: str = "", *, align: str = "", bold: bool = False) -> str:
    under = ' fo:border-bottom="1pt solid #000000" fo:wrap-option="wrap"' if bold else ""
    weight = '<style:text-properties fo:font-weight="bold"/>' if bold else ""
    side = f'<style:paragraph-properties fo:text-align="{align}"/>' if align else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" '
        f'style:parent-style-name="Default" {data}>'
        f'<style:table-cell-properties style:vertical-align="top"{under}/>{side}{weight}'
        f"</style:style>"
    )


# The small parts


def _manifest() -> bytes:
    paths = {"/": _TYPE} | dict.fromkeys(
        ("content.xml", "meta.xml", "settings.xml", "styles.xml"), "text/xml"
    )
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in paths.items()
    )
    return encoded(
        f'{HEAD}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" '
        f'manifest:version="1.3">{entries}</manifest:manifest>'
    )


def _meta(about: About) -> bytes:
    made = utc(about.made_at)
    return encoded(
        f'{HEAD}<office:document-meta {_NAMES} office:version="1.3"><office:meta>'
        f"<dc:title>{line(about.title)}</dc:title>"
        f"<dc:description>{line(about.note)}</dc:description>"
        f"<meta:initial-creator>{line(about.author)}</meta:initial-creator>"
        f"<meta:creation-date>{made}</meta:creation-date>"
        f"<dc:creator>{line(about.author)}</dc:creator><dc:date>{made}</dc:date>"
        f"<dc:language>{about.language}</dc:language></office:meta></office:document-meta>"
    )


def _page_style(language: Language) -> bytes:
    """Return the default style and the page: a sheet is printed as wide as one page."""
    return encoded(
        f'{HEAD}<office:document-styles {_NAMES} office:version="1.3"><office:styles>'
        f'<style:style style:name="Default" style:family="table-cell"><style:text-properties '
        f'fo:font-family="Calibri, Carlito, sans-serif" fo:font-size="11pt" '
        f'fo:language="{language}" fo:country="{_COUNTRIES[language]}"/></style:style>'
        f'</office:styles><office:automatic-styles><style:page-layout style:name="landscape">'
        f'<style:page-layout-properties fo:page-width="297mm" fo:page-height="210mm" '
        f'style:print-orientation="landscape" fo:margin="10mm" style:scale-to-X="1" '
        f'style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
        f'<office:master-styles><style:master-page style:name="wide" '
        f'style:page-layout-name="landscape"/></office:master-styles></office:document-styles>'
    )
