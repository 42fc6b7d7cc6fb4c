"""A kept pack as a document: the same content for the page, PDF, DOCX and XLSX."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm.core.clock import PARIS, now
from crm.core.i18n import _
from crm.core.text import slug
from crm.documents.model import (
    BlankLines,
    Block,
    Bullets,
    Document,
    Empty,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Section,
    Table,
    Value,
)
from crm.packs.composition import TABLE, Part
from crm.packs.content import from_json
from crm.packs.files import File, Format, Language, file_of, in_words, stamped
from crm.packs.models import KeptPack
from crm.records.packing import SHORT_ADDRESS

NOTE_LINES = 25


def files(
    pack: KeptPack, formats: Sequence[Format], base_url: str, *, is_dated: bool = True
) -> list[File]:
    """Write a kept pack, in the language it was made in (the reader's, while this runs).

    :param base_url: in front of short addresses; empty when it is not known.
    """
    name = slug(pack.content["title"]) or _("pack")
    if is_dated:
        made = (pack.made_at or now()).astimezone(PARIS)
        name = f"{name}-{made.date().isoformat()}"
    return [file_of(_document(pack, each, base_url), each, name) for each in formats]


def stamp_of(pack: KeptPack) -> list[str]:
    """Return what stands on every page of a kept pack."""
    stamp = stamped(pack.author, _language(pack), pack.withheld, pack.made_at)
    if pack.is_for_managers:
        stamp.insert(1, _("For managers only: it holds what the team may not see"))
    return stamp


def _language(pack: KeptPack) -> Language:
    return "en" if pack.language == "en" else "fr"


def _document(pack: KeptPack, file_format: Format, base_url: str) -> Document:
    language = _language(pack)
    found = sections(pack, is_sheet=file_format is Format.XLSX)
    return Document(
        title=pack.content["title"],
        subtitle=pack.content["subtitle"],
        language=language,
        author=pack.author,
        made_at=(pack.made_at or now()).astimezone(PARIS),
        stamp=stamp_of(pack),
        sections=[_addressed(each, base_url) for each in found],
        format_date=lambda day: in_words(day, language),
        contents=_("Contents"),
        note=_(
            "A number in the last column leads to the record: %(address)s and the number.",
            address=f"{base_url}{SHORT_ADDRESS}",
        )
        if base_url
        else "",
    )


def sections(pack: KeptPack, *, is_sheet: bool = False) -> list[Section]:
    """Return the sections of a kept pack, in the order that was asked for.

    :param is_sheet: for a spreadsheet: a table of all organisations instead of a page for each.
    """
    pieces: Mapping[str, Any] = pack.content["pieces"]
    found: list[Section] = []
    for key in pack.asked["parts"]:
        if key == Part.ORGANISATIONS:
            found += _sheets(pieces) if is_sheet else _pages(pieces)
        elif key == Part.NOTES and not is_sheet:
            found.append(Section(_("Notes"), [BlankLines(NOTE_LINES)], page_break=True))
        elif blocks := pieces.get(key, {}).get("blocks"):
            shown = [_numbered(block) for block in from_json(blocks)]
            found.append(Section(pieces[key]["title"], shown))
    return found


def _tables(pieces: Mapping[str, Any]) -> list[Any]:
    tables = [piece for key, piece in pieces.items() if key.startswith(TABLE)]
    return sorted(tables, key=lambda each: each["order"])


def _pages(pieces: Mapping[str, Any]) -> list[Section]:
    """Return the organisations, each with what the features know of it."""
    organisations = pieces[Part.ORGANISATIONS]
    if not organisations:
        nobody = Empty(_("No organisation is noted as expected"))
        return [Section(_("Organisations"), [nobody])]
    pages = [Section(_("Organisations"), [], page_break=True)]
    for organisation in organisations:
        blocks: list[Block] = [from_json(organisation["facts"])]
        missing = []
        for table in _tables(pieces):
            rows = from_json(table["rows"].get(str(organisation["id"]), []))
            if not rows:
                missing.append(table["empty"])
            elif table["is_spelt_out"]:
                told = [
                    (label, value)
                    for label, value in zip(table["columns"], rows[0], strict=True)
                    if value
                ]
                blocks += [Heading(table["title"], 3), Facts(told)]
            else:
                # The heading above names it.
                block = _numbered(Table("", table["columns"], rows), organisation["id"])
                blocks += [Heading(table["title"], 3), block]
        if missing:
            blocks.append(Empty(" ".join(missing)))
        pages.append(Section(organisation["title"], blocks, level=2))
    return pages


def _sheets(pieces: Mapping[str, Any]) -> list[Section]:
    """Return a sheet per table, the organisation in the first column of each row."""
    sheets = []
    for table in _tables(pieces):
        rows: list[list[Value]] = [
            [organisation["title"], *row, _number(_about(table, row), organisation["id"])]
            for organisation in pieces[Part.ORGANISATIONS]
            for row in from_json(table["rows"].get(str(organisation["id"]), []))
        ]
        columns = [_("Organisation"), *table["columns"], _("Record")]
        block: Block = Table(table["title"], columns, rows) if rows else Empty(table["empty"])
        sheets.append(Section(table["title"], [block], sheet=table["title"]))
    return sheets


def _about(table: Mapping[str, Any], row: Sequence[Value]) -> Sequence[Value]:
    """Return the values that may name what a row is about; one for each organisation is of that."""
    return () if table["is_spelt_out"] else row


# Short addresses


def _numbered(block: Block, otherwise: int | None = None) -> Block:
    """Add to each row of a table the number of the record it is about."""
    if not isinstance(block, Table):
        return block
    numbers = [_number(row, otherwise) for row in block.rows]
    if not any(numbers):
        return block
    rows = [[*row, number] for row, number in zip(block.rows, numbers, strict=True)]
    return replace(block, columns=[*block.columns, _("Record")], rows=rows)


def _number(row: Sequence[Value], otherwise: int | None = None) -> Value:
    """Return the number of the first record that a row names, with its address."""
    for address in (each.url for value in row for each in _links(value)):
        if address.startswith(SHORT_ADDRESS):
            return Linked(address.removeprefix(SHORT_ADDRESS), address)
    return Linked(str(otherwise), f"{SHORT_ADDRESS}{otherwise}") if otherwise else None


def _links(value: Value) -> Iterator[Linked]:
    if isinstance(value, Linked):
        yield value
    elif isinstance(value, Lines):
        for each in value.lines:
            yield from _links(each)


def _addressed(section: Section, base_url: str) -> Section:
    return replace(section, blocks=[_whole(block, base_url) for block in section.blocks])


def _whole(block: Block, base_url: str) -> Block:
    """Return a block whose short addresses begin with that of the site."""
    match block:
        case Facts(rows):
            return Facts([(label, _at(value, base_url)) for label, value in rows])
        case Table(rows=rows):
            return replace(block, rows=[[_at(each, base_url) for each in row] for row in rows])
        case Paragraph(text):
            return Paragraph(_at(text, base_url))
        case Bullets(items):
            return Bullets([_at(each, base_url) for each in items])
    return block


def _at(value: Any, base_url: str) -> Any:
    if isinstance(value, Lines):
        return Lines([_at(each, base_url) for each in value.lines])
    if isinstance(value, Linked) and value.url.startswith(SHORT_ADDRESS):
        return Linked(value.text, f"{base_url}{value.url}") if base_url else value.text
    return value
