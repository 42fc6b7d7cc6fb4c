"""The pages of saved views, and their feeds."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _
from crm.documents import atom
from crm.feeds import answers
from crm.feeds import services as addresses
from crm.feeds.models import PrivateAddress
from crm.permissions import Permission
from crm.records.kinds import RecordKind, registry
from crm.records.listing import VIEW, Listing
from crm.saved_views import feed, queries, services, sources
from crm.saved_views.forms import ViewForm
from crm.saved_views.models import SavedView
from crm.saved_views.page import in_words
from crm.web.blueprint import Blueprint
from crm.web.cells import Action, Link
from crm.web.pages import form_page
from crm.web.tables import HeaderCell, Row

bp = Blueprint("saved_views", __name__, url_prefix="/views")
bp.after_request(answers.note_reading)

ONE = "/<int(max=999999999):view_id>"


def _find(view_id: int) -> SavedView:
    found = db.session.scalar(queries.offered(view_id, current_user.id))
    if found is None or found.kind not in registry.kinds:
        abort(404)
    return found


def _list_url(view: SavedView) -> str:
    """Return the address of the list as it was kept: the list says what it does not know of it."""
    asked = "&".join(filter(None, (view.address, f"{VIEW}={view.id}")))
    return f"{url_for(f'{registry.kinds[view.kind].path}.index')}?{asked}"


def _kind_at(path: str) -> RecordKind:
    found = next((kind for kind in registry.kinds.values() if kind.path == path), None)
    if found is None:
        abort(404)
    return found


@bp.get("/", permission=Permission.RECORDS_VIEW, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show one's own views and those of the team."""
    views = db.session.scalars(queries.offered_to(current_user.id)).all()
    known = [view for view in views if view.kind in registry.kinds]
    return render_template(
        "saved_views/index.html",
        columns=[HeaderCell(_("Name of the view")), HeaderCell(_("List")), HeaderCell(_("For"))],
        mine=[_row(view) for view in known if view.owner_id == current_user.id],
        team=[_row(view) for view in known if view.owner_id != current_user.id],
    )


def _row(view: SavedView) -> Row:
    url = url_for(".open_view", view_id=view.id)
    whom = _("The team") if view.is_shared else _("Only you")
    if view.owner_id != current_user.id:
        whom = _("The team, from %(name)s", name=view.owner.name)
    actions = []
    if services.may_change(view):
        actions = [
            Action(_("Rename or share"), url_for(".edit", view_id=view.id)),
            Action(_("Feed"), url_for(".feed_page", view_id=view.id)),
            Action(
                _("Delete"),
                url_for(".remove", view_id=view.id),
                "post",
                confirm=_("The view goes, for everybody who uses it. No record changes."),
            ),
        ]
    else:
        actions = [Action(_("Feed"), url_for(".feed_page", view_id=view.id))]
    label = registry.kinds[view.kind].label_plural
    return Row([Link(view.name, url), label, whom], actions=actions)


@bp.get(ONE, permission=Permission.RECORDS_VIEW)
def open_view(view_id: int) -> ResponseReturnValue:
    """Lead to the list as the view asks for it."""
    return redirect(_list_url(_find(view_id)))


@bp.route(
    "/new/<string(maxlength=40):path>", methods=["GET", "POST"], permission=Permission.RECORDS_VIEW
)
def create(path: str) -> ResponseReturnValue:
    """Keep a list under a name."""
    listing = Listing(_kind_at(path), request.args)
    form = ViewForm()
    if form.validate_on_submit():
        kept = {"kind": listing.kind.name, "address": sources.written(listing)}
        if view := form.submit(services.save_as, **kept):
            flash(_("View “%(name)s” saved", name=view.name), "success")
            return redirect(form.made(_list_url(view)))
    return form_page(
        form,
        title=_("Save this list as a view"),
        action_url=f"{url_for('.create', path=path)}?{sources.written(listing)}",
        cancel_url=listing.address(),
        intro=_("%(list)s – %(asked)s", list=listing.kind.label_plural, asked=in_words(listing)),
    )


@bp.post(f"{ONE}/save", permission=Permission.RECORDS_VIEW)
def save(view_id: int) -> ResponseReturnValue:
    """Let a view ask for what its list asks for now."""
    view = _find(view_id)
    listing = Listing(registry.kinds[view.kind], request.args)
    services.save(view, sources.written(listing))
    flash(_("View “%(name)s” saved", name=view.name), "success")
    return redirect(_list_url(view))


@bp.route(f"{ONE}/edit", methods=["GET", "POST"], permission=Permission.RECORDS_VIEW)
def edit(view_id: int) -> ResponseReturnValue:
    """Give a view another name, or share it."""
    view = _find(view_id)
    if not services.may_change(view):
        abort(403)
    form = ViewForm(obj=view)
    del form.once
    if form.validate_on_submit():
        shared = {} if "is_shared" in form else {"is_shared": view.is_shared}
        if form.submit(lambda **values: services.change(view, **{**shared, **values})):
            flash(_("Changes saved"), "success")
            return redirect(url_for(".index"))
    return form_page(
        form,
        title=_("Change: %(what)s", what=view.name),
        action_url=url_for(".edit", view_id=view.id),
        cancel_url=url_for(".index"),
        intro=in_words(sources.listing_of(view)),
    )


@bp.post(f"{ONE}/remove", permission=Permission.RECORDS_VIEW)
def remove(view_id: int) -> ResponseReturnValue:
    """Delete a view."""
    services.remove(_find(view_id))
    flash(_("View deleted. No record has changed"), "success")
    return redirect(url_for(".index"))


# Feeds


@bp.get(f"{ONE}/feed", permission=Permission.RECORDS_VIEW)
def feed_page(view_id: int) -> ResponseReturnValue:
    """Show whether one has a private address of the view's feed."""
    return _feed_page(_find(view_id))


@bp.post(f"{ONE}/feed/new", permission=Permission.RECORDS_VIEW)
def make_feed(view_id: int) -> ResponseReturnValue:
    """Make a private address of the view's feed, and show it this once."""
    view = _find(view_id)
    token = addresses.make_address(current_user.id, services.feed_subject(view))
    return _feed_page(view, answers.server() + url_for(".read_feed", token=token))


@bp.post(f"{ONE}/feed/withdraw", permission=Permission.RECORDS_VIEW)
def withdraw_feed(view_id: int) -> ResponseReturnValue:
    """Withdraw one's private address of the view's feed."""
    view = _find(view_id)
    addresses.withdraw_address(current_user.id, services.feed_subject(view))
    flash(_("The address is withdrawn. Programs that use it are no longer updated"), "success")
    return redirect(url_for(".feed_page", view_id=view.id))


def _feed_page(view: SavedView, address: str | None = None) -> str:
    words = answers.Words(
        title=_("Feed of “%(name)s”", name=view.name),
        purpose=_(
            "A feed reader can tell you what is new or has changed in this view. It needs a "
            "private address, which is read without a password."
        ),
        where_to_paste=_(
            "In your feed reader, or in a mail program that reads feeds, add a feed and paste the "
            "address there. The program then fetches it by itself."
        ),
        warning=_(
            "It names the records of the view that the whole team may see, and nothing else of "
            "them. Give the address to nobody."
        ),
        copies=_(
            "A reader kept by an online service copies the names to that service. For "
            "confidential work, use a program on your own machine."
        ),
        lost=_("Programs that use the present address will no longer be updated."),
        back=_("Back to the views"),
    )
    urls = (
        url_for(".make_feed", view_id=view.id),
        url_for(".withdraw_feed", view_id=view.id),
        url_for(".index"),
    )
    return answers.address_page(services.feed_subject(view), words, urls, address)


@bp.get("/feed/<token>.atom", permission=Permission.PUBLIC)
def read_feed(token: str) -> ResponseReturnValue:
    """Return the feed of a view to a program that knows its address."""
    return answers.answer(token, _written, missing=_("There is no such feed"))


def _written(address: PrivateAddress) -> Response | None:
    view = feed.view_of(address)
    if view is None:
        return None
    entries = feed.entries(view, answers.server())
    if entries is None:
        return None
    written = atom.write(
        view.name,
        f"{answers.server()}{url_for('.open_view', view_id=view.id)}",
        entries,
        language=str(address.user.locale),
    )
    return Response(written, mimetype=atom.MEDIA_TYPE)
