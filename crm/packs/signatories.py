"""Makes files of the list of signatories, as the whole team may see it."""

from collections.abc import Sequence
from dataclasses import replace

from flask import render_template
from flask_babel import force_locale

from crm.core.clock import PARIS, now
from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import TEAM
from crm.core.text import slug
from crm.declarations import queries
from crm.declarations.list_page import counts, how_many
from crm.declarations.signatories import Entry, ListFormat, SignatoryList, list_of
from crm.documents.delimited import write_csv
from crm.documents.model import Block, Document, Empty, Heading, Section, Table, Value
from crm.documents.seal import sealed
from crm.packs.files import File, Format, Language, file_of, in_words, made_on, stamped
from crm.records.visibility import alone


def make(
    declaration_id: int,
    *,
    is_public: bool,
    author: str,
    language: Language,
    file_format: ListFormat,
) -> File:
    """Make the list of signatories, in a language.

    :param author: who is named on what stays in the house.
    :raises LookupError: when the team does not see the declaration.
    """
    with force_locale(language), alone(TEAM):
        return _made(declaration_id, author, language, file_format, is_public=is_public)


def _made(
    declaration_id: int,
    author: str,
    language: Language,
    file_format: ListFormat,
    *,
    is_public: bool,
) -> File:
    declaration = db.session.scalar(queries.declaration(declaration_id))
    if declaration is None:
        raise LookupError(declaration_id)
    listed = list_of(declaration, is_public=is_public)
    title = declaration.title
    told = how_many(listed) if is_public else counts(declaration, listed)
    readers = _("for publication") if is_public else _("internal")
    name = f"{slug(_('Signatories – %(title)s', title=title))}-{slug(readers)}"
    if file_format is ListFormat.CSV:
        return File(f"{name}.csv", "text/csv", write_csv(_columns(), _lines(listed), language))
    if file_format is ListFormat.HTML:
        page = render_template(
            "packs/signatories.html", title=title, told=told, listed=listed, language=language
        )
        return File(f"{name}.html", "text/html", page.encode())
    document = Document(
        title=title,
        subtitle=told,
        language=language,
        author="" if is_public else author,
        made_at=now().astimezone(PARIS),
        # What is published names nobody of the team and is no internal document.
        stamp=[made_on(language)] if is_public else stamped(author, language, 0),
        sections=_sections(listed),
        format_date=lambda each: in_words(each, language),
    )
    made = file_of(document, Format(file_format.value), name)
    if is_public and file_format is ListFormat.PDF:
        return replace(made, content=sealed(made.content))
    return made


def _columns() -> list[str]:
    return [_("Number in the list"), _("Name as printed"), _("Category"), _("Country")]


def _headings() -> list[str]:
    """Return the columns of a block, whose heading is the category."""
    return [_("Number in the list"), _("Name as printed"), _("Country")]


def _lines(listed: SignatoryList) -> list[list[str]]:
    return [
        [str(entry.number), entry.name, str(block.category.label), entry.country]
        for block in listed.blocks
        for entry in block.entries
    ]


def _rows(entries: Sequence[Entry]) -> list[list[Value]]:
    return [[entry.number, entry.name, entry.country] for entry in entries]


def _sections(listed: SignatoryList) -> list[Section]:
    if not listed.count:
        return [Section(_("Signatories"), [Empty(_("No signatory is named here yet"))])]
    sections = [
        Section(
            f"{block.heading} ({len(block.entries)})",
            [Table("", _headings(), _rows(block.entries))],
            sheet=block.heading,
        )
        for block in listed.blocks
    ]
    categories: list[list[Value]] = [[str(kind.label), count] for kind, count in listed.by_category]
    countries: list[list[Value]] = [[name, count] for name, count in listed.by_country]
    by_number: list[Block] = [
        Heading(_("By category")),
        Table("", [_("Category"), _("How many")], categories),
        Heading(_("By country")),
        Table("", [_("Country"), _("How many")], countries),
    ]
    if listed.by_heading:
        headings: list[list[Value]] = [[name, count] for name, count in listed.by_heading]
        by_number += [
            Heading(_("By their own headings")),
            Table("", [_("Heading"), _("How many")], headings),
        ]
    return [*sections, Section(_("Counts"), by_number, sheet=_("Counts"))]
