"""What organisations add to Passerelle."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import joinedload

from crm.core.countries import country_name
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import format_range
from crm.organisations import forms, publishing, queries, services
from crm.organisations.models import (
    REVERSE_LABELS,
    Milestone,
    Organisation,
    OrganisationKind,
    PartnershipStatus,
    Relation,
    Tier,
)
from crm.permissions import Permission
from crm.records.asof import during, happened_by
from crm.records.audience import Audience
from crm.records.filed import Stored, as_shown
from crm.records.filters import (
    choice_filter,
    country_filter,
    date_filter,
    owner_filter,
    record_filter,
)
from crm.records.holding import Holding
from crm.records.kinds import BulkAction, Column, Panel, PartKind, RecordKind, record_link
from crm.records.models import Record
from crm.web.cells import Chip, Long, Tone
from crm.web.templating import locale_code, yes_no

DATED = ("organisation", "declaration", "project", "meeting")

STATUS_LOOKS: dict[PartnershipStatus, tuple[Tone, str]] = {
    PartnershipStatus.DEVELOPING: ("info", "◐"),
    PartnershipStatus.ACTIVE: ("ok", "●"),
    PartnershipStatus.DORMANT: ("warn", "◔"),
    PartnershipStatus.SUSPENDED: ("neutral", "‖"),
    PartnershipStatus.ENDED: ("neutral", "■"),
}


def status_chip(status: PartnershipStatus | None) -> Chip | None:
    """Return the partnership status as a chip."""
    return Chip(status.label, *STATUS_LOOKS[status]) if status else None


def _place(organisation: Organisation) -> str | None:
    country = country_name(organisation.country, locale_code())
    if organisation.city and country:
        return f"{country} ({organisation.city})"
    return country or organisation.city


def _facts(organisation: Organisation) -> list[tuple[str, Any]]:
    facts = [
        (_("Kind of organisation"), organisation.organisation_kind),
        (_("More precisely"), organisation.speciality),
        (_("Country"), country_name(organisation.country, locale_code())),
        (_("City"), organisation.city),
        (_("Working languages"), organisation.languages),
        (_("Part of"), record_link(organisation.parent) if organisation.parent_id else None),
        (_("Description"), Long(organisation.description) if organisation.description else None),
        (_("Partner since"), organisation.partner_since),
        (_("Next review"), organisation.next_review),
    ]
    if organisation.is_us:
        facts.append((_("Our own organisation"), yes_no(True)))
    return [(label, value) for label, value in facts if value]


def _summary(organisation: Organisation) -> list[Any]:
    owner = organisation.owner
    return [
        status_chip(organisation.partnership_status),
        organisation.tier,
        organisation.organisation_kind,
        _place(organisation),
        _("Owner: %(name)s", name=owner.name) if owner else None,
    ]


def _relation_columns(record: Record) -> list[Column]:
    """Read each relation from the record whose page it is."""

    def label(row: Relation) -> Any:
        outward = row.organisation_id == record.id
        return row.kind.label if outward else REVERSE_LABELS[row.kind]

    def other(row: Relation) -> Any:
        return record_link(row.other if row.organisation_id == record.id else row.organisation)

    return [
        Column("kind", _l("Relation"), label),
        Column("other", _l("Organisation"), other),
        Column("dates", _l("Dates"), lambda row: format_range(row.since, row.until, locale_code())),
    ]


def _milestone_columns(record: Record) -> list[Column]:
    """Name the other record: the one it explains, or the one that brought it about."""

    def other(row: Milestone) -> Any:
        return record_link(row.actor if row.record_id == record.id else row.record)

    return [
        Column("dated", _l("Date"), lambda row: row.dated),
        Column("label", _l("What happened"), lambda row: row.label),
        Column("other", _l("About"), other),
    ]


RELATION = PartKind(
    name="relations",
    model=Relation,
    label=_l("Relation"),
    add_label=_l("Add a relation"),
    form=forms.RelationForm,
    owners={"organisation": "organisation_id"},
    create=services.add_relation,
)

MILESTONE = PartKind(
    name="milestones",
    model=Milestone,
    label=_l("Milestone"),
    add_label=_l("Add a milestone"),
    form=forms.MilestoneForm,
    owners=dict.fromkeys(DATED, "record_id"),
)

ORGANISATION = RecordKind(
    name="organisation",
    path="organisations",
    model=Organisation,
    label=_l("Organisation"),
    label_plural=_l("Organisations"),
    add_label=_l("Add an organisation"),
    form=forms.OrganisationForm,
    query=queries.listed,
    create=services.create_organisation,
    change=services.change_organisation,
    facts=_facts,
    summary=_summary,
    note=lambda organisation: organisation.good_to_know,
    needs=(joinedload(Organisation.parent), joinedload(Organisation.owner)),
    columns=(
        Column(
            "title",
            _l("Name"),
            record_link,
            sort=Record.sort_key,
            widest=Audience.PUBLIC,
            filed=Stored("title"),
        ),
        Column(
            "name",
            _l("Name without acronym"),
            lambda row: row.name,
            usual=False,
            widest=Audience.PUBLIC,
            filed=Stored("name"),
            field="name",
        ),
        Column(
            "kind",
            _l("Kind"),
            lambda row: row.organisation_kind,
            widest=Audience.PUBLIC,
            filed=Stored("organisation_kind", as_shown),
            field="organisation_kind",
        ),
        Column(
            "country",
            _l("Country"),
            _place,
            sort=Organisation.country,
            widest=Audience.PUBLIC,
            filed=Stored("country", lambda code: country_name(code, locale_code())),
            field="country",
            within=("city",),
        ),
        Column(
            "city",
            _l("City"),
            lambda row: row.city,
            usual=False,
            widest=Audience.PUBLIC,
            filed=Stored("city"),
            field="city",
        ),
        Column(
            "status",
            _l("Partnership"),
            lambda row: status_chip(row.partnership_status),
            filed=Stored("partnership_status", as_shown),
            field="partnership_status",
        ),
        Column(
            "owner",
            _l("Owner"),
            lambda row: row.owner.name if row.owner else None,
            filed=Stored(queries.name_of_owner()),
            field="owner_id",
        ),
        Column(
            "since",
            _l("Partner since"),
            lambda row: row.partner_since,
            sort=Organisation.partner_since,
            filed=Stored("partner_since", as_shown),
            field="partner_since",
        ),
        Column(
            "acronym",
            _l("Acronym"),
            lambda row: row.acronym,
            usual=False,
            widest=Audience.PUBLIC,
            filed=Stored("acronym"),
            field="acronym",
        ),
        Column(
            "tier",
            _l("Tier"),
            lambda row: row.tier,
            usual=False,
            filed=Stored("tier", as_shown),
            field="tier",
        ),
        Column(
            "review",
            _l("Next review"),
            lambda row: row.next_review,
            usual=False,
            filed=Stored("next_review", as_shown),
            field="next_review",
        ),
        Column(
            "languages",
            _l("Working languages"),
            lambda row: row.languages,
            usual=False,
            widest=Audience.PUBLIC,
            filed=Stored("languages"),
            field="languages",
        ),
        Column(
            "speciality",
            _l("More precisely"),
            lambda row: row.speciality,
            usual=False,
            widest=Audience.PARTNER,
            filed=Stored("speciality"),
            field="speciality",
        ),
    ),
    filters=(
        choice_filter(
            "kind",
            _l("Kind of organisation"),
            Organisation.organisation_kind,
            OrganisationKind,
            pinned=True,
        ),
        country_filter("country", _l("Country"), Organisation.country, pinned=True),
        choice_filter(
            "status",
            _l("Partnership"),
            Organisation.partnership_status,
            PartnershipStatus,
            pinned=True,
        ),
        owner_filter("owner", _l("Owner"), Organisation.owner_id, pinned=True),
        choice_filter("tier", _l("Tier"), Organisation.tier, Tier),
        date_filter(
            "review_before", _l("Next review before"), Organisation.next_review, before=True
        ),
        record_filter(
            "part_of",
            _l("Part of"),
            lambda record_id: Organisation.parent_id == record_id,
            kinds=("organisation",),
        ),
    ),
    empty=_l("No organisation yet. Add the first, or load the example data."),
    is_dated=True,
)


BULK_ACTIONS = (
    BulkAction(
        "owner",
        _l("Give an owner"),
        kinds=("organisation", "network"),
        permission=Permission.RECORDS_BULK,
        form=forms.OwnerForm,
        apply=services.set_owner,
        order=10,
    ),
    BulkAction(
        "partnership",
        _l("Set the partnership"),
        kinds=("organisation", "network"),
        permission=Permission.RECORDS_BULK,
        form=forms.PartnershipForm,
        apply=services.set_partnership,
        order=20,
    ),
)

FEATURE = Feature(
    name="organisations",
    holdings=(
        Holding(
            "organisations",
            _l("Organisations"),
            Organisation.owner_id,
            url=lambda user_id: url_for("organisations.index", owner=user_id),
        ),
    ),
    bulk_actions=BULK_ACTIONS,
    public_facts=publishing.FACTS,
    kinds=(ORGANISATION,),
    parts=(RELATION, MILESTONE),
    nav=(NavItem(_l("Organisations"), "organisations.index", order=20),),
    panels=(
        Panel(
            key="relations",
            title=_l("Related organisations"),
            on=("organisation",),
            query=queries.relations_of,
            on_day=during(Relation.since, Relation.until),
            part=RELATION,
            side=True,
            order=60,
            columns=_relation_columns,
        ),
        Panel(
            key="milestones",
            title=_l("Milestones"),
            on=DATED,
            query=queries.milestones_of,
            on_day=happened_by(Milestone.dated),
            part=MILESTONE,
            side=True,
            order=62,
            columns=_milestone_columns,
        ),
        Panel(
            key="children",
            title=_l("Organisations that are part of it"),
            on=("organisation",),
            query=queries.children_of,
            side=True,
            order=61,
            columns=(
                Column("name", _l("Name"), record_link),
                Column("kind", _l("Kind"), lambda row: row.organisation_kind),
            ),
        ),
    ),
)
