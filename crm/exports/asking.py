"""What somebody asks to have as a file, and what would stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.principal import TEAM, Principal, acting_as, principal_of
from crm.exports import gathering, letters, page, queries, services
from crm.exports.files import TABLES, ListFile, base_url
from crm.exports.forms import ExportForm
from crm.exports.gathering import CONFIDENTIAL
from crm.exports.models import ExportFormat
from crm.exports.services import Wish
from crm.exports.workbook import Workbook, is_offered_for
from crm.permissions import Permission
from crm.records.audience import Audience
from crm.records.kinds import Column, RecordKind, registry
from crm.records.listing import COUNTED, Listing
from crm.web.cells import Link
from crm.web.templating import locale_code

COLUMNS = "cols"
"""How the address of a list names its columns."""


@dataclass(frozen=True)
class Asked:
    """A list and what of it is to leave, for whom.

    :param left_out: columns that were ticked and do not reach these readers.
    :param asking: who asks; the session forgets it before the file is sent.
    """

    listing: Listing
    audience: Audience
    file_format: ExportFormat
    columns: Sequence[Column]
    left_out: Sequence[Column]
    with_confidential: bool
    asking: Principal
    template: bytes | None = None

    @property
    def address(self) -> str:
        """Return what the list asks for, as an address holds it."""
        return urlencode(self.listing.says())

    def file(self) -> ListFile:
        """Return the file to make."""
        return ListFile(
            self.listing,
            self.columns,
            self.file_format,
            self.audience,
            author=current_user.name,
            language=locale_code(),
            base_url=base_url(request.host_url),
            principal=self.principal,
            template=self.template,
        )

    @property
    def principal(self) -> Principal:
        """Return for whom the rows are read: the team, or the person with all that they see."""
        return self.asking if self.with_confidential else TEAM

    def _workbook(self) -> Workbook:
        return Workbook(self.listing, list(self.columns), self.audience, self.principal)

    def counts(self, most: int) -> dict[str, int]:
        """Count the records of the file by kind, each no further than asked."""
        if self.file_format is ExportFormat.WORKBOOK:
            return self._workbook().size(most)
        count = gathering.count(self.listing, self.principal, most)
        return {self.listing.kind.stored_kind: count}

    def withheld(self) -> dict[str, int]:
        """Count what is left out, by reason, no further than is said."""
        with acting_as(db.session, self.asking):
            return gathering.withheld(self.listing, self.principal, COUNTED + 1)

    def wish(self) -> Wish:
        """Return what is to be noted of it."""
        # A long list is counted no further than it matters: the file begins at once.
        may_take_many = current_user.can(Permission.EXPORTS_LARGE)
        most = services.FEW_PEOPLE if may_take_many else services.LARGE
        counts = self.counts(most + 1)
        return Wish(
            kind=self.listing.kind.name,
            title=self.file().name,
            address=self.address,
            columns=[column.key for column in self.columns],
            file_format=self.file_format,
            language=locale_code(),
            audience=self.audience,
            with_confidential=self.with_confidential,
            rows=sum(counts.values()),
            people=gathering.people_among(counts),
        )


def formats_of(kind: RecordKind, audience: Audience) -> list[ExportFormat]:
    """Return the files that can be made of a list for these readers."""
    made = {
        name
        for name, each in registry.list_files.items()
        if kind.name in each.kinds and audience.may_learn(each.widest)
    }
    if audience.may_learn(letters.widest()) and db.session.scalar(queries.templates(kind.name)):
        made.add(ExportFormat.LETTER.value)
    if is_offered_for(kind.name) and audience is Audience.INTERNAL:
        made.add(ExportFormat.WORKBOOK.value)
    return [each for each in ExportFormat if each in TABLES or each.value in made]


def usual_columns(listing: Listing) -> list[str]:
    """Return the columns that the list shows, and what it shows within them."""
    keys: list[str] = []
    for column in listing.columns:
        keys += [column.key, *(key for key in column.within if key in listing.offered)]
    return list(dict.fromkeys(keys))


def prepared(listing: Listing) -> ExportForm:
    """Return the form with what fits the list; the columns shown are ticked, in their order."""
    shown = usual_columns(listing)
    order = [*shown, *(key for key in listing.offered if key not in shown)]
    form = ExportForm(columns=shown)
    form.offer(
        audiences=gathering.audiences_of(listing.kind),
        columns=[(key, str(listing.offered[key].label)) for key in order],
        formats=formats_of(listing.kind, Audience.INTERNAL),
        templates=[
            (str(each.id), each.name)
            for each in db.session.scalars(queries.templates(listing.kind.name))
        ],
        may_add_confidential=current_user.can(Permission.RECORDS_CONFIDENTIAL),
    )
    return form


def asked_for(listing: Listing, form: ExportForm) -> Asked:
    """Return what the form asks for as it stands; what makes no sense counts as not asked."""
    offered = gathering.audiences_of(listing.kind)
    audience = form.audience.data if form.audience.data in offered else offered[0]
    ticked = [
        listing.offered[key]
        for key, _label in ((each.value, each.label) for each in form.columns.choices)
        if key in (form.columns.data or ())
    ]
    allowed = gathering.columns_for(listing.kind, audience)
    offered_formats = formats_of(listing.kind, audience)
    wanted = form.file_format.data
    file_format = next((each for each in offered_formats if each == wanted), ExportFormat.XLSX)
    if file_format is ExportFormat.LETTER:
        ticked = list(allowed.values())  # The template says which it needs.
    is_internal = audience is Audience.INTERNAL
    is_asked = "with_confidential" in form and bool(form.with_confidential.data)
    # Cards hold what the whole team may see, whoever makes them.
    wants = is_asked and is_internal and file_format is not ExportFormat.VCARD
    return Asked(
        listing,
        audience,
        file_format,
        [column for column in ticked if column.key in allowed],
        [column for column in ticked if column.key not in allowed],
        wants,
        principal_of(db.session) or TEAM,
        _template(listing.kind, form) if file_format is ExportFormat.LETTER else None,
    )


def _template(kind: RecordKind, form: ExportForm) -> bytes | None:
    chosen = form.template_id.data if "template_id" in form else None
    offered = db.session.scalars(queries.templates(kind.name))
    return next((each.content for each in offered if str(each.id) == chosen), None)


def explained(asked: Asked) -> list[str]:
    """Say what is left out, and why."""
    counts = asked.withheld()
    sentences = [
        page.withheld_words(each, asked.listing.kind.name, _number(counts[each.key]))
        for each in registry.withheld
        if each.key in counts
    ]
    if hidden := counts.get(CONFIDENTIAL):
        sentences.append(_hidden_words(hidden))
    if asked.left_out:
        names = ", ".join(str(column.label) for column in asked.left_out)
        sentences.append(_("Columns that do not reach these readers: %(names)s", names=names))
    sentences.append(_("Always: private contact details, “Good to know”, and what is in the trash"))
    return sentences


def _number(count: int) -> str:
    return _("more than 1,000") if count > COUNTED else str(count)


def _hidden_words(count: int) -> str:
    if count > COUNTED:
        return _("More than 1,000 records that not the whole team may see")
    return _n(
        "%(num)d record that not the whole team may see",
        "%(num)d records that not the whole team may see",
        count,
    )


def column_sets(listing: Listing) -> list[Link]:
    """Return the sets of columns that can be chosen at once, each as this page with them."""
    says = [(key, value) for key, value in listing.says() if key != COLUMNS]
    sets: list[tuple[Any, Sequence[str]]] = [*listing.kind.column_sets]
    if not sets:
        return []
    usual = [column.key for column in listing.offered.values() if column.usual]
    sets.insert(0, (_("As the list"), usual))
    here = url_for("exports.create", path=listing.kind.path)
    return [
        Link(label, f"{here}?{urlencode([*says, (COLUMNS, ','.join(keys))])}")
        for label, keys in sets
    ]


def size_in_words(asked: Asked, count: int) -> str:
    """Return how large the file will be: rows, and columns where it is a table.

    :param count: how many rows, counted to one more than :data:`services.LARGE` at most.
    """
    many = count > services.LARGE
    rows = _("More than 5,000 rows") if many else _n("%(num)d row", "%(num)d rows", count)
    if asked.file_format not in (*TABLES, ExportFormat.WORKBOOK):
        return rows
    columns = _n("%(num)d column", "%(num)d columns", len(asked.columns))
    return _("%(rows)s, %(columns)s", rows=rows, columns=columns)
