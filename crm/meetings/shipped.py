"""What a new installation begins with; the team may edit it.

Each is: status, counted among those who come, prepared for, and what it may become (R-9.7).
"""

_ANSWERS = ("accepted", "tentative", "declined", "registered")
_AFTER = ("attended", "remote", "apologies", "no_show")

ATTENDANCE_RULES: tuple[tuple[str, bool, bool, tuple[str, ...]], ...] = (
    ("invited", False, True, (*_ANSWERS, *_AFTER, "cancelled")),
    ("accepted", True, True, ("tentative", "declined", "registered", *_AFTER, "cancelled")),
    ("tentative", False, True, ("accepted", "declined", "registered", *_AFTER, "cancelled")),
    ("declined", False, False, ("invited", "accepted", "tentative", "registered", *_AFTER[:2])),
    ("registered", True, True, ("tentative", "declined", *_AFTER, "cancelled")),
    # Who was there does not become invited again; only a mistake is put right.
    ("attended", True, True, ("remote", "apologies", "no_show")),
    ("remote", True, True, ("attended", "apologies", "no_show")),
    ("apologies", False, False, ("invited", "accepted", "registered", *_AFTER[:2])),
    ("no_show", False, False, ("attended", "remote", "apologies")),
    ("cancelled", False, False, ("invited", "accepted", "registered", *_AFTER[:2])),
)
