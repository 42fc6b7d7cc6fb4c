"""Walk through all pages that can be read, with addresses of real records."""

import re
from collections.abc import Iterator

from flask import Flask, url_for

from crm.records.kinds import registry

TEXTS = (
    "",
    "a",
    "refuge",
    "secret",
    "Zofia",
    "%",
    "_",
    "'",
    '"',
    "é",
    "shevchenko",
    "12345",
    "*",
    "AND",
    "-",
)


NO_PAGES = ("static", "health.ready")
"""Files, and what tells of the machine's disk and not of records."""


def addresses(app: Flask, records: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield an address for every GET route and many readings of every list.

    :param records: for each kind of record, places (id and slug) to visit.
    """
    yield from _pages(app, records)
    yield from _lists()


def _pages(app: Flask, records: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NO_PAGES:
            continue
        kind = rule.endpoint.partition(".")[0]
        if not rule.arguments:
            yield rule.rule
        elif rule.arguments == {"place"}:
            named = [name for name, each in registry.kinds.items() if each.path == kind]
            places = records.get(named[0], ()) if named else sum(records.values(), ())
            for place in places:
                with app.test_request_context():
                    yield url_for(rule.endpoint, place=place)
                    yield url_for(rule.endpoint, place=place, on="2024-03-31")
        elif rule.arguments == {"place", "part_name"}:
            named = [name for name, each in registry.kinds.items() if each.path == kind]
            for place in records.get(named[0], ()) if named else ():
                for part in registry.parts_on(named[0]):
                    with app.test_request_context():
                        yield url_for(rule.endpoint, place=place, part_name=part)


def _lists() -> Iterator[str]:
    for each in registry.kinds.values():
        base = f"/{each.path}/"
        for text in TEXTS:
            yield f"{base}?q={text}"
        for column in each.columns:
            yield f"{base}?sort={column.key}"
            yield f"{base}?sort=-{column.key}"
        for one in each.filters:
            for value in ("FR", "1", "team", "x", "2024", "ngo", "active"):
                yield f"{base}?{one.key}={value}"
    for asked in ("on=2019", "on=2024-03-31", "country=FR", "country=FR&country=BE"):
        yield f"/networks/matrix?{asked}"
    for asked in ("last=1", "last=12", "last=0", "network=1", "never=1"):
        yield f"/declarations/gaps?{asked}"
    for asked in (
        "owner=me",
        "owner=none",
        "tier=a",
        "status=active",
        "why=overdue",
        "why=dormant",
    ):
        yield f"/reviews/?{asked}"
    yield from ("/duties/?who=me", "/duties/?state=closed", "/duties/?who=me&state=closed")
    for text in TEXTS:
        yield f"/search?q={text}"
        yield f"/records/suggest?q={text}"
        yield f"/records/suggest?kind=person&q={text}"


def masked(body: str) -> str:
    """Return a page without what differs from one request to the next."""
    body = re.sub(r'name="(csrf_token|once)"([^>]*)value="[^"]*"', r'name="\1"\2value=""', body)
    body = re.sub(r'value="[^"]*"([^>]*)name="(csrf_token|once)"', r'value=""\1name="\2"', body)
    body = re.sub(r'content="[^"]{60,}"', 'content=""', body)
    return re.sub(r"\b[0-9A-F]{6}\b", "REFERENCE", body)
