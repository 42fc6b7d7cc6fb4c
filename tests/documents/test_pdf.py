"""PDF files are archived, accessible, legible in every script, and made of nothing but the data."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from pypdf import PdfReader

from crm.documents import fonts
from crm.documents.model import (
    BlankLines,
    Document,
    Facts,
    Heading,
    Linked,
    Paragraph,
    Section,
    Table,
)
from crm.documents.pdf import write_pdf
from tests.documents.examples import (
    ANY_DOCUMENT,
    NAMES,
    document,
    hostile_cells,
    pack,
    people,
    sections,
)


def read(made: Document) -> PdfReader:
    return PdfReader(BytesIO(write_pdf(made)))


def text_of(made: Document) -> str:
    return "\n".join(page.extract_text() for page in read(made).pages)


def tags(reader: PdfReader) -> list[str]:
    """Return the tags of a file in the order of reading."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            found.append(str(node.get("/S", "")).strip("/"))
            walk(node.get("/K"))

    walk(reader.root_object["/StructTreeRoot"]["/K"])
    return found


def titles(outline: list[Any]) -> list[Any]:
    return [titles(each) if isinstance(each, list) else each.title for each in outline]


def test_names_in_every_script_can_be_read_back():
    text = text_of(document(people(), Facts([("Contact", name) for name in NAMES])))
    for name in NAMES:
        assert text.count(name) == 2


def test_a_text_of_two_scripts_keeps_its_words():
    text = text_of(document(Paragraph("Avec Олена Шевченко, منى الخطيب et Éloïse N’Diaye.")))
    assert "Avec Олена Шевченко" in text
    assert "منى الخطيب" in text
    assert "et Éloïse N’Diaye." in text


def test_the_file_says_its_language_title_author_and_time():
    reader = read(pack())
    assert reader.root_object["/Lang"] == "fr"
    assert reader.metadata is not None
    assert reader.metadata.title == "Dossier de réunion"
    assert reader.metadata.author == "Éloïse N’Diaye"
    assert reader.metadata.creation_date == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert read(replace(pack(), language="en")).root_object["/Lang"] == "en"


def test_the_file_declares_archive_and_accessibility():
    root = read(pack()).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_tables_lists_headings_and_links_are_tagged():
    found = tags(read(pack()))
    for tag in ("H1", "H2", "Table", "Caption", "THead", "TH", "TD", "L", "LI", "Link", "TOC"):
        assert tag in found
    assert found.count("TH") == len(people().columns)


def test_headings_are_bookmarks():
    made = sections(
        Section("Réunion", [Heading("Ordre du jour"), Heading("Détail", 3)]), Section("Notes", [])
    )
    assert titles(read(made).outline) == ["Réunion", ["Ordre du jour", ["Détail"]], "Notes"]


def test_a_heading_of_any_script_is_a_bookmark():
    made = sections(*[Section(name, []) for name in [*NAMES, "Avec منى الخطيب"]], contents=NAMES[1])
    assert titles(read(made).outline) == [*NAMES, "Avec منى الخطيب"]


def test_a_heading_that_no_font_draws_has_a_mark():
    assert titles(read(sections(Section("\u20dd", []))).outline) == [fonts.UNKNOWN]


def test_a_skipped_level_of_heading_is_filled():
    made = sections(Section("Réunion", [Heading("Détail", 6)], level=3))
    assert titles(read(made).outline) == ["Réunion", ["Détail"]]


def test_the_headers_of_a_table_are_on_each_of_its_pages():
    pages = read(document(people(rows=30))).pages
    assert len(pages) > 2
    for page in pages:
        assert "Cotisation" in page.extract_text()


def test_each_page_has_its_number_and_the_stamp():
    pages = read(pack()).pages
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"{number} / {len(pages)}" in text
        assert "Éléments confidentiels retirés : 3" in text


def test_pages_are_of_format_a4():
    width, height = read(pack()).pages[0].mediabox[2:]
    assert (round(width), round(height)) == (595, 842)


def test_a_section_can_begin_a_page():
    pages = read(pack()).pages
    assert "Conseil européen" in pages[1].extract_text()
    assert "Notes" in pages[2].extract_text()


def test_dates_and_numbers_are_written_for_the_reader():
    text = text_of(document(people()))
    assert "01/03/2021" in text
    assert "12\u202f500,50" in text


def test_links_lead_to_pages_and_mails_alone():
    made = document(
        Paragraph(Linked("page", "https://example.org/a")),
        Paragraph(Linked("courriel", "mailto:a@example.org")),
        Paragraph(Linked("piège", "javascript:alert(1)")),
        Paragraph(Linked("fichier", "file:///etc/passwd")),
    )
    annotations = read(made).pages[0]["/Annots"]
    assert [each.get_object()["/A"]["/URI"] for each in annotations] == [
        "https://example.org/a",
        "mailto:a@example.org",
    ]
    assert "piège" in text_of(made)


def test_a_text_is_never_read_as_markup():
    text = text_of(document(hostile_cells()))
    assert "#set page()" in text
    assert "#panic[x] $ * _ ` @ref <label> \\ //" in text
    assert "fin" in text


def test_a_character_without_a_drawing_is_shown_as_a_mark():
    assert f"chez {fonts.UNKNOWN * 2}" in text_of(document(Paragraph("chez 漢字")))


def test_a_mark_that_no_font_sets_on_its_letter_is_left_out():
    assert fonts.drawable("м\u064b") == "м"
    assert fonts.drawable("e\u0301") == "e\u0301"


def test_a_very_long_text_runs_over_pages():
    made = document(Table("", ["A", "B"], [["mot " * 25_000, "x" * 100_000]]))
    pages = read(made).pages
    assert len(pages) > 10
    assert "".join(page.extract_text() for page in pages).count("mot") == 25_000


def test_a_word_wider_than_its_column_is_broken():
    word = "a" * 500
    text = text_of(document(Table("", list("ABCDE"), [[word, "b", "c", "d", "e"]])))
    assert word not in text
    assert sum(map(len, text.replace("\u200b", "").split())) > 500
    assert text.count("a") >= 500


def test_the_same_document_gives_the_same_bytes():
    assert write_pdf(pack()) == write_pdf(pack())


def test_a_document_without_anything_is_a_page():
    made = replace(sections(), title="", subtitle="", author="", stamp=[])
    assert len(read(made).pages) == 1


def test_lines_to_write_on_take_room():
    assert len(read(document(BlankLines(60))).pages) > 1


@pytest.mark.parametrize("family", [fonts.LATIN, fonts.ARABIC])
def test_the_widths_of_letters_are_those_of_the_fonts(family):
    widths = fonts.widths(family)
    assert len(widths) > 300
    assert 0.2 < widths[" "] < 0.4
    assert all(width >= 0 for width in widths.values())


@pytest.mark.parametrize("text", ["0\u00ad", "\u00ad0", "mem\u00adber\u00ad"])
def test_a_link_may_hold_places_to_break_a_word(text):
    made = document(Paragraph(Linked(text, "https://example.org/")))
    assert text.replace("\u00ad", "") in text_of(made)


@given(ANY_DOCUMENT)
@settings(max_examples=100)
def test_any_document_becomes_a_pdf(made):
    assert write_pdf(made).startswith(b"%PDF")
