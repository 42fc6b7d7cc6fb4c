"""The pages of reviews: the queue, the page of one, and the report of a round."""

from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import Conflict
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.organisations.queries import organisation as organisation_query
from crm.packs.files import Format, Language
from crm.packs.sending import sent
from crm.permissions import Permission
from crm.records import page as records
from crm.records.views import conflict_page, fields_kept
from crm.reviews import evidence, forms, page, queries, queue_page, report_page, services, waiting
from crm.reviews import report as rounds
from crm.reviews.cells import url_of
from crm.reviews.models import Review
from crm.reviews.waiting import Question
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page
from crm.web.templating import locale_code, shown

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
PLACE = "/<int(max=999999999):review_id>"

CLOSE = "close"
NEXT, PREVIOUS, POSTPONE, KEEP, AGREE = "next", "previous", "postpone", "keep", "agree"


@bp.get("/", permission=Permission.RECORDS_VIEW, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show which partners wait for a review, and why."""
    asked = Question.read(request.args)
    return render_template(
        "reviews/index.html", **queue_page.queue_context(asked, _page_number()), **_just_closed()
    )


def _page_number() -> int:
    number = request.args.get("page", "")
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1


@bp.route("/new", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
def begin() -> ResponseReturnValue:
    """Review a partner; nothing is kept of a review before something is entered."""
    organisation = _organisation()
    services.check_may_review(organisation)
    begun = db.session.scalar(queries.open_one(organisation.id))
    if begun is not None and request.method == "GET":
        closed = _number(request.args.get("closed", "")) or None
        return redirect(url_of(begun, **_asked_values(), closed=closed))
    return _write(organisation.id, begun.id if begun else None)


@bp.get(PLACE, permission=Permission.RECORDS_VIEW)
def show(review_id: int) -> ResponseReturnValue:
    """Show a review: as it was closed, or where it stands, for those who may write it."""
    review = _find(review_id)
    if not review.is_open:
        return render_template("reviews/closed.html", **page.closed_context(review))
    if not services.may_review(review.organisation):
        return _watch(review.organisation_id, review.id)
    return _write(review.organisation_id, review.id)


@bp.post(PLACE, permission=Permission.RECORDS_EDIT)
def save(review_id: int) -> ResponseReturnValue:
    """Decide about a partner, put it off, or keep what was entered so far."""
    review = _find(review_id)
    services.check_may_review(review.organisation)
    return _write(review.organisation_id, review.id if review.is_open else None)


@bp.post(f"{PLACE}/reopen", permission=Permission.RECORDS_EDIT)
def reopen(review_id: int) -> ResponseReturnValue:
    """Take back that a review was closed."""
    review = _find(review_id)
    services.check_may_review(review.organisation)
    services.reopen(review)
    flash(_("The review is open again, and the partner as it was before"), "success")
    return redirect(url_of(review))


@bp.route(
    f"{PLACE}/commitments/new", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT
)
def agree(review_id: int) -> ResponseReturnValue:
    """Note who owes whom what, as agreed in a review."""
    review = _find(review_id)
    services.check_may_review(review.organisation)
    if not review.is_open:
        abort(404)
    form = forms.agreed_form()
    back = url_of(review, **_asked_values())

    def note(**values: Any) -> Any:
        return services.agree(review.organisation, review, **values)

    if form.validate_on_submit() and form.submit(note):
        flash(_("Commitment added"), "success")
        return redirect(form.made(back))
    return form_page(
        form,
        title=_("Add a commitment – %(title)s", title=review.organisation.title),
        action_url=url_for("reviews.agree", review_id=review.id, **_asked_values()),
        cancel_url=back,
    )


@bp.get("/report", permission=Permission.REVIEWS_MAKE)
def report() -> ResponseReturnValue:
    """Show the reviews of a period, decision by decision, as the board reads them."""
    form = _round_form()
    found = None
    if form.validate():
        found = rounds.gather(form.since.data, form.until.data)
    return render_template("reviews/report.html", **report_page.report_context(form, found))


@bp.get("/report/file", permission=Permission.EXPORTS_MAKE)
def report_file() -> ResponseReturnValue:
    """Send the report of a period as a file."""
    form = _round_form()
    asked = request.args.get("format", "")
    if not form.validate() or asked not in {each.value for each in rounds.FORMATS}:
        abort(404)
    made = rounds.make(
        form.since.data,
        form.until.data,
        author=current_user.name,
        language=cast("Language", locale_code()),
        file_format=Format(asked),
    )
    return sent(made)


def _round_form() -> forms.RoundForm:
    """Return the period that the address asks for; the last twelve months by default."""
    if request.args:
        return forms.RoundForm(request.args)
    since = PartialDate.of(today()).in_months(-evidence.MONTHS).first_day
    default = {"since": since.isoformat(), "until": today().isoformat()}
    return forms.RoundForm(MultiDict(default))


# Finding


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _organisation() -> Organisation:
    number = _number(request.args.get("organisation", ""))
    found = db.session.scalar(organisation_query(number))
    return found if found is not None and not found.is_us else abort(404)


def _find(review_id: int) -> Review:
    found = db.session.scalar(queries.review(review_id))
    return found if found is not None else abort(404)


def _asked_values() -> dict[str, Any]:
    return Question.read(request.args).address_values()


# Writing


def _write(organisation_id: int, review_id: int | None) -> ResponseReturnValue:
    """Show or take the form of a review.

    What it rests on is gathered first: the session then forgets all it has loaded.
    """
    found = evidence.gather(organisation_id, today(), review_id)
    organisation = db.session.scalar(organisation_query(organisation_id)) or abort(404)
    review = _find(review_id) if review_id is not None else None
    corrected = _corrected(organisation_id, review)
    form = forms.review_form(page.begins_with(organisation, review, corrected))
    asked = Question.read(request.args)
    if form.validate_on_submit():
        step = (request.form.getlist("step") or [CLOSE])[-1]
        basis = services.Basis(
            version=records.version_asked(organisation),
            previous_id=_number(request.form.get("previous", "")) or None,
            evidence=found,
            replaces_id=corrected.id if corrected else None,
            kept=frozenset(fields_kept()),
        )
        try:
            answer = _taken(step, organisation, review, form, basis, asked)
        except Conflict as conflict:
            return conflict_page(conflict, request.full_path)
        if answer is not None:
            return answer
    return render_template(
        "reviews/open.html",
        action_url=request.full_path.rstrip("?"),
        **page.open_context(organisation, review, form, found, asked),
        **_just_closed(),
    )


def _corrected(organisation_id: int, review: Review | None) -> Review | None:
    """Return the last review of the partner, where the address or what was begun corrects it."""
    begun = review.replaces_id if review is not None else None
    number = _number(request.args.get("corrects", "")) or begun
    last = db.session.scalars(queries.closed_of([organisation_id]).limit(1)).first()
    return last if last is not None and last.id == number else None


def _taken(
    step: str,
    organisation: Organisation,
    review: Review | None,
    form: forms.ReviewForm,
    basis: services.Basis,
    asked: Question,
) -> ResponseReturnValue | None:
    """Do what was asked for; None where something is refused."""
    beside = waiting.queue_of(asked).beside(organisation.id)
    entered = form.entered()
    written = form.submit(lambda **_values: [_done(step, organisation, review, entered, basis)])
    if written is None:
        return None
    [found] = written
    return redirect(form.made(_onward(step, organisation, found, beside, asked)))


def _done(
    step: str,
    organisation: Organisation,
    review: Review | None,
    entered: services.Entered,
    basis: services.Basis,
) -> Review | None:
    if step == POSTPONE:
        return services.postpone(organisation, review, entered, basis.replaces_id)
    if step in (NEXT, PREVIOUS) and review is None and not entered.is_begun:
        return None
    if step in (KEEP, AGREE, NEXT, PREVIOUS):
        return services.keep(organisation, review, entered, basis.replaces_id)
    return services.close(organisation, review, entered, basis)


def _onward(
    step: str,
    organisation: Organisation,
    review: Review | None,
    beside: tuple[int | None, int | None],
    asked: Question,
) -> str:
    """Say what was done, and return where it goes on."""
    before, after = beside
    if review is not None and step == AGREE:
        return url_for("reviews.agree", review_id=review.id, **asked.address_values())
    if review is not None and step == KEEP:
        flash(_("Kept. The review is still open"), "success")
        return url_of(review, **asked.address_values())
    if step == PREVIOUS:
        return _url_of_partner(before, asked)
    if step == POSTPONE:
        day, title = shown(review.postponed_until if review else None), organisation.title
        flash(_("“%(title)s” is put off until %(day)s", title=title, day=day), "success")
    closed = review.id if review is not None and not review.is_open else None
    return _url_of_partner(after, asked, closed=closed)


def _url_of_partner(
    organisation_id: int | None, asked: Question, *, closed: int | None = None
) -> str:
    """Return the page of the review of a partner, or the queue where there is none.

    :param closed: the review that was just closed, which can be undone there.
    """
    values: dict[str, Any] = {**asked.address_values(), "closed": closed}
    if organisation_id is None:
        return url_for("reviews.index", **values)
    return url_for("reviews.begin", organisation=organisation_id, **values)


def _just_closed() -> dict[str, Any]:
    """Return what pages say of the review that was closed a moment ago."""
    number = _number(request.args.get("closed", ""))
    review = db.session.scalar(queries.review(number)) if number else None
    return {"closed": page.just_closed(review) if review is not None else None}


def _watch(organisation_id: int, review_id: int) -> ResponseReturnValue:
    """Show where a review stands to those who do not write it."""
    found = evidence.gather(organisation_id, today(), review_id)
    review = _find(review_id)
    context = page.open_context(review.organisation, review, None, found, Question())
    return render_template("reviews/open.html", **context)
