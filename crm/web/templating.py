"""How values look in pages, and what every template may use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask, current_app, g, request, url_for
from flask_babel.speaklater import LazyString
from flask_login import current_user
from markupsafe import Markup

from crm.core.choice import Choice
from crm.core.clock import PARIS, today
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, language
from crm.core.partial_date import PartialDate
from crm.permissions import Permission
from crm.web.assets import add_version, static_url


def locale_code() -> str:
    """Return "fr" or "en"."""
    return language()


def babel_locale() -> str:
    """Return the locale whose formats are used: British for English."""
    return "fr" if locale_code() == "fr" else "en_GB"


_AS_THEY_ARE = frozenset({str, Markup, int})
"""What nearly all values are; a page writes some thousands."""


def shown(value: Any) -> Any:
    """Return a value as a page writes it: dates in the reader's language, labels for codes."""
    if type(value) in _AS_THEY_ARE:
        return value
    if value is None:
        return ""
    if isinstance(value, LazyString):
        return str(value)  # It would offer itself as HTML, and go out as it is.
    if isinstance(value, PartialDate):
        return value.format(locale_code())
    if isinstance(value, Choice):
        return str(value.label)
    if isinstance(value, datetime):
        local = value.astimezone(PARIS)
        return format_datetime(local, "d MMM y, HH:mm", locale=babel_locale())
    if isinstance(value, date):
        return format_date(value, "d MMM y", locale=babel_locale())
    return value


def yes_no(value: bool | None) -> str:
    """Return a truth in words."""
    if value is None:
        return ""
    return _("Yes") if value else _("No")


def in_a_row(phrases: Iterable[str]) -> str:
    """Return phrases, one after the other, within a sentence."""
    return ("\u202f; " if locale_code() == "fr" else "; ").join(phrases)


class DrawnOnce(Sequence[Any]):
    """Things that a page shows alike to whoever reads it: each macro draws them once."""

    def __init__(self, things: Iterable[Any] = ()) -> None:
        """Take the things, which are of no record and of nobody."""
        self._things = tuple(things)
        self._drawn: dict[str, str] = {}

    def __getitem__(self, index: Any) -> Any:
        """Return one of them."""
        return self._things[index]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._things)

    def drawn(self, macro: Any) -> str:
        """Return what a macro makes of them."""
        if macro.name not in self._drawn:
            self._drawn[macro.name] = macro(self._things)
        return self._drawn[macro.name]


@dataclass(frozen=True)
class NavEntry:
    """A link of the navigation, as the template draws it."""

    label: str
    url: str
    current: bool
    group: str = "main"


def navigation(items: Sequence[NavItem]) -> Sequence[NavEntry]:
    """Return the navigation of the person signed in."""
    user = current_user._get_current_object()
    if not user.is_authenticated:
        return ()
    offered = _navigation_offered(items, (user.role, locale_code(), request.script_root))
    # A page below another has an entry of its own: the longest address is where one is.
    path = request.path.rstrip("/")
    here = max((url for url in offered if url and _is_at(path, url)), key=len, default=None)
    return offered[here]


def _navigation_offered(
    items: Sequence[NavItem], key: tuple[Any, str, str]
) -> Mapping[str | None, Sequence[NavEntry]]:
    """Return what is offered to a role in a language, for each entry that one may be at."""
    known: dict[Any, dict[str | None, Sequence[NavEntry]]]
    known = current_app.extensions["navigation_offered"]
    if key not in known:
        links = [
            (str(item.label), url_for(item.endpoint), item.group)
            for item in sorted(items, key=lambda item: item.order)
            if item.permission in current_user.permissions
        ]
        known[key] = {
            here: DrawnOnce(NavEntry(label, url, url == here, group) for label, url, group in links)
            for here in (None, *(url for _label, url, _group in links))
        }
    return known[key]


def _is_at(path: str, url: str) -> bool:
    """Tell whether a page belongs to an entry of the navigation."""
    entry = url.rstrip("/")
    return path == entry or (url != "/" and path.startswith(f"{entry}/"))


def _url_if(endpoint: str, permission: Permission) -> str | None:
    """Return the address of a page that the person may open, where the feature is in use."""
    if endpoint not in current_app.view_functions or not can(permission):
        return None
    return url_for(endpoint)


def _on_paper() -> str:
    """Return what stands at the foot of each sheet that is printed."""
    day = format_date(today(), "long", locale=babel_locale())
    return _("Passerelle – internal document, as of %(day)s", day=day)


def can(permission: str) -> bool:
    """Tell whether the person signed in holds a permission."""
    return current_user.is_authenticated and Permission(permission) in current_user.permissions


def prepare_templates(app: Flask, features: Sequence[Feature]) -> None:
    """Give the templates what they use."""
    items = [item for feature in features for item in feature.nav]
    app.extensions["navigation"] = items
    app.extensions["navigation_offered"] = {}  # To each role, in each language.
    app.jinja_env.finalize = shown
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters["yes_no"] = yes_no
    app.jinja_env.filters["in_a_row"] = in_a_row
    app.jinja_env.globals["static_url"] = static_url
    app.url_defaults(add_version)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "nav": navigation(items),
            "search_url": _url_if("search.index", Permission.RECORDS_VIEW),
            "palette_url": _url_if("search.propose", Permission.RECORDS_VIEW),
            "calendar_url": _url_if("agenda.calendar", Permission.ACCOUNT_OWN),
            "log_url": _url_if("interactions.create", Permission.INTERACTIONS_EDIT),
            "locale": locale_code(),
            "theme": getattr(current_user, "theme", "auto"),
            "printed": _on_paper(),
            "can": can,
            "reference": g.get("reference", ""),
        }
