"""What reviews add to Passerelle."""

from flask import url_for
from flask_login import current_user

from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.organisations.models import Organisation, PartnershipStatus
from crm.records.asof import done_by
from crm.records.kinds import Column, HomeBlock, ListKind, Panel, record_link
from crm.records.models import Record
from crm.reviews import agenda, cells, forms, packing, queries, queue_page, services, waiting
from crm.reviews.models import Review, ReviewCriterion
from crm.reviews.views import bp
from crm.reviews.waiting import ME, Question
from crm.web.cells import Action, Link
from crm.web.templating import yes_no


def _of(user_id: int | None) -> Question:
    """Return the question for the partners of somebody; for those of the team for None."""
    is_reader = user_id is not None and user_id == current_user.id
    return Question(owner=ME if is_reader else str(user_id or ""))


def _actions(record: Record) -> list[Action]:
    """Offer to review a partner, in the words of what is there."""
    if not isinstance(record, Organisation) or record.deleted_at is not None or record.is_us:
        return []
    if record.partnership_status in (None, PartnershipStatus.ENDED):
        return []
    if not services.may_review(record):
        return []
    return [Action(_("Review the partnership"), cells.begin_url(record))]


REVIEWS = Panel(
    key="reviews",
    title=_l("Reviews"),
    on=("organisation",),
    query=queries.reviews_of,
    on_day=done_by(Review.closed_on),
    side=True,
    order=45,
    limit=3,
    columns=(
        Column("day", _l("Date"), lambda row: Link(row.closed_on, cells.url_of(row))),
        Column("decision", _l("Decision"), lambda row: cells.decision_chip(row.decision)),
        Column("who", _l("Closed by"), lambda row: cells.name_of(row.closed_by)),
    ),
)

CRITERIA = ListKind(
    name="review-criteria",
    model=ReviewCriterion,
    label=_l("Criteria of reviews"),
    about=_l(
        "On what partnerships are rated from 1 to 5; reviews that are closed stay as they are."
    ),
    add_label=_l("Add a criterion"),
    form=forms.CriterionForm,
    title=lambda criterion: criterion.label,
    columns=(
        Column("fr", _l("Label in French"), lambda row: row.label_fr),
        Column("en", _l("Label in English"), lambda row: row.label_en),
        Column("question", _l("Question"), lambda row: row.question),
        Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
    ),
)

FEATURE = Feature(
    name="reviews",
    blueprints=(bp,),
    nav=(NavItem(_l("Reviews"), "reviews.index", order=58, group="more"),),
    lists=(CRITERIA,),
    panels=(REVIEWS,),
    record_actions=(_actions,),
    pack_tables=packing.TABLES,
    digest=(agenda.due,),
    home=(
        HomeBlock(
            key="reviews",
            title=_l("Partners to review"),
            query=lambda user_id: waiting.waiting(_of(user_id)),
            order=45,
            columns=(
                Column("partner", _l("Partner"), record_link),
                Column("tier", _l("Tier"), lambda row: row.tier),
                Column("due", _l("Review due"), lambda row: row.next_review),
                Column("owner", _l("Owner"), lambda row: cells.name_of(row.owner)),
            ),
            empty=_l("Everything is up to date"),
            more_url=lambda user_id: url_for("reviews.index", **_of(user_id).address_values()),
            row_actions=lambda row: queue_page.action_of(row, _of(row.owner_id)),
        ),
    ),
)
