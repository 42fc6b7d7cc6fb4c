"""What all factories share."""

from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory

from crm.core.db import db


class Factory(SQLAlchemyModelFactory):
    """Makes rows in the session of the test."""

    class Meta:
        """Settings of factory_boy."""

        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "flush"


def sequence(pattern: str) -> Any:
    """Return a value that differs each time."""
    return factory.Sequence(pattern.format)
