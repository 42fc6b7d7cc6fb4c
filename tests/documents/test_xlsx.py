"""XLSX files have a sheet for each section, real dates and numbers, and never a formula."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from crm.documents.model import (
    Bullets,
    Document,
    Facts,
    Lines,
    Linked,
    Paragraph,
    Section,
    Table,
)
from crm.documents.xlsx import write_xlsx
from tests.documents.examples import (
    ANY_DOCUMENT,
    ANY_TEXT,
    HOSTILE,
    NAMES,
    document,
    hostile_cells,
    pack,
    people,
    sections,
)

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(made: Document, sheet: int = 0) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(write_xlsx(made)))
    return book.get_sheet_by_index(sheet).to_python()


def names(made: Document) -> list[str]:
    return CalamineWorkbook.from_filelike(BytesIO(write_xlsx(made))).sheet_names


def parts(file: bytes, pattern: str) -> Iterator[Any]:
    """Yield the parsed parts of a file whose names match."""
    with ZipFile(BytesIO(file)) as archive:
        for name in archive.namelist():
            if re.fullmatch(pattern, name):
                yield etree.fromstring(archive.read(name))


def sheets(made: Document) -> list[Any]:
    return list(parts(write_xlsx(made), r"xl/worksheets/sheet\d+\.xml"))


def test_each_section_has_a_sheet():
    assert names(pack()) == ["Fiche pratique", "Conseil européen", "Notes"]


def test_names_of_sheets_are_short_unique_and_without_what_excel_forbids():
    long = "Conseil européen pour les réfugiés et les exilés"
    titles = ["A/B: [c]*?\\", "a b c", "A b C", "'", "", "History", long, long, "🇪🇺" * 20]
    found = names(sections(*[Section(title, []) for title in titles]))
    assert found[:6] == ["A B c", "a b c (2)", "A b C (3)", "–", "– (2)", "History (2)"]
    assert found[6:8] == ["Conseil européen pour les réfu…", "Conseil européen pour les… (2)"]
    assert len(found[8].encode("utf-16-le")) <= 62


def test_a_section_can_name_its_sheet():
    assert names(sections(Section("Un titre", [], sheet="Contacts"))) == ["Contacts"]


def test_a_sheet_begins_with_its_title_and_the_stamp():
    rows = read(pack(), 1)
    assert rows[0][0] == "Conseil européen"
    assert rows[1][0] == (
        "Dossier de réunion · Produit le 23 novembre 2026 · Éléments confidentiels retirés : 3"
    )


def test_cells_hold_names_real_dates_and_numbers():
    rows = read(document(people()))
    start = rows.index(["Nom", "Adresse", "Depuis", "Cotisation"])
    assert [row[0] for row in rows[start + 1 :]] == NAMES
    assert rows[start + 1][2:] == [date(2021, 3, 1), 12500.5]


def test_what_excel_cannot_count_is_written():
    values = [math.nan, math.inf, 10**20, date(1789, 7, 14), True, None]
    rows = read(document(Table("", list("abcdef"), [values])))
    assert rows[-1] == ["nan", "inf", str(10**20), "14/07/1789", 1.0, ""]


def test_a_moment_is_one_too():
    made = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert read(document(Facts([("Produit", made)])))[-1][1] == datetime(2026, 11, 23, 18, 30)  # noqa: DTZ001


def test_facts_are_two_columns():
    rows = read(document(Facts([("Lieu", Lines(["Grand Harbour", "Malte"])), ("Le", None)])))
    assert rows[-2][:2] == ["Lieu", "Grand Harbour\nMalte"]
    assert rows[-1][:2] == ["Le", ""]


def test_texts_run_over_all_columns():
    rows = read(document(Paragraph("Un texte"), Bullets(["Un", "Deux"])))
    assert [row[0] for row in rows[3:]] == ["Un texte", "", "– Un", "– Deux"]
    (sheet,) = sheets(document(Paragraph("Un texte")))
    assert [merge.get("ref") for merge in sheet.iter(f"{MAIN}mergeCell")] == ["A4:D4"]


def test_the_table_of_a_sheet_has_its_header_frozen_and_a_filter():
    (sheet,) = sheets(document(people()))
    pane = sheet.find(f".//{MAIN}pane")
    assert (pane.get("state"), pane.get("topLeftCell")) == ("frozen", "A6")
    assert sheet.find(f"{MAIN}autoFilter").get("ref") == "A5:D9"


def test_each_of_several_tables_has_its_filter():
    file = write_xlsx(document(people(), hostile_cells(["a", "b"])))
    tables = list(parts(file, r"xl/tables/table\d+\.xml"))
    assert [table.find(f"{MAIN}autoFilter").get("ref") for table in tables] == ["A5:D9", "A12:C14"]
    columns = [column.get("name") for column in tables[1].iter(f"{MAIN}tableColumn")]
    assert columns == ["Texte", "Texte (2)", "–"]


def test_columns_are_as_wide_as_what_they_hold():
    made = document(Table("", ["Court", "Long"], [["a", "mot " * 100]]))
    (sheet,) = sheets(made)
    widths = [float(column.get("width")) for column in sheet.iter(f"{MAIN}col")]
    assert 10 < widths[0] < 20 < widths[1] < 60


def test_links_lead_to_pages_and_mails_alone():
    links = [
        Linked("page", "https://example.org/?a=1&b=2"),
        Linked("courriel", "mailto:a@example.org"),
        Linked("piège", "javascript:alert(1)"),
        Linked("fichier", "external:C:\\secret.xlsx"),
        Linked("dedans", "internal:Sheet2!A1"),
    ]
    made = document(Table("", ["Lien"], [[link] for link in links]))
    (relations,) = parts(write_xlsx(made), r"xl/worksheets/_rels/.*")
    assert [each.get("Target") for each in relations] == [
        "https://example.org/?a=1&b=2",
        "mailto:a@example.org",
    ]
    assert [row[0] for row in read(made)[-5:]] == ["page", "courriel", "piège", "fichier", "dedans"]


def test_a_text_is_kept_as_it_is():
    texts = [row[0] for row in read(document(hostile_cells()))]
    for text in HOSTILE[:6]:
        assert text in texts
    assert "l’une\nl’autre colonne" in texts


def test_a_text_too_long_for_a_cell_is_cut():
    text = read(document(Table("", ["A"], [["é" * 100_000]])))[-1][0]
    assert len(text) == 32_767
    assert text.endswith("é…")


def test_the_file_says_its_title_author_and_time():
    (core,) = parts(write_xlsx(pack()), r"docProps/core\.xml")
    values = {etree.QName(each).localname: each.text for each in core}
    assert values["title"] == "Dossier de réunion"
    assert values["creator"] == "Éloïse N’Diaye"
    assert values["created"] == "2026-11-23T18:30:00Z"


def test_the_same_document_gives_the_same_bytes():
    assert write_xlsx(pack()) == write_xlsx(pack())


def test_a_document_without_sections_has_a_sheet():
    assert names(sections()) == ["Dossier de réunion"]
    assert names(replace(sections(), title="")) == ["–"]


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
@settings(max_examples=100)
def test_no_text_is_ever_a_formula(texts):
    made = document(
        hostile_cells(texts),
        Facts([(text, text) for text in texts]),
        Bullets(texts),
        *[Paragraph(text) for text in texts],
        title=texts[0],
        stamp=texts,
    )
    for sheet in sheets(made):
        assert sheet.find(f".//{MAIN}f") is None
        assert {cell.get("t") for cell in sheet.iter(f"{MAIN}c")} <= {"s", None}


@given(ANY_DOCUMENT)
@settings(max_examples=50)
def test_any_document_becomes_an_xlsx(made):
    assert names(made)
    for sheet in sheets(made):
        assert sheet.find(f".//{MAIN}f") is None
