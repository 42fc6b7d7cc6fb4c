"""Reads a mail as it was saved: who wrote it to whom and when, its words, the files with it.

Nothing here touches the database. Whatever the bytes are, one gets a mail or one sentence.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Part
from email.parser import BytesFeedParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import BinaryIO

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import clean_line, clean_text
from crm.documents import delimited
from crm.records.files import LARGEST, check_kind, safe_name

html_text = LoadedWhenUsed("html_text")

MOST_BYTES = 64 * 1024 * 1024
MOST_OF_PART = LARGEST * 14 // 10
"""Bytes of a part that are read: in base64 with its line ends, more than any file that is kept."""
MOST_OF_LINE = 64 * 1024
MOST_CHARACTERS = 100_000
MOST_FILES = 50
MOST_ADDRESSES = 500
LONGEST_ADDRESS = 254
LONGEST_NAME = 120
LONGEST_SUBJECT = 200

UNREADABLE = (MessageError, LookupError, TypeError, ValueError)
"""What the library raises for mails that no program would write."""

_HEADERS = ("From", "To", "Cc", "Date", "Subject", "Message-ID")
_MAIL = "message/rfc822"
_PLAIN, _MARKED = "text/plain", "text/html"


@dataclass(frozen=True)
class Address:
    """Somebody a mail names.

    :param email: in lower case.
    """

    name: str
    email: str


@dataclass(frozen=True)
class File:
    """A file that came with a mail, of a kind and size that are kept."""

    name: str
    content: bytes


@dataclass
class Message:
    """What a mail says.

    :param sent_at: None where it does not say, or not in a way that can be read.
    :param notices: sentences on what could not be read.
    """

    sender: Sequence[Address] = ()
    recipients: Sequence[Address] = ()
    copied: Sequence[Address] = ()
    sent_at: datetime | None = None
    subject: str = ""
    text: str = ""
    files: list[File] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read(stream: BinaryIO) -> Message:
    """Read a mail, of which files too large to be kept are left out.

    :raises InvalidValue: at ``upload`` when it is empty, too large or no mail.
    """
    try:
        return read_all(opened(stream))
    except RecursionError:  # Parts within parts within parts: nobody writes that.
        raise _no_mail() from None


def read_all(part: Part) -> Message:
    """Return what a mail says, its text and its files."""
    message = read_headers(part)
    message.text = _text(part, message.notices)
    if len(message.text) > MOST_CHARACTERS:
        message.text = message.text[:MOST_CHARACTERS]
        message.notices.append(
            _("The text of the mail was cut after %(most)d characters", most=MOST_CHARACTERS)
        )
    _take_files(part, message)
    return message


def read_headers(part: Part) -> Message:
    """Return what stands above the text of a mail."""
    return Message(
        sender=_addresses(part, "From"),
        recipients=_addresses(part, "To"),
        copied=_addresses(part, "Cc"),
        sent_at=_sent_at(part),
        subject=_header(part, "Subject")[:LONGEST_SUBJECT],
    )


# The bytes


def opened(stream: BinaryIO) -> Part:
    """Return a mail as it is built, of each part no more than is kept.

    :raises InvalidValue: at ``upload`` when it is empty, too large or no mail.
    """
    parser = BytesFeedParser()
    is_empty = True
    try:
        for line in _bounded(stream):
            is_empty = is_empty and not line.strip()
            parser.feed(line)
        part = parser.close()
    except RecursionError:
        raise _no_mail() from None
    if is_empty:
        raise InvalidValue("upload", _("This file is empty. Choose another"))
    if not any(name in part for name in _HEADERS):
        raise _no_mail()
    return part


def _no_mail() -> InvalidValue:
    return InvalidValue("upload", _("This file is no mail. Save the mail as .eml and try again"))


def _bounded(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a mail, of each part no more than a file that is kept may have.

    A line that begins with two hyphens may begin the next part: no line of base64 does.
    """
    size = total = 0
    while line := stream.readline(MOST_OF_LINE):
        size = 0 if line.startswith(b"--") else size + len(line)
        if size > MOST_OF_PART:
            continue
        total += len(line)
        if total > MOST_BYTES:
            raise InvalidValue(
                "upload", _("This mail is larger than 60 MB. Save it without its files")
            )
        yield line


# The headers


def _raw(part: Part, name: str) -> list[str]:
    """Return what the headers of a name say, as it is written."""
    return [str(value) for key, value in part.raw_items() if key.casefold() == name.casefold()]


def _header(part: Part, name: str) -> str:
    return clean_line(_decoded(next(iter(_raw(part, name)), "")))


def _decoded(raw: str) -> str:
    """Return the words of a header, whatever they are written in."""
    content = raw.encode("utf-8", "surrogateescape")
    text = delimited.decoded(content) or content.decode("latin-1")
    try:
        return str(make_header(decode_header(text))) or text
    except UNREADABLE:
        return text


def _addresses(part: Part, header: str) -> list[Address]:
    """Return the people a header names, each once."""
    found: dict[str, Address] = {}
    for name, email in getaddresses(_raw(part, header))[:MOST_ADDRESSES]:
        address = clean_line(_decoded(email)).casefold()
        if "@" in address and len(address) <= LONGEST_ADDRESS:
            found.setdefault(address, Address(_name(name), address))
    return list(found.values())


def _name(raw: str) -> str:
    """Return a name as people say it: “TEST, Ada” is Ada TEST."""
    name = clean_line(_decoded(raw)).strip(" '\"")[:LONGEST_NAME]
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and given and "," not in given else name


def _sent_at(part: Part) -> datetime | None:
    try:
        sent = parsedate_to_datetime(_header(part, "Date"))
        return sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


# The words


def _text(part: Part, notices: list[str]) -> str:
    """Return the words of a part, as one reads them."""
    if _is_file(part):
        return ""
    if part.is_multipart():
        return _text_of_parts(part, notices)
    if part.get_content_type() == _MARKED:
        return _without_marks(_words(part, notices))
    return clean_text(_words(part, notices))


def _text_of_parts(part: Part, notices: list[str]) -> str:
    texts = [(each, _text(each, notices)) for each in _parts(part)]
    if part.get_content_type() != "multipart/alternative":
        return "\n\n".join(text for _each, text in texts if text)
    plain = (text for each, text in texts if each.get_content_type() == _PLAIN and text)
    others = [text for _each, text in texts if text]
    return next(plain, others[-1] if others else "")


def _parts(part: Part) -> Sequence[Part]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Part)] if isinstance(payload, list) else []


def _words(part: Part, notices: list[str]) -> str:
    """Return the text of a part in the character set it names, or in the one it is in."""
    content = _content(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        return content.decode(charset)
    except (LookupError, ValueError):
        notice = _("The text names a character set it is not in: some signs may be wrong")
        if notice not in notices:
            notices.append(notice)
        return delimited.decoded(content) or content.decode("latin-1")


def _content(part: Part) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except UNREADABLE:
        return b""
    return content if isinstance(content, bytes) else b""


def _without_marks(html: str) -> str:
    """Return the words of a text in HTML, in the lines in which one sees them."""
    html = clean_text(html)
    if not html:
        return ""
    tree = html_text.parse_html(html)
    if tree is None:
        return ""
    for title in tree.findall(".//title"):
        title.drop_tree()
    return clean_text(html_text.extract_text(tree))


# The files


def _is_file(part: Part) -> bool:
    if part.get_content_type() == _MAIL:
        return True
    if part.is_multipart():
        return False
    if part.get_content_type() not in (_PLAIN, _MARKED):
        return True
    disposition = str(part.get("Content-Disposition", "")).strip().casefold()
    return disposition.startswith("attachment") or bool(_file_name(part))


def _file_name(part: Part) -> str:
    with suppress(*UNREADABLE):
        return clean_line(_decoded(part.get_filename() or ""))
    return ""


def _files_in(part: Part) -> Iterator[Part]:
    if _is_file(part):
        yield part
    elif part.is_multipart():
        for each in _parts(part):
            yield from _files_in(each)


def _take_files(part: Part, message: Message) -> None:
    for place, each in enumerate(_files_in(part)):
        if place == MOST_FILES:
            message.notices.append(
                _("Only the first %(most)d files of the mail were read", most=MOST_FILES)
            )
            return
        name, content = _named(each, place + 1)
        try:
            _check(name, content)
        except InvalidValue as refused:
            message.notices.append(
                _("“%(name)s” is not kept: %(reason)s", name=name, reason=refused.message)
            )
        else:
            message.files.append(File(name, content))


def _named(part: Part, number: int) -> tuple[str, bytes]:
    """Return a file's name and content; a mail within the mail is a file of its own."""
    if part.get_content_type() == _MAIL:
        inner = next(iter(_parts(part)), None)
        subject = _header(inner, "Subject") if inner is not None else ""
        name = re.sub(r"[\\/]", "-", subject)[:LONGEST_NAME] or _("Mail")
        return safe_name(f"{name}.eml"), _written(inner)
    return safe_name(_file_name(part) or _("File %(number)d", number=number)), _content(part)


def _written(mail: Part | None) -> bytes:
    """Return a mail within the mail as it was sent; nothing where it is too broken for that."""
    try:
        return mail.as_bytes() if mail is not None else b""
    except UNREADABLE:
        return b""


def _check(name: str, content: bytes) -> None:
    """Refuse what is not kept with any record, as everywhere.

    :raises InvalidValue: with the reason.
    """
    if len(content) > LARGEST:
        raise InvalidValue("upload", _("This file is larger than 20 MB. Send a smaller one"))
    if not content:
        raise InvalidValue("upload", _("This file is empty. Choose another"))
    check_kind(name, content)
