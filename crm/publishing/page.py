"""What the pages about the public page show: what stands in the way, what is new, what was."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, url_for

from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.publishing import composition, differences, publication, queries
from crm.publishing.composition import Draft, FreeText, Named, reader
from crm.publishing.differences import Difference
from crm.publishing.models import Edition, fingerprint_of
from crm.records.kinds import registry
from crm.records.publishing import Language
from crm.web.cells import Action, Chip, Link, Tone, lines
from crm.web.tables import HeaderCell, Row
from crm.web.templating import shown

MOST_EDITIONS = 50
MOST_DIFFERENCES = 300
LANGUAGE_NAMES: Mapping[Language, Any] = {"fr": _l("French"), "en": _l("English")}
KINDS: Mapping[differences.Kind, tuple[Any, Tone, str]] = {
    "added": (_l("New"), "ok", "+"),
    "removed": (_l("Gone"), "danger", "×"),
    "changed": (_l("Changed"), "info", "≠"),
}


def overview() -> dict[str, Any]:
    """Return what the first page shows."""
    draft = composition.draft()
    last = db.session.scalar(queries.last_edition())
    found = differences.between(publication.pages_of(last) if last else {}, draft.pages)
    entries = draft.pages["fr"].sections
    return {
        "last": last,
        "draft": draft,
        "count": sum(len(each.entries) for each in entries),
        "obstacles": _obstacles(draft),
        "difference_columns": _difference_columns(),
        "difference_rows": difference_rows(found[:MOST_DIFFERENCES]) if last else [],
        "difference_count": len(found),
        "state": _state(last, found),
        "content_columns": [
            HeaderCell(_("Section")),
            HeaderCell(_("Record")),
            HeaderCell(_("Facts"), numeric=True),
            HeaderCell(_("Sources"), numeric=True),
        ],
        "content_rows": _contents(draft),
        "unplaced_rows": _titles(draft.unplaced),
        "named_rows": _titles(draft.named),
        "title_columns": [HeaderCell(_("Record"))],
        "edition_columns": [
            HeaderCell(_("Published")),
            HeaderCell(_("By whom")),
            HeaderCell(_("Fingerprint")),
        ],
        "edition_rows": _editions(),
        "target": current_app.config["PUBLISH_DIR"],
    }


def _state(last: Edition | None, found: Sequence[Difference]) -> str:
    if last is None:
        return _("Nothing was published yet.")
    if not found:
        return _("What was published last is what the records say today.")
    return _n(
        "%(num)d line differs from what was published last.",
        "%(num)d lines differ from what was published last.",
        len(found),
    )


def _obstacles(draft: Draft) -> list[dict[str, Any]]:
    """Return what must be mended before publishing, each with the way there."""
    found = []
    if draft.unsourced:
        found.append(
            {
                "key": "unsourced",
                "title": _n(
                    "%(num)d fact without a source",
                    "%(num)d facts without a source",
                    len(draft.unsourced),
                ),
                "columns": [HeaderCell(_("Record")), HeaderCell(_("Fact")), HeaderCell(_("Value"))],
                "rows": [
                    Row(
                        [_link(each.kind, each.record_id, each.title), each.label, each.value],
                        actions=[
                            Action(
                                _("Add a source"),
                                _address(
                                    each.kind, each.record_id, "add_part", part_name="sources"
                                ),
                            )
                        ],
                    )
                    for each in draft.unsourced
                ],
            }
        )
    if draft.unworded:
        found.append(
            {
                "key": "unworded",
                "title": _n(
                    "%(num)d text missing in a language",
                    "%(num)d texts missing in a language",
                    len(draft.unworded),
                ),
                "columns": [
                    HeaderCell(_("Record")),
                    HeaderCell(_("Text")),
                    HeaderCell(_("Missing in")),
                ],
                "rows": [
                    Row(
                        [
                            _link(each.kind, each.record_id, each.title),
                            each.original or _("Its presentation"),
                            lines([str(LANGUAGE_NAMES[language]) for language in each.missing]),
                        ],
                        actions=[
                            Action(
                                _("Write the texts"),
                                url_for("publishing.words", record_id=each.record_id)
                                if each.original
                                else _presentation(each),
                            )
                        ],
                    )
                    for each in draft.unworded
                ],
            }
        )
    if draft.unsaid:
        found.append(
            {
                "key": "unsaid",
                "title": _("Introductions written in one language only"),
                "columns": [HeaderCell(_("Section"))],
                "rows": [
                    Row(
                        [each],
                        actions=[
                            Action(_("Edit"), url_for("lists.values", name="public-sections"))
                        ],
                    )
                    for each in draft.unsaid
                ],
            }
        )
    return found


def _link(kind: str, record_id: int, title: str) -> Link:
    return Link(title, _address(kind, record_id))


def _address(kind: str, record_id: int, page: str = "detail", **values: Any) -> str:
    return url_for(f"{registry.kinds[kind].path}.{page}", place=str(record_id), **values)


def _presentation(text: FreeText) -> str:
    return _address(
        text.kind, text.record_id, "edit_part", part_name="public", part_id=text.part_id
    )


def _titles(named: Sequence[Named]) -> list[Row]:
    return [Row([_link(each.kind, each.record_id, each.title)]) for each in named]


def _contents(draft: Draft) -> list[Row]:
    return [
        Row(
            [
                section.title,
                _link(entry.kind, entry.record_id, entry.title),
                str(len(entry.facts)),
                str(len(entry.sources)),
            ],
            actions=[
                Action(_("Texts"), url_for("publishing.words", record_id=entry.record_id)),
            ],
        )
        for section in draft.pages[reader()].sections
        for entry in section.entries
    ]


def _editions() -> list[Row]:
    found = db.session.scalars(queries.editions().limit(MOST_EDITIONS)).all()
    return [
        Row(
            [
                Link(shown(each.published_at), url_for("publishing.edition", edition_id=each.id)),
                _publisher(each),
                each.fingerprint[:12],
            ],
            actions=[
                Action(_("Download"), url_for("publishing.download", edition_id=each.id)),
            ],
        )
        for each in found
    ]


def _publisher(edition: Edition) -> str:
    return edition.published_by.name if edition.published_by else _("The command line")


def _compared(other: Edition | None, count: int) -> str:
    if other is None:
        return _("This is the first edition.")
    if not count:
        return _("It says the same as the edition of %(when)s.", when=shown(other.published_at))
    return _n(
        "%(num)d line differs from the edition of %(when)s.",
        "%(num)d lines differ from the edition of %(when)s.",
        count,
        when=shown(other.published_at),
    )


def _difference_columns() -> list[HeaderCell]:
    return [
        HeaderCell(_("What changed")),
        HeaderCell(_("Language")),
        HeaderCell(_("Record")),
        HeaderCell(_("Fact")),
        HeaderCell(_("Before")),
        HeaderCell(_("Now")),
    ]


def difference_rows(found: Sequence[Difference]) -> list[Row]:
    """Return differences as rows of a table."""
    rows = []
    for each in found:
        words, tone, shape = KINDS[each.kind]
        rows.append(
            Row(
                [
                    Chip(words, tone, shape),
                    LANGUAGE_NAMES[each.language],
                    each.title or each.section,
                    each.label,
                    lines(list(each.before)),
                    lines(list(each.after)),
                ]
            )
        )
    return rows


def edition_context(edition: Edition, other: Edition | None) -> dict[str, Any]:
    """Return what the page of an edition shows: what it changed, compared with another one."""
    found = differences.between(
        publication.pages_of(other) if other is not None else {}, publication.pages_of(edition)
    )
    offered = db.session.scalars(queries.editions().limit(MOST_EDITIONS)).all()
    return {
        "edition": edition,
        "action_url": url_for("publishing.edition", edition_id=edition.id),
        "title": _("Edition of %(when)s", when=shown(edition.published_at)),
        "by": _("Published by %(who)s", who=_publisher(edition)),
        "summary": _compared(other, len(found)),
        "columns": _difference_columns(),
        "rows": difference_rows(found[:MOST_DIFFERENCES]) if other is not None else [],
        "offered": [
            (
                each.id,
                f"{shown(each.published_at)} – {each.fingerprint[:8]}",
                other is not None and each.id == other.id,
            )
            for each in offered
            if each.id != edition.id
        ],
        "file_columns": [
            HeaderCell(_("File name")),
            HeaderCell(_("Size in bytes"), numeric=True),
            HeaderCell(_("Fingerprint (SHA-256)")),
        ],
        "file_rows": [
            Row([name, str(len(text.encode())), hashlib.sha256(text.encode()).hexdigest()])
            for name, text in edition.files.items()
        ],
    }


Typed = tuple[str | None, str | None, bool, int]
"""In French, in English, whether it is left out, and the version that was changed."""


@dataclass(frozen=True)
class WordsField:
    """A text with what the form shows of its words."""

    key: str
    text: FreeText
    fr: str
    en: str
    is_left_out: bool

    @property
    def theirs(self) -> Sequence[str]:
        """Return what is stored and differs from what the boxes hold."""
        pairs = ((self.text.words["fr"], self.fr), (self.text.words["en"], self.en))
        return [stored for stored, typed in pairs if stored and stored != typed]


def words_context(record_id: int) -> dict[str, Any] | None:
    """Return the texts of a record that the page shows; None where it does not show it."""
    draft = composition.draft(only=record_id)
    entries = [entry for section in draft.pages[reader()].sections for entry in section.entries]
    if not entries:
        return None
    texts = [each for each in draft.texts if each.original]
    what = _("Texts for the public page")
    return {
        "title": _("%(what)s – %(title)s", what=what, title=entries[0].title),
        "back_url": url_for("publishing.index"),
        "action_url": url_for("publishing.words", record_id=record_id),
        "fields": [
            WordsField(
                fingerprint_of(each.original),
                each,
                each.words["fr"],
                each.words["en"],
                each.is_left_out,
            )
            for each in texts
        ],
    }


def with_typed(context: dict[str, Any], typed: Sequence[Typed | None]) -> dict[str, Any]:
    """Return what the form shows again: what was typed, and nothing is lost."""
    pairs = zip(context["fields"], typed, strict=True)
    return {
        **context,
        "fields": [
            replace(field, fr=each[0] or "", en=each[1] or "", is_left_out=each[2])
            if each
            else field
            for field, each in pairs
        ],
    }
