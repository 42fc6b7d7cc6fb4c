"""Everything that changes a commitment. No service commits."""

from typing import Any

from crm.commitments.models import Commitment, CommitmentState
from crm.core.clock import today
from crm.core.db import db
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


def settle(commitment: Commitment, state: CommitmentState) -> Commitment:
    """Note that a commitment was kept or given up, or that it is open after all."""
    if commitment.state is not state:
        commitment.state = state
        commitment.settled_on = None if state is CommitmentState.OPEN else today()
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
