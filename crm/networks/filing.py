"""What networks put into files of lists: who belongs to which network, as what and since when."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from crm.core.i18n import _l
from crm.networks.models import Membership, MembershipKind, Term
from crm.organisations.models import Organisation
from crm.records.filed import LinkedColumn, LinkedSheet, Scope, as_shown
from crm.records.models import Record
from crm.web.templating import locale_code


def _memberships(scope: Scope) -> Select[*tuple[Any, ...]]:
    member, network = aliased(Record), aliased(Organisation, flat=True)
    label = MembershipKind.label_fr if locale_code() == "fr" else MembershipKind.label_en
    first = (
        select(func.min(Term.since)).where(Term.membership_id == Membership.id).scalar_subquery()
    )
    last = (
        select(Term.until)
        .where(Term.membership_id == Membership.id)
        .order_by(Term.since.desc())
        .limit(1)
        .scalar_subquery()
    )
    chosen = [
        Membership.member_id.in_(scope.ids["organisation"]),
        Membership.member_id.in_(scope.ids["person"]),
        Membership.network_id.in_(scope.ids["organisation"]),
    ]
    return (
        select(member.id, member.title, network.id, network.title, label, first, last)
        .select_from(Membership)
        .join(member, member.id == Membership.member_id)
        .join(network, network.id == Membership.network_id)
        .join(MembershipKind, MembershipKind.id == Membership.kind_id)
        .where(or_(*chosen))
        .order_by(member.sort_key, member.id, network.sort_key, Membership.id)
    )


SHEETS = (
    LinkedSheet(
        "memberships",
        _l("Memberships"),
        20,
        (
            LinkedColumn(_l("Number of the member")),
            LinkedColumn(_l("Member")),
            LinkedColumn(_l("Number of the network")),
            LinkedColumn(_l("Network")),
            LinkedColumn(_l("As what")),
            LinkedColumn(_l("From"), as_shown),
            LinkedColumn(_l("Until"), as_shown),
        ),
        _memberships,
    ),
)
