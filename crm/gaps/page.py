"""How it reads on the screen who of a network has signed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.core.i18n import _, _n
from crm.declarations.feature import SIGNATURE_LOOKS
from crm.declarations.models import Declaration, SignatureStatus, Stage
from crm.declarations.status import stage_now
from crm.documents.text import clean_line
from crm.gaps import matrix
from crm.gaps.matrix import FEWEST, MOST, Column, Matrix, Network, Row
from crm.permissions import Permission
from crm.records.kinds import record_link, registry
from crm.records.list_page import Chip as FilterChip
from crm.web.cells import Action, Chip, Link, lines

KEYS = frozenset({"network", "last", "never", "page"})
FILES = (("declarations.gaps_csv", "CSV"), ("declarations.gaps_xlsx", "XLSX"))
"""Made where packs are in use."""
LONGEST_HEADING = 70


@dataclass(frozen=True)
class Option:
    """A value of a choice."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A choice of the form, its values under headings or under none.

    :param default: what it says when nothing is chosen, where that is possible.
    """

    key: str
    label: str
    groups: Sequence[tuple[str, Sequence[Option]]]
    default: str = ""


@dataclass(frozen=True)
class Heading:
    """The heading of a column: a declaration, with its date or else its stage.

    :param blank: what it means that a member is not on its list.
    :param totals: how all members stand to it, in lines.
    :param invite: leads to the list of those to invite, for those who may.
    """

    short: str
    title: str
    url: str
    note: Any
    blank: str
    totals: Any
    invite: Action | None


@dataclass(frozen=True)
class Line:
    """A row: a member and its states, in the order of the columns; None is never asked."""

    heading: Any
    cells: Sequence[Chip | None]
    is_us: bool


def context(args: MultiDict[str, str]) -> dict[str, Any]:
    """Return all that the page shows for an address."""
    pairs = [(key, clean_line(value)) for key, value in args.items(multi=True)]
    asked = matrix.read(pairs)
    page = args.get("page", "1")
    found = matrix.gather(
        asked, page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    )
    address = _Address(found)
    return {
        "network": record_link(found.network),
        "columns": [_heading(each, found, address) for each in found.columns],
        "lines": [_line(row, found) for row in found.rows],
        "count_text": _count_text(found),
        "all_text": _n("%(num)d member in all", "%(num)d members in all", found.members),
        "has_us": any(row.is_us for row in found.rows),
        "page_text": _("Page %(page)s of %(pages)s", page=found.page, pages=found.pages)
        if found.pages > 1
        else "",
        "empty_text": _empty_text(found),
        "notices": _notices(pairs, found),
        "choices": [_networks(found), _last(found), _never(found)],
        "chips": _chips(found, address),
        "clear_url": url_for("declarations.gaps"),
        "files": _files(found, address),
        "previous_url": address.of(page=found.page - 1) if found.page > 1 else None,
        "next_url": address.of(page=found.page + 1) if found.page < found.pages else None,
    }


class _Address:
    """The address of this page, with some of it changed."""

    def __init__(self, found: Matrix) -> None:
        self.values: dict[str, Any] = {
            "network": found.network.id if found.network else None,
            "last": found.question.last,
            "never": found.never.id if found.never else None,
        }

    def of(self, **changes: Any) -> str:
        return url_for("declarations.gaps", **{**self.values, **changes})

    def of_file(self, endpoint: str) -> str:
        return url_for(endpoint, **self.values)


def _heading(column: Column, found: Matrix, address: _Address) -> Heading:
    declaration, totals = column.declaration, column.totals
    asked = [_("%(label)s: %(value)s", label=label, value=count) for label, count in totals.asked()]
    never = _("%(label)s: %(value)s", label=column.blank_label, value=totals.never)
    return Heading(
        short=clean_line(declaration.title, LONGEST_HEADING),
        title=declaration.title,
        url=registry.kind_of(declaration).url(declaration),
        note=declaration.dated or stage_now(declaration).label,
        blank=column.blank_label,
        totals=lines(
            [*asked, Link(never, address.of(never=declaration.id)) if totals.never else never]
        ),
        invite=_invite(declaration, totals.never, found),
    )


def _invite(declaration: Declaration, never: int, found: Matrix) -> Action | None:
    """Return the way to the list of members to invite; whoever was asked is left out there."""
    may_invite = (
        never
        and found.network is not None
        and current_user.can(Permission.DECLARATIONS_MANAGE)
        and not declaration.is_confidential
        and stage_now(declaration) is Stage.OPEN
    )
    if not may_invite or found.network is None:
        return None
    return Action(
        _n("Invite the %(num)d never asked", "Invite the %(num)d never asked", never),
        registry.kind_of(declaration).url(declaration, "invite", network=found.network.id),
    )


def _line(row: Row, found: Matrix) -> Line:
    return Line(
        record_link(found.records.get(row.id)),
        [state_chip(row.states.get(column.id)) for column in found.columns],
        row.is_us,
    )


def state_chip(status: SignatureStatus | None) -> Chip | None:
    """Return what a member has done, as a chip; nothing where it was never asked."""
    return Chip(status.label, *SIGNATURE_LOOKS[status]) if status is not None else None


def _count_text(found: Matrix) -> str:
    members = _n("%(num)d member", "%(num)d members", found.members)
    if found.never is None:
        return members
    return _("%(count)d of %(all)s", count=found.count, all=members)


def _empty_text(found: Matrix) -> str:
    """Return why there is no table, or nothing where there is one."""
    if found.network is None:
        return _("No network has a member noted here yet")
    if not found.columns:
        return _("No declaration yet.")
    return "" if found.members or found.rows else _("Nobody noted as a member yet")


def _notices(pairs: Sequence[tuple[str, str]], found: Matrix) -> list[str]:
    notices = [
        _("This list has no filter called “%(key)s”: it was ignored", key=clean_line(key)[:60])
        for key in dict.fromkeys(key for key, _value in pairs)
        if key not in KEYS
    ]
    labels = {
        "network": _("Network"),
        "last": _("Last declarations"),
        "never": _("Never asked to sign"),
    }
    wrong = [*found.question.ignored, *((key, str(value)) for key, value in found.unknown)]
    notices += [
        _(
            "“%(title)s”: %(num)d announced signatories are not named here. Some of those"
            " without a known answer may have signed.",
            title=each.declaration.title,
            num=each.unnamed,
        )
        for each in found.columns
        if each.unnamed
    ]
    return notices + [
        _(
            "“%(value)s” is no value of “%(label)s”: it was ignored",
            value=value[:60],
            label=labels[key],
        )
        for key, value in wrong
    ]


def _networks(found: Matrix) -> Choice:
    networks = list(found.networks)
    chosen = found.network
    if chosen is not None and chosen.id not in {each.id for each in networks}:
        networks.append(Network(chosen.id, chosen.title, 0, is_ours=False))
    groups = [
        (label, [_option(each, found) for each in networks if each.is_ours is is_ours])
        for label, is_ours in ((_("Networks we sit in"), True), (_("Other networks"), False))
    ]
    return Choice("network", _("Network"), [each for each in groups if each[1]])


def _option(network: Network, found: Matrix) -> Option:
    is_chosen = found.network is not None and network.id == found.network.id
    return Option(str(network.id), network.title, is_chosen)


def _last(found: Matrix) -> Choice:
    options = [
        Option(str(each), str(each), each == found.question.last)
        for each in range(FEWEST, MOST + 1)
    ]
    return Choice("last", _("Last declarations"), [("", options)])


def _never(found: Matrix) -> Choice:
    options = [
        Option(str(each.id), each.declaration.title, each is found.never) for each in found.columns
    ]
    return Choice("never", _("Never asked to sign"), [("", options)], default=_("All members"))


def _chips(found: Matrix, address: _Address) -> list[FilterChip]:
    if found.never is None:
        return []
    title = found.never.declaration.title
    label = _("%(label)s: %(value)s", label=_("Never asked to sign"), value=title)
    return [FilterChip(label, address.of(never=None))]


def _files(found: Matrix, address: _Address) -> list[Action]:
    """Return the files; none about a record that the team does not see."""
    about = [found.network, found.never.declaration if found.never else None]
    if not current_user.can(Permission.PACKS_MAKE) or any(
        record is not None and record.is_confidential for record in about
    ):
        return []
    return [
        Action(label, address.of_file(endpoint), only_reads=True)
        for endpoint, label in FILES
        if endpoint in current_app.view_functions
    ]
