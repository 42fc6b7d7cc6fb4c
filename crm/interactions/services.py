"""Everything that changes an exchange. No service commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.core.text import fold
from crm.interactions import queries
from crm.interactions.models import Interaction, Participant, Topic
from crm.organisations.models import Organisation
from crm.organisations.services import create_organisation
from crm.people.models import Person
from crm.people.services import create_person
from crm.permissions import Permission
from crm.records import queries as records
from crm.records import services
from crm.records.models import Act, Change, Record, Visibility
from crm.records.visibility import seeing_all, seen_by_team
from crm.tasks.models import Task
from crm.tasks.services import create_task

FIRST_WORDS = 80
UNDONE_WITHIN = timedelta(days=1)
"""Later, an exchange is put right like anything else."""


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
    new_organisations: Iterable[str] = (),
    follow_up: FollowUp | None = None,
    **values: Any,
) -> Interaction:
    """Note an exchange with people and organisations, and what is to be done next.

    Only with whom is needed: it was today, and its subject is the first words of the note.

    :param new_names: people to add by their name alone, who took part.
    :param new_organisations: organisations to add likewise.
    :returns: the exchange, its participants in the order in which they were named.
    """
    participants, topic_ids = list(dict.fromkeys(participant_ids)), list(topic_ids)
    access = access_beside([*participants, *topic_ids], values)
    participants += [_new_person(name, access) for name in _spelt_once(new_names)]
    participants += [_new_organisation(name, access) for name in _spelt_once(new_organisations)]
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


def access_beside(record_ids: Sequence[int], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return who may see what is added along with an exchange: nobody who may not see that.

    An exchange hides with the records that it names; what is new hides with it.

    :param record_ids: the records that the exchange names.
    :param values: those of the exchange.
    """
    access = {key: values[key] for key in ("visibility", "reader_ids") if key in values}
    if values.get("visibility", Visibility.TEAM) is not Visibility.TEAM:
        return access
    seen = set(db.session.scalars(seen_by_team(record_ids)))
    if seen >= set(record_ids):
        return access
    principal = principal_of(db.session)
    if principal is None or principal.can(Permission.RECORDS_CONFIDENTIAL):
        return {"visibility": Visibility.MANAGERS}
    return {"visibility": Visibility.NAMED, "reader_ids": [principal.user_id]}


def longest(column: Any) -> int:
    """Return how many characters a column takes."""
    return int(column.type.length)


def _spelt_once(names: Iterable[str]) -> list[str]:
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(fold(name), name)
    return list(spelt.values())


def _new_person(name: str, access: dict[str, Any]) -> int:
    """Add somebody whom nobody sees who may not see the exchange."""
    _check_length(name, longest(Person.name))
    return create_person(name=name, **access).id


def _new_organisation(name: str, access: dict[str, Any]) -> int:
    """Add an organisation that nobody sees who may not see the exchange."""
    _check_length(name, longest(Organisation.name))
    try:
        return create_organisation(name=name, **access).id
    except InvalidValue as refused:
        raise InvalidValue("participant_ids", refused.message) from None


def _check_length(name: str, most: int) -> None:
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


def take_back(interaction: Interaction) -> None:
    """Put an exchange in the trash, with what was added along with it: people, a task.

    What somebody has worked on since stays.

    :raises NotAllowed: when somebody else noted it, on a later day, or when a colleague has changed
        it since.
    """
    principal = principal_of(db.session)
    if principal is None or interaction.created_by_id != principal.user_id:
        raise NotAllowed(_("Only the person who logged an exchange can undo it"))
    first = db.session.scalars(
        records.changes_of_row(interaction.__tablename__, interaction.id)
    ).all()[-1]
    # What one may not see counts as well: a colleague's confidential work rests on it.
    with seeing_all():
        if now() - first.at > UNDONE_WITHIN or _changed_by_others(interaction, principal.user_id):
            raise NotAllowed(
                _("It is too late to undo this exchange. Put it right on its own page")
            )
        added = records.changes_of_batch(first.batch).where(Change.act == Act.CREATE)
        undone = [
            change
            for change in db.session.scalars(added)
            if _came_with(interaction, services.row_of(change), change)
        ]
    services.undo_changes(undone)


def _changed_by_others(interaction: Interaction, user_id: int | None) -> bool:
    theirs = records.changes_of(interaction).where(Change.user_id.is_distinct_from(user_id))
    return db.session.scalar(theirs.limit(1)) is not None


def _came_with(interaction: Interaction, row: Any, change: Change) -> bool:
    """Tell whether a row is the exchange, or a record added for it that nobody needs otherwise.

    Parts hide with their records, and come back with them from the trash.
    """
    if row is interaction:
        return True
    if not isinstance(row, Record):
        return False
    if isinstance(row, Task):
        is_its_own = row.subject_id == interaction.id
    else:
        named = db.session.scalars(queries.exchanges_naming(row.id)).all()
        is_its_own = list(named) == [interaction.id]
    later = records.changes_of(row).where(Change.batch != change.batch)
    return is_its_own and db.session.scalar(later.limit(1)) is None


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
