"""Deadlines of meetings and declarations."""

from crm.core.partial_date import PartialDate
from crm.records.models import Deadline, DeadlineKind
from tests.factories.base import Factory


class DeadlineFactory(Factory):
    """The end of a registration; give it the record."""

    class Meta:
        """What is made."""

        model = Deadline

    kind = DeadlineKind.REGISTRATION
    day = PartialDate(2026, 3, 20)
