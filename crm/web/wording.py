"""Templates, made once for each language: their words are written out then, not on each page."""

from typing import Any

from flask.templating import Environment
from flask_babel import force_locale
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from crm.core.i18n import _, language


class _WordsWrittenOut(NodeTransformer):
    """Puts the words of the language in the place of each ``_("…")``."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named by Jinja
        """Translate a message; what it names is filled in when the page is drawn."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_"):
            return node
        (message,) = node.args
        if not isinstance(message, nodes.Const) or node.dyn_args or node.dyn_kwargs:
            return node
        words = nodes.MarkSafeIfAutoescape(nodes.Const(_(message.value)), lineno=node.lineno)
        names = [
            nodes.Pair(nodes.Const(each.key), each.value, lineno=node.lineno)
            for each in node.kwargs
        ]
        # With nothing to fill in, too: a message writes its percent signs twice.
        return nodes.Mod(words, nodes.Dict(names, lineno=node.lineno), lineno=node.lineno)


class TranslatedEnvironment(Environment):
    """Finds templates in the language of whoever reads."""

    language = ""
    """Of the templates made here; empty where they are asked for."""

    def get_template(
        self,
        name: Any,
        parent: str | None = None,
        globals: Any = None,  # noqa: A002 - Jinja's
    ) -> Template:
        """Return a template in the language that is set, or in that of the template that asks."""
        if self.language:
            return super().get_template(name, parent, globals)
        return self._in(language()).get_template(name, parent, globals)

    def make_globals(self, d: Any) -> Any:
        """Return what each template may use: a plain dict unless it has something of its own.

        Jinja makes a chain of dicts, which each page and each macro it imports walks in Python.
        """
        return super().make_globals(d) if d else self.globals

    def _in(self, language: str) -> "TranslatedEnvironment":
        known: dict[str, TranslatedEnvironment] = self.__dict__.setdefault("_of_languages", {})
        if language not in known:
            made = self.overlay()
            made.language = language
            known[language] = made
        return known[language]

    def compile(self, source: Any, *args: Any, **options: Any) -> Any:
        """Write out the words of a template before it becomes code."""
        if self.language and isinstance(source, str):
            name, filename = (*args, None, None)[:2]
            parsed = self.parse(source, name, filename)
            with force_locale(self.language):
                source = _WordsWrittenOut().visit(parsed)
        return super().compile(source, *args, **options)
