"""What rhythms add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature
from crm.core.i18n import _, _l, _n
from crm.interactions.queries import last_with
from crm.organisations.models import LIVING, Organisation
from crm.people.models import Person
from crm.permissions import Permission
from crm.records.filters import yes_filter
from crm.records.kinds import (
    Column,
    HomeBlock,
    ListKind,
    MoreFacts,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.rhythms import agenda, forms
from crm.rhythms.dormancy import dormant_on, going_dormant
from crm.rhythms.holders import KNOWN_BY, known_by_one
from crm.rhythms.models import Rhythm
from crm.rhythms.views import add_routes
from crm.web.cells import Action


def _days(rhythm: Rhythm) -> Any:
    return _n("%(num)d day", "%(num)d days", rhythm.dormant_after_days)


def _months(rhythm: Rhythm) -> Any:
    return _n("%(num)d month", "%(num)d months", rhythm.review_every_months)


RHYTHMS = ListKind(
    name="rhythms",
    model=Rhythm,
    label=_l("Rhythms of partnerships"),
    about=_l(
        "By tier: after how long without an exchange a partner is dormant, and how often the "
        "partnership is reviewed. A partner without a tier has the rhythm of the last one."
    ),
    form=forms.RhythmForm,
    title=lambda rhythm: rhythm.tier.label,
    columns=(
        Column("tier", _l("Tier"), lambda row: row.tier.label),
        Column("dormant", _l("Dormant after"), _days),
        Column("review", _l("Reviewed every"), _months),
    ),
)


def _rests(organisation: Organisation) -> bool:
    return organisation.rest_until is not None and organisation.rest_until > today()


def _facts(record: Record) -> list[tuple[Any, Any]]:
    if not isinstance(record, Organisation) or not _rests(record):
        return []
    return [(_("At rest until"), record.rest_until)]


def _rest_actions(record: Record) -> list[Action]:
    """Offer to let a partner rest, or to end its rest."""
    if not isinstance(record, Organisation) or not current_user.can(Permission.RECORDS_EDIT):
        return []
    if record.deleted_at is not None or record.partnership_status not in LIVING:
        return []
    kind = registry.kind_of(record)
    if _rests(record):
        return [Action(_("End the rest"), kind.url(record, "wake"), "post")]
    return [Action(_("Let rest until…"), kind.url(record, "rest"))]


def _dormant_actions(organisation: Organisation) -> list[Action]:
    actions = _rest_actions(organisation)
    if current_user.can(Permission.INTERACTIONS_EDIT):
        log = url_for("interactions.create", organisation=organisation.id)
        actions.insert(0, Action(_("Log an exchange"), log))
    return actions


def _last_together(rows: Sequence[Organisation]) -> dict[int, Any]:
    return dict(db.session.execute(last_with([row.id for row in rows])).all())


def _all_dormant(user_id: int | None) -> str:
    return url_for("organisations.index", dormant="yes", owner=user_id)


FEATURE = Feature(
    name="rhythms",
    lists=(RHYTHMS,),
    routes=(("organisation", add_routes),),
    list_filters=(
        ("organisation", yes_filter("dormant", _l("Dormant"), lambda: dormant_on(today()))),
        ("organisation", known_by_one(Organisation.id)),
        ("person", known_by_one(Person.id)),
    ),
    list_columns=(("organisation", KNOWN_BY), ("person", KNOWN_BY)),
    facts=(MoreFacts("organisation", _facts),),
    record_actions=(_rest_actions,),
    digest=(agenda.dormant,),
    home=(
        HomeBlock(
            key="dormant",
            title=_l("Partners going dormant"),
            query=lambda user_id: going_dormant(today(), user_id),
            order=50,
            columns=(
                Column("title", _l("Name"), record_link),
                Column("tier", _l("Tier"), lambda row: row.tier),
                Column("last", _l("Last exchange"), together=_last_together),
                Column("owner", _l("Owner"), lambda row: row.owner.name if row.owner else None),
            ),
            empty=_l("No partner is going dormant"),
            more_url=_all_dormant,
            row_actions=_dormant_actions,
        ),
    ),
)
