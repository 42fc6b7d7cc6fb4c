"""Reads a list of signatories as it comes: names, cells, a table with headings, repeated rows.

Nothing here touches the database: :mod:`crm.rolls.matching` tells who is meant.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lists import language
from crm.core.partial_date import InvalidPartialDate, PartialDate
from crm.core.text import fold
from crm.meetings.pasting import MOST_BYTES
from crm.rolls.places import country_of, is_scope, is_within_one, says_nothing
from crm.rolls.tables import LONGEST_LINE, SORTED, Role, Row, is_mixed, role_of, table_of

MOST_LINES = 5_000
MOST_SIGNERS = 1_500
"""More at once would keep everybody else from saving for too long."""

LONGEST_NAME = 300
LONGEST_HEADING = 200
LONGEST_SCOPE = 60
LONGEST_ACRONYM = 60

_HOUR = re.compile(r"(?<=\d)[T ]\d{1,2}:\d\d.*$")
_YES = frozenset({"yes", "oui", "x", "1", "true", "vrai", "ok"})


@dataclass(frozen=True)
class Signer:
    """Who signed, as a list says it.

    :param number: the first line of the list that names them, from 1.
    :param raw: all the lines that name them, as they came.
    :param listed_under: the heading of the list they stand under.
    :param problem: why a line was not understood, or nothing.
    """

    number: int
    raw: str
    name: str = ""
    acronym: str = ""
    country: str | None = None
    scope: str = ""
    listed_under: str = ""
    signed_on: PartialDate | None = None
    may_show_logo: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Roll:
    """A list as it was read.

    :param repeated: how many lines only said more of somebody who was named before.
    :param heading: the line above the table, without which a part of it could not be read again.
    :param left_out: the headings of the columns of which nothing is kept.
    """

    signers: Sequence[Signer]
    unread: Sequence[Signer]
    repeated: int = 0
    heading: str = ""
    left_out: Sequence[str] = ()


@dataclass
class _Said:
    """All that the rows of one signatory say."""

    rows: list[Row] = field(default_factory=list)
    countries: dict[str, None] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    signed_on: PartialDate | None = None
    problem: str = ""


def read(text: str) -> Roll:
    """Read a list of signatories.

    :raises InvalidValue: at ``text`` when it is empty or far too long.
    """
    lines = _lines(text)
    table = table_of(lines)
    if not table.rows:
        raise InvalidValue("text", _("Paste at least one name"))
    has_mixed = is_mixed(table.rows)
    by_name: dict[str, _Said] = defaultdict(_Said)
    for row in table.rows:
        name = fold(row.cells.get(Role.NAME, ""))
        said = by_name[name or f"line {row.number}"]
        said.rows.append(row)
        _hear(said, row, has_mixed=has_mixed)
    if len(by_name) > MOST_SIGNERS:
        raise InvalidValue(
            "text",
            _(
                "This list names %(count)d signatories; %(most)d at most can be saved at once. "
                "Paste a part of it",
                count=len(by_name),
                most=MOST_SIGNERS,
            ),
        )
    found = [_signer(said) for said in by_name.values()]
    return Roll(
        signers=[each for each in found if not each.problem],
        unread=[each for each in found if each.problem],
        repeated=len(table.rows) - len(found),
        heading=table.heading,
        left_out=table.left_out,
    )


def _lines(text: str) -> list[str]:
    if not text.strip():
        raise InvalidValue("text", _("Paste at least one name"))
    if len(text) > MOST_BYTES:
        raise InvalidValue("text", _("This list is larger than 1 MB. Paste a part of it"))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if sum(1 for line in lines if line.strip()) > MOST_LINES:
        raise InvalidValue(
            "text", _("Paste %(most)d lines at most; do the rest afterwards", most=MOST_LINES)
        )
    return lines


# What the rows say


def _hear(said: _Said, row: Row, *, has_mixed: bool) -> None:
    """Add what a row says of a signatory to what is known."""
    for role in SORTED:
        value = row.cells.get(role, "")
        if says_nothing(value):
            continue
        if has_mixed:
            _hear_mixed(said, value)
        elif role is Role.CATEGORY:
            said.headings.setdefault(fold(value), value)
        else:
            _hear_place(said, value, role)
    if row.has_more:
        said.problem = _("This line has more cells than there are headings")
    when = row.cells.get(Role.DATE, "")
    if when and said.signed_on is None:
        try:
            said.signed_on = PartialDate.parse(_HOUR.sub("", when), today())
        except InvalidPartialDate:
            said.problem = _("Write the date like 23/11/2026, 11/2026, 2026 or “yesterday”")


def _hear_mixed(said: _Said, value: str) -> None:
    if role_of(value) in SORTED:
        return  # The heading of the list itself, scraped along with its values.
    code = country_of(value)
    if code is not None:
        said.countries[code] = None
    elif is_scope(value):
        said.scopes.setdefault(fold(value), value)
    else:
        said.headings.setdefault(fold(value), value)


def _hear_place(said: _Said, value: str, role: Role) -> None:
    code = country_of(value)
    if code is not None:
        said.countries[code] = None
    elif is_within_one(value):
        return
    elif role is Role.SCOPE or is_scope(value):
        said.scopes.setdefault(fold(value), value)
    else:
        said.problem = _(
            "“%(text)s” is no country known here. Write it in French or English", text=value[:60]
        )


def _signer(said: _Said) -> Signer:
    """Return what is known of a signatory, with what is wrong about it."""
    first = said.rows[0]
    acronyms = (row.cells.get(Role.ACRONYM, "") for row in said.rows)
    logos = (fold(row.cells.get(Role.LOGO, "")) for row in said.rows)
    signer = Signer(
        number=first.number,
        raw="\n".join(row.raw for row in said.rows),
        name=first.cells.get(Role.NAME, ""),
        acronym=next(filter(None, acronyms), ""),
        country=next(iter(said.countries), None),
        scope="; ".join(said.scopes.values()),
        listed_under="; ".join(said.headings.values()),
        signed_on=said.signed_on,
        may_show_logo=any(logo in _YES for logo in logos),
    )
    problem = said.problem or _wrong(signer, list(said.countries))
    return Signer(signer.number, signer.raw, signer.name, problem=problem) if problem else signer


def _wrong(signer: Signer, countries: Sequence[str]) -> str:
    """Return why a signatory cannot be kept as the list gives it, or nothing."""
    if any(len(line) > LONGEST_LINE for line in signer.raw.split("\n")):
        return _("This line is too long for one signatory")
    if not fold(signer.name) or not any(character.isalpha() for character in signer.name):
        return _("No name was found on this line")
    if len(countries) > 1:
        return _(
            "This name stands there with several countries: %(countries)s. Give each its own name",
            countries=", ".join(country_name(code, language()) or code for code in countries),
        )
    lengths = (
        (_("Name"), signer.name, LONGEST_NAME),
        (_("Acronym"), signer.acronym, LONGEST_ACRONYM),
        (_("Scope"), signer.scope, LONGEST_SCOPE),
        (_("Heading in their own list"), signer.listed_under, LONGEST_HEADING),
    )
    for label, text, most in lengths:
        if len(text) > most:
            return _(
                "“%(label)s” must be %(max)s characters or fewer (it is %(length)s)",
                label=label,
                max=most,
                length=len(text),
            )
    return ""
