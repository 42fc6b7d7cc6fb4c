"""Templates of a team are filled with its words; nothing else is done that they ask for."""

import time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from crm.core.errors import InvalidValue
from crm.documents import filling, templates
from crm.documents.templates import LARGEST, fields_of, fill, try_out
from tests.conftest import make_app

WORDS = {
    "organisation": {"name": "Refuge & Co <Exemple>", "country": "France"},
    "people": [{"name": "زينب المثال"}, {"name": "Zofia Przykładowa"}],
    "day": "26 novembre 2026",
}
ATTACHED_TEMPLATE = RELATIONSHIP_TYPE.IMAGE.replace("image", "attachedTemplate")
NOT_ALLOWED = "asks for something templates may not do"
OUTSIDE = "fetches something from elsewhere"


@pytest.fixture(scope="module", autouse=True)
def language(tmp_path_factory):
    """Say no in English; no database is asked."""
    app = make_app(tmp_path_factory.mktemp("instance-templates"))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def made(*paragraphs, header="", change=None):
    """Return a template with these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if change:
        change(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def with_files(template, **files):
    """Return the archive with some files added or replaced; dots in names are written ``__``."""
    target = BytesIO()
    new = {name.replace("__", ".").replace("_of_", "/"): text for name, text in files.items()}
    with ZipFile(BytesIO(template)) as old, ZipFile(target, "w", ZIP_DEFLATED) as changed:
        for each in old.infolist():
            if each.filename not in new:
                changed.writestr(each, old.read(each))
        for name, text in new.items():
            changed.writestr(name, text)
    return target.getvalue()


def with_body(template, xml):
    """Return the template with a paragraph as a word processor might write it."""
    with ZipFile(BytesIO(template)) as packed:
        body = packed.read("word/document.xml").decode()
    assert "<w:sectPr" in body
    return with_files(
        template,
        word_of_document__xml=body.replace("<w:sectPr", f"<w:p>{xml}</w:p><w:sectPr", 1),
    )


def relating(kind, target):
    """Return what adds a relationship to the outside."""
    return lambda document: document.part.relate_to(target, kind, is_external=True)


def text_of(content):
    """Return the paragraphs of a document, its header first."""
    document = docx.Document(BytesIO(content))
    header = [each.text for each in document.sections[0].header.paragraphs]
    return [*header, *(each.text for each in document.paragraphs)]


def refusal(template, context=None):
    """Return why a template is not filled."""
    with pytest.raises(InvalidValue) as refused:
        fill(template, context or {})
    assert refused.value.field == "template"
    return str(refused.value.message)


def test_a_template_is_filled_in_its_body_and_its_header_and_names_stay_as_they_are_written():
    template = made(
        "Dear {{ organisation.name }},",
        "{%p for each in people %}",
        "– {{ each.name }}",
        "{%p endfor %}",
        header="{{ day }}",
    )
    assert text_of(fill(template, WORDS)) == [
        "26 novembre 2026",
        "Dear Refuge & Co <Exemple>,",
        "– زينب المثال",
        "– Zofia Przykładowa",
    ]


def test_what_is_filled_in_is_never_read_as_a_template():
    filled = fill(made("{{ name }}"), {"name": "{{ 7 * 7 }} {% if %}\x00\ud800"})
    assert text_of(filled)[1] == "{{ 7 * 7 }} {% if %}\ufffd"


def test_a_field_may_be_called_like_a_method():
    assert text_of(fill(made("{{ duty.items }}"), {"duty": {"items": "two"}}))[1] == "two"


def test_only_plain_values_are_filled_in():
    with pytest.raises(TypeError):
        fill(made("{{ day }}"), {"day": object()})


def test_the_fields_of_a_template_are_those_of_all_its_places():
    template = made(
        "{{ organisation.name }} {% for each in people %}{{ each.name }}{% endfor %}",
        "{% for number in range(3) %}{{ number }}{% endfor %}",
        header="{{ day }}",
    )
    assert fields_of(template) == {"organisation", "people", "day"}


def test_trying_out_names_each_field_that_there_is_not_and_the_nearest_there_is():
    template = made(
        "{{ organization.name }} {{ organisation.nmae }} {{ zzz }} {{ day }}",
        "{% for each in people %}{{ each.naem }}{% endfor %}",
    )
    allowed = {"organisation": ["name"], "people": ["name"], "day": []}
    assert try_out(template, allowed) == [
        "There is no field “organization”: did you mean “organisation”?",
        "There is no field “zzz”",
        "There is no field “organisation.nmae”: did you mean “organisation.name”?",
        "There is no field “people.naem”: did you mean “people.name”?",
    ]
    assert try_out(made("{{ organisation.name }}"), allowed) == []


def test_a_field_without_a_value_is_named():
    assert "“place”" in refusal(made("{{ place }}"))
    assert "“place”" in refusal(made("{{ meeting.place }}"), {"meeting": {}})


def test_what_is_not_complete_is_quoted():
    assert "“Dear {{ name }" in refusal(made("Before", "Dear {{ name }", "After"))
    assert "“{% for x in people %}”" in refusal(made("{% for x in people %}"))
    assert "“{{ day | nonsense }}”" in refusal(made("{{ day | nonsense }}"))


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ day.__init__ }}",
        "{{ day['__class__'] }}",
        "{{ (day ~ '').__class__.__base__.__subclasses__() }}",
        "{{ '{0.__class__}'.format(day) }}",
        "{{ people.append(day) }}",
        "{% include 'secrets' %}",
        "{% import 'os' as os %}",
        "{% extends 'other' %}",
        "{% autoescape false %}{{ day }}{% endautoescape %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ],
)
def test_a_hostile_expression_is_not_run(words):
    assert NOT_ALLOWED in refusal(made(words), WORDS)


@pytest.mark.parametrize("words", ["{{ day | safe }}", "{{ day | attr('upper') }}"])
def test_filters_that_undo_the_escaping_or_reach_inside_do_not_exist(words):
    assert "check its braces" in refusal(made(words), WORDS)


@pytest.mark.parametrize("name", ["lipsum", "cycler", "self.__init__", "config", "namespace"])
def test_what_jinja_offers_elsewhere_is_not_there(name):
    assert refusal(made(f"{{{{ {name}() }}}}"), WORDS)


@pytest.mark.parametrize(
    "words",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{{ 'x' * 10**10 }}",
        "{{ 10 ** (10 ** 10) }}",
        3 * "{% for i in range(9999) %}" + 3 * "{% endfor %}",
    ],
)
def test_a_template_that_would_go_on_for_ever_is_stopped(monkeypatch, words):
    monkeypatch.setattr(templates, "SECONDS", 2)
    began = time.monotonic()
    assert "too long or becomes too large" in refusal(made(words))
    assert time.monotonic() - began < templates.PATIENCE


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"\x00" * 100])
def test_what_is_no_docx_is_refused(content):
    assert "not a DOCX" in refusal(content)


def test_an_archive_of_something_else_is_refused():
    target = BytesIO()
    with ZipFile(target, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert "not a DOCX" in refusal(target.getvalue())


def test_a_template_is_not_larger_than_5_mb():
    assert "5 MB" in refusal(made("x") + b"\x00" * LARGEST)


def test_what_unpacks_to_much_more_is_not_unpacked():
    bomb = with_files(made("x"), word_of_media_of_a__png=b"\x00" * (filling.MOST_UNPACKED + 1))
    assert len(bomb) < LARGEST
    assert "too large" in refusal(bomb)


def test_macros_are_refused_by_their_file_and_by_what_the_document_calls_itself():
    assert "macros" in refusal(with_files(made("x"), word_of_vbaProject__bin="x"))
    with ZipFile(BytesIO(made("x"))) as packed:
        types = packed.read("[Content_Types].xml").decode()
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    docm = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert plain in types
    changed = with_files(made("x"), **{"[Content_Types]__xml": types.replace(plain, docm)})
    assert "macros" in refusal(changed)


def test_files_within_the_file_are_refused():
    held = with_files(made("x"), word_of_embeddings_of_ole__bin="x")
    assert "another file (word/embeddings/ole.bin)" in refusal(held)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (ATTACHED_TEMPLATE, "https://example.org/a.dotm"),
        (RELATIONSHIP_TYPE.IMAGE, "https://example.org/a.png"),
        (RELATIONSHIP_TYPE.IMAGE, "file://host.example.org/share/a.png"),
        (RELATIONSHIP_TYPE.OLE_OBJECT, "https://example.org/a.xlsx"),
        (RELATIONSHIP_TYPE.HYPERLINK, "file:///etc/passwd"),
    ],
)
def test_what_lies_elsewhere_is_not_fetched(kind, target):
    assert OUTSIDE in refusal(made("x", change=relating(kind, target)))


def test_links_for_readers_stay():
    linked = made("{{ day }}", change=relating(RELATIONSHIP_TYPE.HYPERLINK, "https://example.org/"))
    assert text_of(fill(linked, WORDS))[1] == "26 novembre 2026"


@pytest.mark.parametrize(
    "xml",
    [
        "<w:r><w:instrText>INCLUDEPICTURE &quot;https://example.org/a.png&quot;</w:instrText></w:r>",
        "<w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c x</w:instrText></w:r>",
        '<w:fldSimple w:instr="IncludeText x"/>',
        "<w:r><w:instrText>{{ 'INCLUDE' ~ 'TEXT' }} x</w:instrText></w:r>",
    ],
)
def test_fields_of_the_word_processor_that_fetch_are_refused_even_when_an_expression_writes_them(
    xml,
):
    assert OUTSIDE in refusal(with_body(made("x"), xml))


def test_page_numbers_and_links_among_the_fields_stay():
    xml = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in ("PAGE", "HYPERLINK"))
    assert fill(with_body(made("{{ day }}"), xml), WORDS)


def test_declared_entities_are_refused():
    declared = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    assert "not a DOCX" in refusal(with_files(made("x"), word_of_extra__xml=declared))


def test_the_process_that_fills_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for templates")
    assert set(dict(templates._environment())) <= {"PYTHONPATH", "PYTHONIOENCODING", "SYSTEMROOT"}
