"""Everything that changes networks and who belongs to them. No service commits."""

from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.networks import queries
from crm.networks.models import Mandate, Membership, NetworkProfile, Term, WorkingGroup
from crm.organisations.models import Organisation, OrganisationKind
from crm.organisations.services import create_organisation
from crm.people.services import check_dates
from crm.records import services

PROFILE = (
    "scope",
    "network_type",
    "member_kinds",
    "purpose",
    "meeting_frequency",
    "active_since",
)


def create_network(**values: Any) -> Organisation:
    """Add a network: an organisation and what makes it a network."""
    profile = {key: values.pop(key) for key in PROFILE if key in values}
    network = create_organisation(**values, organisation_kind=OrganisationKind.NETWORK)
    services.add(NetworkProfile(organisation_id=network.id, **profile))
    return network


def add_profile(**values: Any) -> NetworkProfile:
    """Say what makes an organisation a network."""
    if db.session.scalar(queries.profile_of(values["organisation_id"])) is not None:
        raise InvalidValue(None, _("This network has a profile already. Change that one"))
    return services.add(NetworkProfile(**values))


def add_membership(
    *, since: Any = None, until: Any = None, is_applicant: bool = False, **values: Any
) -> Membership:
    """Let an organisation or person belong to a network, with its first period.

    :param is_applicant: nothing has begun yet: no period is made.
    """
    _check_membership(values["member_id"], values["network_id"], values["kind"])
    check_dates(since, until)
    membership: Membership = services.add(Membership(**values))
    if not is_applicant:
        add_term(
            membership_id=membership.id, member_id=membership.member_id, since=since, until=until
        )
    db.session.refresh(membership, ["terms"])
    return membership


def change_membership(membership: Membership, version: int, **values: Any) -> Membership:
    """Change a membership."""
    now = {key: getattr(membership, key) for key in ("member_id", "network_id", "kind")}
    wanted = {key: values.get(key, value) for key, value in now.items()}
    if wanted != now:
        _check_membership(**wanted, but=membership)
    services.change_part(membership, version, **values)
    for term in membership.terms:  # Each period names both, so that it hides with either.
        term.member_id, term.network_id = membership.member_id, membership.network_id
    db.session.flush()
    return membership


def _check_membership(
    member_id: int, network_id: int, kind: Any, but: Membership | None = None
) -> None:
    """Refuse a link of a network to itself, a loop, and a second link of the same kind."""
    network = db.session.get(Organisation, network_id)
    if network is None or network.organisation_kind is not OrganisationKind.NETWORK:
        raise InvalidValue(
            "network_id", _("This organisation is not a network. Choose a network, or add it first")
        )
    if member_id == network_id:
        raise InvalidValue("network_id", _("A network cannot belong to itself. Choose another"))
    if network_id in set(db.session.scalars(queries.reached_from(member_id))):
        raise InvalidValue(
            "network_id",
            _("This network belongs to the member already: they cannot belong to each other"),
        )
    for known in db.session.scalars(queries.same_link(member_id, network_id)):
        if known is not but and known.kind is kind:
            raise InvalidValue(
                "kind", _("This link is there already. Add a period to it, or choose another kind")
            )


def add_term(**values: Any) -> Term:
    """Add a period to a membership."""
    values["network_id"] = _membership(values["membership_id"], values["member_id"]).network_id
    check_term(values)
    return services.add(Term(**values))


def change_term(term: Term, version: int, **values: Any) -> Term:
    """Change a period of a membership."""
    if values.get("membership_id", term.membership_id) != term.membership_id:
        membership = _membership(values["membership_id"], term.member_id)
        values["network_id"] = membership.network_id
    check_term({key: values.get(key, getattr(term, key)) for key in ("since", "until", "fee")})
    return services.change_part(term, version, **values)


def _membership(membership_id: int | None, member_id: int) -> Membership:
    """Return a membership of the member.

    :raises InvalidValue: at ``membership_id`` when it is somebody else's.
    """
    membership = db.session.get(Membership, membership_id) if membership_id else None
    if membership is None or membership.member_id != member_id:
        raise InvalidValue("membership_id", _("Choose one of the memberships of this page"))
    return membership


def check_term(values: dict[str, Any]) -> None:
    """Refuse an end before the start and a negative fee."""
    check_dates(values.get("since"), values.get("until"))
    fee = values.get("fee")
    if fee is not None and not (fee.is_finite() and Decimal(0) <= fee < Decimal(10) ** 9):
        raise InvalidValue("fee", _("Enter an amount between 0 and 999,999,999"))


def add_group(**values: Any) -> WorkingGroup:
    """Add a working group to a network."""
    check_dates(values.get("since"), values.get("until"))
    return services.add(WorkingGroup(**values))


def change_group(group: WorkingGroup, version: int, **values: Any) -> WorkingGroup:
    """Change a working group."""
    check_dates(values.get("since", group.since), values.get("until", group.until))
    return services.change_part(group, version, **values)


def remove_group(group: WorkingGroup) -> None:
    """Remove a working group that nothing names."""
    try:
        with db.session.begin_nested():
            services.remove_part(group)
    except IntegrityError:
        raise InvalidValue(
            None, _("This group has seats or meetings. Change those first, or give it an end")
        ) from None


def add_mandate(**values: Any) -> Mandate:
    """Say who sits in a network or one of its groups."""
    check_dates(values.get("since"), values.get("until"))
    _check_group(values["network_id"], values.get("working_group_id"))
    return services.add(Mandate(**values))


def change_mandate(mandate: Mandate, version: int, **values: Any) -> Mandate:
    """Change a mandate."""
    check_dates(values.get("since", mandate.since), values.get("until", mandate.until))
    _check_group(
        values.get("network_id", mandate.network_id),
        values.get("working_group_id", mandate.working_group_id),
    )
    return services.change_part(mandate, version, **values)


def _check_group(network_id: int, group_id: int | None) -> None:
    if group_id is None:
        return
    group = db.session.get(WorkingGroup, group_id)
    if group is None or group.network_id != network_id:
        raise InvalidValue("working_group_id", _("Choose a working group of this network"))
