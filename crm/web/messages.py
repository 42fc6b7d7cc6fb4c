"""What a page says when something was done, with what can be done about it."""

from typing import Any

from flask import flash

from crm.web.cells import Action


def tell(text: str, *actions: Action) -> None:
    """Say on the next page that something was done, and offer what may come next."""
    offered = [(str(action.label), action.url, action.method) for action in actions]
    message: Any = {"text": text, "actions": offered}  # The session keeps it as JSON.
    flash(message, "success")
