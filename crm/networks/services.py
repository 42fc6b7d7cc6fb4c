"""Everything that changes networks and who belongs to them. No service commits."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lists import language
from crm.core.money import check_amount, known_currency
from crm.core.partial_date import PartialDate, format_range
from crm.core.principal import principal_of
from crm.core.text import slug
from crm.networks import queries
from crm.networks.models import (
    Ending,
    Mandate,
    Membership,
    MembershipKind,
    MembershipStatus,
    MembershipStep,
    NetworkProfile,
    Step,
    Term,
    WorkingGroup,
)
from crm.organisations.models import Organisation, OrganisationKind, RelationKind
from crm.organisations.services import add_relation, create_organisation
from crm.people.services import check_dates
from crm.permissions import Permission
from crm.records import files, services
from crm.records import queries as records
from crm.records.lists import add_value
from crm.records.models import DocumentKind, Name, NameKind

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


def add_kind(**values: Any) -> MembershipKind:
    """Add a kind of link; its code is made from the English label."""
    code = slug(values["label_en"])[:40] or "kind"
    taken = set(db.session.scalars(queries.codes_of_kinds()))
    free = next(
        name
        for name in (code, *(f"{code[:36]}-{number}" for number in range(2, 999)))
        if name not in taken
    )
    kind: MembershipKind = add_value(MembershipKind, code=free, **values)
    return kind


def add_membership(
    *, since: Any = None, until: Any = None, is_applicant: bool = False, **values: Any
) -> Membership:
    """Let an organisation or person belong to a network, with its first period.

    :param is_applicant: nothing has begun yet: no period is made.
    """
    _check_membership(values["member_id"], values["network_id"], values["kind_id"])
    check_dates(since, until)
    _check_application(values.get("applied_on"), since)
    membership: Membership = services.add(Membership(**values))
    db.session.refresh(membership, ["terms", "kind"])
    if not is_applicant:
        _add_term(membership, {"since": since, "until": until})
    return membership


def change_membership(membership: Membership, version: int, **values: Any) -> Membership:
    """Change a membership."""
    now = {key: getattr(membership, key) for key in ("member_id", "network_id", "kind_id")}
    wanted = {key: values.get(key, value) for key, value in now.items()}
    if wanted != now:
        _check_membership(**wanted, but=membership)
    for term in membership.terms:
        _check_application(values.get("applied_on", membership.applied_on), term.since)
    services.change_part(membership, version, **values)
    parts: list[Any] = [*membership.terms, *membership.steps]
    for part in parts:
        # Each names both, so that it hides with either.
        part.member_id, part.network_id = membership.member_id, membership.network_id
    db.session.flush()
    db.session.refresh(membership, ["kind"])
    return membership


def _check_membership(
    member_id: int, network_id: int, kind_id: int, but: Membership | None = None
) -> None:
    """Refuse a link of a network to itself, a loop, and a second link of the same kind."""
    network = db.session.get(Organisation, network_id)
    if network is None or network.organisation_kind is not OrganisationKind.NETWORK:
        raise InvalidValue(
            "network_id", _("This organisation is not a network. Choose a network, or add it first")
        )
    if db.session.get(MembershipKind, kind_id) is None:
        raise InvalidValue("kind_id", _("Choose one of the values in the list"))
    if member_id == network_id:
        raise InvalidValue("network_id", _("A network cannot belong to itself. Choose another"))
    if network_id in set(db.session.scalars(queries.reached_from(member_id))):
        raise InvalidValue(
            "network_id",
            _("This network belongs to the member already: they cannot belong to each other"),
        )
    for known in db.session.scalars(queries.same_link(member_id, network_id)):
        if known is not but and known.kind_id == kind_id:
            raise InvalidValue(
                "kind_id",
                _("This link is there already. Add a period to it, or choose another kind"),
            )


def _check_application(applied_on: PartialDate | None, since: PartialDate | None) -> None:
    if applied_on and since and since.last_day < applied_on.first_day:
        raise InvalidValue(
            "since", _("The period begins before the application. Change one of the two dates")
        )


# Periods and fees


def add_term(**values: Any) -> Term:
    """Add a period to a membership.

    :param upload: the proof of payment, kept with the member.
    """
    membership = _membership(values)
    check_manager(membership)
    return _add_term(membership, values)


def _add_term(membership: Membership, values: dict[str, Any]) -> Term:
    upload = values.pop("upload", None)
    values["membership_id"] = membership.id
    values["member_id"], values["network_id"] = membership.member_id, membership.network_id
    values["currency"] = known_currency(values.get("currency"))
    _check_term(membership, values)
    values |= _kept(membership, upload)
    term: Term = services.add(Term(**values))
    db.session.refresh(membership, ["terms"])
    return term


def change_term(term: Term, version: int, **values: Any) -> Term:
    """Change a period of a membership."""
    known = {
        key: getattr(term, key) for key in ("membership_id", "member_id", "since", "until", "fee")
    }
    membership = _membership({**known, **values})
    check_manager(membership)
    upload = values.pop("upload", None)
    values["network_id"] = membership.network_id
    if "currency" in values:
        values["currency"] = known_currency(values["currency"])
    _check_term(membership, {**known, **values}, but=term)
    changed: Term = services.change_part(term, version, **values, **_kept(membership, upload))
    return changed


def remove_term(term: Term) -> None:
    """Remove a period; of our own links managers alone do."""
    check_manager(term.membership)
    services.remove_part(term)


def remove_membership(membership: Membership) -> None:
    """Remove a link; of our own links managers alone do."""
    check_manager(membership)
    try:
        with db.session.begin_nested():
            services.remove_part(membership)
    except IntegrityError:
        raise InvalidValue(
            None, _("Duties or another link name this link. Change those first, or end the link")
        ) from None


def check_manager(membership: Membership) -> None:
    """Refuse to renew, end or remove one of our own links to whoever is no manager.

    :raises InvalidValue: above the form.
    """
    member, principal = membership.member, principal_of(db.session)
    is_ours = isinstance(member, Organisation) and member.is_us
    if is_ours and not (principal and principal.can(Permission.NETWORKS_MANAGE)):
        raise InvalidValue(
            None, _("Only managers renew, end or remove our own links. Ask one of them")
        )


def _kept(membership: Membership, upload: Any) -> dict[str, Any]:
    """Keep a proof with the network, where both are seen, and return the column that names it."""
    if not upload:
        return {}
    proof = files.attach(record_id=membership.network_id, upload=upload, kind=DocumentKind.PROOF)
    return {"proof_id": proof.id}


def _membership(values: Mapping[str, Any]) -> Membership:
    """Return the membership that a part names, of the member or network of the page.

    :raises InvalidValue: at ``membership_id`` when it is somebody else's.
    """
    membership_id = values.get("membership_id")
    membership = db.session.get(Membership, membership_id) if membership_id else None
    is_here = membership is not None and (
        membership.member_id == values.get("member_id", membership.member_id)
        and membership.network_id == values.get("network_id", membership.network_id)
    )
    if membership is None or not is_here:
        raise InvalidValue("membership_id", _("Choose one of the memberships of this page"))
    return membership


def _check_term(membership: Membership, values: Mapping[str, Any], but: Term | None = None) -> None:
    """Refuse an end before the start, a bad fee, and a period that overlaps another."""
    since, until = values.get("since"), values.get("until")
    check_dates(since, until)
    check_amount("fee", values.get("fee"))
    _check_application(membership.applied_on, since)
    for other in membership.terms:
        if other is not but and overlap((since, until), (other.since, other.until)):
            raise InvalidValue(
                "since",
                _(
                    "This period overlaps another one of this link: %(period)s. "
                    "End that one first, or choose other dates",
                    period=format_range(other.since, other.until, language()),
                ),
            )


Period = tuple[PartialDate | None, PartialDate | None]


def overlap(one: Period, other: Period) -> bool:
    """Tell whether two periods certainly share a day.

    One that ends in 2008 and one that begins in 2008 may follow each other.
    """
    (low, high), (other_low, other_high) = _core(one), _core(other)
    return max(low, other_low) <= min(high, other_high)


def _core(period: Period) -> tuple[date, date]:
    """Return the days that certainly belong to a period; of "2008" to "2008", a day within."""
    since, until = period
    low = since.last_day if since else date.min
    high = until.first_day if until else date.max
    if low > high and since and until:
        middle = since.first_day + (until.last_day - since.first_day) // 2
        return middle, middle
    return low, high


def next_period(membership: Membership) -> Period:
    """Return the period that follows the last one: as long, as precise, beginning where it ends."""
    last = max(membership.terms, key=lambda term: _core((term.since, term.until))[1], default=None)
    if last is None or last.until is None:
        year = today().year + 1
        return PartialDate(year), PartialDate(year)
    if last.until.month is None:
        years = last.until.year - (last.since.year if last.since else last.until.year) + 1
        return PartialDate(last.until.year + 1), PartialDate(last.until.year + years)
    begins = last.until.last_day + timedelta(days=1)
    since = PartialDate.of(begins)
    length = (last.until.last_day - last.since.first_day) if last.since else timedelta(days=364)
    years = max(1, round((length.days + 1) / 365.25))
    return since, PartialDate.of(since.in_years(years).first_day - timedelta(days=1))


def renew(
    membership: Membership, *, since: PartialDate, until: PartialDate | None, **values: Any
) -> Term:
    """Add the period that follows; one that went on without an end is ended the day before."""
    check_dates(since, until)
    for term in membership.terms:
        if term.until is None and (term.since is None or term.since.first_day < since.first_day):
            term.until = day_before(since)
    db.session.flush()
    return add_term(
        membership_id=membership.id,
        member_id=membership.member_id,
        since=since,
        until=until,
        **values,
    )


def day_before(day: PartialDate) -> PartialDate:
    """Return the end of what another thing follows: the year or day before, as precise."""
    if day.month is None:
        return PartialDate(day.year - 1)
    if day.day is None:
        return day  # It ended and began in the course of that month.
    return PartialDate.of(day.first_day - timedelta(days=1))


def end_membership(
    membership: Membership, *, on: PartialDate, ending: Ending, detail: str | None = None
) -> Term:
    """End the period that goes on, or the last one."""
    term = _last_term(membership)
    if term is None:
        raise InvalidValue(None, _("This link has no period. Add one first"))
    check_since = term.since
    if check_since is not None and on.last_day < check_since.first_day:
        raise InvalidValue("on", _("The end must not be before the start"))
    if any(
        other is not term and other.since is not None and other.since.first_day > on.last_day
        for other in membership.terms
    ):
        raise InvalidValue("on", _("A later period is noted. Remove it first, or choose its end"))
    term.until, term.ending = on, ending
    db.session.flush()
    if detail:
        add_step(
            membership_id=membership.id,
            member_id=membership.member_id,
            step=Step.OTHER,
            dated=on,
            detail=detail,
        )
    return term


def _last_term(membership: Membership) -> Term | None:
    def end(term: Term) -> tuple[date, date]:
        last_day = term.until.last_day if term.until else date.max
        return last_day, term.since.first_day if term.since else date.min

    return max(membership.terms, key=end, default=None)


def succeed(
    membership: Membership,
    *,
    network_id: int,
    kind_id: int,
    on: PartialDate,
    is_applicant: bool = False,
) -> Membership:
    """Let another link follow this one: of another kind, or with the network that follows (R-4.5).

    The old link ends the day before; the network that follows keeps the old name as a former one,
    so that both names find it.
    """
    if (network_id, kind_id) == (membership.network_id, membership.kind_id):
        raise InvalidValue("kind_id", _("Choose another kind of link, or another network"))
    term = _last_term(membership)
    if term is not None and (term.until is None or term.until.last_day >= on.first_day):
        end_membership(membership, on=day_before(on), ending=Ending.SUCCEEDED)
    following = add_membership(
        member_id=membership.member_id,
        network_id=network_id,
        kind_id=kind_id,
        since=on,
        is_applicant=is_applicant,
        predecessor_id=membership.id,
    )
    if network_id != membership.network_id:
        _keep_name(membership.network, following.network, on)
    return following


def _keep_name(old: Organisation, new: Organisation, on: PartialDate) -> None:
    known = {name.text for name in db.session.scalars(records.names_of(new))}
    for text in (old.name, old.acronym):
        if text and text not in known and text not in (new.name, new.acronym):
            services.add(
                Name(record_id=new.id, kind=NameKind.FORMER, text=text, until=day_before(on))
            )
    if not any(db.session.scalars(queries.successions(new.id, old.id))):
        add_relation(organisation_id=new.id, other_id=old.id, kind=RelationKind.SUCCEEDS, since=on)


def override_status(
    membership: Membership,
    *,
    status: MembershipStatus | None,
    reason: str | None,
    until: PartialDate | None,
) -> Membership:
    """Set the status by hand, with a reason and an end; without a status the rules decide again."""
    if status is None:
        membership.override = membership.override_reason = None
        membership.override_since = membership.override_until = None
        db.session.flush()
        return membership
    if not reason:
        raise InvalidValue("reason", _("Say why the status is set by hand"))
    if until is None:
        raise InvalidValue("until", _("Enter until when; then the rules decide again"))
    if until.last_day < today():
        raise InvalidValue("until", _("Choose a day to come"))
    membership.override, membership.override_reason = status, reason
    membership.override_since, membership.override_until = today(), until.last_day
    db.session.flush()
    return membership


def add_step(**values: Any) -> MembershipStep:
    """Note what happened to a link: who decided what, and when."""
    membership = _membership(values)
    values["member_id"], values["network_id"] = membership.member_id, membership.network_id
    step: MembershipStep = services.add(MembershipStep(**values))
    db.session.refresh(membership, ["steps"])
    return step


def change_step(step: MembershipStep, version: int, **values: Any) -> MembershipStep:
    """Change what happened to a link."""
    known = {"membership_id": step.membership_id, "member_id": step.member_id}
    membership = _membership({**known, **values})
    values["network_id"] = membership.network_id
    changed: MembershipStep = services.change_part(step, version, **values)
    return changed


# Groups and seats


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
    check_working_group(values["network_id"], values.get("working_group_id"))
    return services.add(Mandate(**values))


def change_mandate(mandate: Mandate, version: int, **values: Any) -> Mandate:
    """Change a mandate."""
    check_dates(values.get("since", mandate.since), values.get("until", mandate.until))
    check_working_group(
        values.get("network_id", mandate.network_id),
        values.get("working_group_id", mandate.working_group_id),
    )
    return services.change_part(mandate, version, **values)


def check_working_group(network_id: int | None, group_id: int | None) -> None:
    """Refuse the working group of another network.

    :raises InvalidValue: at ``working_group_id``.
    """
    if group_id is None:
        return
    group = db.session.get(WorkingGroup, group_id)
    if group is None or group.network_id != network_id:
        raise InvalidValue("working_group_id", _("Choose a working group of this network"))
