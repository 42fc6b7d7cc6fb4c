"""Reads mails that come back (RFC 3464): which of ours it was, and why it was not delivered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

MOST_BYTES = 2 * 1024 * 1024
_LINES = re.IGNORECASE | re.MULTILINE
_FAILED = re.compile(r"^[ \t]*action[ \t]*:[ \t]*failed\b", _LINES)
_STATUS = re.compile(r"^[ \t]*status[ \t]*:[ \t]*([245]\.\d{1,3}\.\d{1,3})", _LINES)
_MESSAGE_ID = re.compile(r"^message-id[ \t]*:\s*(<[^<>\s]{1,190}>)", _LINES)


@dataclass(frozen=True)
class Bounce:
    """A mail that was not delivered for good.

    :param message_ids: the identifiers that may be that of our mail.
    :param status: such as 5.1.1; empty where none is told.
    """

    message_ids: tuple[str, ...]
    status: str


def read(content: bytes) -> Bounce | None:
    """Return what a mail tells of one of ours; None when it is no report of a failure.

    A mail that is only late is no failure: it may arrive still.
    """
    message = message_from_bytes(content[:MOST_BYTES], policy=default)
    reports = [_text(part) for part in _parts(message, "message/delivery-status")]
    if not any(_FAILED.search(report) for report in reports):
        return None
    status = next((found[1] for report in reports if (found := _STATUS.search(report))), "")
    returned = [
        _text(part)
        for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
        for part in _parts(message, kind)
    ]
    ids = dict.fromkeys(found for text in returned for found in _MESSAGE_ID.findall(text))
    return Bounce(tuple(ids), status)


def _parts(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _text(part: EmailMessage) -> str:
    """Return a part as it was written, whatever is wrong with it."""
    return part.as_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
