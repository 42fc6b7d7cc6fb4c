"""Cards: read as programs write them, written so that they read back equal."""

import json
import re
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.core.text import clean_line
from crm.documents import vcard
from crm.documents.vcard import Card, Phone

CARDS = Path(__file__).parent / "cards"
EXPECTED = json.loads((CARDS / "expected.json").read_text("utf-8"))
MEGABYTE = 1024 * 1024


def read(text):
    return vcard.read(BytesIO(text if isinstance(text, bytes) else text.encode()))


def card(*lines):
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_card_is_read_as_the_program_meant_it(name):
    expected = EXPECTED[name]
    with (CARDS / name).open("rb") as stream:
        (found,) = vcard.read(stream)
    assert (found.name, found.given_name, found.family_name, found.organisation) == tuple(
        expected[key] for key in ("name", "given_name", "family_name", "organisation")
    )
    assert found.emails == [expected["email"]]
    assert [re.sub(r"[^+\d]", "", phone.number) for phone in found.phones] == [
        expected["phone"].replace(" ", "")
    ]


def test_there_are_thirty_cards():
    assert len(EXPECTED) == 30


def test_a_file_of_several_cards_is_read_card_by_card():
    found = read(card("FN:Ada Test") + card("FN:Ben Test", "EMAIL:ben@example.org"))
    assert [each.name for each in found] == ["Ada Test", "Ben Test"]


def test_what_is_private_is_taken_only_where_nothing_else_is_said():
    (found,) = read(
        card(
            "FN:Ada Test",
            "EMAIL;TYPE=HOME:house@example.org",
            "EMAIL;TYPE=WORK:work@example.org",
            "TEL;TYPE=HOME:+33199000001",
            "ADR;TYPE=HOME:;;1 rue X;Paris;;75001;France",
            "NOTE:Her health",
            "BDAY:1980-01-01",
        )
    )
    assert found.emails == ["work@example.org"]
    assert [phone.number for phone in found.phones] == ["+33199000001"]
    assert "health" not in repr(found)
    assert "1980" not in repr(found)


def test_the_card_of_an_organisation_is_nobody():
    with pytest.raises(InvalidValue):
        read(card("FN:Maison Exemple", "ORG:Maison Exemple", "EMAIL:maison@example.org"))


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"", "This file is no vCard"),
        (bytes(range(256)) * 400, "This file is no vCard"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 5000, "This file is no vCard"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN", "Nobody is named on this card"),
        (card("FN:Ada Test").encode() * 201, "This file holds more than 200 cards"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content, beginning):
    with pytest.raises(InvalidValue) as refused:
        read(content)
    assert refused.value.field == "upload"
    assert refused.value.message.startswith(beginning)


def test_a_broken_card_gives_what_can_be_read_of_it():
    (found,) = read("BEGIN:VCARD\nFN:Ada Test\nN:;;;\n:::\nTEL;;;=\nEMAIL:ada@example.org")
    assert (found.name, found.emails) == ("Ada Test", ["ada@example.org"])


@pytest.mark.parametrize("fold", [b"", b"\r\n "], ids=["one line", "folded"])
def test_a_photo_of_fifty_megabytes_is_passed_over_and_never_held(tmp_path, fold):
    path = tmp_path / "photo.vcf"
    with path.open("wb") as file:
        file.write(b"BEGIN:VCARD\r\nFN:Ada Test\r\nPHOTO;ENCODING=b:")
        for _time in range(50):
            file.write((b"A" * 1022 + fold) * 1024)
        file.write(b"\r\nEMAIL:ada@example.org\r\nEND:VCARD\r\n")
    tracemalloc.start()
    with path.open("rb") as stream:
        (found,) = vcard.read(stream)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.emails == ["ada@example.org"]
    assert most < 2 * MEGABYTE


def test_a_line_of_a_megabyte_does_no_harm():
    text = card("FN:Ada Test", "X-A:" + "a" * MEGABYTE, "EMAIL:ada@example.org")
    (found,) = read(text)
    assert found.emails == ["ada@example.org"]


@pytest.mark.parametrize("piece", ['A="b",', '"', ";a", ',a"', '"a",', "\\", "=", ";", ","])
def test_a_line_made_to_keep_it_busy_does_not(piece):
    for head in ("TEL;A=", "N:", "TEL", "FN;ENCODING=QUOTED-PRINTABLE:"):
        text = card("FN:Ada Test", head + piece * 4000, "EMAIL:ada@example.org")
        assert read(text)[0].name


@settings(max_examples=200)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(content, begins):
    with suppress(InvalidValue):
        found = read((b"BEGIN:VCARD\n" if begins else b"") + content)
        assert all(each.says_who for each in found)


_TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")),
    max_size=120,
).map(clean_line)
_SOME = _TEXT.filter(bool)


_CARDS = st.builds(
    Card,
    name=_SOME,
    given_name=_TEXT,
    family_name=_TEXT,
    title=_TEXT,
    organisation=_SOME,
    addresses=st.lists(_SOME, max_size=1),
    emails=st.just(["ada,test;x@example.org"]),
    phones=st.just([Phone("+33 1 99 00 12 34", "mobile")]),
    websites=st.just(["https://www.example.org/a,b"]),
    languages=st.just(["fr"]),
    uid=st.just("urn:uuid:0"),
)


@settings(max_examples=100)
@given(_CARDS)
def test_what_we_write_reads_back_equal(ours):
    content = b"".join(vcard.write([ours]))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    theirs = vobject.readOne(content.decode())
    assert theirs.fn.value == ours.name
    assert (theirs.n.value.given, theirs.n.value.family) == (ours.given_name, ours.family_name)
    assert theirs.org.value == [ours.organisation]
    assert (theirs.title.value if ours.title else "") == ours.title
    assert theirs.email.value == ours.emails[0]
    assert [each.value.street for each in theirs.contents.get("adr", ())] == ours.addresses
    assert (theirs.version.value, theirs.uid.value) == ("4.0", ours.uid)


@settings(max_examples=100)
@given(_CARDS.filter(lambda card: card.name != card.organisation))
def test_what_we_write_we_read_back_ourselves(ours):
    (again,) = read(b"".join(vcard.write([ours])))
    assert replace(again, uid=ours.uid) == ours
