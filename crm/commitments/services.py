"""Everything that changes a commitment. No service commits."""

from datetime import date
from typing import Any

from crm.commitments.models import Commitment, CommitmentState
from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.records import services


def add_commitment(**values: Any) -> Commitment:
    """Note a commitment; without a name given, whoever notes it follows it."""
    if values.get("owner_id") is None:
        principal = principal_of(db.session)
        values["owner_id"] = principal.user_id if principal else None
    return services.add(Commitment(**_settled(values)))


def change_commitment(commitment: Commitment, version: int, **values: Any) -> Commitment:
    """Change a commitment."""
    if "state" in values:
        values.setdefault("settled_on", commitment.settled_on)
    return services.change_part(commitment, version, **_settled(values))


def settle(
    commitment: Commitment,
    *,
    state: CommitmentState,
    settled_on: date | None = None,
    outcome: str | None = None,
) -> Commitment:
    """Note that a commitment was kept or given up, and what came of it.

    :param settled_on: today by default.
    :raises InvalidValue: at ``state`` or ``settled_on``.
    """
    if state is CommitmentState.OPEN:
        raise InvalidValue("state", _("Choose whether it was kept or given up"))
    if settled_on is not None and settled_on > today():
        raise InvalidValue("settled_on", _("The date must be today or in the past"))
    commitment.state = state
    commitment.settled_on = settled_on or today()
    commitment.outcome = outcome
    db.session.flush()
    return commitment


def reopen(commitment: Commitment) -> Commitment:
    """Note that a commitment is open after all."""
    commitment.state = CommitmentState.OPEN
    commitment.settled_on = None
    db.session.flush()
    return commitment


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    """Let an open commitment have no day on which it was settled, and any other one have it."""
    state = values.get("state")
    if state is CommitmentState.OPEN:
        values["settled_on"] = None
    elif state is not None and values.get("settled_on") is None:
        values["settled_on"] = today()
    return values
