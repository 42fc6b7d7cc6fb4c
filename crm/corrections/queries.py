"""Questions about corrected files. Each returns a statement; the caller fetches."""

from datetime import datetime

from sqlalchemy import Select, select

from crm.corrections.models import CorrectedFile


def file_of(user_id: int, file_id: int) -> Select[CorrectedFile]:
    """Return a file that somebody has sent."""
    return select(CorrectedFile).where(
        CorrectedFile.id == file_id, CorrectedFile.user_id == user_id
    )


def file_held(user_id: int, file_id: int) -> Select[CorrectedFile]:
    """Return such a file, held until the end of the transaction: it is decided upon once."""
    return file_of(user_id, file_id).with_for_update(key_share=True)


def waiting_of(user_id: int) -> Select[CorrectedFile]:
    """Return the files somebody has sent and not decided upon, the last first."""
    return (
        select(CorrectedFile)
        .where(CorrectedFile.user_id == user_id, CorrectedFile.run_id.is_(None))
        .order_by(CorrectedFile.sent_at.desc(), CorrectedFile.id.desc())
    )


def all_of(user_id: int) -> Select[CorrectedFile]:
    """Return the files somebody has sent."""
    return select(CorrectedFile).where(CorrectedFile.user_id == user_id)


def expired(at: datetime) -> Select[CorrectedFile]:
    """Return the files that are kept no longer."""
    return select(CorrectedFile).where(CorrectedFile.kept_until <= at)
