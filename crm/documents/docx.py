"""DOCX: a text to go on with, of real styles, headings, tables and links."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crm.core.lazily import LoadedWhenUsed
from crm.documents.layout import (
    LONGEST_HEADING,
    PAGE_WIDTH,
    Part,
    column_widths,
    flow,
    numeric_columns,
)
from crm.documents.model import (
    BlankLines,
    Bullets,
    Document,
    Empty,
    Facts,
    Heading,
    Paragraph,
    Table,
    Value,
)
from crm.documents.text import Piece, clean, clean_line, is_right_to_left, lines_of, moment, runs

docx = LoadedWhenUsed("docx")
enum_style = LoadedWhenUsed("docx.enum.style")
enum_text = LoadedWhenUsed("docx.enum.text")
opc = LoadedWhenUsed("docx.opc.constants")
oxml = LoadedWhenUsed("docx.oxml")
oxml_names = LoadedWhenUsed("docx.oxml.ns")
lengths = LoadedWhenUsed("docx.shared")

_FONT = "Calibri"  # Word and LibreOffice have it, or one of the same widths
_ARABIC_FONT = "Arial"
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
_INK = (0x1A, 0x1A, 0x1A)
_QUIET = (0x55, 0x55, 0x55)
_LABEL_WIDTH = 130.0
_LONGEST_PROPERTY = 255
_LONGEST_FOOTER = 400
_MOST_LINES = 200
_LONGEST_WHOLE_ROW = 1500

_ROWS = "Passerelle Rows"
_FACTS = "Passerelle Facts"
_TABLE_TEXT = "Table Text"
_STAMP = "Stamp"
_NOTHING = "Nothing"
_NOTE_LINE = "Note Line"


def write_docx(document: Document) -> bytes:
    """Return the document as a DOCX file."""
    return _Writer(document).write()


def _element(tag: str, *children: Any, **attributes: Any) -> Any:
    """Return an element of WordprocessingML; names are given without their prefix."""
    element = oxml.OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(oxml_names.qn(f"w:{name}"), str(value))
    element.extend(children)
    return element


class _Writer:
    """Builds the parts of the file one after the other."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.widths = column_widths(document)
        self.file: Any = docx.Document()
        self.styles: dict[str, str] = {}
        self.relations: dict[str, str] = {}
        self.bookmarks = 0

    def write(self) -> bytes:
        document = self.document
        self._properties()
        self._set_styles()
        self._page()
        body = self.file.element.body
        last = body[-1]  # the properties of the only section
        for element in self._content(list(flow(document))):
            last.addprevious(element)
        file = BytesIO()
        self.file.save(file)
        return _without_time(file.getvalue())

    def _properties(self) -> None:
        document, properties = self.document, self.file.core_properties
        made = moment(document).replace(tzinfo=None)
        properties.title = clean_line(document.title, _LONGEST_PROPERTY)
        properties.subject = clean_line(document.subtitle, _LONGEST_PROPERTY)
        properties.author = clean_line(document.author, _LONGEST_PROPERTY)
        properties.last_modified_by = properties.author
        properties.comments = ""
        properties.language = _LANGUAGES[document.language]
        properties.created = properties.modified = made

    # Styles

    def _set_styles(self) -> None:
        styles = self.file.styles
        language = _LANGUAGES[self.document.language]
        for mark in styles.element.iter(oxml_names.qn("w:lang")):
            mark.set(oxml_names.qn("w:val"), language)
            mark.set(oxml_names.qn("w:bidi"), "ar-SA")
        for element in self.file.settings.element.iter(oxml_names.qn("w:themeFontLang")):
            element.set(oxml_names.qn("w:val"), language)
        self._style("Normal", 10.5, after=4)
        self._style("Title", 24, bold=True, after=2)
        self._style("Subtitle", 13, color=_QUIET, after=8)
        self._style("Heading 1", 16, bold=True, before=18, after=6)
        self._style("Heading 2", 13, bold=True, before=14, after=4)
        self._style("Heading 3", 11, bold=True, before=10, after=3)
        self._style("Caption", 10, bold=True, before=10, after=3)
        self._style("List Bullet", 10.5, after=2)
        self._style("Footer", 8, color=_QUIET)
        self._style("TOC Heading", 16, bold=True, before=12, after=6)
        for name, size, color, italic in (
            (_TABLE_TEXT, 9.5, _INK, False),
            (_STAMP, 9, _QUIET, False),
            (_NOTHING, 10.5, _QUIET, True),
            (_NOTE_LINE, 10.5, _INK, False),
            ("toc 1", 10.5, _INK, False),
            ("toc 2", 10.5, _INK, False),
        ):
            added = styles.add_style(
                name, enum_style.WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc")
            )
            added.base_style = styles["Normal"]
            self._style(name, size, color=color, italic=italic)
        styles["toc 2"].paragraph_format.left_indent = lengths.Mm(6)
        styles["Caption"].paragraph_format.keep_with_next = True
        styles["Title"].element.pPr.remove(
            styles["Title"].element.pPr.find(oxml_names.qn("w:pBdr"))
        )
        _add_rules(styles["Heading 1"].element.get_or_add_pPr(), _rule("bottom", 6, "333333"))
        # Without a line between them, equal neighbours share the one under the last.
        _add_rules(
            styles[_NOTE_LINE].element.get_or_add_pPr(), _rule("bottom", 4), _rule("between", 4)
        )
        styles[_NOTE_LINE].paragraph_format.space_before = lengths.Pt(14)
        link = styles.add_style("Hyperlink", enum_style.WD_STYLE_TYPE.CHARACTER, builtin=True)
        link.font.underline = True
        link.font.color.rgb = lengths.RGBColor(0x0B, 0x4A, 0x8F)
        self._table_style(_FACTS, rules=False)
        self._table_style(_ROWS, rules=True)
        self.styles = {style.name: style.style_id for style in styles}

    def _style(
        self,
        name: str,
        size: float,
        *,
        color: tuple[int, int, int] = _INK,
        before: float = 0,
        after: float = 0,
        **font: bool,
    ) -> None:
        style = self.file.styles[name]
        style.font.size = lengths.Pt(size)
        style.font.color.rgb = lengths.RGBColor(*color)
        style.font.bold = font.get("bold", False)
        style.font.italic = font.get("italic", False)
        style.paragraph_format.space_before = lengths.Pt(before)
        style.paragraph_format.space_after = lengths.Pt(after)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()  # the fonts of the theme would win
        for script, font_name in (
            ("ascii", _FONT),
            ("hAnsi", _FONT),
            ("eastAsia", _FONT),
            ("cs", _ARABIC_FONT),
        ):
            fonts.set(oxml_names.qn(f"w:{script}"), font_name)
        # Arabic letters have a size and a weight of their own, which python-docx leaves alone.
        style.font.cs_bold, style.font.cs_italic = style.font.bold, style.font.italic
        for tag in ("spacing", "kern", "szCs"):
            for element in properties.findall(oxml_names.qn(f"w:{tag}")):
                properties.remove(element)
        properties.find(oxml_names.qn("w:sz")).addnext(_element("szCs", val=round(size * 2)))

    def _table_style(self, name: str, *, rules: bool) -> None:
        style = self.file.styles.add_style(name, enum_style.WD_STYLE_TYPE.TABLE)
        style.base_style = self.file.styles["Normal Table"]
        margins = _element(
            "tblCellMar",
            _element("top", w=40, type="dxa"),
            _element("left", w=0, type="dxa"),
            _element("bottom", w=40, type="dxa"),
            _element("right", w=140, type="dxa"),
        )
        properties = _element("tblPr")
        if rules:
            borders = (_rule("bottom", 4), _rule("insideH", 4))
            properties.append(_element("tblBorders", *borders))
        properties.append(margins)
        style.element.append(properties)
        if rules:
            style.element.append(
                _element(
                    "tblStylePr",
                    _element("rPr", _element("b"), _element("bCs")),
                    _element(
                        "tcPr",
                        _element("tcBorders", _rule("bottom", 8, "333333")),
                        _element("vAlign", val="bottom"),
                    ),
                    type="firstRow",
                )
            )

    # Page

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = lengths.Mm(210), lengths.Mm(297)
        section.left_margin = section.right_margin = lengths.Mm(20)
        section.top_margin, section.bottom_margin = lengths.Mm(20), lengths.Mm(22)
        footer = section.footer.paragraphs[0]
        stops = footer.paragraph_format.tab_stops
        # Those of the style are for another width of page.
        for position in (
            stop.position for stop in self.file.styles["Footer"].paragraph_format.tab_stops
        ):
            stops.add_tab_stop(position, enum_text.WD_TAB_ALIGNMENT.CLEAR)
        stops.add_tab_stop(lengths.Mm(170), enum_text.WD_TAB_ALIGNMENT.RIGHT)
        stamp = " · ".join(line for each in self.document.stamp if (line := clean_line(each)))
        element = footer._p  # noqa: SLF001 - the documented way to the XML
        element.extend(_runs(clean_line(stamp, _LONGEST_FOOTER)))
        element.append(_element("r", _element("tab")))
        element.extend([*_field("PAGE"), _run(" / "), *_field("NUMPAGES")])
        _add_rules(element.get_or_add_pPr(), _rule("top", 4))

    # Content

    def _content(self, parts: list[Part]) -> Iterator[Any]:
        document = self.document
        yield self._paragraph(clean_line(document.title, LONGEST_HEADING), "Title")
        if subtitle := clean_line(document.subtitle, LONGEST_HEADING):
            yield self._paragraph(subtitle, "Subtitle")
        for line in (*document.stamp, document.note):
            if text := clean_line(line, LONGEST_HEADING):
                yield self._paragraph(text, _STAMP)
        yield from self._contents(parts)
        for part in parts:
            elements = list(self._block(part))
            if part.page_break and elements:
                yield from self._break(elements[0])
            yield from elements

    def _contents(self, parts: list[Part]) -> Iterator[Any]:
        """Yield a table of contents, which leads to each part; Word adds the page numbers."""
        headings = [part.block for part in parts if isinstance(part.block, Heading)]
        names = {i: heading for i, heading in enumerate(headings, 1) if heading.level <= 2}
        if not self.document.contents or not names:
            return
        yield self._paragraph(clean_line(self.document.contents, LONGEST_HEADING), "TOC Heading")
        paragraphs = []
        for number, heading in names.items():
            link = _element("hyperlink", *_runs(heading.text), anchor=_bookmark(number), history=1)
            style = self.styles[f"toc {heading.level}"]
            paragraphs.append(_element("p", _element("pPr", _element("pStyle", val=style)), link))
        begin, instruction, separate, _, end = _field('TOC \\o "1-2" \\h \\z')
        for element in (separate, instruction, begin):
            paragraphs[0].insert(1, element)
        paragraphs[-1].append(end)
        yield from paragraphs

    def _break(self, element: Any) -> Iterator[Any]:
        """Begin a page with an element."""
        if element.tag == oxml_names.qn("w:p"):
            properties = element.get_or_add_pPr()
            properties.get_or_add_pageBreakBefore()
        else:
            yield _element("p", _element("r", _element("br", type="page")))

    def _block(self, part: Part) -> Iterator[Any]:
        match part.block:
            case Heading(text, level):
                yield self._heading(text, level)
            case Facts(rows):
                if rows:
                    yield self._facts(rows)
                    yield self._gap()
            case Table():
                yield from self._table(part.block)
            case Paragraph(text):
                yield self._paragraph(text, "Normal")
            case Bullets(items):
                for item in items:
                    yield self._paragraph(item, "List Bullet")
            case Empty(text):
                yield self._paragraph(text, _NOTHING)
            case BlankLines(count):
                for _ in range(min(max(count, 0), _MOST_LINES)):
                    yield self._paragraph("", _NOTE_LINE)

    def _gap(self) -> Any:
        """Return what keeps two tables from growing together."""
        spacing = _element("spacing", before=0, after=0, line=120, lineRule="exact")
        return _element("p", _element("pPr", spacing))

    def _heading(self, text: str, level: int) -> Any:
        self.bookmarks += 1
        paragraph = self._paragraph(text, f"Heading {level}")
        start = _element("bookmarkStart", id=self.bookmarks, name=_bookmark(self.bookmarks))
        paragraph.insert(1, start)
        paragraph.append(_element("bookmarkEnd", id=self.bookmarks))
        return paragraph

    def _paragraph(self, value: Value, style: str, *, align: str = "", keep: bool = False) -> Any:
        """Return a paragraph of a value, set from the right where its words are."""
        lines = lines_of(value, self.document)
        properties = _element("pPr", _element("pStyle", val=self.styles[style]))
        if keep:
            properties.append(_element("keepNext"))
        rtl = is_right_to_left("".join(piece.text for line in lines for piece in line))
        if rtl:
            properties.append(_element("bidi"))
            if style == _TABLE_TEXT:
                align = "right"  # which is the left of such a paragraph
        if align:
            properties.append(_element("jc", val=align))
        paragraph = _element("p", properties)
        for i, line in enumerate(lines):
            if i:
                paragraph.append(_element("r", _element("br")))
            for piece in line:
                paragraph.extend(self._piece(piece))
        return paragraph

    def _piece(self, piece: Piece) -> Iterator[Any]:
        if piece.url is None:
            yield from _runs(piece.text)
            return
        if piece.url not in self.relations:
            self.relations[piece.url] = self.file.part.relate_to(
                piece.url, opc.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
        link = _element("hyperlink", *_runs(piece.text, self.styles["Hyperlink"]), history=1)
        link.set(oxml_names.qn("r:id"), self.relations[piece.url])
        yield link

    # Tables

    def _facts(self, rows: Sequence[tuple[str, Value]]) -> Any:
        widths = [_LABEL_WIDTH, PAGE_WIDTH - _LABEL_WIDTH]
        table = self._grid(_FACTS, widths, first_column=True)
        for label, value in rows:
            cells = [self._paragraph(clean(label), _STAMP), self._paragraph(value, _TABLE_TEXT)]
            table.append(_row(cells, widths))
        return table

    def _table(self, block: Table) -> Iterator[Any]:
        widths = self.widths.get(id(block))
        if caption := clean_line(block.caption, LONGEST_HEADING):
            yield self._paragraph(caption, "Caption")
        if not widths:
            return
        table = self._grid(_ROWS, widths, caption=caption)
        aligns = ["right" if numeric else "" for numeric in numeric_columns(block)]
        heads = [
            self._paragraph(
                clean_line(column, LONGEST_HEADING), _TABLE_TEXT, align=align, keep=True
            )
            for column, align in zip(block.columns, aligns, strict=True)
        ]
        table.append(_row(heads, widths, header=True))
        for row in block.rows:
            values = [*row[: len(widths)], *[None] * (len(widths) - len(row))]
            cells = [
                self._paragraph(value, _TABLE_TEXT, align=align)
                for value, align in zip(values, aligns, strict=True)
            ]
            table.append(_row(cells, widths))
        yield table
        yield self._gap()

    def _grid(
        self, style: str, widths: list[float], *, caption: str = "", first_column: bool = False
    ) -> Any:
        """Return a table without rows."""
        properties = _element(
            "tblPr",
            _element("tblStyle", val=self.styles[style]),
            _element("tblW", w=_twips(sum(widths)), type="dxa"),
            _element("tblLayout", type="fixed"),
            _element(
                "tblLook",
                firstRow=int(not first_column),
                lastRow=0,
                firstColumn=int(first_column),
                lastColumn=0,
                noHBand=1,
                noVBand=1,
            ),
        )
        if caption:
            properties.append(_element("tblCaption", val=caption))
        grid = _element("tblGrid", *(_element("gridCol", w=_twips(width)) for width in widths))
        return _element("tbl", properties, grid)


def _row(cells: list[Any], widths: list[float], *, header: bool = False) -> Any:
    properties = _element("trPr")
    # A row stays on one page, unless it might not fit on one.
    if sum(len(cell.text) for cell in cells) <= _LONGEST_WHOLE_ROW:
        properties.append(_element("cantSplit"))
    if header:
        properties.append(_element("tblHeader"))
    return _element(
        "tr",
        properties,
        *(
            _element("tc", _element("tcPr", _element("tcW", w=_twips(width), type="dxa")), cell)
            for cell, width in zip(cells, widths, strict=True)
        ),
    )


def _run(text: str, style: str = "", *, rtl: bool = False) -> Any:
    properties = _element("rPr")
    if style:
        properties.append(_element("rStyle", val=style))
    if rtl:
        properties.append(_element("rtl"))
        properties.append(_element("lang", bidi="ar-SA"))
    content = _element("t")
    content.text = text
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return _element("r", properties, content)


def _runs(text: str, style: str = "") -> Iterator[Any]:
    """Yield the runs of a text, one for each direction."""
    for part, rtl in runs(text):
        yield _run(part, style, rtl=rtl)


def _field(instruction: str) -> list[Any]:
    """Return the runs of a field, which the word processor fills."""
    code = _element("instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [
        _element("r", _element("fldChar", fldCharType="begin")),
        _element("r", code),
        _element("r", _element("fldChar", fldCharType="separate")),
        _run("1"),
        _element("r", _element("fldChar", fldCharType="end")),
    ]


def _bookmark(number: int) -> str:
    return f"_Toc{number:06}"


def _rule(side: str, size: int, color: str = "B0B0B0") -> Any:
    """Return a line; its size is in eighths of a point."""
    return _element(side, val="single", sz=size, space=2, color=color)


def _add_rules(properties: Any, *rules: Any) -> None:
    """Draw lines around a paragraph; the schema gives them their place among its properties."""
    properties.insert_element_before(
        _element("pBdr", *rules),
        "w:shd",
        "w:tabs",
        "w:spacing",
        "w:ind",
        "w:jc",
        "w:outlineLvl",
        "w:contextualSpacing",
        "w:rPr",
    )


def _twips(points: float) -> int:
    return round(points * 20)


def _without_time(file: bytes) -> bytes:
    """Return the file with no clock in it, so that the same document gives the same bytes."""
    target = BytesIO()
    with ZipFile(BytesIO(file)) as made, ZipFile(target, "w", ZIP_DEFLATED) as timeless:
        for name in made.namelist():
            entry = ZipInfo(name)  # dated 1 January 1980, as early as can be
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            timeless.writestr(entry, made.read(name))
    return target.getvalue()
