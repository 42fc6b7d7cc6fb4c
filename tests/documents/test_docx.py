"""DOCX files have real styles, headings, tables and links, and nothing in them is interpreted."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings

from crm.documents.docx import write_docx
from crm.documents.model import (
    BlankLines,
    Document,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Section,
    Table,
)
from tests.documents.examples import (
    ANY_DOCUMENT,
    NAMES,
    document,
    hostile_cells,
    pack,
    people,
    sections,
)


def read(made: Document) -> Any:
    return docx.Document(BytesIO(write_docx(made)))


def paragraphs(made: Document) -> list[tuple[str, str]]:
    return [(each.style.name, each.text) for each in read(made).paragraphs]


def test_paragraphs_have_the_styles_that_a_word_processor_knows():
    found = paragraphs(pack())
    for expected in (
        ("Title", "Dossier de réunion"),
        ("Subtitle", "Forum consultatif"),
        ("Heading 1", "Fiche pratique"),
        ("Heading 2", "Ordre du jour"),
        ("List Bullet", "Accueil"),
        ("Normal", "Première ligne\nSeconde ligne"),
        ("Caption", "Interlocuteurs"),
        ("Nothing", "Aucune déclaration ouverte."),
    ):
        assert expected in found


def test_the_file_says_its_language_title_author_and_time():
    file = read(pack())
    properties = file.core_properties
    assert properties.title == "Dossier de réunion"
    assert properties.subject == "Forum consultatif"
    assert properties.author == properties.last_modified_by == "Éloïse N’Diaye"
    assert properties.language == "fr-FR"
    assert properties.created.isoformat() == "2026-11-23T18:30:00+00:00"
    languages = {mark.get(qn("w:val")) for mark in file.styles.element.iter(qn("w:lang"))}
    assert languages == {"fr-FR"}
    assert read(replace(pack(), language="en")).core_properties.language == "en-GB"


def test_the_header_of_a_table_repeats_and_its_rows_stay_whole():
    table = read(document(people())).tables[0]
    assert table.style.name == "Passerelle Rows"
    header, first = table.rows[0]._tr, table.rows[1]._tr
    assert header.find(f".//{qn('w:tblHeader')}") is not None
    assert first.find(f".//{qn('w:tblHeader')}") is None
    assert first.find(f".//{qn('w:cantSplit')}") is not None


def test_a_row_too_long_for_a_page_may_be_split():
    row = read(document(Table("", ["A"], [["mot " * 20_000]]))).tables[0].rows[1]._tr
    assert row.find(f".//{qn('w:cantSplit')}") is None


def test_cells_hold_names_dates_and_numbers():
    table = read(document(people())).tables[0]
    assert [row.cells[0].text for row in table.rows[1:]] == NAMES
    assert [cell.text for cell in table.rows[1].cells][1:] == [
        "écrire",
        "01/03/2021",
        "12\u202f500,50",
    ]


def test_facts_are_a_table_of_two_columns():
    table = read(document(Facts([("Lieu", Lines(["Grand Harbour", "Malte"]))]))).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Lieu", "Grand Harbour\nMalte"]


def test_arabic_is_set_right_to_left_and_its_neighbours_are_not():
    file = read(document(Paragraph("Avec منى الخطيب et"), Paragraph("منى الخطيب")))
    mixed, arabic = file.paragraphs[-2:]
    assert [run.text for run in mixed.runs] == ["Avec ", "منى الخطيب", " et"]
    assert [run.font.rtl for run in mixed.runs] == [None, True, None]
    assert mixed._p.pPr.find(qn("w:bidi")) is None
    assert arabic._p.pPr.find(qn("w:bidi")) is not None


def test_links_lead_to_pages_and_mails_alone():
    file = read(
        document(
            Paragraph(Linked("page", "https://example.org/?a=1&b=2")),
            Paragraph(Linked("courriel", "mailto:a@example.org")),
            Paragraph(Linked("piège", "javascript:alert(1)")),
            Paragraph(Linked("fichier", "file:///etc/passwd")),
        )
    )
    links = [(each.text, each.address) for p in file.paragraphs for each in p.hyperlinks]
    assert links == [
        ("page", "https://example.org/?a=1&b=2"),
        ("courriel", "mailto:a@example.org"),
    ]
    assert file.paragraphs[-2].text == "piège"


def test_the_footer_has_the_stamp_and_the_number_of_the_page():
    footer = read(pack()).sections[0].footer.paragraphs[0]
    assert footer.text.startswith(
        "Produit le 23 novembre 2026 · Éléments confidentiels retirés : 3\t"
    )
    fields = [code.text.strip() for code in footer._p.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_contents_lead_to_the_headings():
    body = read(pack()).element.body
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    marks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert [anchor for anchor in anchors if anchor] == marks
    kinds = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert ("toc 1", "Notes") in paragraphs(pack())


def test_a_skipped_level_of_heading_is_filled():
    made = sections(Section("Réunion", [Heading("Détail", 6)], level=3))
    assert paragraphs(made)[-2:] == [("Heading 1", "Réunion"), ("Heading 2", "Détail")]


def test_a_section_can_begin_a_page():
    breaks = [
        each.text for each in read(pack()).paragraphs if each.paragraph_format.page_break_before
    ]
    assert breaks == ["Conseil européen", "Notes"]


def test_lines_to_write_on_are_paragraphs_with_a_rule():
    found = paragraphs(document(BlankLines(3)))
    assert found[-3:] == [("Note Line", "")] * 3


def test_a_text_is_kept_as_it_is():
    table = read(document(hostile_cells())).tables[0]
    texts = [row.cells[0].text for row in table.rows[1:]]
    assert "#set page()" in texts
    assert '=HYPERLINK("https://example.org","x")' in texts
    assert "</w:t> & <![CDATA[ ]]>" in texts
    assert "l’une\nl’autre colonne" in texts


def test_the_same_document_gives_the_same_bytes():
    assert write_docx(pack()) == write_docx(pack())
    with ZipFile(BytesIO(write_docx(pack()))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("size", [100_000])
def test_a_very_long_text_is_kept_whole(size):
    table = read(document(Table("", ["A"], [["x" * size]]))).tables[0]
    assert len(table.rows[1].cells[0].text) == size


@given(ANY_DOCUMENT)
@settings(max_examples=50)
def test_any_document_becomes_a_docx(made):
    assert read(made).paragraphs
