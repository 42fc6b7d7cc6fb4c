"""Languages by their codes and by their names."""

import pytest

from crm.core.languages import language_code, language_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fr", "fr"),
        (" FR ", "fr"),
        ("Français", "fr"),
        ("francais", "fr"),
        ("French", "fr"),
        ("anglais", "en"),
        ("pt-BR", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("tlh", "tlh"),
        ("arabe", "ar"),
        ("zh-Hant", "zh-Hant"),
        ("", None),
        ("the French one", None),
        ("x" * 200, None),
        ("fr\x00", "fr"),
        ("../xx", None),
    ],
)
def test_a_language_is_known_by_its_code_and_by_its_names(text, code):
    assert language_code(text) == code


def test_every_code_that_is_taken_has_a_name_in_both_languages():
    for text in ("fr", "pt-BR", "tlh", "zh-Hant", "ti"):
        code = language_code(text)
        assert code is not None
        assert language_name(code, "fr") != code != language_name(code, "en")


def test_a_code_nobody_knows_is_shown_as_it_is():
    assert language_name("qqx", "en") == "qqx"
