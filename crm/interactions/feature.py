"""What exchanges add to Passerelle."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.interactions import forms, glance, packing, queries, services
from crm.interactions.models import Interaction, InteractionKind, Participant, Topic
from crm.interactions.views import add_routes
from crm.interactions.wording import first_words
from crm.networks.queries import members_on
from crm.organisations.models import Organisation
from crm.organisations.queries import in_country
from crm.people.models import Person
from crm.permissions import Permission
from crm.records.fields import optional_id
from crm.records.filed import Stored, as_shown
from crm.records.filters import (
    choice_filter,
    date_filter,
    owner_filter,
    record_filter,
    typed_country_filter,
)
from crm.records.kinds import (
    Column,
    Filter,
    Moment,
    PageSection,
    Panel,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.web.cells import Action, Chip, Long, lines

ABOUT = {
    "organisation": "organisation",
    "person": "person",
    "meeting": "about",
    "declaration": "about",
    "project": "about",
}
"""On which pages an exchange can be noted, and what the page's record then is to it."""


def _with_whom(interaction: Interaction) -> Any:
    return _by_name(interaction.participants)


def _by_name(parts: Sequence[Participant | Topic]) -> Any:
    records = [each.record for each in parts if each.record is not None]
    return lines([record_link(each) for each in sorted(records, key=lambda each: each.sort_key)])


def _facts(interaction: Interaction) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("By what means"), interaction.interaction_kind),
        (_("When"), interaction.happened),
        (_("With whom"), _with_whom(interaction)),
        (_("About what"), _by_name(interaction.topics)),
        (_("Noted by"), interaction.created_by.name if interaction.created_by else None),
        (
            _("Note"),
            Long(interaction.note) if interaction.note else Chip(_("No note"), "neutral", "◌"),
        ),
    ]
    return [(label, value) for label, value in facts if value]


def _log_actions(record: Record) -> list[Action]:
    key = ABOUT.get(record.kind)
    if key is None or not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    arguments: dict[str, Any] = {key: record.id}
    url = url_for("interactions.create", **arguments)
    return [Action(_("Log an exchange"), url)]


def _log_section(record: Record) -> PageSection | None:
    """Offer to note, on the page of a meeting itself, what was said there with somebody."""
    if record.kind != "meeting" or not current_user.can(Permission.INTERACTIONS_EDIT):
        return None
    form = forms.ShortInteractionForm()
    values = {
        "form": form,
        "topic_ids": [record.id],
        "next": registry.kind_of(record).url(record),
        "is_begun": bool(form.note.raw_data),
    }
    return PageSection("interactions/section.html", values)


def _prefill(args: Mapping[str, str]) -> dict[str, Any]:
    """Read ``?organisation=142``, ``?person=7`` and ``?about=12``."""
    with_whom = [optional_id(args.get(key)) for key in ("organisation", "person")]
    topic = optional_id(args.get("about"))
    return {
        "participant_ids": [record_id for record_id in with_whom if record_id],
        "topic_ids": [topic] if topic else [],
    }


PARTNERS = ("organisation", "person")

INTERACTION = RecordKind(
    name="interaction",
    path="interactions",
    model=Interaction,
    label=_l("Exchange"),
    label_plural=_l("Exchanges"),
    add_label=_l("Log an exchange"),
    form=forms.InteractionForm,
    query=queries.listed,
    create=services.log,
    change=services.change_interaction,
    edit_permission=Permission.INTERACTIONS_EDIT,
    facts=_facts,
    summary=lambda row: [row.interaction_kind, row.happened],
    timeline_summary=first_words,
    prefill=_prefill,
    has_own_form=True,
    default_sort="-happened",
    names_people=True,
    needs=(
        joinedload(Interaction.participants).joinedload(Participant.record),
        joinedload(Interaction.topics).joinedload(Topic.record),
        joinedload(Interaction.created_by),
    ),
    columns=(
        Column(
            "happened",
            _l("When"),
            lambda row: row.happened,
            sort=Interaction.happened,
            filed=Stored("happened", as_shown),
            field="happened",
        ),
        Column(
            "title",
            _l("Subject"),
            record_link,
            sort=Record.sort_key,
            filed=Stored("title"),
            field="subject",
        ),
        Column(
            "kind",
            _l("By what means"),
            lambda row: row.interaction_kind,
            filed=Stored("interaction_kind", as_shown),
            field="interaction_kind",
        ),
        Column("with", _l("With whom"), _with_whom),
        Column("by", _l("Noted by"), lambda row: row.created_by.name if row.created_by else None),
    ),
    filters=(
        choice_filter(
            "kind",
            _l("By what means"),
            Interaction.interaction_kind,
            InteractionKind,
            pinned=True,
        ),
        owner_filter("by", _l("Noted by"), Record.created_by_id, pinned=True),
        record_filter("with", _l("With whom"), queries.touching, kinds=PARTNERS),
        record_filter("participant", _l("Took part"), queries.with_record, kinds=PARTNERS),
        record_filter("about", _l("About what"), queries.about_record),
        typed_country_filter(
            "country",
            _l("Country of the partner"),
            lambda code: queries.with_any_of(in_country(code)),
        ),
        record_filter(
            "network",
            _l("With a member of"),
            lambda network_id: queries.with_any_of(members_on(network_id, today())),
            kinds=("organisation",),
        ),
        date_filter("from", _l("From"), Interaction.happened, before=False),
        date_filter("before", _l("Before"), Interaction.happened, before=True),
    ),
    empty=_l("No exchange noted yet."),
)


def _quiet_since(record_id: Any) -> Filter:
    """Return the filter of those we were not in touch with since a date."""

    def where(value: str) -> Any:
        return sa.not_(queries.in_touch_since(PartialDate.parse(value, today()), record_id))

    return Filter("quiet_since", _l("No exchange since"), where=where, kind="date")


def _last_together(rows: Sequence[Record]) -> dict[int, Any]:
    return dict(db.session.execute(queries.last_with([row.id for row in rows])).all())


LAST_EXCHANGE = Column("last", _l("Last exchange"), together=_last_together, usual=False)


def _participant_kind(participant: Participant) -> Any:
    return registry.kind_of(participant.record).label


FEATURE = Feature(
    name="interactions",
    glances=glance.GLANCES,
    pack_sections=packing.SECTIONS,
    pack_tables=packing.TABLES,
    kinds=(INTERACTION,),
    routes=(("interaction", add_routes),),
    list_filters=(
        ("organisation", _quiet_since(Organisation.id)),
        ("person", _quiet_since(Person.id)),
    ),
    list_columns=(("organisation", LAST_EXCHANGE), ("person", LAST_EXCHANGE)),
    nav=(NavItem(_l("Exchanges"), "interactions.index", order=75, group="more"),),
    moments=(Moment("interaction", queries.moments_of),),
    readings=glance.READINGS,
    record_actions=(_log_actions,),
    page_sections=(_log_section,),
    panels=(
        Panel(
            key="participants",
            title=_l("With whom"),
            on=("interaction",),
            query=queries.participants_of,
            side=True,
            order=10,
            columns=(
                Column("name", _l("Name"), lambda row: record_link(row.record)),
                Column("kind", _l("Kind"), _participant_kind),
            ),
        ),
    ),
)
