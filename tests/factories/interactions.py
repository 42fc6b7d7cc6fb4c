"""Exchanges, with whom they were and what they were about."""

from typing import Any

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.interactions.models import Interaction, Participant, Topic
from crm.records.models import Record
from tests.factories.base import Factory, sequence


class InteractionFactory(Factory):
    """An invented exchange."""

    class Meta:
        """What is made."""

        model = Interaction

    subject = sequence("Échange {}")
    happened = PartialDate(2026, 2, 3)


def exchange_with(*records: Record, about: tuple[Record, ...] = (), **values: Any) -> Interaction:
    """Make an exchange with these records."""
    interaction: Interaction = InteractionFactory(**values)
    for record in records:
        db.session.add(Participant(interaction_id=interaction.id, record_id=record.id))
    for record in about:
        db.session.add(Topic(interaction_id=interaction.id, record_id=record.id))
    db.session.flush()
    return interaction
