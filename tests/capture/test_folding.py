"""What somebody wrote is told from what a mail drags along, and none of it is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.capture.folding import fold_away

OWN = "Bonjour Claire,\n\nLa note est prête."

UNDERNEATH = {
    "a French web mail": "Le jeu. 12 nov. 2026 à 09:14, Ada <ada@example.org> a écrit :\n\n> Où ?",
    "a heading over two lines": (
        "Le jeu. 12 nov. 2026 à 09:14, Ada <ada.test.des.exemples@example.org>\na écrit :\n> Où ?"
    ),
    "an English web mail": "On Thu, Nov 12, 2026 at 9:14 AM Ada <ada@example.org> wrote:\n> Where?",
    "a German one": "Am 12.11.2026 um 09:14 schrieb Ada Test <ada@example.org>:\n> Wo?",
    "a French office program": (
        "De : Ada Test <ada@example.org>\nEnvoyé : jeudi 12 novembre 2026 09:14\n"
        "À : Claire\nObjet : note\n\nOù en est la note ?"
    ),
    "an English office program": (
        "________________________________\nFrom: Ada Test <ada@example.org>\n"
        "Sent: Thursday, November 12, 2026 9:14 AM\nTo: Claire\nSubject: note\n\nWhere is it?"
    ),
    "an original message": "-----Message d'origine-----\nDe : Ada Test\n\nOù en est la note ?",
    "a forwarded message": "---------- Forwarded message ---------\nFrom: Ada\n\nWhere?",
    "a telephone": (
        "Envoyé de mon iPhone\n\n> Le 12 nov. 2026 à 09:14, Ada <ada@example.org> a écrit :\n> Où ?"
    ),
    "a signature": "-- \nMaria Exemple\nChargée de plaidoyer\n01 99 00 12 34",
    "a greeting": "Bien cordialement,\n\nMaria Exemple\nMaison Exemple",
    "a warning": (
        "This message is confidential. If you are not the intended recipient, please delete it."
    ),
    "all of it": (
        "Best regards,\nMaria\n\nOn 12 Nov 2026, at 09:14, Ada <ada@example.org> wrote:\n\n"
        "> Where?\n> \n> Ada"
    ),
}


@pytest.mark.parametrize("name", UNDERNEATH)
def test_what_stands_underneath_is_folded_away(name):
    own, folded = fold_away(f"{OWN}\n\n{UNDERNEATH[name]}")
    assert own == OWN
    assert words(folded) == words(UNDERNEATH[name])


def test_answers_between_quoted_lines_are_kept():
    own, folded = fold_away(
        "Le 12/11/2026 à 09:14, Ada a écrit :\n> Viens-tu ?\nOui.\n> Et Paul ?\nNon.\n\n-- \nMaria"
    )
    assert own == "Oui.\nNon."
    assert "> Viens-tu ?\n> Et Paul ?" in folded


@pytest.mark.parametrize(
    "text",
    [
        "Merci\n\nPeux-tu venir lundi ?",
        "Bonjour,\n\nCe message pour confirmer la réunion de lundi.",
        "Bonjour,\n\nRetrouvez-nous à la gare.\n\nI work on the draft tomorrow.",
        "On Monday we wrote:\nnothing",
        "Le point sur la réunion :\n- un\n- deux",
        "De : rien\nà tout",
        "Cordialement",
        "-- \nMaria",
    ],
)
def test_what_only_looks_like_an_end_stays(text):
    assert fold_away(text) == (text, "")


def words(text):
    return re.findall(r"\S+", text)


LINES = st.sampled_from(
    [
        "Bonjour,",
        "> où ?",
        "-- ",
        "Cordialement,",
        "De : Ada",
        "Objet : x",
        "Le 12 nov., Ada a écrit :",
        "On 1 May Ada wrote:",
        "_______",
        "Sent from my iPhone",
        "",
        "  ",
        "Oui.",
        "Ce message est confidentiel",
    ]
)


@given(st.one_of(st.lists(LINES, max_size=40).map("\n".join), st.text(max_size=300)))
def test_no_word_of_a_mail_is_lost(text):
    own, folded = fold_away(text)
    assert sorted(words(own) + words(folded)) == sorted(words(text))


@pytest.mark.parametrize("part", ["\n", "On a\n", "De : x\n", "Cordialement\n", "> ", "Le 1 a\n"])
def test_a_long_text_is_read_line_by_line(part):
    own, folded = fold_away((part * 100_000)[:100_000])
    assert len(own) + len(folded) <= 100_000
