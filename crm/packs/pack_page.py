"""What the page of a kept pack shows, and how packs are named and led to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _
from crm.documents.model import (
    BlankLines,
    Block,
    Bullets,
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
from crm.meetings.models import Meeting
from crm.packs import document, making, queries, services
from crm.packs.files import Format
from crm.packs.models import KeptPack
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.models import Visibility
from crm.web import cells, tables
from crm.web.cells import Action
from crm.web.templating import shown


def is_for_the_pack(meeting: Meeting) -> bool:
    """Tell whether a pack of a meeting can be made by whoever asks."""
    if meeting.visibility is Visibility.TEAM:
        return True
    return meeting.visibility is Visibility.MANAGERS and sees_all()


def kept_of(meeting: Any) -> Any:
    """Return the statement of the packs of a meeting that whoever asks may open."""
    return queries.packs_of(meeting.id, with_managers=sees_all())


def address_of(pack: KeptPack, page: str = "kept_pack", **values: Any) -> str:
    """Return the address of a page of a kept pack."""
    return registry.kinds["meeting"].url(pack.meeting, page, pack_id=pack.id, **values)


def sees_all() -> bool:
    """Tell whether whoever asks may open what is only for managers."""
    return bool(current_user.can(Permission.RECORDS_CONFIDENTIAL))


def name_of(pack: KeptPack) -> str:
    """Return when a pack was made and by whom; what is being made or only for managers says so."""
    made = shown(pack.made_at or pack.asked_at)
    words = [_("%(when)s, %(who)s", when=made, who=pack.author)]
    if pack.is_for_managers:
        words.append(_("for managers"))
    if pack.is_running:
        words.append(_("being made"))
    return " · ".join(words)


def link_to(pack: KeptPack) -> cells.Link:
    """Return a link to a kept pack."""
    return cells.Link(name_of(pack), address_of(pack))


def context(pack: KeptPack) -> dict[str, Any]:
    """Return what the page of a kept pack shows."""
    is_made = pack.made_at is not None
    is_readable = is_made and making.may_be_read(pack)
    found: list[Section] = []
    stamp: Sequence[str] = ()
    if is_readable:
        with force_locale(pack.language):
            found, stamp = document.sections(pack), document.stamp_of(pack)
    return {
        "pack": pack,
        "meeting": pack.meeting,
        "meeting_url": registry.kinds["meeting"].url(pack.meeting),
        "title": pack.content["title"] if is_readable else pack.meeting.title,
        "subtitle": pack.content["subtitle"] if is_readable else "",
        "state": _state(pack, is_readable=is_readable),
        "stamp": stamp,
        "sections": [_section(each, number) for number, each in enumerate(found, 1)],
        "downloads": _downloads(pack) if is_readable else [],
        "actions": _actions(pack),
        "others": _others(pack) if is_readable else [],
        "compare_url": registry.kinds["meeting"].url(pack.meeting, "pack_compare"),
    }


def _state(pack: KeptPack, *, is_readable: bool) -> str:
    if pack.is_running:
        return _("%(done)d of %(total)d sections", done=pack.done, total=pack.total)
    if pack.stopped_at is not None:
        return _("Stopped: nothing was kept of this pack. Make it again when you need it")
    if not is_readable:
        return _(
            "This pack names something that fewer people may see since, or that is gone. Make it "
            "again: the new one leaves that out"
        )
    return ""


def _downloads(pack: KeptPack) -> list[Action]:
    return [Action(each.label, address_of(pack, "pack_file", format=each.value)) for each in Format]


def _actions(pack: KeptPack) -> list[Action]:
    if pack.is_running:
        may_stop = services.may_decide(pack)
        return [Action(_("Stop"), address_of(pack, "pack_stop"), "post")] if may_stop else []
    actions = [
        Action(_("Update"), address_of(pack, "pack_update"), "post"),
        Action(_("Compose otherwise"), registry.kinds["meeting"].url(pack.meeting, "pack")),
    ]
    if services.may_decide(pack):
        actions.append(
            Action(
                _("Remove"),
                address_of(pack, "pack_remove"),
                "post",
                confirm=_("This pack is then gone for good, its files with it."),
            )
        )
    return actions


def _others(pack: KeptPack) -> list[tuple[int, str]]:
    """Return the packs to compare this one with: in another language every line differs."""
    kept = db.session.scalars(kept_of(pack.meeting))
    return [
        (each.id, name_of(each)) for each in kept if each.id != pack.id and each.made_at is not None
    ]


@dataclass(frozen=True)
class BlockView:
    """A block of a pack as the template draws it."""

    kind: str
    text: Any = ""
    rows: Sequence[Any] = ()
    columns: Sequence[tables.HeaderCell] = ()


@dataclass(frozen=True)
class SectionView:
    """A section of a pack as the template draws it."""

    id: str
    title: str
    level: int
    blocks: Sequence[BlockView]


def _section(section: Section, number: int) -> SectionView:
    heading = section.title
    blocks = []
    for block in section.blocks:
        if isinstance(block, Heading):
            heading = block.text
        blocks.append(_block(block, heading))
    return SectionView(f"part-{number}", section.title, section.level, blocks)


def _block(block: Block, heading: str) -> BlockView:
    match block:
        case Heading(text, level):
            return BlockView("heading", text, [level])
        case Facts(rows):
            return BlockView("facts", rows=[(label, _cell(value)) for label, value in rows])
        case Table(columns=columns, rows=rows):
            return BlockView(
                "table",
                heading,
                [tables.Row([_cell(value) for value in row]) for row in rows],
                [tables.HeaderCell(column) for column in columns],
            )
        case Paragraph(text):
            return BlockView("paragraph", _cell(text))
        case Bullets(items):
            return BlockView("bullets", rows=[_cell(item) for item in items])
        case Empty(text):
            return BlockView("empty", text)
        case BlankLines():
            return BlockView("lines")


def _cell(value: Value) -> Any:
    if isinstance(value, Linked):
        return cells.Link(value.text, value.url)
    if isinstance(value, Lines):
        return cells.lines([_cell(each) for each in value.lines])
    if isinstance(value, str) and "\n" in value:
        return cells.Long(value)
    return shown(value)
