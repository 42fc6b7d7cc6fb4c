"""Addresses of which a page writes hundreds."""

from flask import current_app, has_request_context, request, url_for

_PLACE = "0-place"


def address_of_place(endpoint: str, place: str) -> str:
    """Return the address of a page below a place, as ``url_for(endpoint, place=place)`` does.

    Each page's address is made once while the program runs; then places are filled in.
    """
    if not has_request_context():
        return url_for(endpoint, place=place)
    known: dict[tuple[str, str], tuple[str, str]]
    known = current_app.extensions.setdefault("addresses_of_places", {})
    key = (request.script_root, endpoint)
    if key not in known:
        before, _place, after = url_for(endpoint, place=_PLACE).partition(_PLACE)
        known[key] = (before, after)
    before, after = known[key]
    return f"{before}{place}{after}"
