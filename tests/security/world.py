"""A small world with every kind of record, and confidential ones in between."""

from typing import Any

from crm.core.db import db
from crm.records.kinds import registry
from crm.records.models import Record, Visibility
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory


def build(dice: Any, *, with_confidential: bool) -> dict[str, Any]:
    """Make the world; return the places of its open records by kind, and the hidden ids by path."""
    made: list[Record] = []
    hidden: dict[str, int] = {}

    def keep(record: Record) -> Record:
        made.append(record)
        return record

    def confidential(maker: Any, **values: Any) -> Any:
        if not with_confidential:
            return None
        dice.current = "confidential"
        record = maker(visibility=Visibility.MANAGERS, **values)
        dice.current = "open"
        hidden[registry.kind_of(record).path] = record.id
        return record

    def between(maker: Any, **values: Any) -> None:
        """Make a part that names a confidential record, where there is one."""
        if not with_confidential or None in values.values():
            return
        dice.current = "confidential"
        maker(**values)
        dice.current = "open"

    refuge = keep(OrganisationFactory(name="Refuge ouvert", country="FR", city="Lyon"))
    secret = confidential(OrganisationFactory, name="Refuge secret", country="FR", city="Minsk")
    network = keep(OrganisationFactory(name="Réseau ouvert", acronym="RO"))
    zofia = keep(PersonFactory(name="Zofia Łukaszewska", family_name="Łukaszewska"))
    hidden_person = confidential(PersonFactory, name="Zofia Secret")
    PositionFactory(person_id=zofia.id, organisation_id=refuge.id)
    between(PositionFactory, person_id=zofia.id, organisation_id=secret and secret.id)
    between(
        PositionFactory, person_id=hidden_person and hidden_person.id, organisation_id=refuge.id
    )
    RelationFactory(organisation_id=refuge.id, other_id=network.id)
    between(RelationFactory, organisation_id=refuge.id, other_id=secret and secret.id)
    db.session.flush()
    places: dict[str, Any] = {}
    for record in made:
        places[record.kind] = (*places.get(record.kind, ()), f"{record.id}-{record.slug}")
    places["hidden"] = hidden
    return places
