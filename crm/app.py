"""The application: the only file that knows every part."""

import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel
from flask_compress import Compress
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import crm.accounts.feature
import crm.agenda.feature
import crm.bulk.feature
import crm.capture.feature
import crm.coming.feature
import crm.commitments.feature
import crm.corrections.feature
import crm.debriefs.feature
import crm.declarations.feature
import crm.drafts.feature
import crm.duties.feature
import crm.example.feature
import crm.exports.feature
import crm.facts.feature
import crm.feeds.feature
import crm.gaps.feature
import crm.handover.feature
import crm.help.feature
import crm.home.feature
import crm.interactions.feature
import crm.invitations.feature
import crm.lists.feature
import crm.meetings.feature
import crm.networks.feature
import crm.organisations.feature
import crm.packs.feature
import crm.people.feature
import crm.projects.feature
import crm.publishing.feature
import crm.records.feature
import crm.reports.feature
import crm.reviews.feature
import crm.rhythms.feature
import crm.rolls.feature
import crm.saved_views.feature
import crm.search.feature
import crm.settings.feature
import crm.signing.feature
import crm.submissions.feature
import crm.tasks.feature
import crm.ties.feature
from crm.core.db import Base, db
from crm.core.engine import engine_options, prepare_engine
from crm.core.features import Feature
from crm.core.i18n import TRANSLATIONS
from crm.permissions import Permission
from crm.records import ddl, history, leaving, visibility
from crm.records.kinds import registry
from crm.records.views import PlaceConverter, record_blueprint
from crm.statuses import book
from crm.web import health
from crm.web.application import Application
from crm.web.assets import compress
from crm.web.errors import prepare_errors
from crm.web.guard import check_origin, check_permission, refuse_undeclared
from crm.web.headers import HEADERS, prepare_headers
from crm.web.login import login_manager
from crm.web.logs import prepare_logs
from crm.web.rows import prepare_rows
from crm.web.templating import prepare_templates

FEATURES: tuple[Feature, ...] = (
    crm.records.feature.FEATURE,
    crm.organisations.feature.FEATURE,
    crm.people.feature.FEATURE,
    crm.networks.feature.FEATURE,
    crm.projects.feature.FEATURE,
    crm.facts.feature.FEATURE,
    crm.duties.feature.FEATURE,
    crm.commitments.feature.FEATURE,
    crm.meetings.feature.FEATURE,
    crm.declarations.feature.FEATURE,
    crm.reviews.feature.FEATURE,
    crm.rhythms.feature.FEATURE,
    crm.tasks.feature.FEATURE,
    crm.interactions.feature.FEATURE,
    crm.rolls.feature.FEATURE,
    crm.invitations.feature.FEATURE,
    crm.signing.feature.FEATURE,
    crm.submissions.feature.FEATURE,
    crm.gaps.feature.FEATURE,
    crm.coming.feature.FEATURE,
    crm.debriefs.feature.FEATURE,
    crm.packs.feature.FEATURE,
    crm.publishing.feature.FEATURE,
    crm.ties.feature.FEATURE,
    crm.home.feature.FEATURE,
    crm.help.feature.FEATURE,
    crm.search.feature.FEATURE,
    crm.accounts.feature.FEATURE,
    crm.handover.feature.FEATURE,
    crm.agenda.feature.FEATURE,
    crm.saved_views.feature.FEATURE,
    crm.drafts.feature.FEATURE,
    crm.bulk.feature.FEATURE,
    crm.capture.feature.FEATURE,
    crm.exports.feature.FEATURE,
    crm.corrections.feature.FEATURE,
    crm.feeds.feature.FEATURE,
    crm.reports.feature.FEATURE,
    crm.lists.feature.FEATURE,
    crm.settings.feature.FEATURE,
    crm.example.feature.FEATURE,
)
LISTENERS = (ddl, history, visibility, leaving, book)
"""Modules that listen to the session from the moment they are imported."""

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
LOCALES = ("fr", "en")


def create_app(config: Mapping[str, Any], features: Sequence[Feature] = FEATURES) -> Flask:
    """Return the application with this configuration.

    :raises crm.web.guard.UndeclaredEndpoint: when a route names no permission.
    """
    app = Application(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "crm" / "static"),
        instance_path=str(config["INSTANCE"]),
    )
    app.config.from_mapping(config)
    app.config["SCHEMA_HEAD"] = (MIGRATIONS / ".current-head").read_text().strip()
    app.url_map.converters["place"] = PlaceConverter
    _open_database(app)
    _prepare_requests(app)
    _register(app, features)
    prepare_templates(app, features)
    prepare_rows(app)
    _stand_behind(app)
    refuse_undeclared(app)
    return app


def _open_database(app: Flask) -> None:
    uri = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        **engine_options(uri),
        "hide_parameters": True,  # An error must not quote what somebody typed.
        **app.config["SQLALCHEMY_ENGINE_OPTIONS"],
    }
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    # What services read without knowing of Flask.
    key = hmac.new(app.config["SECRET_KEY"].encode(), b"history", "sha256").digest()
    Base.metadata.info.update(
        history_key=key,
        secret_key=app.config["SECRET_KEY"],
        files_dir=Path(app.config["FILES_DIR"]),
        smtp_url=app.config["SMTP_URL"],
        mail_from=app.config["MAIL_FROM"],
        base_url=app.config["BASE_URL"],
        public_url=app.config["PUBLIC_URL"],
        seal_file=app.config["SEAL_FILE"],
    )


def _prepare_requests(app: Flask) -> None:
    prepare_errors(app)
    prepare_logs(app)
    login_manager.init_app(app)
    # Before the check of tokens: a stranger's POST gets the page to sign in, not an error.
    app.before_request(check_origin)
    app.before_request(check_permission)
    CSRFProtect(app)
    prepare_headers(app)
    Compress(app)
    Babel(
        app,
        locale_selector=_locale,
        default_translation_directories=str(TRANSLATIONS),
    )


def _locale() -> str:
    """Return the language of the reader: chosen, then the browser's, then French."""
    if not has_request_context():
        return LOCALES[0]
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    chosen = request.cookies.get(f"{prefix}locale", "")
    return chosen if chosen in LOCALES else request.accept_languages.best_match(LOCALES) or "fr"


def _register(app: Flask, features: Sequence[Feature]) -> None:
    registry.clear()
    for feature in features:
        registry.kinds.update({kind.name: kind for kind in feature.kinds})
        registry.parts.update({f"{feature.name}.{part.name}": part for part in feature.parts})
        registry.lists.update({each.name: each for each in feature.lists})
        registry.panels.extend(feature.panels)
        registry.moments.extend(feature.moments)
        registry.readings.extend(feature.readings)
        registry.page_sections.extend(feature.page_sections)
        registry.facts.extend(feature.facts)
        registry.glances.extend(feature.glances)
        registry.record_actions.extend(feature.record_actions)
        registry.ways_to_add.extend(feature.ways_to_add)
        registry.list_filters.extend(feature.list_filters)
        registry.list_columns.extend(feature.list_columns)
        registry.list_actions.extend(feature.list_actions)
        registry.withheld.extend(feature.withheld)
        registry.linked_lists.extend(feature.linked_lists)
        registry.linked_sheets.extend(feature.linked_sheets)
        registry.list_files.update({each.name: each for each in feature.list_files})
        registry.part_lists.update({each.path: each for each in feature.part_lists})
        registry.bulk_actions.update({each.name: each for each in feature.bulk_actions})
        registry.views_bar = feature.views_bar or registry.views_bar
        registry.home.extend(feature.home)
        registry.pack_sections.extend(feature.pack_sections)
        registry.pack_tables.extend(feature.pack_tables)
        registry.pack_changes.extend(feature.pack_changes)
        registry.ties.extend(feature.ties)
        registry.public_sections.extend(feature.public_sections)
        registry.public_facts.extend(feature.public_facts)
        registry.holdings.extend(feature.holdings)
        registry.calendar.extend(feature.calendar)
        registry.digest.extend(feature.digest)
    extra: dict[str, list[Any]] = {}
    for feature in features:
        for name, add_routes in feature.routes:
            extra.setdefault(name, []).append(add_routes)
    for name, kind in registry.kinds.items():
        blueprint = record_blueprint(kind)
        for add_routes in extra.get(name, ()):
            add_routes(blueprint)
        app.register_blueprint(blueprint)
    for feature in features:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
            if blueprint.is_secret:
                app.extensions["csrf"].exempt(blueprint)
        for command in feature.commands:
            app.cli.add_command(command)
    app.register_blueprint(health.bp)
    static: Any = app.view_functions["static"]
    static.permission = Permission.PUBLIC


def _protect(headers: Any, path: str, url: str) -> None:
    """Give static files the headers of all other answers."""
    for name, value in HEADERS.items():
        headers[name] = value


def _stand_behind(app: Flask) -> None:
    proxies = app.config["TRUSTED_PROXIES"]
    compress(Path(str(app.static_folder)))
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(app.static_folder),
        prefix="static/",
        max_age=31_536_000,
        immutable_file_test=lambda path, url: True,
        add_headers_function=_protect,
    )
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
