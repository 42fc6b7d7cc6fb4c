"""What commitments add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from crm.commitments import agenda, cells, forms, packing, page, queries, services
from crm.commitments.actions import actions_of
from crm.commitments.models import Commitment, CommitmentState
from crm.commitments.views import bp
from crm.core.features import Feature, NavItem
from crm.core.i18n import _l
from crm.permissions import Permission
from crm.records.asof import done_by
from crm.records.holding import Holding
from crm.records.kinds import HomeBlock, Panel, PartKind
from crm.records.reading import Reading
from crm.web.cells import Action

COMMITMENT = PartKind(
    name="commitments",
    model=Commitment,
    label=_l("Commitment"),
    add_label=_l("Add a commitment"),
    form=forms.CommitmentForm,
    owners={"organisation": "organisation_id", "meeting": "origin_id", "interaction": "origin_id"},
    permission=Permission.INTERACTIONS_EDIT,
    create=services.add_commitment,
    change=services.change_commitment,
)


def _on_record(record: Any, commitment: Commitment) -> list[Action]:
    return [] if record.deleted_at is not None else actions_of(commitment)


OWED = Reading(("organisation",), lambda record: queries.owed(record.id), most=None)


def _balance(record: Any, rows: Sequence[Commitment]) -> str | None:
    """Return how much each owes the other today: all of it, of which the panel shows the first."""
    owed = [(each.debtor, each.due) for each in rows if each.state is CommitmentState.OPEN]
    if not owed:
        return None  # Neither is anything open on the page of a past day.
    if len(rows) == SHOWN:
        owed = list(OWED.rows(record))
    return cells.balance(owed)


SHOWN = 10
"""Rows of the panel on a partner's page."""

FEATURE = Feature(
    name="commitments",
    part_lists=(page.LIST,),
    holdings=(
        Holding(
            "commitments",
            _l("Commitments"),
            Commitment.owner_id,
            counts=lambda: queries.in_state("open"),
            url=lambda user_id: url_for("commitments.index", owner=user_id),
        ),
    ),
    blueprints=(bp,),
    parts=(COMMITMENT,),
    readings=(OWED,),
    nav=(NavItem(_l("Commitments"), "commitments.index", order=75, group="more"),),
    pack_tables=packing.TABLES,
    pack_changes=packing.CHANGES,
    digest=(agenda.due,),
    home=(
        HomeBlock(
            key="commitments",
            title=_l("Commitments"),
            query=queries.open_for,
            order=12,
            columns=(cells.PARTNER, *cells.COLUMNS),
            empty=_l("No open commitment"),
            more_url=lambda user_id: url_for("commitments.index", owner=user_id),
            row_actions=actions_of,
        ),
    ),
    panels=(
        Panel(
            key="commitments",
            title=_l("Commitments"),
            on=("organisation",),
            query=queries.commitments_of,
            on_day=done_by(Commitment.settled_on),
            part=COMMITMENT,
            order=6,
            limit=SHOWN,
            note=_balance,
            row_actions=_on_record,
            columns=(*cells.COLUMNS, cells.ORIGIN),
        ),
        Panel(
            key="commitments",
            title=_l("Commitments"),
            on=("meeting", "interaction"),
            query=queries.commitments_of,
            part=COMMITMENT,
            order=14,
            row_actions=_on_record,
            columns=(cells.PARTNER, *cells.COLUMNS),
        ),
    ),
)
