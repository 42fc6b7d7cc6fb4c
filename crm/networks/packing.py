"""What networks put into a briefing pack: where organisations sit, who joined and who left."""

from collections import defaultdict
from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.core.text import capitalised
from crm.documents.model import Lines, Linked, Value
from crm.networks import queries
from crm.networks.models import Membership
from crm.networks.status import stretches
from crm.records.packing import (
    PackChange,
    PackChanges,
    PackContext,
    PackTable,
    Rows,
    Since,
)
from crm.web.templating import yes_no


def sitting(context: PackContext) -> Rows:
    """Return the networks in which each organisation sits, and whether we do, too."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    asked = [*context.organisation_ids, *context.our_ids]
    found = db.session.execute(queries.networks_of_many(asked, context.day)).all()
    ours = {network.id for member_id, network in found if member_id == context.us_id}
    for member_id, network in found:
        if member_id != context.us_id:
            context.note("membership", network.id * 1_000_000_007 + member_id)
            rows[member_id].append([context.link(network), yes_no(network.id in ours)])
    return rows


TABLES = (
    PackTable(
        "networks",
        _l("Networks"),
        30,
        (_l("Network"), _l("We sit there, too")),
        sitting,
        _l("No network noted."),
    ),
)


def changes(context: PackContext, since: Since) -> Sequence[PackChange]:
    """Return who joined or left the network of the meeting; where those expected, and we, did."""
    members = [*context.organisation_ids, *context.our_ids]
    found = queries.moved_between(context.meeting.network_id, members, since.after, since.until)
    return [change for link in db.session.scalars(found) for change in _turns(context, since, link)]


def _turns(context: PackContext, since: Since, link: Membership) -> Sequence[PackChange]:
    """Return how a link began or ended; one period that follows another at once is neither."""
    begun = {each.since.first_day: each.since for each in link.terms if each.since}
    ended = {each.until.last_day: each.until for each in link.terms if each.until}
    turns = []
    for stretch in stretches(link.terms):
        first, last = begun.get(stretch.start), ended.get(stretch.last_day)
        if since.saw_begin(first):
            turns.append(_turn(context, link, _("Joined"), first))
        if since.saw_end(last):
            what = stretch.ending.label if stretch.ending else _("Left")
            turns.append(_turn(context, link, str(what), last))
    return turns


def _turn(context: PackContext, link: Membership, what: str, day: PartialDate | None) -> PackChange:
    context.note("membership", link.id)
    where: list[Linked | str] = [each for each in (context.link(link.network),) if each]
    return PackChange(
        day, what, context.link(link.member), Lines([*where, capitalised(link.kind.word)])
    )


CHANGES = (PackChanges(20, changes),)
