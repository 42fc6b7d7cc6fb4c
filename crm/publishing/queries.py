"""Questions about the public page. Each returns a statement; the caller fetches."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload, undefer

from crm.publishing.models import Edition, Presentation, PublicSection, PublicWording
from crm.records.models import Record, Source


def sections() -> Select[PublicSection]:
    """Return the sections of the page in their order, the whole page first."""
    return select(PublicSection).order_by(PublicSection.position, PublicSection.id)


def section(code: str) -> Select[PublicSection]:
    """Return a section by its code."""
    return select(PublicSection).where(PublicSection.code == code)


def presentations() -> Select[Presentation]:
    """Return which records stand on the page, in the order of their places."""
    return select(Presentation).order_by(Presentation.position, Presentation.id)


def presentation_of(record: Record) -> Select[Presentation]:
    """Return the place of a record on the page."""
    return select(Presentation).where(Presentation.record_id == record.id)


def wordings_of(record_ids: Iterable[int]) -> Select[PublicWording]:
    """Return how free texts of records read in public."""
    return select(PublicWording).where(PublicWording.record_id.in_(list(record_ids)))


def wording(record_id: int, fingerprint: str) -> Select[PublicWording]:
    """Return how one free text of a record reads in public."""
    return select(PublicWording).where(
        PublicWording.record_id == record_id, PublicWording.fingerprint == fingerprint
    )


def sources_of(record_ids: Iterable[int]) -> Select[Source]:
    """Return the sources of records."""
    return select(Source).where(Source.record_id.in_(list(record_ids))).order_by(Source.id)


def editions() -> Select[Edition]:
    """Return what was published, the last first."""
    return (
        select(Edition)
        .options(selectinload(Edition.published_by))
        .order_by(Edition.published_at.desc(), Edition.id.desc())
    )


def edition(edition_id: int) -> Select[Edition]:
    """Return an edition with all it says."""
    return (
        select(Edition)
        .where(Edition.id == edition_id)
        .options(undefer(Edition.content), undefer(Edition.files))
    )


def last_edition() -> Select[Edition]:
    """Return what was published last, with all it says."""
    return editions().limit(1).options(undefer(Edition.content), undefer(Edition.files))


def edition_before(edition: Edition) -> Select[Edition]:
    """Return what was published before an edition, with all it says."""
    return last_edition().where(
        Edition.published_at <= edition.published_at, Edition.id != edition.id
    )
