"""What changes a pack that is kept, and presets. No service commits."""

from collections.abc import Sequence

from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import NotAllowed
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.meetings.models import MeetingKind
from crm.packs import queries
from crm.packs.models import KeptPack, PackPreset
from crm.permissions import Permission


def held(pack_id: int) -> KeptPack | None:
    """Return a pack as it is now, held until the end of the transaction."""
    return db.session.scalar(
        queries.pack_held(pack_id), execution_options={"populate_existing": True}
    )


def may_decide(pack: KeptPack) -> bool:
    """Tell whether a pack is the person's own, or they may remove what others made."""
    principal = principal_of(db.session)
    if principal is None:
        return False
    is_own = principal.user_id is not None and pack.user_id == principal.user_id
    return is_own or principal.can(Permission.RECORDS_TRASH)


def stop(pack: KeptPack) -> None:
    """Give up a pack that is being made; what was gathered so far is not kept.

    :raises NotAllowed: when it is somebody else's.
    """
    _check_own(pack)
    if pack.is_running:
        give_up(pack)


def give_up(pack: KeptPack) -> None:
    """Leave a pack unmade."""
    pack.stopped_at, pack.content = now(), {}
    db.session.flush()


def remove(pack: KeptPack) -> None:
    """Remove a pack for good.

    :raises NotAllowed: when it is somebody else's.
    """
    _check_own(pack)
    db.session.delete(pack)
    db.session.flush()


def _check_own(pack: KeptPack) -> None:
    if not may_decide(pack):
        raise NotAllowed(_("This pack was made by somebody else. Ask them, or a manager"))


def keep_preset(kind: MeetingKind, parts: Sequence[str]) -> PackPreset:
    """Let the packs of a kind of meeting begin with these parts, in this order."""
    preset = db.session.scalar(queries.preset_for(kind))
    if preset is None:
        preset = PackPreset(meeting_kind=kind)
        db.session.add(preset)
    preset.parts = list(parts)
    db.session.flush()
    return preset
