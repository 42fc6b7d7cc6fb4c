"""What the page of duties is asked for."""

from datetime import date
from typing import Any

from flask_login import current_user
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from crm.core.clock import today
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.duties import cells, queries
from crm.duties.models import Duty
from crm.records.kinds import Column, PartList
from crm.web.templating import yes_no

MONTHS = 12
ME, CLOSED = "me", "closed"


class Question:
    """What an address asks of the duties: whose, and whether those that are done."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        """Read the address."""
        self.is_mine = args.get("who") == ME
        self.is_closed = args.get("state") == CLOSED

    @property
    def last(self) -> date:
        """Return the day up to which one looks ahead."""
        return PartialDate.of(today()).in_months(MONTHS).first_day

    def query(self) -> Select[Duty]:
        """Return the duties that are asked for."""
        owner_id = current_user.id if self.is_mine else None
        if self.is_closed:
            first = PartialDate.of(today()).in_months(-MONTHS).first_day
            return queries.closed_since(first, owner_id)
        return queries.open_until(self.last, owner_id)

    @property
    def says(self) -> dict[str, Any]:
        """Return what the address says."""
        return {
            "who": ME if self.is_mine else None,
            "state": CLOSED if self.is_closed else None,
        }


def _is_unsure(duty: Duty) -> str | None:
    return yes_no(True) if duty.is_unsure and not duty.is_closed else None


LIST = PartList(
    path="duties",
    title=_l("Duties"),
    endpoint="duties.index",
    query=lambda args: Question(args).query(),
    columns=(
        Column("due", _l("Due"), lambda duty: duty.due),  # A date, to sort by.
        Column("unsure", _l("To be confirmed"), _is_unsure),
        *(column for column in cells.COLUMNS if column.key != "due"),
    ),
)
"""As a file."""
