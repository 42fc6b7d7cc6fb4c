"""Makes files of who of a network has signed what, as the whole team may see it."""

from crm.core.clock import PARIS, now, today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import OUTSIDE, principal_of
from crm.core.text import slug
from crm.documents.delimited import write_csv
from crm.documents.model import Document, Section, Table, Value
from crm.gaps.matrix import Matrix, Question, gather
from crm.packs.files import (
    File,
    Format,
    Language,
    file_of,
    in_words,
    stamped,
    withheld_of,
)
from crm.records.visibility import alone


def make_csv(asked: Question, *, language: Language) -> File:
    """Make the matrix as a CSV file: all members that fit the question.

    :raises LookupError: when the team does not see the network or the declaration asked for.
    """
    with alone(OUTSIDE):
        found = _gathered(asked)
        columns, rows = _table(found, language)
        name = _name(found)
    return File(f"{name}.csv", "text/csv", write_csv(columns, rows, language))


def make_xlsx(asked: Question, *, author: str, language: Language) -> File:
    """Make the matrix as a spreadsheet, with the totals on a sheet of their own.

    :param author: who is named on it.
    :raises LookupError: when the team does not see the network or the declaration asked for.
    """
    asking = principal_of(db.session)
    with alone(OUTSIDE):
        found = _gathered(asked)
        columns, rows = _table(found, language)
        totals = _totals(found)
        name, narrowed = _name(found), _narrowed(found)
    seen: set[int] = set()
    if asking is not None:
        with alone(asking):
            seen = gather(asked).ids()
    title = _("Who has signed what")
    document = Document(
        title=title,
        subtitle="",
        language=language,
        author=author,
        made_at=now().astimezone(PARIS),
        stamp=[*stamped(author, language, withheld_of(seen - found.ids())), *narrowed],
        sections=[
            Section(title, [Table("", columns, rows)], sheet=title),
            Section(_("Totals"), [Table("", [_("Status"), *columns[2:]], totals)]),
        ],
        format_date=lambda each: in_words(each, language),
    )
    return file_of(document, Format.XLSX, name)


def _gathered(asked: Question) -> Matrix:
    found = gather(asked)
    if found.network is None or found.unknown:
        raise LookupError(asked.network)
    return found


def _name(found: Matrix) -> str:
    network = found.network.title if found.network else ""
    return f"{slug(_('Who has signed what'))}-{slug(network)}-{today().isoformat()}"


def _table(found: Matrix, language: Language) -> tuple[list[str], list[list[str]]]:
    columns = [_("Member"), _("Country"), *(each.declaration.title for each in found.columns)]
    rows = [
        [
            row.title,
            country_name(row.country, language) or "",
            *(
                str(row.states[column.id].label) if column.id in row.states else column.blank_label
                for column in found.columns
            ),
        ]
        for row in found.rows
    ]
    return columns, rows


def _totals(found: Matrix) -> list[list[Value]]:
    """Return how many members are in each state; each column adds up to the last row."""
    counted = [dict(each.totals.asked()) for each in found.columns]
    labels = dict.fromkeys(label for each in counted for label in each)
    asked: list[list[Value]] = [
        [label, *(each.get(label, 0) for each in counted)] for label in labels
    ]
    never: list[Value] = [_("Never asked"), *(each.totals.never for each in found.columns)]
    members: list[Value] = [_("Members"), *(found.members for _each in found.columns)]
    return [*asked, never, members]


def _narrowed(found: Matrix) -> list[str]:
    """Return which questions the file answers to."""
    told = [(_("Network"), found.network.title if found.network else "")]
    if found.never is not None:
        told.append((_("Never asked to sign"), found.never.declaration.title))
    return [_("%(label)s: %(value)s", label=label, value=value) for label, value in told]
