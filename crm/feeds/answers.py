"""How a private address is answered: the same for every kind of feed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, g, render_template, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm.accounts.throttle import TooManyAttempts
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.feeds import queries, services
from crm.feeds.models import PrivateAddress
from crm.web.cells import Action


def server() -> str:
    """Return the beginning of our addresses, as other programs must write them."""
    return str(Base.metadata.info["base_url"] or request.host_url).rstrip("/")


def answer(
    token: str, write: Callable[[PrivateAddress], Response | None], *, missing: str
) -> Response:
    """Answer a private address with what is written for it, or say that it is not there.

    :param write: returns None for an address that leads to nothing any more.
    :param missing: the sentence of an address that is not there.
    """
    found = services.find_address(token)
    written = write(found) if found is not None else None
    if found is None or written is None:
        return _unknown(missing)
    if found.last_read_at is None or now() - found.last_read_at >= services.READ_EVERY:
        g.read_address = found.id
    return written


def _unknown(missing: str) -> Response:
    """Say the same of every address that is not in use, until there were too many of them."""
    db.session.commit()  # What was read waited for no lock; counting does.
    db.session.info["read_only"] = False
    try:
        services.count_unknown(request.remote_addr or "")
    except TooManyAttempts as refused:
        headers = {"Retry-After": str(refused.seconds)}
        return Response(f"{_('Too many attempts')}\n", 429, headers, "text/plain")
    return Response(f"{missing}\n", 404, mimetype="text/plain")


def note_reading(response: Response) -> Response:
    """Note that an address is read, once a day, after the answer's own transaction."""
    address_id = g.pop("read_address", None)
    if address_id is None:
        return response
    try:
        db.session.info["read_only"] = False
        services.mark_read(address_id)
        db.session.commit()
    except (OperationalError, PoolTimeout):
        db.session.rollback()  # A long import holds the lock: the next reading tries again.
    finally:
        db.session.info["read_only"] = True
    return response


@dataclass(frozen=True)
class Words:
    """What the page of a private address says of what it leads to.

    :param lost: what happens to programs that use an address once it is replaced or withdrawn.
    """

    title: str
    purpose: str
    where_to_paste: str
    warning: str
    copies: str
    lost: str
    back: str


def address_page(
    subject: str, words: Words, urls: tuple[str, str, str], address: str | None = None
) -> str:
    """Return the page on which somebody makes, replaces and withdraws a private address.

    :param urls: where the address is made, where it is withdrawn, and the page one came from.
    :param address: the address just made, which is shown this once.
    """
    make_url, withdraw_url, back_url = urls
    return render_template(
        "feeds/address.html",
        words=words,
        kept=db.session.scalar(queries.address_of(current_user.id, subject)),
        address=address,
        make=Action(_("Make my address"), make_url, "post"),
        replace=Action(_("Replace the address"), make_url, "post", confirm=words.lost),
        withdraw=Action(_("Withdraw the address"), withdraw_url, "post", confirm=words.lost),
        back_url=back_url,
    )
