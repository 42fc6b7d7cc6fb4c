"""Everything that changes an exchange. No service commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.interactions import queries
from crm.interactions.models import Interaction, Participant, Topic
from crm.people.models import Person
from crm.people.services import create_person
from crm.records import services
from crm.tasks.services import create_task

FIRST_WORDS = 80


@dataclass(frozen=True)
class FollowUp:
    """What is to be done after an exchange."""

    name: str | None
    due: PartialDate | None = None
    assignee_id: int | None = None

    @property
    def is_nameless(self) -> bool:
        """Tell whether it says until when or by whom, but not what."""
        return not self.name and bool(self.due or self.assignee_id)


def log(
    *,
    participant_ids: Iterable[int] = (),
    topic_ids: Iterable[int] = (),
    new_names: Iterable[str] = (),
    follow_up: FollowUp | None = None,
    **values: Any,
) -> Interaction:
    """Note an exchange with people and organisations, and what is to be done next.

    Only with whom is needed: it was today, and its subject is the first words of the note.

    :param new_names: people to add by their name alone, who took part.
    :returns: the exchange, its participants in the order in which they were named.
    """
    participants = list(dict.fromkeys(participant_ids))
    spelt: dict[str, str] = {}
    for name in new_names:
        spelt.setdefault(fold(name), name)
    participants += [_new_person(name) for name in spelt.values()]
    if not participants:
        raise InvalidValue("participant_ids", _("Enter with whom the exchange was"))
    values["happened"] = values.get("happened") or PartialDate.of(today())
    values["subject"] = _subject(values)
    if follow_up is not None and follow_up.is_nameless:
        raise InvalidValue("follow_up", _("Enter what is to be done"))
    interaction = services.create_record(Interaction, **values)
    _set(interaction, Participant, participants)
    _set(interaction, Topic, topic_ids)
    if follow_up is not None and follow_up.name:
        create_task(
            name=follow_up.name,
            due=follow_up.due,
            assignee_id=follow_up.assignee_id,
            subject_id=interaction.id,
        )
    db.session.refresh(interaction, ["participants", "topics"])
    interaction.participants.sort(key=lambda each: participants.index(each.record_id))
    return interaction


def longest(column: Any) -> int:
    """Return how many characters a column takes."""
    return int(column.type.length)


def _new_person(name: str) -> int:
    most = longest(Person.name)
    if len(name) > most:
        raise InvalidValue(
            "participant_ids",
            _(
                "“%(label)s” must be %(max)s characters or fewer (it is %(length)s)",
                label=_("Name"),
                max=most,
                length=len(name),
            ),
        )
    return create_person(name=name).id


def change_interaction(
    interaction: Interaction,
    version: int,
    *,
    participant_ids: Iterable[int] | None = None,
    topic_ids: Iterable[int] | None = None,
    **values: Any,
) -> Interaction:
    """Change an exchange."""
    if participant_ids is not None and not list(participant_ids):
        raise InvalidValue("participant_ids", _("Enter with whom the exchange was"))
    if "subject" in values:
        note = values.get("note", interaction.note)
        kind = values.get("interaction_kind", interaction.interaction_kind)
        values["subject"] = _subject({**values, "note": note, "interaction_kind": kind})
    if "happened" in values:
        values["happened"] = values["happened"] or interaction.happened
    services.change_record(interaction, version, **values)
    if participant_ids is not None:
        _set(interaction, Participant, participant_ids)
    if topic_ids is not None:
        _set(interaction, Topic, topic_ids)
    return interaction


def _subject(values: dict[str, Any]) -> str:
    if values.get("subject"):
        return str(values["subject"])
    lines = (values.get("note") or "").strip().splitlines()
    if not lines:
        kind = values.get("interaction_kind")
        return str(kind.label) if kind else _("Exchange")
    first = lines[0].strip()
    if len(first) <= FIRST_WORDS:
        return first
    return first[:FIRST_WORDS].rsplit(" ", 1)[0] + "…"


def _set(interaction: Interaction, part: type[Participant | Topic], ids: Iterable[int]) -> None:
    """Give an exchange exactly these participants or topics."""
    query = (
        queries.participants_of(interaction)
        if part is Participant
        else queries.topics_of(interaction)
    )
    known = {row.record_id: row for row in db.session.scalars(query)}
    wanted = list(dict.fromkeys(ids))
    for record_id in wanted:
        if record_id not in known:
            services.add(part(interaction_id=interaction.id, record_id=record_id))
    for record_id, row in known.items():
        if record_id not in wanted:
            db.session.delete(row)
    db.session.flush()
