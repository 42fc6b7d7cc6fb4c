"""The rules that a new installation begins with; the team may edit them.

Each is: subject, status, condition, (event, days) from which on, (event, days) until which.
The event "end" is the first day after the last, so a period counts until its last day included.
"""

_ALWAYS: tuple[str | None, int] = (None, 0)
Bound = tuple[str | None, int]

RENEWAL_DAYS = 60
GRACE_DAYS = 30

RULES: tuple[tuple[str, str, str | None, Bound, Bound], ...] = (
    # How a period ended says more than its dates.
    ("membership", "withdrawn", "ended_withdrawn", ("end", 0), _ALWAYS),
    ("membership", "excluded", "ended_excluded", ("end", 0), _ALWAYS),
    ("membership", "suspended", "ended_suspended", ("end", 0), _ALWAYS),
    ("membership", "lapsed", "ended_lapsed", ("end", 0), _ALWAYS),
    ("membership", "ended", "ended_otherwise", ("end", 0), _ALWAYS),
    # A link that can lapse warns before its end and waits a while after it.
    ("membership", "renewal_due", "lapses", ("end", -RENEWAL_DAYS), ("end", 0)),
    ("membership", "active", None, ("start", 0), ("end", 0)),
    ("membership", "grace", "lapses", ("end", 0), ("end", GRACE_DAYS)),
    ("membership", "lapsed", "lapses", ("end", GRACE_DAYS), _ALWAYS),
    ("membership", "ended", None, ("end", 0), _ALWAYS),
    ("membership", "pending", "has_term", _ALWAYS, ("start", 0)),
    ("membership", "applied", None, _ALWAYS, _ALWAYS),
    # Dates decide for a project; where there are none, what somebody stated last.
    ("project", "past", None, ("end", 0), _ALWAYS),
    ("project", "planned", "has_start", _ALWAYS, ("start", 0)),
    ("project", "current", "has_end", ("start", 0), ("end", 0)),
    ("project", "past", "stated_past", _ALWAYS, _ALWAYS),
    ("project", "planned", "stated_planned", _ALWAYS, _ALWAYS),
    ("project", "current", None, _ALWAYS, _ALWAYS),
    # Managers move a declaration; the deadline closes it.
    ("declaration", "archived", "stage_archived", _ALWAYS, _ALWAYS),
    ("declaration", "followed_up", "stage_followed_up", _ALWAYS, _ALWAYS),
    ("declaration", "submitted", "stage_submitted", _ALWAYS, _ALWAYS),
    ("declaration", "closed", "stage_closed", _ALWAYS, _ALWAYS),
    ("declaration", "closed", "stage_open", ("deadline", 0), _ALWAYS),
    ("declaration", "open", "stage_open", _ALWAYS, _ALWAYS),
    ("declaration", "frozen", "stage_frozen", _ALWAYS, _ALWAYS),
    ("declaration", "red_lines", "stage_red_lines", _ALWAYS, _ALWAYS),
    ("declaration", "drafting", "stage_drafting", _ALWAYS, _ALWAYS),
    ("declaration", "idea", None, _ALWAYS, _ALWAYS),
)
