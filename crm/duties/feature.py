"""What duties add to Passerelle."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.duties import agenda, cells, forms, packing, page, queries, services
from crm.duties.actions import actions_of
from crm.duties.models import AppliesTo, Duty, DutyTemplate
from crm.duties.views import bp, renewals
from crm.networks.models import Membership
from crm.networks.panels import is_network
from crm.permissions import Permission
from crm.records.asof import done_by
from crm.records.holding import Holding
from crm.records.kinds import Column, HomeBlock, ListKind, Panel, PartKind
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.cells import Action
from crm.web.templating import yes_no

SOON = timedelta(days=60)


def _from_templates(record: Record) -> list[Action]:
    if record.deleted_at is not None or not current_user.can(Permission.RECORDS_EDIT):
        return []
    return [Action(_("Add from the templates"), url_for("duties.take_over", subject=record.id))]


OUR_LINKS = Reading(
    ("organisation",), lambda record: queries.our_links_with(record.id), when=is_network
)


def _renewals(record: Record) -> Sequence[Action]:
    """Return the ways to renew our links with a network."""
    if not is_network(record) or not current_user.can(Permission.NETWORKS_MANAGE):
        return []
    links: Sequence[Membership] = services.to_renew(OUR_LINKS.rows(record))
    return [
        Action(
            _("Renew") if len(links) == 1 else _("Renew: %(what)s", what=link.kind.label),
            url_for("renewals.renew", membership_id=link.id),
        )
        for link in links
    ]


def _template_for(template: DutyTemplate) -> str:
    if template.applies_to is not AppliesTo.LINK:
        return str(template.applies_to.label)
    kind = template.membership_kind
    return kind.label if kind is not None else _("Every kind of link")


def _turn(template: DutyTemplate) -> str:
    months = template.every_months
    if months is None:
        return _("once or on call")
    if months == 1:
        return _("every month")
    if months == 12:
        return _("every year")
    if months % 12:
        return _("every %(count)d months", count=months)
    return _("every %(count)d years", count=months // 12)


def _actions(_record: Record, duty: Duty) -> list[Action]:
    return actions_of(duty)


DUTY = PartKind(
    name="duties",
    model=Duty,
    label=_l("Duty"),
    add_label=_l("Add a duty"),
    form=forms.DutyForm,
    owners={"organisation": "subject_id", "project": "subject_id"},
    create=services.add_duty,
    change=services.change_duty,
    remove=services.remove_duty,
)

TEMPLATES = ListKind(
    name="duty-templates",
    model=DutyTemplate,
    label=_l("Templates of duties"),
    about=_l("What a kind of link, a project or a partner brings with it: fees, reports, answers."),
    add_label=_l("Add a template"),
    form=forms.TemplateForm,
    columns=(
        Column("label", _l("What is owed"), lambda row: row.label),
        Column("for", _l("Offered for"), _template_for),
        Column("turn", _l("Comes back"), _turn),
        Column("leads", _l("Reminders, in months ahead"), lambda row: row.lead_months),
        Column("unsure", _l("Date to be confirmed"), lambda row: yes_no(row.is_unsure)),
        Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
    ),
    check=services.check_templates,
)

FEATURE = Feature(
    name="duties",
    part_lists=(page.LIST,),
    holdings=(
        Holding("duties", _l("Duties"), Duty.owner_id, counts=queries.is_open),
        Holding(
            "deputy_duties",
            _l("Duties as deputy"),
            Duty.deputy_id,
            counts=queries.is_open,
        ),
    ),
    parts=(DUTY,),
    blueprints=(bp, renewals),
    nav=(NavItem(_l("Duties"), "duties.index", order=55),),
    lists=(TEMPLATES,),
    pack_sections=packing.SECTIONS,
    record_actions=(_renewals,),
    readings=(OUR_LINKS,),
    calendar=(agenda.events,),
    digest=(agenda.due,),
    home=(
        HomeBlock(
            key="duties",
            title=_l("Duties of the next 60 days"),
            query=lambda user_id: queries.ours_until(today() + SOON, user_id),
            order=15,
            columns=cells.COLUMNS,
            empty=_l("Nothing is due in the next 60 days"),
            row_actions=actions_of,
        ),
    ),
    panels=(
        Panel(
            key="duties",
            title=_l("Duties"),
            on=("organisation", "project"),
            query=queries.duties_of,
            on_day=done_by(Duty.done_on),
            part=DUTY,
            row_actions=_actions,
            actions=_from_templates,
            order=19,
            limit=12,
            columns=[column for column in cells.COLUMNS if column.key != "subject"],
        ),
    ),
)
