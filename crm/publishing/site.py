"""The files of the public page: HTML without scripts, a style sheet, and what is new as feeds."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale

from crm.core.db import Base
from crm.core.i18n import _
from crm.publishing.content import Entry, Page, fingerprint
from crm.records.publishing import LANGUAGES, Language

STYLE = "style.css"
FOLDERS: Mapping[Language, str] = {"fr": "", "en": "en/"}
"""Where the page of a language lies; French is at the top."""
MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".xml": "application/rss+xml",
    ".json": "application/feed+json",
}


def files_of(pages: Mapping[Language, Page], news: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of the page by their names.

    :param news: for each entry, by its anchor, when it came and when it last changed.
    """
    made = {STYLE: style()}
    for language in LANGUAGES:
        folder = FOLDERS[language]
        with force_locale(language):
            up = "../" if folder else "./"
            others = [
                (each, f"{up}{FOLDERS[each]}index.html") for each in LANGUAGES if each != language
            ]
            made[f"{folder}index.html"] = html(pages[language], style=f"{up}{STYLE}", others=others)
            made[f"{folder}feed.xml"] = _rss(pages[language], news)
            made[f"{folder}feed.json"] = _json_feed(pages[language], news)
    return made


def html(
    page: Page,
    *,
    style: str,
    others: Sequence[tuple[Language, str]],
    back_url: str | None = None,
) -> str:
    """Return the page of a language, in the language that is set.

    :param style: the address of the style sheet.
    :param others: the other languages, with the address of the page in each.
    :param back_url: where a preview leads back to; a preview has no feeds.
    """
    template = current_app.jinja_env.get_template("publishing/page.html")
    return template.render(page=page, style=style, others=others, back_url=back_url)


def style() -> str:
    """Return the style sheet: colours and sizes of all our pages, then those of this one."""
    folder = Path(str(current_app.static_folder)) / "css"
    return "\n".join((folder / name).read_text("utf-8") for name in ("tokens.css", "public.css"))


def news_of(
    pages: Mapping[Language, Page], before: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """Return for each entry when it came to the page and when it last changed.

    :param before: the same of the edition before.
    """
    news: dict[str, Any] = {}
    said: dict[str, list[Any]] = {}
    for page in pages.values():
        for section in page.sections:
            for entry in section.entries:
                said.setdefault(entry.anchor, []).append(asdict(entry))
    for anchor, both in said.items():
        print_of = fingerprint({"both": both})
        known = before.get(anchor)
        now = moment.isoformat(timespec="seconds")
        news[anchor] = {
            "first": known["first"] if known else now,
            "changed": known["changed"] if known and known["fingerprint"] == print_of else now,
            "fingerprint": print_of,
        }
    return news


def _site(language: Language) -> str:
    """Return the address of the page of a language, where it is known."""
    base = str(Base.metadata.info.get("public_url") or "")
    return f"{base}/{FOLDERS[language]}" if base else ""


def _entries(page: Page, news: Mapping[str, Any]) -> list[tuple[Entry, Any]]:
    found = [(entry, news[entry.anchor]) for each in page.sections for entry in each.entries]
    return sorted(found, key=lambda each: (each[1]["changed"], each[0].day), reverse=True)


def _summary(entry: Entry) -> str:
    if entry.text:
        return entry.text
    said = [
        _("%(what)s: %(value)s", what=each.label, value="; ".join(line.text for line in each.lines))
        for each in entry.facts
    ]
    return "\n".join(said[:3])


def _rss(page: Page, news: Mapping[str, Any]) -> str:
    site = _site(page.language)
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _say(channel, "title", page.title)
    _say(channel, "link", site or "index.html")
    _say(channel, "description", page.intro or page.title)
    _say(channel, "language", page.language)
    for entry, dates in _entries(page, news):
        item = ET.SubElement(channel, "item")
        _say(item, "title", entry.title)
        if site:
            _say(item, "link", f"{site}#{entry.anchor}")
        _say(item, "description", _summary(entry))
        guid = ET.SubElement(item, "guid", isPermaLink="false")
        guid.text = f"{page.language}:{entry.anchor}:{dates['changed']}"
        _say(item, "pubDate", format_datetime(datetime.fromisoformat(dates["changed"])))
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _json_feed(page: Page, news: Mapping[str, Any]) -> str:
    site = _site(page.language)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.title,
        "language": page.language,
        "description": page.intro or page.title,
        **({"home_page_url": site, "feed_url": f"{site}feed.json"} if site else {}),
        "authors": [{"name": page.us or "Passerelle"}],
        "items": [
            {
                "id": f"{page.language}:{entry.anchor}",
                **({"url": f"{site}#{entry.anchor}"} if site else {}),
                "title": entry.title,
                "content_text": _summary(entry),
                "date_published": dates["first"],
                "date_modified": dates["changed"],
            }
            for entry, dates in _entries(page, news)
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
