"""What every record has: names, numbers, contact points, sources, files, deadlines, tags."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import format_range
from crm.permissions import Permission
from crm.records import forms, queries, services
from crm.records.asof import during
from crm.records.audience import Audience
from crm.records.deadlines import Move, add_deadline, change_deadline, moves_of
from crm.records.display import due_in_words
from crm.records.filed import Gathered, Rows, Stored, as_shown
from crm.records.filters import moment_filter, tag_filter
from crm.records.kinds import EVERY_KIND, BulkAction, Column, Panel, PartKind, record_link, registry
from crm.records.models import (
    ContactKind,
    ContactPoint,
    Deadline,
    Document,
    Identifier,
    Name,
    Record,
    Source,
)
from crm.records.views import records_bp
from crm.web.cells import Action, Address, Chip, Link, lines
from crm.web.templating import locale_code

EVERY = ("organisation", "person", "meeting", "interaction", "declaration", "project", "task")
LISTED = (*EVERY, "network")
NAMED = ("organisation", "person", "project", "declaration")
REACHED = ("organisation", "person")
SOON = 60
"""Days: of what is due later one does not count them."""


def _owners(kinds: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(kinds, "record_id")


NAME = PartKind("names", Name, _l("Name"), _l("Add a name"), forms.NameForm, _owners(NAMED))
IDENTIFIER = PartKind(
    "identifiers",
    Identifier,
    _l("Identifier"),
    _l("Add an identifier"),
    forms.IdentifierForm,
    _owners(NAMED),
)
CONTACT_POINT = PartKind(
    "contacts",
    ContactPoint,
    _l("Contact point"),
    _l("Add a contact point"),
    forms.ContactPointForm,
    _owners(REACHED),
)
SOURCE = PartKind(
    "sources", Source, _l("Source"), _l("Add a source"), forms.SourceForm, _owners(EVERY)
)
DEADLINE = PartKind(
    "deadlines",
    Deadline,
    _l("Deadline"),
    _l("Add a deadline"),
    forms.DeadlineForm,
    _owners(("meeting", "declaration")),
    create=add_deadline,
    change=change_deadline,
)

_CHANNELS = {ContactKind.EMAIL: "email", ContactKind.PHONE: "phone", ContactKind.WEBSITE: "url"}


def contact_cell(point: ContactPoint) -> Any:
    """Return an address that can be used where it is shown."""
    channel = _CHANNELS.get(point.kind)
    if channel == "url" and not point.value.lower().startswith(("http://", "https://")):
        return point.value
    return Address(point.value, channel) if channel else point.value  # type: ignore[arg-type]


def _private(point: ContactPoint) -> Chip | None:
    return Chip(_("Private"), "violet", "lock") if point.is_private else None


def _document_link(document: Document) -> Link:
    record = document.record
    url = registry.kind_of(record).url(record, "download", document_id=document.id)
    return Link(document.name, url)


def _source_cell(source: Source) -> Any:
    if source.url and source.url.lower().startswith(("http://", "https://")):
        return Link(source.title, source.url)
    return source.title


def _add_file(record: Record) -> list[Action]:
    if not current_user.can(Permission.FILES_EDIT) or record.deleted_at is not None:
        return []
    return [Action(_("Add a file"), registry.kind_of(record).url(record, "add_file"))]


def _deadline_state(deadline: Deadline) -> Any:
    """Return how many days are left, or that none is."""
    if deadline.day is None:
        return None
    left = (deadline.day.last_day - today()).days
    if left < 0:
        return Chip(_("Passed"), "neutral", "■")
    if left == 0:
        return Chip(_("Today"), "warn", "▲")
    return _n("in %(num)d day", "in %(num)d days", left) if left <= SOON else None


def _deadline_columns(record: Record) -> Sequence[Column]:
    """Return what the panel shows of each deadline, with how it has moved and why."""
    moves = moves_of(record)

    def day(deadline: Deadline) -> Any:
        moment = due_in_words(deadline)
        soft = _("Late answers are accepted") if deadline.is_soft else None
        return lines([moment, _deadline_state(deadline), soft])

    def history(deadline: Deadline) -> Any:
        return lines([_moved(move) for move in moves.get(deadline.id, ())])

    return (
        Column("kind", _l("For"), lambda row: row.kind),
        Column("day", _l("Date"), day),
        Column("moves", _l("Before that"), history),
    )


def _moved(move: Move) -> str:
    """Say what a deadline was: beside a page, where tables stand without headings, too."""
    before = _("Moved from %(date)s", date=due_in_words(move))
    return f"{before} – {move.reason}" if move.reason else before


def _tags_together(rows: Sequence[Record]) -> dict[int, Any]:
    words: dict[int, list[str]] = {}
    for record_id, word in db.session.execute(queries.tags_on([row.id for row in rows])):
        words.setdefault(record_id, []).append(word)
    return {record_id: ", ".join(listed) for record_id, listed in words.items()}


LIST_FILTERS = (
    tag_filter(),
    moment_filter("changed_since", _l("Changed since"), Record.updated_at),
    moment_filter("added_since", _l("Added since"), Record.created_at),
    moment_filter("unchecked_since", _l("Not checked since"), Record.checked_on, before=True),
)
LIST_COLUMNS = (
    Column(
        "tags",
        _l("Tags"),
        together=_tags_together,
        usual=False,
        filed=Gathered(Rows(queries.tags_on)),
    ),
    Column(
        "changed",
        _l("Changed"),
        lambda row: row.updated_at,
        usual=False,
        filed=Stored("updated_at", as_shown),
    ),
    Column(
        "checked",
        _l("Last checked on"),
        lambda row: row.checked_on,
        usual=False,
        filed=Stored("checked_on"),
    ),
    Column(
        "number",
        _l("Number"),
        lambda row: row.id,
        usual=False,
        numeric=True,
        filed=Stored("id"),
    ),
)


def _way(key: str, label: Any, kind: ContactKind, widest: Audience) -> Column:
    """Return a column of the ways of a kind by which records are reached, private ones left out."""
    rows = Rows(lambda ids: queries.reached_by(kind, ids))

    def together(found: Sequence[Record]) -> dict[int, Any]:
        values: dict[int, list[Any]] = {}
        for record_id, value in db.session.execute(rows.query([row.id for row in found])):
            values.setdefault(record_id, []).append(value)
        return {record_id: lines(listed) for record_id, listed in values.items()}

    return Column(key, label, together=together, usual=False, widest=widest, filed=Gathered(rows))


WAYS = (
    *(
        (kind, _way("emails", _l("Email"), ContactKind.EMAIL, Audience.PARTNER))
        for kind in ("person", "organisation", "network")
    ),
    *(
        (kind, _way("phones", _l("Phone"), ContactKind.PHONE, Audience.PARTNER))
        for kind in ("person", "organisation", "network")
    ),
    *(
        (kind, _way("websites", _l("Website"), ContactKind.WEBSITE, Audience.PUBLIC))
        for kind in ("organisation", "network")
    ),
)


BULK_ACTIONS = (
    BulkAction(
        "tag",
        _l("Add a tag"),
        kinds=LISTED,
        permission=Permission.RECORDS_EDIT,
        form=forms.TagForm,
        apply=services.add_tag,
        check=services.check_tag,
        order=30,
    ),
    BulkAction(
        "untag",
        _l("Remove a tag"),
        kinds=LISTED,
        permission=Permission.RECORDS_EDIT,
        form=forms.TagForm,
        apply=services.remove_tag,
        check=services.check_tag,
        order=31,
    ),
)


FEATURE = Feature(
    name="records",
    bulk_actions=BULK_ACTIONS,
    list_filters=tuple((EVERY_KIND, each) for each in LIST_FILTERS),
    list_columns=(*WAYS, *((EVERY_KIND, each) for each in LIST_COLUMNS)),
    parts=(NAME, IDENTIFIER, CONTACT_POINT, SOURCE, DEADLINE),
    blueprints=(records_bp,),
    panels=(
        Panel(
            key="contacts",
            title=_l("Contact details"),
            on=REACHED,
            query=queries.contact_points_of,
            part=CONTACT_POINT,
            side=True,
            order=70,
            columns=(
                Column("kind", _l("Channel"), lambda row: row.kind),
                Column("value", _l("Address or number"), contact_cell),
                Column("usage", _l("Used for"), lambda row: row.usage),
                Column("private", _l("Private"), _private),
                Column("at", _l("Valid at"), lambda row: record_link(row.at_organisation)),
            ),
        ),
        Panel(
            key="deadlines",
            title=_l("Deadlines"),
            on=("meeting", "declaration"),
            query=queries.deadlines_of,
            part=DEADLINE,
            side=True,
            order=20,
            columns=_deadline_columns,
        ),
        Panel(
            key="names",
            title=_l("Other names"),
            on=NAMED,
            query=queries.names_of,
            on_day=during(Name.since, Name.until),  # A name without dates stays.
            part=NAME,
            side=True,
            order=80,
            columns=(
                Column("text", _l("Name"), lambda row: row.text),
                Column("kind", _l("Kind of name"), lambda row: row.kind),
                Column(
                    "dates",
                    _l("Dates"),
                    lambda row: (
                        format_range(row.since, row.until, locale_code())
                        if row.since or row.until
                        else None
                    ),
                ),
            ),
        ),
        Panel(
            key="identifiers",
            title=_l("Identifiers"),
            on=NAMED,
            query=queries.identifiers_of,
            part=IDENTIFIER,
            side=True,
            order=81,
            columns=(
                Column("scheme", _l("Register"), lambda row: row.scheme),
                Column("value", _l("Number in the register"), lambda row: row.value),
            ),
        ),
        Panel(
            key="documents",
            title=_l("Files"),
            on=EVERY,
            query=queries.documents_of,
            side=True,
            order=85,
            actions=_add_file,
            columns=(
                Column("name", _l("File name"), _document_link),
                Column("kind", _l("Kind of document"), lambda row: row.kind),
                Column("added", _l("Added"), lambda row: row.added_at),
            ),
        ),
        Panel(
            key="tags",
            title=_l("Tags"),
            on=EVERY,
            query=queries.tags_of,
            side=True,
            order=86,
            columns=(Column("word", _l("Tag"), lambda row: row.tag.word),),
        ),
        Panel(
            key="sources",
            title=_l("Sources"),
            on=EVERY,
            query=queries.sources_of,
            part=SOURCE,
            side=True,
            order=90,
            columns=(
                Column("title", _l("Source"), _source_cell),
                Column("fact", _l("What it says"), lambda row: row.fact),
                Column("dated", _l("Date of the source"), lambda row: row.dated),
            ),
        ),
    ),
)
