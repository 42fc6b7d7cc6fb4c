"""Sends the files of packs, sheets and reports."""

from flask.typing import ResponseReturnValue

from crm.packs.files import File
from crm.web import downloads


def sent(made: File) -> ResponseReturnValue:
    """Send a file; that it left is noted."""
    return downloads.sent(made.name, made.media_type, made.content)
