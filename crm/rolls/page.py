"""What the pages of a list of signatories show, and what was decided on them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.countries import country_name
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _n
from crm.core.lists import language
from crm.core.text import fold, sort_key
from crm.declarations.models import Declaration, SignatureStatus
from crm.records.kinds import registry
from crm.rolls import queries
from crm.rolls.matching import Known, Match, match_all
from crm.rolls.reading import Roll, Signer, read
from crm.rolls.services import Entry, Noted
from crm.web.tables import HeaderCell, Row

NEW, OUT, SIGNED = "new", "out", "signed"
FEW = 12
"""So many rows are shown open; more are behind their heading."""


@dataclass(frozen=True)
class Option:
    """An organisation that may be meant, and why."""

    value: str
    name: str
    context: str


@dataclass(frozen=True)
class ListedRow:
    """A signatory of the list, with which organisation may be meant."""

    key: str
    signer: Signer
    options: Sequence[Option] = ()
    note: str = ""

    @property
    def context(self) -> str:
        """Return what the list says besides the name."""
        signer = self.signer
        country = country_name(signer.country, language()) or ""
        return " · ".join(filter(None, (country, signer.scope, signer.listed_under)))


@dataclass
class CheckPage:
    """A list, read and compared with all organisations known, in groups."""

    roll: Roll
    known: list[ListedRow]
    asked: list[ListedRow]
    withdrawn: list[ListedRow]
    doubtful: list[ListedRow]
    new: list[ListedRow]
    listed: list[ListedRow]

    @property
    def count(self) -> int:
        """Return how many can be noted."""
        return self.ticked_count + len(self.withdrawn)

    @property
    def ticked_count(self) -> int:
        """Return how many are noted when nothing is changed, and all that is in doubt decided."""
        return len(self.known) + len(self.asked) + len(self.doubtful) + len(self.new)

    @property
    def unread_text(self) -> str:
        """Return the lines that were not understood, to be mended."""
        return "\n".join(each.raw for each in self.roll.unread)

    @property
    def told(self) -> str:
        """Return how many are on the list, and how many lines only repeated them."""
        parts = [
            _n("%(num)d signatory", "%(num)d signatories", len(self.roll.signers)),
            _n(
                "%(num)d line repeats a name and was united with it",
                "%(num)d lines repeat a name and were united with it",
                self.roll.repeated,
            )
            if self.roll.repeated
            else "",
            _("Columns of which nothing is kept: %(names)s", names=", ".join(self.roll.left_out))
            if self.roll.left_out
            else "",
        ]
        return " · ".join(filter(None, parts))


@dataclass(frozen=True)
class Standing:
    """How somebody stands on the list of the declaration already."""

    signature_id: int
    signatory_id: int
    name: str
    status: SignatureStatus

    @property
    def is_settled(self) -> bool:
        """Tell whether a pasted list changes nothing: they have signed, or have declined."""
        return self.status in (SignatureStatus.SIGNED, SignatureStatus.DECLINED)

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether they took their signature back: they are not to come back unasked."""
        return self.status is SignatureStatus.WITHDRAWN


@dataclass(frozen=True)
class Compared:
    """A signatory of the list, and what was found.

    :param listed: how they stand on the list of the declaration already.
    :param standings: how everybody stands there, by the id of the signatory.
    """

    key: str
    signer: Signer
    match: Match
    listed: Standing | None
    standings: Mapping[int, Standing]

    def line_of(self, organisation_id: int) -> int | None:
        """Return the line of an organisation that was asked and has not answered, if it has one."""
        standing = self.standings.get(organisation_id)
        if standing is None or standing.is_settled or standing.is_withdrawn:
            return None
        return standing.signature_id


def compared(declaration: Declaration, text: str) -> tuple[Roll, list[Compared]]:
    """Read a list and find everybody on it.

    :raises InvalidValue: at ``text``.
    """
    roll = read(text)
    by_id: dict[int, Standing] = {}
    by_name: dict[str, Standing] = {}
    for row in db.session.execute(queries.on_the_list(declaration)):
        standing = Standing(*row)
        by_id[standing.signatory_id] = by_name[fold(standing.name)] = standing
    found = []
    for place, (signer, match) in enumerate(
        zip(roll.signers, match_all(roll.signers), strict=True)
    ):
        listed = by_name.get(fold(signer.name))
        if listed is None and match.known is not None:
            listed = by_id.get(match.known.id)
        found.append(Compared(f"row-{place}", signer, match, listed, by_id))
    return roll, found


def check_page(roll: Roll, found: Iterable[Compared]) -> CheckPage:
    """Return everybody on a list in the groups of the page."""
    page = CheckPage(roll, [], [], [], [], [], [])
    for each in found:
        if each.listed is not None:
            status = each.listed.status
            note = "" if status is SignatureStatus.SIGNED else str(status.label)
            if each.listed.is_settled:
                page.listed.append(ListedRow(each.key, each.signer, note=note))
            elif each.listed.is_withdrawn:
                page.withdrawn.append(ListedRow(each.key, each.signer))
            else:
                page.asked.append(ListedRow(each.key, each.signer, note=note))
        elif each.match.known is not None:
            option = _option(each.match.known, "")
            page.known.append(ListedRow(each.key, each.signer, [option]))
        elif each.match.candidates:
            options = [
                _option(candidate.known, str(candidate.doubt.label))
                for candidate in each.match.candidates
            ]
            page.doubtful.append(ListedRow(each.key, each.signer, options))
        else:
            page.new.append(ListedRow(each.key, each.signer))
    return page


def _option(known: Known, reason: str) -> Option:
    country = country_name(known.country, language()) or ""
    context = " · ".join(filter(None, (country, reason)))
    return Option(f"id:{known.id}", known.title, context)


def decided(
    found: Iterable[Compared], answers: Mapping[str, str]
) -> tuple[list[Entry], list[Signer]]:
    """Return what was decided of each signatory, and those of whom nothing was.

    :param answers: by the key of the row: an organisation that may be meant, ``new``, ``out``, or
        ``signed`` for who was asked already or took a signature back.
    """
    entries: list[Entry] = []
    left: list[Signer] = []
    for each in found:
        answer = answers.get(each.key, "")
        if each.listed is not None:
            if answer == SIGNED and not each.listed.is_settled:
                known_id = each.listed.signatory_id
                entries.append(Entry(each.signer, known_id, each.line_of(known_id)))
            continue
        offered = {f"id:{known.id}": known.id for known in _offered(each.match)}
        if answer in offered:
            entries.append(Entry(each.signer, offered[answer], each.line_of(offered[answer])))
        elif answer == NEW and each.match.known is None:
            entries.append(Entry(each.signer, None))
        elif answer == OUT or (not answer and not each.match.candidates):
            continue  # Left out, or unticked on purpose.
        else:
            # Nothing was decided, or somebody added the organisation meanwhile.
            left.append(each.signer)
    return entries, left


def _offered(match: Match) -> list[Known]:
    likely = [candidate.known for candidate in match.candidates]
    return [match.known, *likely] if match.known is not None else likely


def check_something(entries: Sequence[Entry]) -> None:
    """Refuse to save nothing.

    :raises InvalidValue: above the form.
    """
    if not entries:
        raise InvalidValue(None, _("Nobody is ticked yet. Tick who was meant, or add them"))


def rest(roll: Roll, left: Iterable[Signer], refused: Iterable[Signer], unread: str) -> str:
    """Return the lines that are left, below the headings without which they cannot be read."""
    lines = "\n".join(filter(None, [*(each.raw for each in (*left, *refused)), unread.strip()]))
    return f"{roll.heading}\n{lines}" if lines and roll.heading else lines


def counts(roll: Roll) -> dict[str, Any]:
    """Return the tables of how many are listed under what and where."""
    number = HeaderCell(_("How many"), numeric=True)
    headings = Counter(each.listed_under or _("Heading not stated") for each in roll.signers)
    places = Counter(
        country_name(each.country, language()) or each.scope or _("Country not stated")
        for each in roll.signers
    )
    has_headings = any(each.listed_under for each in roll.signers)
    return {
        "heading_columns": [HeaderCell(_("Heading")), number],
        "heading_rows": _rows(headings) if has_headings else [],
        "country_columns": [HeaderCell(_("Country")), number],
        "country_rows": _rows(places),
    }


def _rows(counted: Counter[str]) -> list[Row]:
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], sort_key(pair[0])))
    return [Row([name, count]) for name, count in ordered]


def told(noted: Noted, listed: int) -> str:
    """Return what became of a list, in a line."""
    parts = [
        _n("%(num)d signature noted", "%(num)d signatures noted", noted.added),
        _n("%(num)d organisation added", "%(num)d organisations added", noted.organisations)
        if noted.organisations
        else "",
        _n("%(num)d was on the list already", "%(num)d were on the list already", listed)
        if listed
        else "",
    ]
    return " · ".join(filter(None, parts))


def refusals(noted: Noted) -> list[tuple[str, list[str]]]:
    """Return why some were refused, with their names."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for signer, reason in noted.refused:
        by_reason[reason].append(signer.name)
    return list(by_reason.items())


def links(declaration: Declaration) -> dict[str, str]:
    """Return where the pages of a list lead."""
    kind = registry.kind_of(declaration)
    return {
        "action_url": kind.url(declaration, "paste_signatures"),
        "back_url": kind.url(declaration),
        "back_label": declaration.title,
        "list_url": kind.url(declaration, "signatories"),
    }
