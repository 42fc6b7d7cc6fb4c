"""What goes into a pack, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.choice import Choice
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.principal import OUTSIDE, Principal
from crm.meetings.models import MeetingKind
from crm.packs import queries
from crm.packs.shipped import PRESETS
from crm.permissions import ROLES
from crm.records.kinds import registry

MANAGERS = Principal(user_id=0, permissions=ROLES["manager"], leaves_house=True)
"""Reads what every manager may see, and nobody in particular, for a file that is taken along."""

TABLE = "table:"
"""In front of the key of a table, where it is a piece of its own."""


class Part(Choice):
    """A part of the pack that no feature contributes."""

    ORGANISATIONS = "organisations", _l("The organisations, one by one")
    NOTES = "notes", _l("A blank page for notes")


def titles() -> dict[str, str]:
    """Return what a pack may hold, in the usual order: keys and titles."""
    sections = sorted(registry.pack_sections, key=lambda each: each.order)
    return {
        **{section.key: str(section.title) for section in sections},
        **{part.value: str(part.label) for part in Part},
    }


def preset(kind: MeetingKind) -> list[str]:
    """Return what the pack of a kind of meeting begins with, in order."""
    kept = db.session.scalar(queries.preset_for(kind))
    known = titles()
    wanted = kept.parts if kept is not None else PRESETS.get(kind, list(known))
    return [key for key in wanted if key in known]


@dataclass(frozen=True)
class Composition:
    """What somebody wants to have in a pack.

    :param parts: keys, in order.
    :param view: the list and address of a saved view, whose organisations it then tells of
        instead of those expected.
    """

    parts: Sequence[str]
    view: tuple[str, str] | None = None
    is_for_managers: bool = False

    @property
    def reader(self) -> Principal:
        """Return for whose eyes it is made."""
        return MANAGERS if self.is_for_managers else OUTSIDE

    @property
    def pieces(self) -> list[str]:
        """Return what is gathered one after the other: each part, and each table within one."""
        pieces = []
        for key in self.parts:
            pieces.append(key)
            if key == Part.ORGANISATIONS:
                pieces += [f"{TABLE}{table.key}" for table in registry.pack_tables]
        return pieces

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "parts": list(self.parts),
            "view": list(self.view) if self.view else None,
            "is_for_managers": self.is_for_managers,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Composition":
        """Read what was kept; a part that no feature contributes any more is left out."""
        known = titles()
        view = kept["view"]
        return cls(
            [key for key in kept["parts"] if key in known],
            (view[0], view[1]) if view else None,
            kept["is_for_managers"],
        )
