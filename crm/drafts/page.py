"""What drafts add to the pages of forms."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_time
from flask import g, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.core.clock import PARIS, today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.once import new_token
from crm.core.text import clean_line
from crm.drafts import queries, services
from crm.drafts.models import Draft
from crm.drafts.services import Window
from crm.records.fields import optional_id
from crm.web import kept
from crm.web.returning import safe_next
from crm.web.templating import babel_locale, shown

CHOSEN = "draft"
"""The key of an address that says which of several drafts to begin with."""

SLUG = re.compile(r"(?<=/)(\d+)-[^/]*")


@dataclass(frozen=True)
class DraftsOfForm:
    """The drafts of a form, as its page tells of them.

    :param sentence: says of when the draft is that the form begins with; empty without one.
    :param others: what other windows hold of the same form, each with its address.
    """

    address: str
    window: str
    owner: int
    begun_from: str = ""
    sentence: str = ""
    discard_url: str = ""
    others: Sequence[tuple[str, str]] = ()


def address_here() -> str:
    """Return where the form of this page is opened, the same whatever the record is called."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != CHOSEN]
    path = SLUG.sub(r"\1", request.path)
    return f"{path}?{urlencode(asked)}" if asked else path


def _drafts_here() -> list[Draft]:
    """Return the drafts of the form of this page, first the one to begin with."""
    if "drafts" not in g:
        found = list(db.session.scalars(queries.of_form(current_user.id, address_here())))
        chosen = optional_id(request.args.get(CHOSEN))
        g.drafts = sorted(found, key=lambda draft: draft.id != chosen)
    drafts: list[Draft] = g.drafts
    return drafts


def typed_before() -> MultiDict[str, str] | None:
    """Return what was typed before into the form of this page."""
    if request.endpoint is None or not current_user.is_authenticated:
        return None
    drafts = _drafts_here()
    return typed(drafts[0]) if drafts else None


def typed(draft: Draft) -> MultiDict[str, str]:
    """Return what a draft holds, as a form takes it."""
    return MultiDict([(name, value) for name, value in draft.fields])


def drafts_of_form() -> DraftsOfForm:
    """Return what a page tells of the drafts of its form."""
    if "drafts_of_form" not in g:
        g.drafts_of_form = _drafts_of_form()
    told: DraftsOfForm = g.drafts_of_form
    return told


def _drafts_of_form() -> DraftsOfForm:
    sent = window_sent()
    if sent is not None and "window_forgotten" in g:
        return DraftsOfForm(sent.address, new_token(), current_user.id)
    if sent is not None:
        begun_from = request.form.get(kept.BEGUN_FROM, "")
        return DraftsOfForm(sent.address, sent.token, current_user.id, begun_from)
    address = address_here()
    drafts = _drafts_here()
    if not drafts:
        return DraftsOfForm(address, new_token(), current_user.id)
    first, *others = drafts
    return DraftsOfForm(
        address,
        new_token(),
        current_user.id,
        begun_from=f"{first.id}.{first.turn}",
        sentence=_("Your draft of %(when)s is here.", when=when(first)),
        discard_url=url_for("drafts.discard", draft_id=first.id, next=address),
        others=[
            (_("Another draft, of %(when)s", when=when(draft)), url_of(draft)) for draft in others
        ],
    )


def when(draft: Draft) -> str:
    """Return when a draft was written: the hour of today, or the day with it."""
    local = draft.changed_at.astimezone(PARIS)
    if local.date() == today():
        return str(format_time(local, "HH:mm", locale=babel_locale()))
    return str(shown(draft.changed_at))


def url_of(draft: Draft) -> str:
    """Return the address that opens the form with a draft."""
    joint = "&" if "?" in draft.address else "?"
    return f"{draft.address}{joint}{CHOSEN}={draft.id}"


def window_sent() -> Window | None:
    """Return in which window the form stands that was sent; None when it keeps no drafts."""
    if not kept.form_sent():
        return None
    return window_in(request.form)


def window_in(form: Any) -> Window:
    """Return in which window a form stands, by its hidden fields."""
    return Window(
        address=safe_next(form.get(kept.ADDRESS)),
        token=clean_line(form.get(kept.WINDOW, ""))[:32],
        begun_from=_begun_from(form.get(kept.BEGUN_FROM, "")),
    )


def _begun_from(text: str) -> tuple[int, int] | None:
    draft_id, _dot, turn = text.partition(".")
    numbers = optional_id(draft_id), optional_id(turn)
    return None if None in numbers else (numbers[0] or 0, numbers[1] or 0)


def fields_in(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return of the fields of a form those that hold what somebody typed or chose."""
    return [field for field in fields if field[0] not in kept.NOT_TYPED]


def forget_sent() -> None:
    """Forget the draft of the form that this request sent and that was taken."""
    window = window_sent()
    if window is None or not current_user.is_authenticated or request.blueprint == "drafts":
        return
    if "window_forgotten" not in g:
        services.forget_window(current_user.id, window)
    # The page that answers may hold a form again, of what is left: it has a window of its own.
    g.window_forgotten = window
    g.pop("drafts_of_form", None)


def keep_carried(user_id: int, fields: Sequence[tuple[str, str]]) -> None:
    """Keep what somebody sent whose session had ended, as soon as they have signed in again."""
    form = MultiDict(fields)
    typed_fields = fields_in(fields)
    if optional_id(form.get(kept.OWNER)) != user_id or not typed_fields:
        return  # Somebody else has signed in, and it is not for them to read; or there is nothing.
    with suppress(InvalidValue):  # Too much of it must keep nobody from signing in.
        services.keep(user_id, window_in(form), title="", fields=typed_fields)
