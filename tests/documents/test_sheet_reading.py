"""Tables come back as they went out, whatever program saved them; no file ends the reader."""

import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.documents import sheet_reading, workbook_process
from crm.documents.cells import kept
from crm.documents.sheet_reading import ReadTable, read_tables
from crm.documents.sheets import Sheet, SheetColumn, csv_file
from tests.documents.tables import COLUMNS, ROWS, as_file, hostile_texts, of_texts, sheet

every_kind = pytest.mark.parametrize("ending", ["xlsx", "ods", "csv"])
both_books = pytest.mark.parametrize("ending", ["xlsx", "ods"])
CONTENT = "xl/worksheets/sheet1.xml"


def read(ending: str, *sheets: Sheet) -> list[ReadTable]:
    return read_tables(f"file.{ending}", as_file(ending, *sheets))


def read_csv(content: bytes | str) -> ReadTable:
    """Return the only table of a text."""
    (table,) = read_tables("list.csv", content.encode() if isinstance(content, str) else content)
    return table


def refused(content: bytes, name: str = "file.xlsx") -> str:
    """Return why a file is not read."""
    with pytest.raises(InvalidValue) as refusal:
        read_tables(name, content)
    assert refusal.value.field == "upload"
    return str(refusal.value.message)


def with_part(file: bytes, name: str, content: bytes) -> bytes:
    """Return the file with another content of a part."""
    changed = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    return changed.getvalue()


# What went out comes back


@both_books
def test_values_come_back_with_their_types(ending):
    (table,) = read(ending, sheet())
    assert table.name == "Contacts"
    assert table.headings == [column.heading for column in COLUMNS]
    assert table.rows == ROWS
    types = [str, date, datetime, float, bool, str]
    assert [type(cell) for cell in table.rows[0]] == types
    assert type(table.rows[1][3]) is int


@every_kind
def test_ten_thousand_hostile_texts_come_back_as_they_were(ending):
    texts = hostile_texts(10_000)
    (table,) = read(ending, of_texts(texts))
    assert [row[1] for row in table.rows] == [kept(text) for text in texts]


@every_kind
def test_names_of_every_script_come_back(ending):
    names = [
        "منى الخطيب",
        "Олена Шевченко",
        "Nguyễn Thị Ánh",
        "漢字",
        "👩‍👩‍👧",
        "N’Diaye",
        "a" * 30_000,
    ]
    (table,) = read(ending, of_texts(names))
    assert [row[1] for row in table.rows] == names


@both_books
def test_each_sheet_is_a_table_and_one_without_headings_is_none(ending):
    tables = read(ending, sheet(name="Un"), Sheet("Vide", [], []), sheet([], name="Deux"))
    assert [(table.name, len(table.rows)) for table in tables] == [("Un", len(ROWS)), ("Deux", 0)]


@pytest.mark.parametrize("standard", [True, False])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_csv_of_every_kind_comes_back(language, standard):
    file = b"".join(csv_file(sheet(), language=language, standard=standard))
    table = read_csv(file)
    assert table.headings == [column.heading for column in COLUMNS]
    assert [row[0] for row in table.rows] == [row[0] for row in ROWS]


def test_one_column_of_csv_is_one_column():
    names = ["Martin, Anne", "a;b", "=1", "x\ny", "a\tb|c"]
    made = Sheet("Noms", [SheetColumn("Nom")], [[[name] for name in names]])
    assert [row[0] for row in read_csv(b"".join(csv_file(made, language="en"))).rows] == names
    assert read_csv("Nom\nMartin, Anne\n").rows == [["Martin, Anne"]]


# What people send


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_csv_of_any_separator_and_encoding_is_read(separator, encoding):
    text = f'"Prénom, nom; tout"{separator}Pays\r\nZoë Müller{separator}Norvège\r\n'
    table = read_csv(text.encode(encoding))
    assert table.name == "list"
    assert table.headings == ["Prénom, nom; tout", "Pays"]
    assert table.rows == [["Zoë Müller", "Norvège"]]


def test_rows_are_as_wide_as_the_headings_and_empty_ones_can_be_counted():
    table = read_csv("\n\nNom;Pays;;\nAnne\n;;;\nZoë;Italie;de plus;\n;;\n\n")
    assert (table.line, table.headings) == (3, ["Nom", "Pays", ""])
    assert table.rows == [["Anne", None, None], [None] * 3, ["Zoë", "Italie", "de plus"]]


def test_a_line_that_names_the_separator_is_no_heading():
    assert read_csv("sep=|\r\nNom|Pays, ville\r\nAnne|Rome\r\n").headings == ["Nom", "Pays, ville"]


def excel(**options: object) -> tuple[BytesIO, xlsxwriter.Workbook]:
    file = BytesIO()
    return file, xlsxwriter.Workbook(file, options)


def test_sheets_of_excel_are_read_where_they_stand():
    file, book = excel(default_date_format="dd/mm/yyyy")
    page = book.add_worksheet("Liste")
    page.write_row(2, 1, ["Nom", "Depuis", "Heure", "Total"])
    page.write_row(3, 1, ["Anne", date(2018, 3, 12)])
    page.write_datetime(3, 3, time(9, 30), book.add_format({"num_format": "hh:mm"}))
    page.write_formula(3, 4, "=1+1", None, 2)
    page.write_blank(1000, 30, None, book.add_format({"bold": True}))
    book.add_worksheet("Cachée").hide()
    book.close()
    (table,) = read_tables("liste.xlsx", file.getvalue())
    assert (table.name, table.line) == ("Liste", 3)
    assert table.headings == ["Nom", "Depuis", "Heure", "Total"]
    assert table.rows == [["Anne", date(2018, 3, 12), "09:30:00", 2]]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@both_books
def test_what_libreoffice_saved_again_comes_back(ending, tmp_path):
    texts = [text for text in hostile_texts(500) if "\t" not in text]
    (tmp_path / f"file.{ending}").write_bytes(as_file(ending, of_texts(texts), sheet()))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", ending, "--outdir", str(tmp_path / "saved")]
    command += [str(tmp_path / f"file.{ending}")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
    saved = (tmp_path / "saved" / f"file.{ending}").read_bytes()
    hostile, table = read_tables(f"file.{ending}", saved)
    assert [row[1] for row in hostile.rows] == [kept(text) for text in texts]
    assert [row[:2] for row in table.rows] == [row[:2] for row in ROWS]


# What is refused


def test_a_file_of_more_than_20_mb_is_refused():
    assert "larger than 20 MB" in refused(b"a;b\n" * (6 * 1024 * 1024))


@pytest.mark.parametrize("content", [b"", b"\n\n;;\n", "\ufeff".encode()])
def test_a_file_without_a_table_is_refused(content):
    assert "no table" in refused(content, "list.csv")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", b"%PDF-1.7\n\0\0", b"\0" * 50])
def test_a_file_of_another_kind_is_refused(content):
    assert "Only XLSX, ODS and CSV" in refused(content)


def test_old_and_locked_files_are_refused():
    assert "password" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list.xls")


@pytest.mark.parametrize("kept_bytes", [10, 400, -30])
@both_books
def test_a_broken_file_is_refused(ending, kept_bytes):
    assert "cannot be read" in refused(as_file(ending, sheet())[:kept_bytes])


def test_an_archive_that_is_no_spreadsheet_is_refused():
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    assert "cannot be read" in refused(file.getvalue())


def test_quotation_marks_that_never_end_are_named():
    assert refused(b'a;b\nc;"' + b"d" * 200_000, "list.csv").startswith("Line 2 cannot be read")


@pytest.mark.slow
@every_kind
def test_more_than_100_000_rows_are_refused(ending):
    rows = [[n] for n in range(100_001)]
    columns = [SheetColumn("Nombre", "number")]
    assert len(read(ending, Sheet("Longue", columns, [rows[:-1]]))[0].rows) == 100_000
    assert "more than 100,000 rows" in refused(as_file(ending, Sheet("Longue", columns, [rows])))


@every_kind
def test_more_than_200_columns_are_refused(ending):
    columns = [SheetColumn(f"Colonne {n}") for n in range(201)]
    assert "more than 200 columns" in refused(as_file(ending, Sheet("Large", columns, [])))


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(sheet_reading, "_MOST_UNPACKED", 1000)
    assert "more than can be read at once" in refused(as_file("xlsx", sheet()))


@pytest.mark.skipif(sys.platform == "win32", reason="knows no such limits")
def test_a_cell_in_the_last_row_and_column_does_not_end_the_server():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    cells += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
    file = with_part(as_file("xlsx", sheet()), CONTENT, content.encode())
    assert "more than can be read at once" in refused(file)


@pytest.mark.skipif(sys.platform == "win32", reason="knows no such limits")
@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ('table:number-columns-repeated="4000000000"', "a"),
        ("", '<text:s text:c="40000000000"/>'),
    ],
)
def test_a_cell_repeated_without_end_does_not_end_the_server(attribute, text):
    file = as_file("ods", of_texts(["here"]))
    with ZipFile(BytesIO(file)) as archive:
        content = archive.read("content.xml").decode()
    cell = '<table:table-cell office:value-type="string"><text:p>here'
    hostile = content.replace(cell, f"{cell[:17]} {attribute}{cell[17:-4]}{text}")
    assert hostile != content
    assert refused(with_part(file, "content.xml", hostile.encode()))


def test_what_the_library_calls_a_panic_is_a_file_that_cannot_be_read(monkeypatch):
    class Panic(BaseException):
        pass

    def panicking(*_args: object) -> None:
        raise Panic

    monkeypatch.setattr(workbook_process, "_limit", lambda: None)
    monkeypatch.setattr(workbook_process, "_sheets", panicking)
    monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": BytesIO(b"")}))
    assert workbook_process.main() is workbook_process.Outcome.UNREADABLE


# Rubbish


def read_or_refused(content: bytes) -> None:
    with suppress(InvalidValue):
        read_tables("file.csv", content)


@settings(max_examples=500)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_rubbish_is_read_or_refused(content):
    read_or_refused(content)


GOOD = {ending: as_file(ending, sheet()) for ending in ("xlsx", "ods")}


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
def test_spoilt_files_are_read_or_refused(ending, changes):
    content = bytearray(GOOD[ending])
    for place, value in changes:
        content[int(place * len(content))] = value
    read_or_refused(bytes(content))


@settings(max_examples=40)
@given(
    st.sampled_from([("xlsx", CONTENT), ("xlsx", "xl/workbook.xml"), ("ods", "content.xml")]),
    st.lists(
        st.tuples(
            st.floats(0, 1), st.integers(0, 40), st.sampled_from(["", "<", "9" * 9, '"', "é"])
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_spoilt_parts_are_read_or_refused(place, changes):
    ending, name = place
    with ZipFile(BytesIO(GOOD[ending])) as archive:
        text = archive.read(name).decode()
    for share, length, put in changes:
        start = int(share * len(text))
        text = text[:start] + put + text[start + length :]
    read_or_refused(with_part(GOOD[ending], name, text.encode()))
