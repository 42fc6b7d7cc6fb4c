"""Where one goes on to after something is done: back to the page one came from."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from crm.web.cells import Action

NEXT = "next"


def safe_next(address: str | None) -> str:
    """Return the address to go on to: a page of ours that can be opened, or the first page."""
    path = address or ""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    routes = current_app.url_map.bind("localhost")
    try:
        routes.match(path.partition("?")[0].partition("#")[0], method="GET")
    except RequestRedirect:
        return path
    except HTTPException:
        return "/"
    return path


def back_to(usual: str) -> str:
    """Return the page that the address asks to go back to, or the usual one."""
    asked = request.args.get(NEXT)
    return safe_next(asked) if asked else usual


def kept_return() -> dict[str, Any]:
    """Return what the address of a form has to keep so that one still gets back."""
    asked = request.args.get(NEXT)
    return {NEXT: asked} if asked else {}


def coming_back(actions: Iterable[Action]) -> list[Action]:
    """Return things to do, each of which leads back to the page that is being shown."""
    here = request.full_path.rstrip("?")
    return [replace(action, url=_with(action.url, here)) for action in actions]


def _with(url: str, target: str) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode({NEXT: target}))))
    return parts._replace(query=query).geturl()
