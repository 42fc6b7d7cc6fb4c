"""What it adds to Passerelle to keep what different sources say of one fact."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.features import Feature
from crm.core.i18n import _, _l, _n
from crm.facts import forms, queries, services
from crm.facts.models import FactValue
from crm.facts.views import bp
from crm.permissions import Permission
from crm.records.kinds import Column, MoreFacts, Panel, PartKind, registry
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.cells import Action, Chip, Link, lines

OWNERS = ("organisation", "meeting", "declaration", "project")


VALUES = Reading(OWNERS, queries.values_of, most=None)


def _facts(record: Record) -> list[tuple[Any, Any]]:
    """Return the values we go by, and that sources differ where they do."""
    values = VALUES.rows(record)
    return [
        (chosen.label, lines([chosen.value, difference(record, chosen, others)]))
        for chosen, others in by_subject(values)
    ]


def by_subject(values: Sequence[FactValue]) -> list[tuple[FactValue, list[FactValue]]]:
    """Return each fact: the value we go by, and what other sources say."""
    ordered = sorted(values, key=lambda each: each.subject)
    found = []
    for _subject, group in groupby(ordered, key=lambda each: each.subject):
        first, *others = sorted(group, key=lambda each: not each.is_chosen)
        found.append((first, others))
    return found


def difference(record: Record, chosen: FactValue, others: Sequence[FactValue]) -> Any:
    """Return that sources differ, with the way to what they say; nothing where they agree."""
    differing = sum(1 for each in others if not each.agrees_with(chosen))
    if not differing:
        return None
    words = _n(
        "Sources differ: %(num)d says otherwise",
        "Sources differ: %(num)d say otherwise",
        differing,
    )
    return Link(words, f"{registry.kind_of(record).url(record)}#values")


def _source(value: FactValue) -> Any:
    if value.url and value.url.lower().startswith(("http://", "https://")):
        return Link(value.source, value.url)
    return value.source


def _standing(value: FactValue) -> Chip | None:
    return Chip(_("We go by this"), "ok", "●") if value.is_chosen else None


def _choose(record: Record, value: FactValue) -> list[Action]:
    if value.is_chosen or not current_user.can(Permission.RECORDS_EDIT):
        return []
    return [Action(_("Go by this one"), url_for("facts.choose", value_id=value.id), "post")]


VALUE = PartKind(
    name="values",
    model=FactValue,
    label=_l("Value of a source"),
    add_label=_l("Add what another source says"),
    form=forms.FactValueForm,
    owners=dict.fromkeys(OWNERS, "record_id"),
    create=services.add_value,
    change=services.change_value,
    remove=services.remove_value,
)

FEATURE = Feature(
    name="facts",
    blueprints=(bp,),
    parts=(VALUE,),
    readings=(VALUES,),
    facts=tuple(MoreFacts(kind, _facts, panel="values") for kind in OWNERS),
    panels=(
        Panel(
            key="values",
            title=_l("What sources say"),
            on=OWNERS,
            query=queries.values_of,
            part=VALUE,
            order=60,
            row_actions=_choose,
            columns=(
                Column("fact", _l("About"), lambda row: row.label),
                Column("value", _l("What the source says"), lambda row: row.value),
                Column("chosen", _l("Which one we go by"), _standing),
                Column("as_of", _l("As of"), lambda row: row.as_of),
                Column("source", _l("Source"), _source),
            ),
        ),
    ),
)
