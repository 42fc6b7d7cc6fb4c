"""The files of a pack: headings, bookmarks, standards, and the command that writes them."""

from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from crm.core.db import db
from crm.documents.model import (
    BlankLines,
    Bullets,
    Empty,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Table,
)
from crm.packs import cli
from crm.packs.content import from_json, to_json
from crm.packs.models import KeptPack
from tests.factories.people import PersonFactory, PositionFactory
from tests.packs.conftest import NAMES
from tests.packs.reading import FORMATS, ask, squeeze, words


def test_blocks_come_back_from_json_as_they_were():
    link = Linked("Refuge", "/records/142")
    blocks = [
        Heading("Titre", 3),
        Facts([["Dates", date(2026, 11, 23)], ["Nombre", 7], ["Rien", None]]),
        Table("", ["Nom", "Reste"], [[Lines(["un", link]), 1.5]]),
        Paragraph("a\nb"),
        Bullets([link, "x"]),
        Empty("Rien"),
        BlankLines(3),
    ]
    assert from_json(to_json(blocks)) == blocks


def test_a_docx_has_real_headings(browser, world):
    answer = ask(browser.sign_in("contributor"), world.meeting, "docx")
    found = docx.Document(BytesIO(answer.data))
    headings = {
        (paragraph.style.name, paragraph.text)
        for paragraph in found.paragraphs
        if paragraph.style.name.startswith(("Heading", "Title"))
    }
    assert {
        ("Title", "Plénière des Ponts"),
        ("Heading 1", "Practical sheet"),
        ("Heading 1", "Organisations"),
        ("Heading 2", "Refugio del Sur"),
        ("Heading 3", "Contacts"),
    } <= headings


def _bookmarks(outline):
    for each in outline:
        if isinstance(each, list):
            yield from _bookmarks(each)
        else:
            yield each.title


def test_a_pdf_has_bookmarks_and_names_both_its_standards(browser, world):
    answer = ask(browser.sign_in("contributor"), world.meeting, "pdf")
    found = PdfReader(BytesIO(answer.data))
    assert {"Practical sheet", "Organisations", "Refugio del Sur", "Contacts"} <= set(
        _bookmarks(found.outline)
    )
    told = found.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("file_format", FORMATS)
def test_names_of_every_script_are_read_back(browser, world, file_format):
    vietnamese = PersonFactory(name="Nguyễn Thị Minh Khai")
    PositionFactory(person_id=vietnamese.id, organisation_id=world.refuge.id)
    answer = ask(browser.sign_in("contributor"), world.meeting, file_format)
    text = words(answer.data, file_format)
    for name in (*NAMES, "Nguyễn Thị Minh Khai"):
        assert squeeze(name) in text, name


@pytest.fixture
def run(app, session, tmp_path):
    def invoke(*args):
        session.flush()
        return app.test_cli_runner().invoke(args=["pack", *args, "--out", str(tmp_path / "packs")])

    return invoke


def test_the_command_keeps_what_it_made_and_says_what(world, run):
    done = run(str(world.meeting.id), "--language", "en", "--author", "Claire Test")
    assert done.exit_code == 0, done.output
    (kept,) = db.session.scalars(sa.select(KeptPack))
    assert (kept.author, kept.language, kept.user_id) == ("Claire Test", "en", None)
    assert f"{kept.total} sections, confidential items withheld: 0" in done.stderr


def test_a_full_disk_leaves_no_half_file_and_says_where_the_pack_is(
    world, run, tmp_path, monkeypatch
):
    def full(_file):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(cli.os, "fsync", full)
        done = run(str(world.meeting.id))
    assert done.exit_code != 0
    assert "The pack is kept with the meeting, but not in" in done.output
    assert "No space left on device" in done.output
    assert not list(Path(tmp_path / "packs").iterdir())
    assert db.session.scalars(sa.select(KeptPack)).one()
