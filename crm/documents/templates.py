"""A team's own DOCX templates: which fields they ask for, and the documents made of them.

A template is read and filled by ``crm.documents.filling``, in a process of its own that has little
time and memory: what is in it was written by somebody else.
"""

import base64
import json
import os
import subprocess  # nosec B404 - it starts one program, of our own
import sys
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.documents.text import clean

LARGEST = 5 * 1024**2
SECONDS = 10
"""Of computing; a template of ours takes a tenth of one."""
PATIENCE = 60
"""Seconds by the clock, on a machine that is busy with other things."""


def fields_of(template: bytes) -> set[str]:
    """Return the names of the fields that the template asks for."""
    return set(_order("fields", template)["fields"])


def try_out(template: bytes, allowed: Mapping[str, Collection[str]]) -> list[str]:
    """Return a sentence for each field of the template that there is not.

    :param allowed: the fields there are, each with the names of its parts.
    """
    found = _order("fields", template)
    fields = [_no_such(name, name, allowed) for name in found["fields"] if name not in allowed]
    parts = [
        _no_such(f"{field}.{part}", part, allowed[field])
        for field, part in found["parts"]
        if field in allowed and part not in allowed[field]
    ]
    return fields + parts


def fill(template: bytes, context: Mapping[str, Any]) -> bytes:
    """Return the document that the template makes of these values.

    :param context: the fields by name: texts, lists and dictionaries of them, nothing else.
    """
    answered = _order("file", template, {name: _plain(value) for name, value in context.items()})
    return base64.b64decode(answered["file"])


def _no_such(written: str, name: str, offered: Collection[str]) -> str:
    if close := get_close_matches(name, list(offered), n=1):
        near = written.removesuffix(name) + close[0]
        return _("There is no field “%(name)s”: did you mean “%(near)s”?", name=written, near=near)
    return _("There is no field “%(name)s”", name=written)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"A template is filled with texts, lists and dictionaries, not {type(value)}")


def _order(what: str, template: bytes, context: Any = None) -> Any:
    """Have the work done, or refuse the template in one sentence."""
    if len(template) > LARGEST:
        raise InvalidValue("template", _("The template is larger than 5 MB: use smaller pictures"))
    order = {
        "what": what,
        "template": base64.b64encode(template).decode(),
        "context": context,
        "seconds": SECONDS,
    }
    try:
        done = subprocess.run(  # nosec B603 - our own program, nothing from outside
            [sys.executable, "-B", "-m", "crm.documents.filling"],
            input=json.dumps(order).encode(),
            capture_output=True,
            check=True,
            env=dict(_environment()),
            timeout=PATIENCE,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise InvalidValue("template", _refusal("large", "")) from error
    answered = json.loads(done.stdout)
    if "refused" in answered:
        raise InvalidValue("template", _refusal(*answered["refused"]))
    return answered


def _environment() -> Iterator[tuple[str, str]]:
    """Yield what Python needs to find itself: no secret of the installation."""
    yield "PYTHONPATH", os.pathsep.join(filter(None, sys.path))
    yield "PYTHONIOENCODING", "utf-8"
    if "SYSTEMROOT" in os.environ:
        yield "SYSTEMROOT", os.environ["SYSTEMROOT"]  # Windows starts nothing without it.


def _refusal(code: str, detail: str) -> str:
    sentences = {
        "not_docx": _("This is not a DOCX file: save the template as .docx, and choose that file"),
        "macros": _("The template holds macros: save it as .docx, which has none"),
        "holds": _("The template holds another file (%(what)s): take it out", what=detail),
        "fetches": _(
            "The template fetches something from elsewhere (%(what)s): put it into the template, "
            "or take it out",
            what=detail,
        ),
        "syntax": _(
            "A field, condition or loop is not complete near “%(words)s”: check its braces, its "
            "end and its filters",
            words=detail,
        ),
        "unsafe": _(
            "The template asks for something templates may not do: use fields, conditions and "
            "loops alone"
        ),
        "unknown": _("The template asks for the field “%(name)s”, which has no value", name=detail),
        "large": _(
            "The template takes too long or becomes too large: use fewer loops and smaller pictures"
        ),
    }
    failed = _("The template cannot be filled: check its fields, its tables and its loops")
    return sentences.get(code, failed)
