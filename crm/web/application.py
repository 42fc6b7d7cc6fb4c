"""The application: one transaction around each request."""

from typing import Any

from flask import Flask, Request

from crm.core.db import db


class BoundedRequest(Request):
    """A request whose form is bounded in size and in number of fields."""

    max_form_memory_size = 2_000_000
    max_form_parts = 5_000


class Application(Flask):
    """Flask with one transaction around each view."""

    request_class = BoundedRequest

    def dispatch_request(self, *args: Any) -> Any:
        """Run the view in one transaction: keep all it did, or nothing."""
        try:
            response = super().dispatch_request(*args)
            db.session.commit()
        except Exception:
            # An error page must not flush what failed.
            db.session.rollback()
            raise
        return response
