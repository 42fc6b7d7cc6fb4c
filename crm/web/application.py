"""The application: one transaction around each request."""

import gc
from typing import Any

from flask import Flask, Request

from crm.core.db import db
from crm.web.kept import note_taken
from crm.web.wording import TranslatedEnvironment


def settle() -> None:
    """Take what was loaded at the start as there for good: looking for rubbish passes it over."""
    gc.collect()
    gc.freeze()


class BoundedRequest(Request):
    """A request whose form is bounded in size and in number of fields."""

    max_form_memory_size = 2_000_000
    max_form_parts = 5_000


class Application(Flask):
    """Flask with one transaction around each view."""

    request_class = BoundedRequest
    jinja_environment = TranslatedEnvironment

    def dispatch_request(self, *args: Any) -> Any:
        """Run the view in one transaction: keep all it did, or nothing."""
        try:
            response = super().dispatch_request(*args)
            note_taken(response)
            db.session.commit()
        except Exception:
            # An error page must not flush what failed.
            db.session.rollback()
            raise
        return response
