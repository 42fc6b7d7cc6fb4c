"""Signatures: measured on sixty invented ones, and never a crash."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.core.text import fold
from crm.people import signature

HERE = Path(__file__).parent
LABELLED = json.loads((HERE / "signatures.json").read_text("utf-8"))
BARS = {"name": 0.95, "emails": 0.99, "phones": 0.99, "organisation": 0.90}


def digits(number):
    return re.sub(r"[^+\d]", "", number)


def right(label):
    """Return, for each thing a signature says, whether it was read as labelled."""
    card = signature.read(label["text"])
    known = not label["domain"] or label["domain"] in signature.domains(card)
    return {
        "name": fold(card.name) == fold(label["name"]),
        "emails": set(card.emails) == set(label["emails"]),
        "phones": {digits(phone.number) for phone in card.phones} == set(label["phones"]),
        "organisation": fold(card.organisation) == fold(label["organisation"]) and known,
    }


@pytest.mark.parametrize("is_held_back", [True, False])
def test_signatures_in_four_languages_are_read_as_they_are_labelled(is_held_back):
    read = [right(label) for label in LABELLED if label["held_back"] is is_held_back]
    for key, bar in BARS.items():
        assert sum(each[key] for each in read) / len(read) >= bar, key


def test_there_are_fifteen_signatures_of_each_language():
    languages = [label["language"] for label in LABELLED]
    assert {each: languages.count(each) for each in languages} == dict.fromkeys(
        ("fr", "en", "de", "it"), 15
    )


@pytest.mark.parametrize(
    ("name", "given_name", "family_name"),
    [
        ("Ada Testerton", "Ada", "Testerton"),
        ("Anne-Sophie de LA TESTE", "Anne-Sophie", "de La Teste"),
        ("TESTE Anne", "Anne", "Teste"),
        ("Maria van der Proef", "Maria", "van der Proef"),
        ("Maria Grazia Finzione", "Maria Grazia", "Finzione"),
        ("JEAN-MARC L'EXEMPLE", "Jean-Marc", "L'Exemple"),
        ("Kwame Example Jr.", "Kwame", "Example Jr."),
        ("Prince", "", "Prince"),
    ],
)
def test_the_family_name_is_what_stands_in_capitals_or_behind_a_particle(
    name, given_name, family_name
):
    assert signature.split_name(name) == (given_name, family_name)


def test_what_stands_beside_the_name_is_read_too():
    text = (
        "Hello, see you there.\n-- \nMme Élodie EXEMPLE\nChargée de plaidoyer\nPôle Europe\n"
        "Maison Exemple\n12 rue des Essais, 75012 Paris\nTél. 01 99 00 12 34\nFax 01 99 00 12 35\n"
        "Port. 06 39 98 01 01\nelodie@maison-exemple.example.org\nwww.maison-exemple.example.org"
    )
    card = signature.read(text)
    assert (card.form_of_address, card.title) == ("Mme", "Chargée de plaidoyer")
    assert (card.department, card.organisation) == ("Pôle Europe", "Maison Exemple")
    assert card.addresses == ["12 rue des Essais, 75012 Paris"]
    assert card.websites == ["www.maison-exemple.example.org"]
    assert [tuple(phone) for phone in card.phones] == [
        ("+33 1 99 00 12 34", ""),
        ("+33 6 39 98 01 01", "mobile"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a signature, or choose a card"),
        (" \n\u00a0", "Paste a signature, or choose a card"),
        ("see you tomorrow then", "Nobody was found in this text. Add the person by hand"),
        ("a" * 1_000_000, "This is longer than a signature. Paste only the lines below the mail"),
    ],
)
def test_what_is_no_signature_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(InvalidValue) as refused:
        signature.read(text)
    assert (refused.value.field, refused.value.message) == ("text", sentence)


_LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="+0123456789 ()-./@,|–_'\"", max_size=60),
        st.sampled_from([line for label in LABELLED for line in label["text"].split("\n")]),
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(_LINES)
def test_any_text_is_read_or_refused(lines):
    with suppress(InvalidValue):
        assert signature.read("\n".join(lines)).says_who


@pytest.mark.parametrize("piece", ["a.", "1 ", "a@", "-", "www.", "(0)", "a-b.", "é ", "I "])
def test_a_line_made_to_keep_it_busy_does_not(piece):
    text = (piece * 10_000)[:19_000] + "\nada@example.org"
    assert signature.read(text).emails[-1:] == ["ada@example.org"]
