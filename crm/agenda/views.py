"""The private calendar address: its page, and the calendar itself."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm.accounts.throttle import TooManyAttempts
from crm.agenda import gathering, queries, services
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.documents import ics
from crm.permissions import Permission
from crm.web.blueprint import Blueprint
from crm.web.cells import Action

bp = Blueprint("agenda", __name__)


def _server() -> str:
    return str(Base.metadata.info["base_url"] or request.host_url).rstrip("/")


@bp.get("/account/calendar", permission=Permission.ACCOUNT_OWN)
def calendar() -> ResponseReturnValue:
    """Show whether one has a private calendar address, and what it is for."""
    return _page()


@bp.post("/account/calendar/new", permission=Permission.ACCOUNT_OWN)
def make_address() -> ResponseReturnValue:
    """Make a private address, or replace it, and show it this once."""
    token = services.make_address(current_user.id)
    return _page(_server() + url_for(".feed", token=token))


@bp.post("/account/calendar/withdraw", permission=Permission.ACCOUNT_OWN)
def withdraw_address() -> ResponseReturnValue:
    """Withdraw one's private address."""
    services.withdraw_address(current_user.id)
    flash(_("The address is withdrawn. Calendars that use it are no longer updated"), "success")
    return redirect(url_for(".calendar"))


def _page(address: str | None = None) -> str:
    return render_template(
        "agenda/calendar.html",
        feed=db.session.scalar(queries.feed_of(current_user.id)),
        address=address,
        make=Action(_("Make my address"), url_for(".make_address"), "post"),
        replace=Action(
            _("Replace the address"),
            url_for(".make_address"),
            "post",
            confirm=_("Calendars that use the present address will no longer be updated."),
        ),
        withdraw=Action(
            _("Withdraw the address"),
            url_for(".withdraw_address"),
            "post",
            confirm=_("Calendars that use the present address will no longer be updated."),
        ),
    )


@bp.get("/calendar/<token>.ics", permission=Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """Return the calendar of whoever the address was made for."""
    found = services.find_feed(token)
    if found is None:
        return _unknown()
    if found.last_read_at is None or now() - found.last_read_at >= services.READ_EVERY:
        g.read_feed = found.id
    return Response(ics.write(gathering.events(found.user), _server()), mimetype=ics.MEDIA_TYPE)


def _unknown() -> Response:
    """Say the same of every address that is not in use, until there were too many of them."""
    db.session.commit()  # What was read waited for no lock; counting does.
    db.session.info["read_only"] = False
    try:
        services.count_unknown(request.remote_addr or "")
    except TooManyAttempts as refused:
        headers = {"Retry-After": str(refused.seconds)}
        return Response(f"{_('Too many attempts')}\n", 429, headers, "text/plain")
    return Response(f"{_('There is no such calendar')}\n", 404, mimetype="text/plain")


@bp.after_request
def _note_reading(response: Response) -> Response:
    """Note that a calendar is read, once a day, after the answer's own transaction."""
    feed_id = g.pop("read_feed", None)
    if feed_id is None:
        return response
    try:
        db.session.info["read_only"] = False
        services.mark_read(feed_id)
        db.session.commit()
    except (OperationalError, PoolTimeout):
        db.session.rollback()  # A long import holds the lock: the next reading tries again.
    finally:
        db.session.info["read_only"] = True
    return response
