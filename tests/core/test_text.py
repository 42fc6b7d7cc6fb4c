"""Text is folded for search, cut for addresses and cleaned for storage."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import clean_line, clean_text, fold, slug, sort_key, tokens

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Шевченко", "shevchenko"),
        ("محمد", "mhmd"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("Cœur à Ève", "coeur a eve"),
        ("İzmir", "izmir"),
        ("Sant'Egidio", "sant egidio"),
        ("Sant’Egidio", "sant egidio"),
        ("Santʼ Egidio", "sant egidio"),
        ("Sant-Egidio", "sant egidio"),
        ("Sant‑Egidio", "sant egidio"),
        ("«\u00a0Asile\u202f!\u00a0»", "asile"),
        ("FRANCE  terre\td’asile\n", "france terre d asile"),
        ("e.V. (Berlin) & Co_2", "e v berlin co 2"),
        ("ｆｕｌｌ ﬁn ①", "full fin 1"),
        ("٢٠٢٠", "2020"),
        ("", ""),
        ("?!…—€", ""),
    ],
)
def test_text_is_folded_to_plain_words(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_soft_sign_does_not_part_a_word() -> None:
    assert fold("Львів") == "lviv"


def test_an_unseen_joiner_or_soft_hyphen_does_not_part_a_word() -> None:
    assert fold("commu\u00adnau\u200dté") == "communaute"


def test_a_control_character_parts_words() -> None:
    assert fold("a\x00b\u0085c") == "a b c"


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_folded_text_is_its_words_with_single_spaces(text: str) -> None:
    assert " ".join(tokens(text)) == fold(text)
    assert all(re.fullmatch("[a-z0-9]+", word) for word in tokens(text))


@given(ANY_TEXT)
def test_how_accents_are_encoded_makes_no_difference(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_words_come_in_order_and_repeated() -> None:
    assert tokens("L’asile, l’Europe") == ["l", "asile", "l", "europe"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Les Amis de l'Exemple", "amis de l exemple"),
        ("The Friends", "friends"),
        ("LA Ligue", "ligue"),
        ("Le Refuge", "refuge"),
        ("L’Étoile", "etoile"),
        (" L'Étoile", "etoile"),
        ("L Street", "l street"),
        ("Les", "les"),
        ("Lesseps", "lesseps"),
        ("L’", "l"),
        ("", ""),
    ],
)
def test_an_organisation_is_sorted_without_its_article(name: str, key: str) -> None:
    assert sort_key(name, drop_article=True) == key


def test_a_person_is_sorted_with_the_article() -> None:
    assert sort_key("Le Goff") == "le goff"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Communauté de Sant'Egidio", "communaute-de-sant-egidio"),
        ("  --Été_2026--  ", "ete-2026"),
        ("../../etc/passwd", "etc-passwd"),
        ("", ""),
        ("!?", ""),
    ],
)
def test_a_slug_is_plain_words_joined_by_hyphens(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_long_slug_is_cut_between_words() -> None:
    assert slug("alpha beta gamma", limit=10) == "alpha-beta"
    assert slug("alpha beta gamma", limit=9) == "alpha"


def test_a_slug_of_one_long_word_is_cut_within_it() -> None:
    assert slug("x" * 100) == "x" * 60
    assert slug("alpha", limit=0) == ""


@given(ANY_TEXT, st.integers(min_value=0, max_value=80))
def test_a_slug_is_its_own_slug(text: str, limit: int) -> None:
    once = slug(text, limit)
    assert slug(once, limit) == once
    assert len(once) <= limit
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*|", once)


def test_a_line_has_no_line_breaks_tabs_or_double_spaces() -> None:
    assert clean_line("  Alex\r\nMartin \t de   Lille\u2028FR ") == "Alex Martin de Lille FR"


def test_a_line_keeps_its_no_break_spaces() -> None:
    assert clean_line("Asile\u00a0: 2026\u202f!") == "Asile\u00a0: 2026\u202f!"


def test_a_text_keeps_its_lines_and_tabs() -> None:
    assert clean_text("\n a\r\nb\rc\u2029\n\td \n") == "a\nb\nc\n\n\td"


def test_accents_are_stored_composed() -> None:
    assert clean_line("Rene\u0301e") == "Renée"


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize(
    "unwanted", ["\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2067", "\ufeff", "\ud800", "\uffff"]
)
def test_unseen_and_reversing_characters_are_dropped(
    clean: Callable[[str], str], unwanted: str
) -> None:
    assert clean(f"{unwanted}a{unwanted}b{unwanted}") == "ab"


def test_what_other_scripts_need_is_kept() -> None:
    assert clean_line("می\u200cخواهم\u200f") == "می\u200cخواهم\u200f"


@given(ANY_TEXT)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_line(clean_text(text)) == clean_line(text)


@given(ANY_TEXT)
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert "\n" not in clean_line(text)
