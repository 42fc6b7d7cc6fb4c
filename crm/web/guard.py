"""Who may come in: one check before every view, and none forgotten."""

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.db import db
from crm.core.principal import Principal, set_principal
from crm.permissions import Permission
from crm.web.blueprint import Blueprint
from crm.web.login import login_manager

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UndeclaredEndpoint(Exception):
    """A view names no permission; the application must not start."""


def needed_permission(app: Flask, endpoint: str) -> Permission | None:
    """Return the permission an endpoint names."""
    permission = getattr(app.view_functions[endpoint], "permission", None)
    return permission if isinstance(permission, Permission) else None


def refuse_undeclared(app: Flask) -> None:
    """Stop the start when a route names no permission.

    :raises UndeclaredEndpoint: naming the routes.
    """
    undeclared = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if needed_permission(app, rule.endpoint) is None
    )
    if undeclared:
        raise UndeclaredEndpoint(f"Add permission= to these routes: {', '.join(undeclared)}")


def check_permission() -> ResponseReturnValue | None:
    """Deny unless the view names a permission and the user holds it.

    On SQLite the lock to write is taken after that only: nobody waits for it who is not let in,
    and when others hold it for too long, whoever is told so is known.
    """
    changes = request.method not in SAFE_METHODS
    takes_lock = changes and db.engine.dialect.name == "sqlite"
    db.session.info["read_only"] = takes_lock or not changes
    answer = _answer_if_denied()
    if takes_lock and answer is None:
        db.session.commit()  # Ends what only read.
        db.session.info["read_only"] = False
    return answer


def _answer_if_denied() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # Flask answers 404 or 405.
    needed = needed_permission(current_app, request.endpoint)
    if needed is Permission.PUBLIC and request.endpoint == "static":
        return None
    if current_user.is_authenticated:
        set_principal(db.session, Principal(current_user.id, current_user.permissions))
    if needed is Permission.PUBLIC:
        return None
    if not current_user.is_authenticated:
        answer: ResponseReturnValue = login_manager.unauthorized()
        return answer
    if needed not in current_user.permissions:
        abort(403)
    return None


def _is_secret() -> bool:
    """Tell whether the address that was asked for is a secret itself."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return isinstance(blueprint, Blueprint) and blueprint.is_secret


def check_origin() -> None:
    """Refuse a change that another site asks for, besides the token that forms carry."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin == "null" and _is_secret():
        # What older browsers send from a page that tells no referrer. Another site does not know
        # the address, which is the secret.
        return
    ours = (request.host_url.rstrip("/"), current_app.config["BASE_URL"] or None)
    if origin is not None and origin not in ours:
        abort(403)
