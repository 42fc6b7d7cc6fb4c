"""Sheets go out while their rows are read; each program opens them, and reckons with none."""

import csv
import json
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from crm.documents import ods_sheets, xlsx_sheets
from crm.documents.cells import kept
from crm.documents.delimited import write_csv
from crm.documents.formulas import harmless_as_typed
from crm.documents.sheets import (
    Cell,
    Sheet,
    SheetColumn,
    csv_file,
    harmless,
    json_file,
    ods_file,
    restored,
    xlsx_file,
)
from tests.documents.examples import ANY_TEXT, HOSTILE
from tests.documents.tables import (
    ABOUT,
    COLUMNS,
    ROWS,
    SIGNS,
    as_file,
    hostile_texts,
    of_texts,
    sheet,
)

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"

WRITERS = {
    "csv": lambda each: csv_file(each, language="fr"),
    "json": lambda each: json_file(each, ABOUT),
    "xlsx": lambda each: xlsx_file([each], ABOUT),
    "ods": lambda each: ods_file([each], ABOUT),
}
every_writer = pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
both_books = pytest.mark.parametrize("ending", ["xlsx", "ods"])


def book(ending: str, *sheets: Sheet) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(as_file(ending, *sheets)))


def part(file: bytes, name: str) -> Any:
    """Return a part of a file, parsed."""
    with ZipFile(BytesIO(file)) as archive:
        return etree.fromstring(archive.read(name))


def texts(root: Any, name: str) -> list[str]:
    return [each.text for each in root.iter(name)]


# Formulas

FORMULA_LIKE = st.text(st.sampled_from(f"''''{SIGNS}\t\r\n\0 \u00a0a1()"), max_size=8)


@settings(max_examples=10_000)
@given(st.one_of(FORMULA_LIKE, st.text(max_size=8)))
@example("'=1")
@example("''+33 1")
def test_every_text_made_harmless_can_be_restored(text):
    assert restored(harmless(text)) == text
    assert restored(harmless_as_typed(text)) == text
    assert not harmless(text).lstrip().startswith(tuple(SIGNS))
    assert not harmless(text).startswith(("\t", "\r", "\n", "\0"))


@pytest.mark.parametrize("sign", [*SIGNS, "\t", "\r", "\n", "\0", " =", "\u00a0@", "'=", "''+"])
def test_a_text_that_reads_as_a_formula_gets_one_apostrophe(sign):
    assert harmless(f"{sign}A1") == f"'{sign}A1"


@pytest.mark.parametrize("text", ["", "'", "l’une", "'quoted'", "a=b", "1-2", "“=1”", "N/A"])
def test_other_texts_are_left_alone(text):
    assert harmless(text) == text == restored(text)


def test_telephone_numbers_stay_readable_in_cells_marked_as_text():
    assert harmless_as_typed("+33 1 44 55") == "+33 1 44 55"
    assert harmless("+33 1 44 55") == "'+33 1 44 55"
    assert harmless_as_typed("+33 1 44|cmd") == "'+33 1 44|cmd"
    assert harmless_as_typed("-2+A1") == "'-2+A1"


# CSV and JSON


def test_csv_is_what_spreadsheets_of_the_country_expect():
    french = b"".join(csv_file(sheet(ROWS[:2]), language="fr"))
    assert french.decode("utf-8") == (
        "\ufeffNom;Depuis;Vu le;Cotisation;Membre;Clé\r\n"
        "Олена Шевченко;12/03/2018;02/01/2020 10:30;12,5;VRAI;a1\r\n"
        "منى الخطيب;2018;;7;FAUX;a2\r\n"
    )
    english = b"".join(csv_file(sheet(ROWS[:1]), language="en"))
    assert english.decode("utf-8-sig").splitlines()[1] == (
        "Олена Шевченко,2018-03-12,2020-01-02 10:30,12.5,TRUE,a1"
    )


def test_standard_csv_is_the_same_in_every_language():
    files = {
        b"".join(csv_file(sheet(ROWS[:1]), language=each, standard=True)) for each in ("fr", "en")
    }
    assert files == {
        "Nom,Depuis,Vu le,Cotisation,Membre,Clé\r\n"
        "Олена Шевченко,2018-03-12,2020-01-02T10:30:00,12.5,true,a1\r\n".encode()
    }


def test_csv_quotes_what_parts_cells_and_lines():
    table = sheet([['a"b', "c;d", "e\nf"]], columns=COLUMNS[:3])
    text = b"".join(csv_file(table, language="fr")).decode("utf-8-sig")
    assert text.endswith('"a""b";"c;d";"e\nf"\r\n')


SHORT = st.one_of(st.text(',;"\r\n =é', max_size=4), ANY_TEXT, st.none(), st.integers())


@settings(max_examples=300)
@given(st.lists(st.one_of(st.tuples(SHORT, SHORT), st.tuples(SHORT), st.tuples()), max_size=5))
@example([("a,b", 'say "x"'), ("", None)])
@example([("",), (None,)])
def test_csv_is_what_the_library_would_write(rows):
    careful = [
        [harmless(kept(each)) if isinstance(each, str) else each for each in row] for row in rows
    ]
    out = StringIO(newline="")
    csv.writer(out).writerows([["Nom", "Depuis"], *careful])
    file = b"".join(csv_file(sheet(rows, columns=COLUMNS[:2]), language="en", standard=True))
    assert file.decode() == out.getvalue()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_cell_is_written_alike_whatever_stands_in_other_rows(ending):
    def written(cells):
        file = as_file(ending, sheet([[each, "x"] for each in cells], columns=COLUMNS[:2]))
        if ending == "csv":
            return file.decode().split("\r\n")[1:-1]
        with ZipFile(BytesIO(file)) as archive:
            xml = archive.read("xl/worksheets/sheet1.xml").decode()
        return [row.split("</row>")[0] for row in re.sub(r' r="\w+"', "", xml).split("<row>")[2:]]

    cells = ["Ada", "Zoë", "e\u0301te", "'=1", "=1", "+33 1", "a;b", "A & B", "Ada ", "", None]
    cells += ["_x0041_", "\x01", 7, 10**15, 2.5, True, date(2026, 11, 27), "long " * 7_000]
    alone = [written([cell])[0] for cell in cells]
    assert written(cells) == alone
    assert [written([cell, "Ada"])[0] for cell in cells] == alone


def test_negative_numbers_stay_numbers_in_csv():
    row = [["-3", -3, -2.5]]
    file = b"".join(csv_file(sheet(row, columns=COLUMNS[:3]), language="en"))
    assert file.decode().endswith("\r\n'-3,-3,-2.5\r\n")


def test_tables_of_documents_are_as_harmless():
    assert write_csv(["a", "=b"], [["@c", "d"]], "en").decode("utf-8-sig") == ("a,'=b\r\n'@c,d\r\n")


def test_json_has_keys_types_and_iso_dates():
    made = json.loads(b"".join(json_file(sheet(), ABOUT)))
    assert made["title"] == "Contacts"
    assert made["made_at"] == "2026-11-23T18:30:00+00:00"
    assert made["columns"][0] == {"key": "name", "label": "Nom"}
    assert made["rows"][0] == {
        "name": "Олена Шевченко",
        "since": "2018-03-12",
        "seen": "2020-01-02T10:30:00",
        "fee": 12.5,
        "is_member": True,
        "id": "a1",
    }
    assert [row["name"] for row in made["rows"]] == [row[0] for row in ROWS]


def test_json_holds_what_is_no_number_and_no_text():
    rows = [[float("nan"), "\ud800=1"]]
    made = json.loads(b"".join(json_file(sheet(rows, columns=COLUMNS[:2]), ABOUT)))
    assert made["rows"] == [{"name": "nan", "since": "?=1"}]


# XLSX and ODS


@both_books
def test_cells_have_types(ending):
    rows = book(ending, sheet()).get_sheet_by_index(0).to_python()
    assert rows[0] == [column.heading for column in COLUMNS]
    assert rows[1:] == [["" if cell is None else cell for cell in row] for row in ROWS]
    assert [type(cell) for cell in rows[1]] == [str, date, datetime, float, bool, str]


@both_books
def test_dates_and_numbers_spreadsheets_cannot_count_with_are_texts(ending):
    rows: list[list[Cell]] = [
        [date(1900, 2, 28), datetime.fromisoformat("1850-01-02T03:04"), date(33, 4, 3)],
        [10**15, float("inf"), float("nan")],
    ]
    found = book(ending, sheet(rows, columns=COLUMNS[:3])).get_sheet_by_index(0).to_python()
    assert found[1:] == [
        ["28/02/1900", "02/01/1850 03:04", "03/04/0033"],
        ["1000000000000000", "inf", "nan"],
    ]


@both_books
def test_moments_of_a_zone_are_written_in_utc(ending):
    moment = datetime.fromisoformat("2026-07-01T12:00+02:00")
    found = book(ending, sheet([[moment]], columns=COLUMNS[:1])).get_sheet_by_index(0).to_python()
    assert found[1] == [datetime.fromisoformat("2026-07-01T10:00")]


@both_books
def test_every_text_is_there_as_it_is(ending):
    written = [*HOSTILE, "  deux  espaces  ", "a\tb", "a\n\n b", "_x000A_ _x0041", "A" * 32_767]
    rows = book(ending, of_texts(written)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == [harmless_as_typed(ods_sheets.kept(t)) for t in written]


def test_what_is_too_long_for_excel_ends_with_an_ellipsis():
    (_heading, row) = book("xlsx", of_texts(["👩" * 20_000])).get_sheet_by_index(0).to_python()
    assert len(row[1].encode("utf-16-le")) <= 2 * 32_767
    assert row[1].endswith("👩…")


@both_books
def test_a_sheet_longer_than_programs_hold_goes_on_on_the_next(ending, monkeypatch):
    monkeypatch.setattr({"xlsx": xlsx_sheets, "ods": ods_sheets}[ending], "MOST_ROWS", 4)
    columns = [SheetColumn("Nombre", "number")]
    made = book(ending, Sheet("Longue", columns, [[[n] for n in range(7)]]), of_texts([]))
    assert made.sheet_names == ["Longue", "Longue (2)", "Longue (3)", "Textes"]
    found = [made.get_sheet_by_name(name).to_python() for name in made.sheet_names]
    assert found[0] == [["Nombre"], [0], [1], [2]]
    assert found[2] == [["Nombre"], [6]]


def test_a_sheet_of_too_many_bytes_goes_on_on_the_next(monkeypatch):
    monkeypatch.setattr(xlsx_sheets, "_MOST_BYTES", 1000)
    made = book("xlsx", of_texts([str(n) for n in range(1200)]))
    found = [
        row[0] for name in made.sheet_names for row in made.get_sheet_by_name(name).to_python()
    ]
    assert len(made.sheet_names) > 1
    assert [cell for cell in found if cell != "Place"] == list(range(1200))


@both_books
def test_sheets_have_names_programs_accept(ending):
    made = book(ending, *[sheet([], name=each) for each in ("l’a/b: [c]", "Équipe", "équipe", "")])
    assert made.sheet_names == ["l’a b c", "Équipe", "équipe (2)", "–"]


@both_books
def test_a_file_may_have_no_sheet_and_a_sheet_no_column(ending):
    assert book(ending).sheet_names == ["Contacts"]
    assert book(ending, Sheet("Vide", [], [[[]], []])).sheet_names == ["Vide"]


@both_books
def test_the_same_rows_give_the_same_bytes_whenever_they_are_written(ending):
    assert as_file(ending, sheet()) == as_file(ending, sheet())
    with ZipFile(BytesIO(as_file(ending, sheet()))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_xlsx_has_frozen_bold_headings_a_filter_and_hidden_columns():
    file = as_file("xlsx", sheet(name="L'équipe"), sheet())
    root = part(file, "xl/worksheets/sheet1.xml")
    assert [etree.QName(each).localname for each in root] == [
        "sheetPr",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "autoFilter",
        "pageMargins",
        "pageSetup",
    ]
    pane = next(root.iter(f"{MAIN}pane"))
    assert (pane.get("state"), pane.get("ySplit"), pane.get("topLeftCell")) == ("frozen", "1", "A2")
    assert next(root.iter(f"{MAIN}autoFilter")).get("ref") == "A1:F5"
    assert [each.get("hidden") for each in root.iter(f"{MAIN}col")] == [None] * 5 + ["1"]
    styles = part(file, "xl/styles.xml")
    heading = next(root.iter(f"{MAIN}c")).get("s")
    formats = next(styles.iter(f"{MAIN}cellXfs"))
    fonts = next(styles.iter(f"{MAIN}fonts"))
    assert fonts[int(formats[int(heading)].get("fontId"))].find(f"{MAIN}b") is not None
    assert texts(part(file, "xl/workbook.xml"), f"{MAIN}definedName") == [
        "'L''équipe'!$A$1:$F$5",
        "'Contacts'!$A$1:$F$5",
    ]
    assert not list(root.iter(f"{MAIN}f"))


def test_xlsx_names_all_its_parts():
    file = as_file("xlsx", sheet(), sheet())
    types = part(file, "[Content_Types].xml")
    named = {each.get("PartName", "").lstrip("/") for each in types}
    with ZipFile(BytesIO(file)) as archive:
        parts = {name for name in archive.namelist() if not name.endswith(".rels")}
    assert parts - {"[Content_Types].xml"} == named - {""}
    targets = {each.get("Target") for each in part(file, "xl/_rels/workbook.xml.rels")}
    assert targets == {"worksheets/sheet1.xml", "worksheets/sheet2.xml", "styles.xml"}


@pytest.mark.parametrize(("language", "code"), [("fr", "dd/mm/yyyy"), ("en", "[$-809]dd mmm yyyy")])
def test_dates_read_the_same_for_every_reader(language, code):
    file = b"".join(xlsx_file([sheet()], replace(ABOUT, language=language)))
    styles = part(file, "xl/styles.xml")
    codes = [each.get("formatCode") for each in styles.iter(f"{MAIN}numFmt")]
    assert codes == [code, f"{code} hh:mm"]


@pytest.mark.parametrize(("ending", "name"), [("xlsx", "docProps/core.xml"), ("ods", "meta.xml")])
def test_properties_say_what_the_file_is(ending, name):
    root = part(as_file(ending, sheet()), name)
    said = {etree.QName(each).localname: each.text for each in root.iter() if each.text}
    assert said["title"] == "Contacts"
    assert said["creator"] == "Éloïse N’Diaye"
    assert said["description"] == "Pays : Italie"
    assert "2026-11-23T18:30:00Z" in said.values()


def test_ods_has_frozen_headings_a_filter_and_hidden_columns():
    file = as_file("ods", sheet(name="L'équipe"))
    with ZipFile(BytesIO(file)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", 0)
    content = part(file, "content.xml")
    (filtered,) = content.iter(f"{TABLE}database-range")
    assert filtered.get(f"{TABLE}target-range-address") == "'L''équipe'.A1:'L''équipe'.F5"
    columns = [each.get(f"{TABLE}visibility") for each in content.iter(f"{TABLE}table-column")]
    assert columns == [None] * 5 + ["collapse"]
    (since,) = [each for each in content.iter() if each.get(f"{OFFICE}date-value") == "2018-03-12"]
    assert "".join(since.itertext()) == "12/03/2018"
    settings = part(file, "settings.xml")
    assert "ooo" in settings.nsmap  # without it LibreOffice passes over them
    split = {each.get(f"{CONFIG}name"): each.text for each in settings.iter()}
    assert (split["VerticalSplitMode"], split["VerticalSplitPosition"]) == ("2", "1")


CELLS = st.one_of(ANY_TEXT, st.integers(), st.floats(), st.booleans(), st.none(), st.dates(),
                  st.datetimes())  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.lists(CELLS, max_size=4), max_size=4), st.lists(ANY_TEXT, max_size=3), ANY_TEXT)
def test_any_sheet_gives_files_that_open(rows, headings, name):
    made = Sheet(name, [SheetColumn(each) for each in headings], [rows])
    about = replace(ABOUT, title=name, note=name)
    for file in (b"".join(xlsx_file([made], about)), b"".join(ods_file([made], about))):
        CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()
        with ZipFile(BytesIO(file)) as archive:
            for entry in archive.namelist():
                assert entry == "mimetype" or etree.fromstring(archive.read(entry)) is not None
    json.loads(b"".join(json_file(made, about)))
    text = b"".join(csv_file(made, language="fr")).decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(text, newline=""), delimiter=";"))) >= 1


# As they go out


def pieces_of(
    number: int, pulled: list[int], size: int = 1000
) -> Iterator[Sequence[Sequence[Cell]]]:
    """Yield pieces of rows, and keep their numbers."""
    try:
        for piece in range(number):
            pulled.append(piece)
            yield [[f"Personne {piece}-{place}", date(2018, 3, 12)] for place in range(size)]
    finally:
        pulled.append(-1)


@every_writer
def test_rows_are_pulled_as_the_file_goes_out(writer):
    pulled: list[int] = []
    file = writer(Sheet("Longue", COLUMNS[:2], pieces_of(50, pulled)))
    assert pulled == []
    next(file)
    assert len(pulled) < 30
    assert len(b"".join(file)) > 1000
    assert pulled == [*range(50), -1]


@every_writer
def test_a_file_nobody_wants_any_more_lets_its_rows_go(writer):
    pulled: list[int] = []
    chunks = pieces_of(50, pulled)
    file = writer(Sheet("Longue", COLUMNS[:2], chunks))
    next(file)
    next(file)
    file.close()
    assert pulled[-1] == -1
    assert len(pulled) < 50


@every_writer
def test_what_goes_wrong_with_the_rows_is_raised(writer):
    def chunks() -> Iterator[Sequence[Sequence[Cell]]]:
        yield [["a"]]
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        b"".join(writer(Sheet("Longue", COLUMNS[:1], chunks())))


def peak(writer: Any, pieces: int) -> int:
    """Return the most memory a file took."""
    tracemalloc.start()
    try:
        for _piece in writer(Sheet("Longue", COLUMNS[:2], pieces_of(pieces, []))):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@every_writer
def test_memory_does_not_grow_with_the_rows(writer):
    peak(writer, 1)
    assert peak(writer, 200) < peak(writer, 20) + 500_000


# As a person opens them

CSV_OPTIONS = "{separator},34,76,1,,0,false,true,false,false,false,0,true"
"""UTF-8, special numbers found, formulas reckoned: as hostile as the import can be."""


def formula_cells(folder: Path, name: str, content: bytes, cells: int, *options: str) -> int:
    """Return how many cells LibreOffice reckons in a file."""
    (folder / name).write_bytes(content)
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", *options]
    command += ["--convert-to", "fods", "--outdir", str(folder), str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
    made = etree.parse((folder / name).with_suffix(".fods"))
    assert sum(1 for each in made.iter() if each.get(f"{OFFICE}value-type")) >= cells
    return sum(1 for each in made.iter() if each.get(f"{TABLE}formula"))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_finds_no_formula_in_hostile_texts(tmp_path):
    made = of_texts(hostile_texts(500))
    semicolons = f"--infilter=CSV:{CSV_OPTIONS.format(separator=59)}"
    commas = f"--infilter=CSV:{CSV_OPTIONS.format(separator=44)}"
    assert formula_cells(tmp_path, "control.csv", b"a;b\r\n=1+1;2\r\n", 4, semicolons) == 1
    french, english = (b"".join(csv_file(made, language=each)) for each in ("fr", "en"))
    assert formula_cells(tmp_path, "french.csv", french, 1000, semicolons) == 0
    assert formula_cells(tmp_path, "english.csv", english, 1000, commas) == 0
    for ending in ("xlsx", "ods"):
        assert formula_cells(tmp_path, f"sheet.{ending}", as_file(ending, made), 1000) == 0
