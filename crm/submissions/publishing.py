"""What the public page says of whom a declaration was handed to."""

from collections.abc import Sequence

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.declarations.models import Declaration, Submission
from crm.records.publishing import PublicContext, PublicFact, PublicFacts, fact
from crm.submissions import queries


def _facts(context: PublicContext, declaration: Declaration) -> Sequence[PublicFact]:
    found = db.session.scalars(queries.submissions_of(declaration))
    return [fact("submissions", _l("Handed to"), *(_words(context, each) for each in found))]


def _words(context: PublicContext, submission: Submission) -> str:
    """Return to whom and when; never which person received it, nor what was answered."""
    recipient = context.name(submission.recipient)
    day = submission.submitted_on
    if day is None:
        return _("%(what)s (date not stated)", what=recipient)
    return _("%(what)s: %(when)s", what=recipient, when=day.format(context.language, "long"))


FACTS = (PublicFacts(("declaration",), 20, _facts),)
