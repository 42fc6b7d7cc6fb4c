"""Puts the public page together from what the features contribute, once in each language."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from flask_babel import force_locale

from crm.core.clock import today
from crm.core.db import db
from crm.core.lists import language
from crm.core.principal import TEAM
from crm.core.text import fold, sort_key, tokens
from crm.organisations.queries import ourselves
from crm.publishing import queries
from crm.publishing.content import Entry, Fact, Line, Page, Section
from crm.publishing.models import Presentation, PublicWording, fingerprint_of
from crm.publishing.models import PublicSection as SectionRow
from crm.publishing.shipped import PAGE
from crm.records import queries as records
from crm.records.display import title_in
from crm.records.kinds import registry
from crm.records.models import NameKind, Record, Source
from crm.records.publishing import LANGUAGES, Language, PublicFact, PublicSection
from crm.records.visibility import alone


@dataclass(frozen=True)
class Unsourced:
    """A fact for which no source is noted."""

    kind: str
    record_id: int
    title: str
    label: str
    value: str


@dataclass(frozen=True)
class FreeText:
    """A text that people wrote, and how it reads in each language of the page.

    :param original: the text of the record; empty for its presentation.
    :param words: for each language; empty where they are missing.
    :param is_left_out: the team keeps it for itself.
    :param version: of its words; 0 where there are none yet.
    :param part_id: of the presentation, when it is one.
    """

    kind: str
    record_id: int
    title: str
    original: str
    words: Mapping[Language, str]
    is_left_out: bool = False
    version: int = 0
    part_id: int | None = None

    @property
    def missing(self) -> list[Language]:
        """Return the languages in which nothing is written yet."""
        if self.is_left_out:
            return []
        return [language for language in LANGUAGES if not self.words[language]]


@dataclass(frozen=True)
class Named:
    """A record, by its title."""

    kind: str
    record_id: int
    title: str


@dataclass
class Draft:
    """The page as it would be published now, and what stands in its way.

    :param texts: all that people wrote and the page shows.
    :param unsaid: sections that are introduced in one language alone.
    :param unplaced: records that are marked public and belong to no section in use.
    :param named: records that the page names without being marked themselves.
    """

    pages: dict[Language, Page]
    unsourced: list[Unsourced] = field(default_factory=list)
    texts: list[FreeText] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    unplaced: list[Named] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)

    @property
    def unworded(self) -> list[FreeText]:
        """Return the texts that are missing in a language."""
        return [each for each in self.texts if each.missing]

    @property
    def is_ready(self) -> bool:
        """Tell whether it may be published."""
        return not (self.unsourced or self.unworded or self.unsaid)

    @property
    def is_empty(self) -> bool:
        """Tell whether no record is marked public."""
        return not any(section.entries for section in self.pages["fr"].sections)

    def content(self) -> dict[str, Any]:
        """Return all the page says, as it is kept with an edition."""
        return {language: asdict(page) for language, page in self.pages.items()}


def draft(day: date | None = None, *, only: int | None = None) -> Draft:
    """Make the page from the records that are marked public, as the whole team may see them.

    :param day: the day for which statuses are looked up; today by default.
    :param only: of one record alone, by its id.
    """
    # What is missing is said in the language of the reader, who comes first.
    languages = sorted(LANGUAGES, key=lambda each: each != reader())
    with alone(TEAM):
        found = _Found(day or today(), only)
        pages = {language: _written(found, language) for language in languages}
        made = Draft({language: pages[language] for language in LANGUAGES})
        made.unsourced = list(found.unsourced.values())
        made.texts = list(found.texts.values())
        made.unsaid = [
            str(row.label)
            for row in found.rows.values()
            if row.is_active and bool(row.intro_fr) != bool(row.intro_en)
        ]
        placed = {entry.record_id for section in pages["fr"].sections for entry in section.entries}
        made.unplaced = [each for each in found.marked() if each.record_id not in placed]
        made.named = sorted(found.named.values(), key=lambda each: fold(each.title))
        return made


def reader() -> Language:
    """Return the language of whoever asks."""
    return "en" if language() == "en" else "fr"


class _Found:
    """All that both languages need, read once."""

    def __init__(self, day: date, only: int | None) -> None:
        us = db.session.scalars(ourselves()).first()
        self.day = day
        self.us = us
        self.rows = {row.code: row for row in db.session.scalars(queries.sections())}
        self.presentations = {
            each.record_id: each
            for each in db.session.scalars(queries.presentations())
            if only in (None, each.record_id)
        }
        ids = list(self.presentations)
        self.wordings: dict[tuple[int, str], PublicWording] = {
            (each.record_id, each.fingerprint): each
            for each in db.session.scalars(queries.wordings_of(ids))
        }
        self.sources: dict[int, list[Source]] = {}
        for each in db.session.scalars(queries.sources_of(ids)):
            self.sources.setdefault(each.record_id, []).append(each)
        self.unsourced: dict[tuple[int, str], Unsourced] = {}
        self.texts: dict[tuple[int, str], FreeText] = {}
        self.named: dict[int, Named] = {}
        self.names: dict[tuple[int, Language], str] = {}

    def marked(self) -> list[Named]:
        """Return the records that are marked public."""
        ids = self.presentations
        found = db.session.scalars(records.by_sort_key(records.with_ids(ids)))
        return [Named(each.kind, each.id, each.title) for each in found]

    def records_of(self, section: PublicSection) -> list[Record]:
        """Return the records of a section in the order of their places."""
        model = registry.kinds[section.kind].model
        query = section.records().where(model.id.in_(self.presentations))
        places = list(self.presentations)
        found = [
            each for each in db.session.scalars(query).unique() if section.belongs(each, self.day)
        ]
        found.sort(
            key=lambda each: (
                self.presentations[each.id].position,
                _descending(section.when(each)),
                each.sort_key,
                places.index(each.id),
            )
        )
        return found

    def use(
        self, record: Record, original: str, known: PublicWording | Presentation | None
    ) -> FreeText:
        """Note that the page shows a text, and return how it reads."""
        words: dict[Language, str] = {"fr": "", "en": ""}
        if known is not None:
            words = {"fr": known.text_fr or "", "en": known.text_en or ""}
        is_left_out = isinstance(known, PublicWording) and known.is_left_out
        text = FreeText(
            record.kind,
            record.id,
            record.title,
            original,
            words,
            is_left_out,
            version=known.version if known is not None else 0,
            part_id=known.id if isinstance(known, Presentation) else None,
        )
        return self.texts.setdefault((record.id, original), text)


def _descending(day: Any) -> tuple[int, int, int]:
    """Return what sorts the newest first, and what has no date last."""
    if day is None:
        return (1, 0, 0)
    first = day.first_day
    return (0, -first.toordinal(), 0)


class _Context:
    """A page in one language, as the features see it."""

    def __init__(self, found: _Found, language: Language) -> None:
        self.found = found
        self.language: Language = language
        self.day = found.day
        self.us_id = found.us.id if found.us is not None else None

    def words(self, record: Record, text: str | None) -> str:
        """Return a free text in the language of the page; where that is missing, note it."""
        if not text:
            return ""
        wording = self.found.wordings.get((record.id, fingerprint_of(text)))
        said = self.found.use(record, text, wording)
        return "" if said.is_left_out else said.words[self.language] or text

    def name(self, record: Record | None) -> str:
        """Return what a record is called in the language of the page; empty for none.

        A meeting or a declaration is named only where it stands on the page itself.
        """
        if record is None:
            return ""
        if record.id not in self.found.presentations:
            if record.kind != "organisation":
                return ""
            self.found.named[record.id] = Named(record.kind, record.id, record.title)
        key = (record.id, self.language)
        if key not in self.found.names:
            self.found.names[key] = _title(record, self.language)
        return self.found.names[key]


def _written(found: _Found, language: Language) -> Page:
    with force_locale(language):
        context = _Context(found, language)
        whole = found.rows.get(PAGE)
        declared = {section.key: section for section in registry.public_sections}
        sections = [
            _section(context, row, declared[row.code])
            for row in found.rows.values()
            if row.is_active and row.code in declared
        ]
        us = found.us
        return Page(
            language=language,
            us=_title(us, language) if us is not None else "",
            title=whole.label if whole is not None else "",
            intro=_intro(whole, language),
            sections=[section for section in sections if section.entries],
        )


def _intro(row: SectionRow | None, language: Language) -> str:
    if row is None:
        return ""
    return (row.intro_fr if language == "fr" else row.intro_en) or ""


def _section(context: _Context, row: SectionRow, section: PublicSection) -> Section:
    return Section(
        key=section.key,
        title=row.label,
        intro=_intro(row, context.language),
        entries=[_made(context, section, record) for record in context.found.records_of(section)],
    )


def _made(context: _Context, section: PublicSection, record: Record) -> Entry:
    presentation = context.found.presentations[record.id]
    title = context.name(record)
    said = [
        each
        for contributed in sorted(registry.public_facts, key=lambda each: each.order)
        if record.kind in contributed.kinds
        for each in contributed.build(context, record)
        if any(line.text for line in each.lines)
    ]
    facts = [_fact(context, record, each) for each in said]
    when = section.when(record)
    return Entry(
        record_id=record.id,
        kind=section.kind,
        title=title,
        also=_also(record, title),
        text=_text(context, record, presentation),
        schema=section.schema,
        day=str(when) if when is not None else "",
        facts=facts,
        sources=list(dict.fromkeys(each.source for each in facts if each.source)),
    )


def _title(record: Any, language: Language) -> str:
    """Return the name in a language, with the acronym under which it is known."""
    title = title_in(record, language)
    if _bare(title) in _bare(record.title):
        title = record.title  # The same name, with or without its article.
    acronym = getattr(record, "acronym", None)
    if acronym and fold(acronym) not in fold(title):
        title = f"{title} ({acronym})"
    return title.replace("'", "\u2019")


def _bare(title: str) -> str:
    return sort_key(title, drop_article=True)


def _text(context: _Context, record: Record, presentation: Presentation) -> str:
    if not presentation.text_fr and not presentation.text_en:
        return ""
    text = context.found.use(record, "", presentation)
    return text.words[context.language]


def _also(record: Record, title: str) -> list[str]:
    """Return the other names of a record that its title does not say already."""
    known = fold(title)
    names = [
        each.text
        for each in db.session.scalars(records.names_of(record))
        if each.kind is not NameKind.FORMER
    ]
    return [
        name.replace("'", "\u2019")
        for name in dict.fromkeys([record.title, *names])
        if fold(name) not in known and known not in fold(name)
    ]


def _fact(context: _Context, record: Record, said: PublicFact) -> Fact:
    noted = said.source or _source(context.found.sources.get(record.id, ()), said.label)
    source = context.words(record, noted)
    lines = [Line(each.text, each.url) for each in said.lines if each.text]
    label = str(said.label)
    if not noted:
        context.found.unsourced.setdefault(
            (record.id, said.key),
            Unsourced(
                record.kind, record.id, record.title, label, "; ".join(line.text for line in lines)
            ),
        )
    return Fact(said.key, label, lines, source)


def _source(sources: Iterable[Source], label: Any) -> str:
    """Return the source that covers a fact: one that names it, else one of the whole record."""
    names = []
    for each in LANGUAGES:
        with force_locale(each):
            names.append(set(tokens(str(label))))
    whole = ""
    for source in sources:
        said = set(tokens(source.fact or ""))
        if said and any(name <= said for name in names):
            return source.title
        if not said and not whole:
            whole = source.title
    return whole
