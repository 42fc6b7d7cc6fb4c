"""What the public page says of moments that explain a record."""

from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.organisations import queries
from crm.organisations.models import Milestone
from crm.records.models import Record
from crm.records.publishing import PublicContext, PublicFact, PublicFacts, fact


def _facts(context: PublicContext, record: Record) -> Sequence[PublicFact]:
    milestones = db.session.scalars(queries.milestones_of(record))
    return [
        fact(
            "milestones", _l("Milestones"), *(_words(context, record, each) for each in milestones)
        )
    ]


def _words(context: PublicContext, record: Record, milestone: Milestone) -> str:
    what = context.words(record, milestone.label)
    if not what or milestone.dated is None:
        return what
    return _("%(what)s: %(when)s", what=what, when=milestone.dated.format(context.language, "long"))


FACTS = (PublicFacts(("organisation", "meeting", "declaration", "project"), 80, _facts),)
