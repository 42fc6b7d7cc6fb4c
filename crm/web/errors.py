"""Every error page: what happened, what to do, a reference to quote."""

import logging
import secrets

from flask import (
    Flask,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed, SentBefore
from crm.core.i18n import _, _l
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.login import treat_as_stranger
from crm.web.templating import locale_code

logger = logging.getLogger(__name__)

PAGES = {
    400: (
        _l("This request was not understood"),
        _l("Go back, check what you entered and send it again."),
    ),
    401: (_l("Sign in first"), _l("This page is for people who have signed in.")),
    403: (
        _l("Your role does not allow this"),
        _l("Ask a manager or an administrator of your team to do it, or to change your role."),
    ),
    404: (
        _l("There is no such page"),
        _l("The address may be mistyped, or the record may have been removed. Try a search."),
    ),
    405: (_l("This page cannot be used that way"), _l("Open it from the page that leads to it.")),
    409: (
        _l("Somebody changed this meanwhile"),
        _l("Nothing was saved. Open the record again and repeat your change."),
    ),
    413: (_l("This is too large"), _l("Send a smaller file or a shorter text.")),
    429: (_l("Too many attempts"), _l("Wait a few minutes, then try again.")),
    500: (
        _l("Something went wrong here"),
        _l(
            "Nothing was saved and nothing was lost. Try again; if it happens again, quote the "
            "reference."
        ),
    ),
    503: (
        _l("The database does not answer"),
        _l("Nothing was saved. Try again in a moment: the page you sent is still in your browser."),
    ),
}

STRANGERS = PAGES | {
    403: (
        _l("This was not accepted"),
        _l("Open the page from the mail that we sent you, and send it again."),
    ),
    404: (
        _l("This link leads nowhere"),
        _l("The address may be mistyped. Copy it whole from the last mail you had from us."),
    ),
    405: (
        _l("This page cannot be used that way"),
        _l("Open the page from the mail that we sent you."),
    ),
}
"""What people without an account are told instead."""


def new_reference() -> str:
    """Return a short reference that a person can read out."""
    return secrets.token_hex(3).upper()


def _look_up_visitor() -> None:
    """Find out who asks, if the database tells: the page of an error must not fail itself."""
    try:
        _is_known = current_user.is_authenticated
    except (OperationalError, PoolTimeout):
        db.session.rollback()
        treat_as_stranger()


def _is_for_strangers() -> bool:
    """Tell whether the address lies below one that is a secret, whether or not there is a page."""
    return any(
        isinstance(each, Blueprint)
        and each.is_secret
        and request.path.startswith((each.url_prefix or "").partition("<")[0])
        for each in current_app.blueprints.values()
    )


def answer(code: int, text: str | None = None) -> ResponseReturnValue:
    """Return the error page of a status code."""
    db.session.info["read_only"] = True  # Telling what went wrong waits for no lock.
    is_for_strangers = _is_for_strangers()
    pages = STRANGERS if is_for_strangers else PAGES
    heading, advice = pages.get(code, pages[500 if code >= 500 else 400])
    if is_for_strangers:
        page = render_template(
            "errors/stranger.html",
            heading=str(heading),
            text=text or str(advice),
            reference=g.get("reference", ""),
            interface=locale_code(),
        )
        return page, code
    _look_up_visitor()
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "status": code, "title": str(heading)}
        return jsonify(problem), code, {"Content-Type": "application/problem+json"}
    page = render_template(
        "errors/error.html",
        code=code,
        heading=str(heading),
        text=text or str(advice),
        reference=g.get("reference", ""),
        search=code == 404 and current_user.is_authenticated,
        carried=kept.form_sent() or kept.form_carried(),
    )
    return page, code


def _no_database(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    treat_as_stranger()
    logger.error("database unavailable", exc_info=error, extra={"reference": g.get("reference")})
    response = make_response(answer(503))
    response.headers["Retry-After"] = "5"
    return response


def _sent_before(error: SentBefore) -> ResponseReturnValue:
    flash(_("This form was saved already; nothing was added twice"), "success")
    return redirect(error.url or "/")


def prepare_errors(app: Flask) -> None:
    """Answer every error with a page of ours."""

    @app.before_request
    def refer() -> None:
        g.reference = new_reference()

    app.register_error_handler(SentBefore, _sent_before)

    @app.errorhandler(CSRFError)
    def no_token(error: CSRFError) -> ResponseReturnValue:
        return answer(
            400,
            _(
                "Your session ended or this form is too old. Sign in again in another tab, then "
                "send it again."
            ),
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        response = app.make_response(answer(error.code))
        for name, value in error.get_headers():
            if name in ("Retry-After", "Allow"):
                response.headers[name] = value
        return response

    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> ResponseReturnValue:
        return answer(403, str(error.message))

    @app.errorhandler(InvalidValue)
    def invalid_value(error: InvalidValue) -> ResponseReturnValue:
        return answer(400, str(error.message))

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError) -> ResponseReturnValue:
        db.session.rollback()
        return answer(409)

    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(PoolTimeout, _no_database)

    @app.errorhandler(InternalServerError)
    def crash(error: InternalServerError) -> ResponseReturnValue:
        return answer(500)
