"""Opens and fills a template that somebody else wrote; runs as a process of its own.

``crm.documents.templates`` starts it, with little time, memory and nothing of the environment: a
template may hold any expression and any archive. It reads one order from its input, as JSON, and
writes one answer.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

MOST_MEMORY = 1024**3
MOST_UNPACKED = 50 * 1024**2
MOST_FILES = 1000
MOST_ROUNDS = 10_000
"""Of a loop over numbers."""

_NAMED = 60
"""Characters of what is quoted in a refusal."""

_DOCUMENT = "word/document.xml"
_CONTENT_TYPES = "[Content_Types].xml"
_READ = frozenset({"xml", "rels", "vml"})
_CARRIED = frozenset({"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg"})
_CARRIED_FONTS = frozenset({"odttf", "ttf", "otf"})
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_FETCHING = re.compile(
    r"(?<![a-z])(dde|ddeauto|includepicture|includetext|import|link|database)(?![a-z])",
    re.IGNORECASE,
)
"""Fields of a word processor that bring in what lies elsewhere."""
_HOLDING = frozenset(
    {"afchunk", "attachedtemplate", "control", "oleobject", "package", "subdocument", "vbaproject"}
)
_LEADING = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

_FILTERS = (
    *("batch", "dictsort", "first", "groupby", "items", "join", "last", "list", "map", "reject"),
    *("rejectattr", "reverse", "select", "selectattr", "slice", "sort", "unique"),
    *("capitalize", "d", "default", "e", "escape", "lower", "replace", "string", "title", "trim"),
    *("truncate", "upper"),
    *("count", "float", "int", "length", "max", "min", "round", "sum", "wordcount"),
)
"""Those that neither undo the escaping nor make much of little."""
_REFUSED_NODES = (
    nodes.CallBlock,
    nodes.EvalContextModifier,
    nodes.Extends,
    nodes.FromImport,
    nodes.Import,
    nodes.Include,
    nodes.Macro,
)


class Refused(Exception):
    """The template is not taken.

    :param code: why; ``crm.documents.templates`` has a sentence for each.
    :param detail: what of it, in the words of the template.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:_NAMED]


class _Template(DocxTemplate):
    """A template whose title and author stay as they are: they would be escaped twice."""

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Leave them."""


class _Environment(ImmutableSandboxedEnvironment):
    """Fields, conditions and loops over plain values."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals = {"range": _few}
        self.filters = {name: self.filters[name] for name in _FILTERS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a record, even one that is called like a method of dictionaries."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _few(*numbers: int) -> range:
    """Return numbers to loop over, of which there are not many."""
    found = range(*numbers)
    if len(found) > MOST_ROUNDS:
        raise OverflowError
    return found


def main() -> None:
    """Read an order, write the answer."""
    order = json.load(sys.stdin)
    _limit(order["seconds"])
    json.dump(answer(order), sys.stdout)


def _limit(seconds: int) -> None:
    """Bound what the process may use; where the system cannot, the clock of the caller does."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was ordered, or why not."""
    try:
        content = base64.b64decode(order["template"])
        inspect(content)
        template = _Template(BytesIO(content))
        asked = _asked(template)
        if order["what"] == "fields":
            return asked
        return {"file": base64.b64encode(_filled(template, order["context"])).decode()}
    except Refused as refused:
        return {"refused": [refused.code, refused.detail]}
    except SecurityError:
        return {"refused": ["unsafe", ""]}
    except UndefinedError as error:
        names = re.findall(r"'([^']*)'", error.message or "")
        return {"refused": ["unknown", (names or [""])[-1][:_NAMED]]}
    except (MemoryError, OverflowError, RecursionError):
        return {"refused": ["large", ""]}
    except Exception:  # noqa: BLE001 - libraries fail in many ways on what somebody made up
        return {"refused": ["failed", ""]}


# The archive


def inspect(content: bytes) -> None:
    """Refuse what is no DOCX, unpacks to too much, brings programs or fetches from elsewhere."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            _inspect_files(packed)
    except (BadZipFile, etree.XMLSyntaxError, NotImplementedError, OSError, ValueError) as error:
        raise Refused("not_docx") from error


def _inspect_files(packed: ZipFile) -> None:
    files = packed.infolist()
    names = {each.filename.lower() for each in files}
    if len(names) < len(files) or not names >= {_DOCUMENT, _CONTENT_TYPES.lower()}:
        raise Refused("not_docx")
    # Nothing unpacks to more than its entry says: zipfile reads no further.
    if len(files) > MOST_FILES or sum(each.file_size for each in files) > MOST_UNPACKED:
        raise Refused("large")
    for each in files:
        name = each.filename
        ending = name.rpartition(".")[2].lower()
        if each.flag_bits & 1:
            raise Refused("not_docx")
        if "vba" in name.lower() or "activex" in name.lower():
            raise Refused("macros")
        if ending in _READ:
            _inspect_xml(name, packed.read(each))
        elif ending not in _CARRIED | _CARRIED_FONTS and not each.is_dir():
            raise Refused("holds", name)


def _inspect_xml(name: str, content: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise Refused("not_docx")
    if name == _CONTENT_TYPES:
        _inspect_types(root)
    elif name.endswith(".rels"):
        for each in root:
            _inspect_relationship(each)
    else:
        _inspect_fields(root)


def _inspect_types(root: Any) -> None:
    types = [str(each.get("ContentType", "")).lower() for each in root]
    if any("macroenabled" in each or "vba" in each for each in types):
        raise Refused("macros")
    if not any(each.endswith("wordprocessingml.document.main+xml") for each in types):
        raise Refused("not_docx")


def _inspect_relationship(each: Any) -> None:
    kind = str(each.get("Type", "")).rpartition("/")[2].lower()
    target = str(each.get("Target", ""))
    is_outside = each.get("TargetMode", "").lower() == "external"
    if is_outside and not (kind == "hyperlink" and _LEADING.match(target)):
        raise Refused("fetches", target)
    if kind in _HOLDING:
        raise Refused("holds", target)


def _inspect_fields(root: Any) -> None:
    asked = [each.text or "" for each in root.iter(f"{_WORD}instrText")]
    asked += [each.get(f"{_WORD}instr", "") for each in root.iter(f"{_WORD}fldSimple")]
    # A word may be spread over several pieces, and a piece may end where the next word begins.
    for text in ("".join(asked), " ".join(asked)):
        if found := _FETCHING.search(text):
            raise Refused("fetches", found[0])


# The words of the template


def _asked(template: Any) -> dict[str, Any]:
    """Return the fields that the template asks for, and the parts of them: (field, part)."""
    environment = _Environment()
    fields: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for text in _texts(template):
        try:
            tree = environment.parse(text)
            environment.compile(text, raw=True)  # Filters are looked up only now.
        except TemplateSyntaxError as error:
            raise Refused("syntax", _near(text, error.lineno)) from error
        if any(tree.find_all(_REFUSED_NODES)):
            raise Refused("unsafe")
        names = meta.find_undeclared_variables(tree)
        fields |= names
        parts |= set(_parts(tree, names))
    return {"fields": sorted(fields - {"range"}), "parts": sorted(parts)}


def _texts(template: Any) -> Iterator[str]:
    """Return the body, the headers, the footers and the notes, as they are filled."""
    template.init_docx()
    sources = [template.get_xml()]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        sources += [template.get_part_xml(part) for _key, part in template.get_headers_footers(uri)]
    for part in template.docx.part.package.iter_parts():
        if part.content_type == _FOOTNOTES:
            sources.append(part.blob.decode())
    for source in sources:
        # A line each paragraph, so that what is wrong can be quoted.
        yield re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(source))


def _near(text: str, line: int) -> str:
    lines = text.splitlines()
    words = re.sub(r"<[^>]*>", "", lines[line - 1]) if 0 < line <= len(lines) else ""
    return " ".join(words.split())


def _parts(tree: nodes.Template, names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (field, part); what a loop goes through stands for each of its items."""
    meant = {name: name for name in names}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name):
            meant[loop.target.name] = loop.iter.name
    for each in tree.find_all(nodes.Getattr):
        if isinstance(each.node, nodes.Name) and meant.get(each.node.name) in names:
            yield meant[each.node.name], each.attr


def _filled(template: Any, context: Mapping[str, Any]) -> bytes:
    template.render(dict(context), _Environment())
    made = BytesIO()
    template.save(made)
    inspect(made.getvalue())  # Expressions may have written what the template did not hold.
    return made.getvalue()


if __name__ == "__main__":
    main()
