"""What commitments add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.commitments import agenda, cells, forms, packing, queries, services
from crm.commitments.models import Commitment, CommitmentState
from crm.commitments.views import bp
from crm.core.db import db
from crm.core.features import Feature
from crm.core.i18n import _, _l
from crm.permissions import Permission
from crm.records.asof import done_by
from crm.records.kinds import HomeBlock, Panel, PartKind
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


def _actions(commitment: Commitment) -> list[Action]:
    if not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    if commitment.state is CommitmentState.OPEN:
        keep = url_for("commitments.keep", commitment_id=commitment.id)
        return [Action(_("Kept"), keep, "post")]
    reopen = url_for("commitments.reopen", commitment_id=commitment.id)
    return [Action(_("Open again"), reopen, "post")]


def _on_record(record: Any, commitment: Commitment) -> list[Action]:
    return [] if record.deleted_at is not None else _actions(commitment)


def _balance(record: Any, rows: Sequence[Commitment]) -> str | None:
    """Return how much each owes the other today: all of it, of which the panel shows the first."""
    if not any(each.state is CommitmentState.OPEN for each in rows):
        return None  # Neither is anything open on the page of a past day.
    return cells.balance(db.session.execute(queries.owed(record.id)).all())


FEATURE = Feature(
    name="commitments",
    blueprints=(bp,),
    parts=(COMMITMENT,),
    pack_tables=packing.TABLES,
    pack_changes=packing.CHANGES,
    digest=(agenda.due,),
    home=(
        HomeBlock(
            key="commitments",
            title=_l("Commitments I follow"),
            query=lambda: queries.open_for(current_user.id),
            order=12,
            columns=(cells.PARTNER, *cells.COLUMNS[:-1]),
            empty=_l("No open commitment"),
            row_actions=_actions,
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
            limit=10,
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
