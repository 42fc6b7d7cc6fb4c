"""French: every message has a translation, with the same placeholders and French typography."""

import os
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

import crm

ROOT = Path(crm.__file__).parent.parent
FRENCH = ROOT / "crm" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"

NARROW = "\u202f"
WIDE = "\u00a0"

SAME_IN_BOTH = {
    "%(label)s (%(num)d)",
    "%(num)d publication",
    "%(way)s (%(num)d)",
    "CSV",
    "relation",
    "%(action)s – %(records)s",
    "%(list)s – %(asked)s",
    "%(rows)s, %(columns)s",
    "Document (DOCX)",
    "%(category)s, %(country)s",
    "%(num)d organisation",
    "%(what)s – %(title)s",
    "%(when)s, %(who)s",
    "Code",
    "Confirmation",
    "Contact",
    "mobile",
    "New York",
    "Actions",
    "Administration",
    "Consultation",
    "Contacts",
    "Contribution",
    "Invitations",
    "Conversation",
    "Date",
    "Dates",
    "Description",
    "Document",
    "Europe",
    "Format",
    "International",
    "Introduction",
    "Invitation",
    "National",
    "Note",
    "Notes",
    "Organisation",
    "Organisations",
    "Page",
    "Programme",
    "Public",
    "Question",
    "Relation",
    "Signature",
    "Signatures",
    "Source",
    "Sources",
    "Table",
    "Variable",
    "Variables",
    "Version",
    "%(add)s – %(title)s",
    "%(count)s suggestions",
    "%(language)s, version %(number)s",
}
"""Words written the same in English and in French: nobody has forgotten them."""


def strings(message: Message) -> tuple[str, ...]:
    """Return the translations of a message: one, or one per plural form."""
    return message.string if isinstance(message.string, tuple) else (message.string,)


def english(message: Message) -> tuple[str, ...]:
    """Return the English of a message: one, or singular and plural."""
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


@pytest.fixture(scope="module")
def french() -> Catalog:
    return read(FRENCH)


@pytest.fixture(scope="module")
def messages(french) -> list[Message]:
    return [message for message in french if message.id]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Catalog:
    """Extract the messages as script/translate does."""
    pot = tmp_path_factory.mktemp("extracted") / "messages.pot"
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        arguments = "--quiet extract --mapping-file babel.cfg --keyword _l --keyword _n:1,2"
        CommandLineInterface().run(["pybabel", *arguments.split(), "--output-file", str(pot), "."])
    finally:
        os.chdir(before)
    return read(pot)


def test_every_message_is_there_and_no_other(extracted, messages):
    wanted = {message.id for message in extracted if message.id}
    assert len(wanted) > 900
    assert wanted == {message.id for message in messages}, "run script/translate"


def test_every_message_is_translated(messages):
    assert [message.id for message in messages if not all(strings(message))] == []


def test_nothing_is_fuzzy_or_obsolete(french, messages):
    assert [message.id for message in messages if message.fuzzy] == []
    assert list(french.obsolete) == []


def test_the_file_has_no_dates(french):
    head = FRENCH.read_text().split("\n\n")[0]
    assert not re.search(r"Date:|Generated-By|@|://", head)
    assert french.plural_expr == "(n > 1)"


def test_placeholders_are_the_same(messages):
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[a-z]", text))

    wrong = [
        message.id
        for message in messages
        for each in strings(message)
        if placeholders(each) != placeholders(english(message)[-1])
    ]
    assert wrong == []


def test_apostrophes_are_typographic(messages):
    assert [each for message in messages for each in strings(message) if "'" in each] == []


def test_quotation_marks_are_french(messages):
    wrong = [
        each
        for message in messages
        for each in strings(message)
        if re.search(rf"[“”\"]|«(?!{WIDE})|(?<!{WIDE})»", each)
    ]
    assert wrong == []


def test_double_punctuation_has_its_space(messages):
    wrong = [
        each
        for message in messages
        for each in strings(message)
        if re.search(rf"(?<!{NARROW})[;!?]|(?<![{WIDE}\d]):(?!\S)", each)
    ]
    assert wrong == []


def test_numbers_are_grouped_by_spaces(messages):
    assert [
        each for message in messages for each in strings(message) if re.search(r"\d,\d{3}", each)
    ] == []


def test_no_space_is_doubled_or_left_over(messages):
    wrong = [
        each
        for message in messages
        for each in strings(message)
        if each != each.strip() or re.search(r"\s\s", each)
    ]
    assert wrong == []


def test_sentences_end_as_in_english(messages):
    wrong = [
        message.id
        for message in messages
        for each in strings(message)
        if each.endswith(".") != english(message)[-1].endswith(".")
    ]
    assert wrong == []


def test_labels_begin_as_in_english(messages):
    wrong = [
        message.id
        for message in messages
        for each in strings(message)
        if each[:1].isalpha()
        and english(message)[0][0].isalpha()
        and each[0].isupper() != english(message)[0][0].isupper()
    ]
    assert wrong == []


def test_no_english_is_left(messages):
    same = {
        english(message)[0] for message in messages if strings(message)[0] == english(message)[0]
    }
    assert same - SAME_IN_BOTH == set()


def test_words_to_avoid_are_avoided(messages):
    words = re.compile(
        r"\b(veuillez|désolée?s?|oups|invalide|merci de|cliquer|tu|ton|tes)\b", re.IGNORECASE
    )
    found = [each for message in messages for each in strings(message) if words.search(each)]
    assert found == []
