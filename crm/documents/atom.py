"""Atom feeds (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A thing that is new or has changed; its address is its identity."""

    title: str
    url: str
    updated: datetime


def write(title: str, url: str, entries: Sequence[Entry], *, language: str) -> bytes:
    """Return a feed, the entries in the order given.

    :param url: the page the feed is about, which is its identity, too.
    """
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    newest = max((entry.updated for entry in entries), default=_NOTHING_YET)
    _describe(feed, title, url, newest)
    author = ET.SubElement(feed, "author")
    ET.SubElement(author, "name").text = "Passerelle"
    for entry in entries:
        _describe(ET.SubElement(feed, "entry"), entry.title, entry.url, entry.updated)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _describe(element: ET.Element, title: str, url: str, updated: datetime) -> None:
    ET.SubElement(element, "id").text = url
    ET.SubElement(element, "title").text = title
    ET.SubElement(element, "link", {"rel": "alternate", "href": url})
    ET.SubElement(element, "updated").text = updated.astimezone(UTC).isoformat(timespec="seconds")
