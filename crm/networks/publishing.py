"""What networks say on the public page."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate, covers
from crm.core.text import capitalised
from crm.networks import queries
from crm.networks.cells import dates, quantity
from crm.networks.models import (
    Counted,
    Membership,
    MembershipStatus,
    NetworkMeasure,
    Scope,
    WorkingGroup,
)
from crm.networks.status import status_on
from crm.organisations.models import Organisation, OrganisationKind
from crm.records.publishing import (
    PublicContext,
    PublicFact,
    PublicFacts,
    PublicSection,
    fact,
    with_words,
)

UNSAID = (MembershipStatus.APPLIED, MembershipStatus.PENDING, MembershipStatus.EXCLUDED)
"""A link of which the public is told nothing, or nothing yet."""


def _scope(network: Any) -> Scope | None:
    profile = network.network_profile
    return profile.scope if profile is not None else None


def _in_scope(*scopes: Scope | None) -> Callable[[Any, date], bool]:
    def belongs(network: Organisation, day: date) -> bool:
        return _scope(network) in scopes

    return belongs


def _section(key: str, *scopes: Scope | None) -> PublicSection:
    return PublicSection(
        key=key,
        kind="organisation",
        records=queries.listed,
        schema="Organization",
        belongs=_in_scope(*scopes),
        when=_since,
    )


def _since(network: Any) -> PartialDate | None:
    known = [term.since for link in network.own_links for term in link.terms if term.since]
    return min(known, default=None)


def _facts(context: PublicContext, network: Any) -> Sequence[PublicFact]:
    if network.organisation_kind is not OrganisationKind.NETWORK:
        return []
    profile = network.network_profile
    links = [
        each
        for each in db.session.scalars(queries.links_on_page_of(network))
        if each.network_id == network.id and each.member_id == context.us_id
        if status_on(each, context.day) not in UNSAID
    ]
    found = [
        fact("link", _l("Our place there"), *(line for each in links for line in _link(each))),
        fact(
            "participation",
            _l("How we take part"),
            *(context.words(network, each.participation) for each in links),
        ),
        *_sizes(network),
        fact(
            "host",
            _l("Run by"),
            *(
                context.name(each)
                for each in db.session.scalars(queries.hosts_on(network, context.day))
            ),
        ),
        fact(
            "parent",
            _l("Part of"),
            context.name(network.parent),
        ),
    ]
    if profile is not None:
        found += [
            fact("type", _l("Kind of network"), context.words(network, profile.network_type)),
            fact("members", _l("Who belongs to it"), context.words(network, profile.member_kinds)),
            fact("purpose", _l("Purpose"), context.words(network, profile.purpose)),
            fact(
                "active",
                _l("Active since"),
                profile.active_since.format(context.language) if profile.active_since else None,
            ),
            fact(
                "meets", _l("How often it meets"), context.words(network, profile.meeting_frequency)
            ),
        ]
    found += [
        fact(
            "activities",
            _l("What it does"),
            *(
                _with_detail(context, network, each.activity, each.detail)
                for each in db.session.scalars(queries.activities_of(network))
            ),
        ),
        fact(
            "groups",
            _l("Working groups in which we take part"),
            *(
                _with_detail(context, network, each.name, each.frequency)
                for each in db.session.scalars(queries.groups_of(network))
                if _is_ours(each, context)
            ),
        ),
    ]
    return found


def _link(membership: Membership) -> list[str]:
    """Return what we are there and for how long, period by period."""
    word = capitalised(membership.kind.word)
    if not membership.terms:
        return [_("%(what)s (date not stated)", what=word)]
    return [
        f"{word} {dates(term)}"
        if term.since or term.until
        else _("%(what)s (date not stated)", what=word)
        for term in membership.terms
    ]


def _sizes(network: Organisation) -> list[PublicFact]:
    """Return how large a network is, as the newest source says."""
    newest: dict[Counted, NetworkMeasure] = {}
    for each in db.session.scalars(queries.measures_of(network)):
        newest.setdefault(each.counted, each)
    return [
        fact(f"size-{each.counted.value}", each.counted.label, _size(each), source=each.source)
        for each in newest.values()
    ]


def _size(measure: NetworkMeasure) -> str:
    number = quantity(measure.number, measure.qualifier)
    if measure.counted is Counted.COUNTRIES:
        return _n("%(number)s country", "%(number)s countries", measure.number, number=number)
    return _n("%(number)s member", "%(number)s members", measure.number, number=number)


def _with_detail(
    context: PublicContext, network: Organisation, text: str, detail: str | None
) -> str:
    return with_words(context.words(network, text), [context.words(network, detail)])


def _is_ours(group: WorkingGroup, context: PublicContext) -> bool:
    """Tell whether we sit in a group on the day of the page."""
    return covers(group.since, group.until, context.day) and any(
        each.organisation_id == context.us_id and covers(each.since, each.until, context.day)
        for each in group.mandates
    )


SECTIONS = (
    _section("networks_europe", Scope.EUROPE),
    _section("networks_international", Scope.INTERNATIONAL),
    _section("networks_other", Scope.REGIONAL, Scope.NATIONAL, None),
)
FACTS = (PublicFacts(("organisation",), 10, _facts),)
