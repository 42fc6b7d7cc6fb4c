"""What has a status: which statuses there are, and which facts its rules may ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.choice import Choice
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.statuses import engine


@dataclass(frozen=True)
class StatusSubject:
    """A kind of thing whose status is computed.

    :param events: days its rules may name, with their labels.
    :param conditions: other facts its rules may name, with their labels.
    """

    name: str
    statuses: type[Choice]
    events: Mapping[str, Any]
    conditions: Mapping[str, Any] = field(default_factory=dict)

    def check(self, rules: Sequence[Any]) -> None:
        """Refuse a list of rules that leaves something without a status.

        :raises InvalidValue: when no rule in use fits always.
        """
        in_use = engine.ordered(rules)
        if not any(not (rule.condition or rule.from_event or rule.until_event) for rule in in_use):
            raise InvalidValue(
                None,
                _(
                    "One rule in use must fit always: without a condition and without dates. "
                    "Add it first"
                ),
            )
