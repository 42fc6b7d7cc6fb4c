"""Templates are made once for each language; what they fill in is escaped as ever."""

import pytest
from flask_babel import force_locale
from jinja2 import DictLoader

from crm.core.i18n import _
from crm.web.wording import TranslatedEnvironment
from tests.factories.accounts import UserFactory

TEMPLATES = {
    "button.html": '<button>{{ _("Save") }}</button>',
    "said.html": '{{ _("“%(text)s”", text=text) }}',
    "share.html": '{{ _("%(count)s %%", count=count) }}',
    "macro.html": '{% macro save() %}{{ _("Save") }}{% endmacro %}',
    "page.html": '{% from "macro.html" import save %}{{ save() }}',
    "whole.html": '{% extends "frame.html" %}{% block body %}{{ _("Save") }}{% endblock %}',
    "frame.html": '{{ _("Cancel") }} {% block body %}{% endblock %}',
    "mail.txt": '{{ _("“%(text)s”", text=text) }}',
    "open.html": "{{ _(message) }}",
}


@pytest.fixture
def draw(app):
    environment = TranslatedEnvironment(
        app, loader=DictLoader(TEMPLATES), autoescape=lambda name: name.endswith(".html")
    )
    environment.globals["_"] = _

    def drawn(name, language, **values):
        with app.app_context(), force_locale(language):
            return environment.get_template(name).render(**values)

    return drawn


def test_each_reader_has_the_words_of_their_language_whoever_came_first(draw):
    for _time in range(2):
        assert draw("button.html", "fr") == "<button>Enregistrer</button>"
        assert draw("button.html", "en") == "<button>Save</button>"


@pytest.mark.parametrize("name", ["page.html", "whole.html"])
def test_what_a_template_is_made_of_is_in_its_language(draw, name):
    assert "Enregistrer" in draw(name, "fr")
    assert "Save" in draw(name, "en")
    assert "Enregistrer" not in draw(name, "en")


def test_what_is_filled_into_words_is_escaped(draw):
    assert draw("said.html", "en", text="<b>") == "“&lt;b&gt;”"
    assert draw("said.html", "fr", text="<b>") == "«\u00a0&lt;b&gt;\u00a0»"
    assert draw("mail.txt", "en", text="<b>") == "“<b>”"


def test_a_percent_sign_is_written_once(draw):
    assert draw("share.html", "en", count=5) == "5 %"


def test_words_that_are_known_only_when_the_page_is_drawn_are_translated_then(draw):
    assert draw("open.html", "fr", message="Save") == "Enregistrer"


def test_pages_follow_whoever_reads_them(app, browser):
    for language, words in (("en", "Add a person"), ("fr", "Ajouter une personne")) * 2:
        browser.sign_in(UserFactory(role="manager", locale=language))
        assert words in browser.get("people.index").text
