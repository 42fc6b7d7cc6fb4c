"""The private calendar address: its page, and the calendar itself."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.agenda import gathering
from crm.core.i18n import _
from crm.documents import ics
from crm.feeds import answers, services
from crm.feeds.models import PrivateAddress
from crm.permissions import Permission
from crm.web.blueprint import Blueprint

bp = Blueprint("agenda", __name__)
bp.after_request(answers.note_reading)

SUBJECT = "calendar"


@bp.get("/account/calendar", permission=Permission.ACCOUNT_OWN)
def calendar() -> ResponseReturnValue:
    """Show whether one has a private calendar address, and what it is for."""
    return _page()


@bp.post("/account/calendar/new", permission=Permission.ACCOUNT_OWN)
def make_address() -> ResponseReturnValue:
    """Make a private address, or replace it, and show it this once."""
    token = services.make_address(current_user.id, SUBJECT)
    return _page(answers.server() + url_for(".feed", token=token))


@bp.post("/account/calendar/withdraw", permission=Permission.ACCOUNT_OWN)
def withdraw_address() -> ResponseReturnValue:
    """Withdraw one's private address."""
    services.withdraw_address(current_user.id, SUBJECT)
    flash(_("The address is withdrawn. Calendars that use it are no longer updated"), "success")
    return redirect(url_for(".calendar"))


def _page(address: str | None = None) -> str:
    words = answers.Words(
        title=_("My calendar"),
        purpose=_(
            "What is due for you can be shown in the calendar of your computer or telephone. It "
            "needs a private address, which stands for you: it is read without a password."
        ),
        where_to_paste=_(
            "In your calendar program, add a calendar “from the internet” or “by URL” and paste "
            "the address there. The program then fetches it by itself."
        ),
        warning=_("Whoever has the address reads what you read there: give it to nobody."),
        copies=_(
            "A calendar kept by an online service is copied to that service. For confidential "
            "work, use a program on your own machine."
        ),
        lost=_("Calendars that use the present address will no longer be updated."),
        back=_("Back to my account"),
    )
    urls = (url_for(".make_address"), url_for(".withdraw_address"), url_for("accounts.account"))
    return answers.address_page(SUBJECT, words, urls, address)


@bp.get("/calendar/<token>.ics", permission=Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """Return the calendar of whoever the address was made for."""
    return answers.answer(token, _calendar, missing=_("There is no such calendar"))


def _calendar(address: PrivateAddress) -> Response | None:
    if address.subject != SUBJECT:
        return None
    written = ics.write(gathering.events(address.user), answers.server())
    return Response(written, mimetype=ics.MEDIA_TYPE)
