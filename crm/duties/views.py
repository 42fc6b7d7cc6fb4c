"""The pages of duties: twelve months at a glance, progress, renewal, templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.money import USUAL
from crm.core.partial_date import InvalidPartialDate, PartialDate
from crm.core.text import capitalised
from crm.duties import cells, forms, page, queries, services
from crm.duties.actions import actions_of
from crm.duties.models import Duty
from crm.networks import services as networks
from crm.networks.cells import membership_title
from crm.networks.queries import membership as membership_query
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.listing import headings
from crm.records.models import Record
from crm.records.queries import with_ids
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page
from crm.web.returning import back_to, coming_back, kept_return
from crm.web.tables import Row
from crm.web.templating import NavEntry, babel_locale, shown

NO_MONTH = 13

bp = Blueprint("duties", __name__, url_prefix="/duties")
renewals = Blueprint("renewals", __name__, url_prefix="/memberships")
PLACE = "/<int(max=999999999):duty_id>"


@dataclass(frozen=True)
class Group:
    """A month of duties, as the template draws it."""

    key: str
    title: str
    rows: Sequence[Row]


def _find(duty_id: int) -> Duty:
    duty = db.session.scalar(queries.duty(duty_id))
    if duty is None:
        abort(404)
    return duty


def page_of(record: Record) -> str:
    """Return where the duties of a record are shown."""
    return f"{registry.kind_of(record).url(record)}#duties"


def _back(duty: Duty) -> str:
    return back_to(page_of(duty.subject))


@bp.get("/", permission=Permission.RECORDS_VIEW, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show the duties of twelve months by month, the overdue ones first."""
    asked = page.Question(request.args)
    duties = db.session.scalars(asked.query()).all()
    if asked.is_closed:
        groups = [Group("closed", _("Done in the last twelve months"), _rows(duties))]
    else:
        groups = _by_month(duties, today())
    return render_template(
        "duties/index.html",
        groups=[group for group in groups if group.rows],
        columns=headings(cells.COLUMNS),
        calendar_url=url_for("agenda.calendar"),
        actions=page.LIST.file_actions(**asked.says),
        tabs=_tabs(is_mine=asked.is_mine, is_closed=asked.is_closed),
        count_text=_n("%(num)d duty", "%(num)d duties", len(duties)) if duties else "",
        empty=_("Nothing until %(day)s", day=format_date(asked.last, "d MMMM y", babel_locale())),
    )


def _tabs(*, is_mine: bool, is_closed: bool) -> list[NavEntry]:
    """Return the ways to look at the duties: whose, and those that are done."""
    state = "closed" if is_closed else None
    who = "me" if is_mine else None
    return [
        NavEntry(_("Everybody"), url_for("duties.index", state=state), current=not is_mine),
        NavEntry(_("Mine"), url_for("duties.index", who="me", state=state), current=is_mine),
        NavEntry(
            _("Done in the last twelve months"),
            url_for("duties.index", who=who, state=None if is_closed else "closed"),
            current=is_closed,
        ),
    ]


def _rows(duties: Sequence[Duty]) -> list[Row]:
    return [
        Row(
            [column.cell(duty) for column in cells.COLUMNS],
            actions=coming_back(actions_of(duty)),
        )
        for duty in duties
    ]


def _by_month(duties: Sequence[Duty], day: date) -> list[Group]:
    """Return the late ones, those that others have to answer, each month, then what is on call."""
    late, sent, on_call = list[Duty](), list[Duty](), list[Duty]()
    months: dict[tuple[int, int], list[Duty]] = {}
    for duty in duties:
        if duty.due is None:
            on_call.append(duty)
        elif duty.is_late:
            late.append(duty)
        elif duty.due.last_day < day:
            sent.append(duty)
        else:
            # What is known by its year alone stands where that year ends.
            months.setdefault((duty.due.year, duty.due.month or NO_MONTH), []).append(duty)
    return [
        Group("late", _("Overdue"), _rows(late)),
        Group("sent", _("Sent, not closed yet"), _rows(sent)),
        *(
            Group(f"in-{year}-{month:02}", _month_name(year, month), _rows(found))
            for (year, month), found in sorted(months.items())
        ),
        Group("on-call", _("On call"), _rows(on_call)),
    ]


def _month_name(year: int, month: int) -> str:
    if month == NO_MONTH:
        return _("In the course of %(year)s", year=year)
    name: str = format_date(date(year, month, 1), "MMMM y", babel_locale())
    return capitalised(name)


@bp.route(f"{PLACE}/progress", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
def progress(duty_id: int) -> ResponseReturnValue:
    """Note how far a duty has come."""
    duty = _find(duty_id)
    moves = services.moves_from(duty)
    form = forms.ProgressForm(state=moves[0], on=PartialDate.of(today()), outcome=duty.outcome)
    form.for_duty(duty)
    if form.validate_on_submit() and form.submit(
        lambda **values: services.progress(duty, **values)
    ):
        following = db.session.scalar(queries.following(duty.id)) if duty.is_closed else None
        if following is not None:
            flash(_("Noted. The next one is due: %(due)s", due=shown(following.due)), "success")
        else:
            flash(_("Noted"), "success")
        return redirect(form.made(_back(duty)))
    return form_page(
        form,
        title=_("%(what)s – %(title)s", what=duty.label, title=duty.subject.title),
        action_url=url_for("duties.progress", duty_id=duty.id, **kept_return()),
        cancel_url=_back(duty),
    )


@bp.route(f"{PLACE}/confirm", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
def confirm(duty_id: int) -> ResponseReturnValue:
    """Confirm when a duty is due."""
    duty = _find(duty_id)
    form = forms.ConfirmForm(due=duty.due)
    if form.validate_on_submit() and form.submit(lambda **values: services.confirm(duty, **values)):
        flash(_("The date is confirmed"), "success")
        return redirect(form.made(_back(duty)))
    return form_page(
        form,
        title=_(
            "Confirm the date: %(what)s – %(title)s", what=duty.label, title=duty.subject.title
        ),
        action_url=url_for("duties.confirm", duty_id=duty.id, **kept_return()),
        cancel_url=_back(duty),
        submit_label=_("Confirm the date"),
    )


@bp.route("/take-over", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
def take_over() -> ResponseReturnValue:
    """Make duties of the templates that fit a network, project or partner."""
    asked = request.args.get("subject", "")
    found = asked.isascii() and asked.isdigit() and len(asked) < 10
    record = db.session.scalar(with_ids([int(asked)], ())) if found else None
    if record is None or record.kind not in ("organisation", "project"):
        abort(404)
    offers = services.templates_of(record)
    proposed = [services.proposed_due(template, link) for template, link in offers]
    form = forms.take_over_form(offers, proposed)()
    if form.validate_on_submit():
        chosen = forms.chosen_in(form, offers)
        owner_id = form.owner_id.data

        def take(**_values: object) -> list[Duty]:
            return services.take_over(record, chosen=chosen, owner_id=owner_id)

        made = form.submit(take)
        if made:
            flash(_n("%(num)d duty added", "%(num)d duties added", len(made)), "success")
            return redirect(form.made(page_of(record)))
    return render_template(
        "duties/take_over.html",
        form=form,
        offers=[
            (form[f"take_{template.id}"], form[f"due_{template.id}"]) for template, _link in offers
        ],
        title=_("Duties from the templates – %(title)s", title=record.title),
        action_url=url_for("duties.take_over", subject=record.id),
        cancel_url=page_of(record),
        has_errors=bool(form.errors or form.form_errors),
    )


@renewals.route(
    "/<int(max=999999999):membership_id>/renew",
    methods=["GET", "POST"],
    permission=Permission.NETWORKS_MANAGE,
)
def renew(membership_id: int) -> ResponseReturnValue:
    """Add the next period of a link, with its fee, and close the duty to pay it."""
    membership = db.session.scalar(membership_query(membership_id))
    if membership is None or membership.network is None or membership.member is None:
        abort(404)
    duty = db.session.scalars(queries.fees_of(membership.id)).first()
    try:
        since, until = networks.next_period(membership)
    except InvalidPartialDate:
        since = until = None  # What goes on until 2999 has no period after it.
    last = membership.terms[-1] if membership.terms else None
    form = forms.RenewalForm(
        since=since,
        until=until,
        fee=last.fee if last else None,
        currency=(last.currency if last else None) or USUAL,
        fee_due=duty.due.last_day if duty and duty.due and not duty.is_unsure else None,
    )
    if not membership.kind.has_fees:
        form.without_fee()
    back = back_to(page_of(membership.network))
    if form.validate_on_submit() and form.submit(
        lambda **values: services.renew(membership, duty=duty, **values)
    ):
        following = db.session.scalar(queries.following(duty.id)) if duty else None
        if following is not None:
            flash(_("Renewed. The next fee is due: %(due)s", due=shown(following.due)), "success")
        else:
            flash(_("Renewed"), "success")
        return redirect(form.made(back))
    return form_page(
        form,
        title=_("Renew: %(what)s", what=membership_title(membership)),
        action_url=url_for("renewals.renew", membership_id=membership.id, **kept_return()),
        cancel_url=back,
        submit_label=_("Renew"),
    )
