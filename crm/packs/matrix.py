"""Makes files of the matrix “who sits where”, as the whole team may see it."""

from crm.core.clock import PARIS, now
from crm.core.countries import country_name, country_names
from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import OUTSIDE, principal_of
from crm.core.text import slug
from crm.documents.delimited import write_csv
from crm.documents.model import Document, Section, Table
from crm.networks.matrix import Matrix, Question, Sitting, gather
from crm.packs.files import (
    File,
    Format,
    Language,
    file_of,
    in_words,
    stamped,
    withheld_of,
)
from crm.records import asof
from crm.records.visibility import alone


def make_csv(asked: Question, *, language: Language) -> File:
    """Make the matrix as a CSV file: all organisations and networks that fit the question."""
    with alone(OUTSIDE):
        columns, rows = _table(gather(asked), language)
    return File(f"{_name(asked)}.csv", "text/csv", write_csv(columns, rows, language))


def make_xlsx(asked: Question, *, author: str, language: Language) -> File:
    """Make the matrix as a spreadsheet.

    :param author: who is named on it.
    """
    asking = principal_of(db.session)
    with alone(OUTSIDE):
        found = gather(asked)
        columns, rows = _table(found, language)
        narrowed = _narrowed(found, language)
    seen: set[int] = set()
    if asking is not None:
        with alone(asking):
            seen = gather(asked).ids()
    withheld = withheld_of(seen - found.ids())
    title = _("Who sits where")
    document = Document(
        title=title,
        subtitle="",
        language=language,
        author=author,
        made_at=now().astimezone(PARIS),
        stamp=[
            *stamped(author, language, withheld),
            *filter(None, [asof.sentence()]),
            *narrowed,
        ],
        sections=[Section(title, [Table("", columns, rows)], sheet=title)],
        format_date=lambda each: in_words(each, language),
    )
    return file_of(document, Format.XLSX, _name(asked))


def _name(asked: Question) -> str:
    return f"{slug(_('Who sits where'))}-{asked.day.isoformat()}"


def _table(found: Matrix, language: Language) -> tuple[list[str], list[list[str]]]:
    columns = [_("Organisation"), _("Country"), *(each.title for each in found.columns)]
    rows = [
        [
            row.title,
            country_name(row.country, language) or "",
            *(
                "; ".join(_words(each) for each in row.cells.get(column.id, ()))
                for column in found.columns
            ),
        ]
        for row in found.rows
    ]
    return columns, rows


def _words(sitting: Sitting) -> str:
    """Return the word of a link, and since when by ISO 8601."""
    if sitting.since is None:
        return sitting.word
    return _("%(word)s, since %(date)s", word=sitting.word, date=str(sitting.since))


def _narrowed(found: Matrix, language: Language) -> list[str]:
    """Return which filters the file answers to."""
    asked, names = found.question, country_names(language)
    told = []
    if asked.countries:
        told.append((_("Country"), [names[code] for code in asked.countries]))
    if asked.networks:
        told.append((_("Network"), [each.title for each in found.columns]))
    return [
        _("%(label)s: %(value)s", label=label, value=", ".join(values)) for label, values in told
    ]
