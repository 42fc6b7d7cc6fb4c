"""Everything that changes what stands on the public page. No service commits."""

from datetime import datetime
from typing import Any

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.publishing import queries
from crm.publishing.models import Edition, Presentation, PublicWording, fingerprint_of
from crm.records import services
from crm.records.models import Record


def add_presentation(**values: Any) -> Presentation:
    """Put a record on the public page.

    :raises InvalidValue: when it is there already, or kept from part of the team.
    """
    record = db.session.get_one(Record, values["record_id"])
    if db.session.scalar(queries.presentation_of(record)) is not None:
        raise InvalidValue(None, _("It stands on the public page already: change what is there"))
    if record.is_confidential:
        raise InvalidValue(None, _("A confidential record cannot stand on the public page"))
    return services.add(Presentation(**values))


def set_words(
    record: Record,
    original: str,
    *,
    text_fr: str | None,
    text_en: str | None,
    is_left_out: bool = False,
    version: int | None = None,
) -> bool:
    """Say how a free text of a record reads in public, or that it is not for the public.

    :param version: of the words that were changed, 0 where there were none; None for whichever.
    :returns: whether it was done; not where somebody else has changed the words meanwhile.
    """
    print_of = fingerprint_of(original)
    known = db.session.scalar(queries.wording(record.id, print_of))
    words = {"text_fr": text_fr, "text_en": text_en, "is_left_out": is_left_out}
    if known is not None and all(getattr(known, key) == value for key, value in words.items()):
        return True
    if version is not None and version != (known.version if known is not None else 0):
        return not any(words.values())
    if known is not None:
        services.change_part(known, known.version, **words)
    elif any(words.values()):
        services.add(
            PublicWording(record_id=record.id, fingerprint=print_of, original=original, **words)
        )
    return True


def keep_edition(
    *, fingerprint: str, content: dict[str, Any], files: dict[str, str], moment: datetime
) -> Edition:
    """Keep what is published, for as long as the team keeps anything."""
    principal = principal_of(db.session)
    edition = Edition(
        published_at=moment,
        published_by_id=principal.user_id if principal else None,
        fingerprint=fingerprint,
        content=content,
        files=files,
    )
    db.session.add(edition)
    db.session.flush()
    return edition
