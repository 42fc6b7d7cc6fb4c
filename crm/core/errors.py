"""What a service raises when it refuses; the doors turn it into words at the right place."""

from collections.abc import Mapping
from typing import Any


class InvalidValue(Exception):
    """A value breaks a rule of the domain.

    :param field: name of the field the message belongs to, or None for the whole form.
    :param message: one translated sentence that says what to do.
    """

    def __init__(self, field: str | None, message: Any) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message


class NotAllowed(Exception):
    """The person may not do this; the message says who can."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class Conflict(Exception):
    """Somebody changed the same record meanwhile.

    :param fields: for each field that both changed: (mine, stored, original).
    """

    def __init__(self, record: Any, fields: Mapping[str, tuple[Any, Any, Any]]) -> None:
        super().__init__(record, fields)
        self.record = record
        self.fields = dict(fields)


class SentBefore(Exception):
    """This very form was taken already.

    :param url: the page of what it made.
    """

    def __init__(self, url: str | None) -> None:
        super().__init__(url)
        self.url = url
