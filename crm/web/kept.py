"""What was typed into a form and never sent: the form begins with it when it is opened again.

Whoever keeps it tells so here; forms and error pages know no more of it than this.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import has_request_context, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

ADDRESS = "draft_of"
WINDOW = "draft_window"
BEGUN_FROM = "draft_from"
OWNER = "draft_by"
TITLE = "draft_title"
HIDDEN = frozenset({ADDRESS, WINDOW, BEGUN_FROM, OWNER})
"""Where a form is opened, in which window, by whom, and with which draft."""

SECRET = frozenset({"password", "repeat", "current"})
"""Fields that are never kept, nor sent back to anybody."""
NOT_TYPED = frozenset({"csrf_token", "once", TITLE, *HIDDEN, *SECRET})

SAVE, AGAIN = "save", "again"
"""Steps of a form of several pages: what was checked is saved, or the first page comes back."""

CARRIED = "carried-"
"""What begins the names of the fields of a form that goes along while one signs in again."""

restoring: dict[str, Callable[[], MultiDict[str, str] | None]] = {}
"""Who knows what was typed before into the form of a page, by feature."""

was_sent: dict[str, Callable[[], None]] = {}
"""Who forgets it once the form is taken, by feature."""


def typed_before() -> MultiDict[str, str] | None:
    """Return what was typed before into the form of this page; None when nothing was."""
    if not has_request_context() or request.method != "GET":
        return None
    return next((typed for restore in restoring.values() if (typed := restore())), None)


def entered() -> MultiDict[str, str]:
    """Return what the form of this page holds: what was sent, or else what was typed before."""
    return request.form or typed_before() or MultiDict()


def step() -> str:
    """Return which page of a form of several one comes from; empty on the first."""
    return "".join(entered().getlist("step")[-1:])


def form_sent() -> list[tuple[str, str]]:
    """Return the fields that were sent with a form of which drafts are kept; none of another."""
    try:
        if request.method != "POST" or ADDRESS not in request.form:
            return []
    except RequestEntityTooLarge:
        return []
    return _without_secrets(request.form.items(multi=True))


def form_carried() -> list[tuple[str, str]]:
    """Return the fields of the form that was sent when the session had ended."""
    try:
        fields = [
            (name.removeprefix(CARRIED), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(CARRIED)
        ]
    except RequestEntityTooLarge:
        return []
    return _without_secrets(fields)


def _without_secrets(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    left_out = {"csrf_token", *SECRET}
    return [(name, value) for name, value in fields if name not in left_out]


def note_taken(answer: Any) -> None:
    """Forget what was typed when the form was taken: another page follows, or a file."""
    if _is_taken(answer):
        forget_sent()


def forget_sent() -> None:
    """Forget what was typed into the form that was sent: it has served."""
    if form_sent():
        for forget in was_sent.values():
            forget()


def _is_taken(answer: Any) -> bool:
    headers = getattr(answer, "headers", {})
    return getattr(answer, "status_code", None) in (302, 303) or "attachment" in headers.get(
        "Content-Disposition", ""
    )
