"""Applications of their own, for tests that commit, that change the settings or break something."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

import config as configuration
from crm.app import create_app
from crm.core.db import Base, db
from crm.core.principal import SYSTEM, acting_as
from tests.databases import postgresql_url

SECRET = "only for tests, and long enough to be taken 0123456789"


def url_of(database: str, name: str) -> str:
    """Return the address of an empty database; "" is SQLite in the instance folder."""
    return "" if database == "sqlite" else postgresql_url(name)


@contextmanager
def own_app(
    instance: Path, url: str = "", *, protected: bool = False, **environment: str
) -> Iterator[Flask]:
    """Open an application on an empty database.

    :param protected: check the tokens of forms and answer crashes with a page, as in real use.
    :param environment: further variables of the environment.
    """
    kept = dict(Base.metadata.info)
    given = {
        "PASSERELLE_INSTANCE": str(instance),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        **environment,
    }
    read = configuration.read(given, TESTING=not protected, WTF_CSRF_ENABLED=protected)
    app = create_app(read)
    try:
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
    finally:
        with app.app_context():
            db.engine.clear_compiled_cache()
            db.engine.dispose()
        Base.metadata.info.clear()
        Base.metadata.info.update(kept)


@contextmanager
def committed(app: Flask) -> Iterator[None]:
    """Do what the block does as the system, and commit it."""
    with app.app_context(), acting_as(db.session, SYSTEM):
        yield
        db.session.commit()
