"""The ways in which people write the same name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import fold, searched, spellings


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Müller", "muller"),
        ("Müller", "mueller"),
        ("Mueller", "muller"),
        ("N’Diaye", "ndiaye"),
        ("N'Diaye", "n diaye"),
        ("Saint-Denis", "saintdenis"),
        ("Sant’Egidio", "santegidio"),
        ("Große Straße", "grosse strasse"),
        ("Søren", "soeren"),
        ("A.S.B.L.", "asbl"),
        ("Шевченко", "shevchenko"),
        ("Αθήνα", "athina"),
        ("Παπαδόπουλος", "papadopoulos"),
    ],
)
def test_a_name_is_found_however_it_is_written(written, asked):
    assert any(line.startswith(asked) for line in spellings(written)), spellings(written)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("Accueil asbl", ["accueil"]),
        ("Pro Asyl e.V.", ["pro", "asyl"]),
        ("Hilfe gGmbH", ["hilfe"]),
        ("Refuge S.A.", ["refuge"]),
        ("asbl", ["asbl"]),
        ("e.V.", ["e", "v"]),
        ("Sa Majesté", ["sa", "majeste"]),
    ],
)
def test_a_legal_form_is_left_out_beside_a_name(asked, left):
    assert searched(asked) == left


@given(st.text(max_size=60))
def test_spellings_are_folded_words_and_the_plain_one_comes_first(text):
    found = spellings(text)
    assert found[:1] == ([fold(text)] if fold(text) else found[:1])
    for line in found:
        assert line == " ".join(line.split())
        assert all(word.isascii() and word.isalnum() for word in line.split())
