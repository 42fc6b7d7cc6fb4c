"""What was done in a time, on a theme: the lists behind it, their numbers, and what these say.

Each number is that of a list, which is read by its very address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.text import sort_key
from crm.declarations.models import Submission
from crm.meetings.models import MeetingKind
from crm.networks.queries import networks_on
from crm.organisations.queries import ourselves
from crm.projects.models import Output
from crm.records.kinds import Column, record_link, registry
from crm.records.listing import NOT, Listing
from crm.reports import findings, queries
from crm.reports.period import Period
from crm.reports.theme import KEY, matched_by
from crm.web.cells import Link, lines
from crm.web.tables import HeaderCell, Row, Table
from crm.web.templating import locale_code

MOST_PARTS = 500
"""Submissions and outputs that are named; of more the number is told."""

NOTHING_MORE: Mapping[str, str] = {}
HELD = {"cancelled": "no", f"kind{NOT}": MeetingKind.SERIES.value}
"""What the list of meetings is asked, so that it has those that took place."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    :param theme: as it was typed; empty for everything.
    """

    period: Period
    theme: str = ""

    @property
    def args(self) -> dict[str, Any]:
        """Return how the address of the report says it."""
        theme = {"theme": self.theme} if self.theme else {}
        return {"from": str(self.period.first), "to": str(self.period.last), **theme}

    def listing(
        self, kind: str, period: Period | None = None, more: Mapping[str, str] = NOTHING_MORE
    ) -> Listing:
        """Return the list of the records of a kind that were in the time, on the theme."""
        during = period or self.period
        asked = {"from": str(during.start), "before": str(during.end), **more}
        if self.theme:
            asked[KEY] = self.theme
        return Listing(registry.kinds[kind], MultiDict(asked))


class Activity:
    """The answer, read as the session may; each number is asked for once."""

    def __init__(self, question: Question) -> None:
        """Take what is asked."""
        self.question = question
        self.lists = {
            "interactions": question.listing("interaction"),
            "meetings": question.listing("meeting", more=HELD),
            "declarations": question.listing("declaration"),
        }

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how long each list is."""
        return {key: listing.count() for key, listing in self.lists.items()}

    @cached_property
    def handed_in(self) -> Sequence[Submission]:
        """Return what was handed to whom."""
        return self._parts(queries.handed_in)

    @cached_property
    def published(self) -> Sequence[Output]:
        """Return what was published."""
        return self._parts(queries.published)

    def _parts(self, query: Any) -> Sequence[Any]:
        period, theme = self.question.period, self.question.theme
        found: Sequence[Any] = db.session.scalars(
            query(period.start, period.end, theme).limit(MOST_PARTS)
        ).all()
        return found

    @cached_property
    def before(self) -> int:
        """Return how many exchanges there were in the time of the same length just before."""
        return self.question.listing("interaction", self.question.period.before()).count()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is noted of the time."""
        return not any((*self.counts.values(), self.handed_in, self.published))

    @property
    def size(self) -> int:
        """Return how many rows its files have."""
        return sum(self.counts.values()) + len(self.handed_in) + len(self.published)

    def figures(self) -> list[Link]:
        """Return the numbers, each with the list behind it."""
        found, urls = self.counts, {key: each.address() for key, each in self.lists.items()}
        handed, out = len(self.handed_in), len(self.published)
        return [
            Link(
                _n("%(num)d exchange", "%(num)d exchanges", found["interactions"]),
                urls["interactions"],
            ),
            Link(_n("%(num)d meeting", "%(num)d meetings", found["meetings"]), urls["meetings"]),
            Link(
                _n("%(num)d declaration", "%(num)d declarations", found["declarations"]),
                urls["declarations"],
            ),
            Link(_n("%(num)d submission", "%(num)d submissions", handed), "#handed-in"),
            Link(_n("%(num)d publication", "%(num)d publications", out), "#published"),
        ]

    def findings(self) -> list[str]:
        """Return what the numbers say, in sentences."""
        said = [findings.of_times(self.counts["interactions"], self.before)]
        if first := _ahead(self.by_country):
            name, number = first
            said.append(
                _("Most exchanges with partners in: %(name)s (%(num)d)", name=name, num=number)
            )
        if first := _ahead(self.by_network):
            name, number = first
            said.append(
                _("Most exchanges with members of: %(name)s (%(num)d)", name=name, num=number)
            )
        return said

    @cached_property
    def by_country(self) -> Table:
        """Return how many exchanges there were with each country, and meetings in it."""
        exchanges: dict[Any, int] = dict(
            db.session.execute(
                queries.partners_by_country(self._ids("interactions"), self.question.period.start)
            ).all()
        )
        meetings: dict[Any, int] = dict(
            db.session.execute(queries.meetings_by_country(self._ids("meetings"))).all()
        )
        names = {
            code: country_name(code, locale_code()) or code for code in {*exchanges, *meetings}
        }
        return self._crossed(_("By country"), _("Country"), "country", names, exchanges, meetings)

    @cached_property
    def by_network(self) -> Table:
        """Return how many exchanges there were with members of our networks, and their meetings."""
        us, day = db.session.scalars(ourselves()).first(), today()
        networks = db.session.scalars(networks_on(us.id, day)).all() if us is not None else []
        ours = [each.id for each in networks]
        exchanges: dict[Any, int] = dict(
            db.session.execute(
                queries.members_by_network(
                    self._ids("interactions"), self.question.period.start, ours, day
                )
            ).all()
        )
        meetings: dict[Any, int] = dict(
            db.session.execute(queries.meetings_by_network(self._ids("meetings"))).all()
        )
        names = {each.id: each.title for each in networks if each.id in {*exchanges, *meetings}}
        return self._crossed(_("By network"), _("Network"), "network", names, exchanges, meetings)

    def _ids(self, key: str) -> Any:
        return self.lists[key].query_of_ids()

    def _crossed(
        self,
        caption: str,
        heading: str,
        asked: str,
        names: dict[Any, str],
        exchanges: dict[Any, int],
        meetings: dict[Any, int],
    ) -> Table:
        order = sorted(
            names,
            key=lambda key: (-exchanges.get(key, 0), -meetings.get(key, 0), sort_key(names[key])),
        )
        rows = [
            Row(
                [
                    names[key],
                    Link(
                        exchanges.get(key, 0),
                        self.lists["interactions"].address(plus=(asked, str(key))),
                    ),
                    Link(
                        meetings.get(key, 0),
                        self.lists["meetings"].address(plus=(asked, str(key))),
                    ),
                ]
            )
            for key in order
        ]
        columns = [
            HeaderCell(heading),
            HeaderCell(_("Exchanges"), numeric=True),
            HeaderCell(_("Meetings"), numeric=True),
        ]
        return Table(caption, columns, rows)

    def columns(self, key: str) -> list[Column]:
        """Return what is said of each record of a list: by what it was found, too."""
        theme = self.question.theme
        return [*self.lists[key].columns, *([matched_by(theme)] if theme else [])]

    def table_of_submissions(self) -> Table:
        """Return what was handed to whom, as a table."""
        return Table(
            _("Handed in"),
            [HeaderCell(_("Declaration")), HeaderCell(_("Recipient")), HeaderCell(_("Date"))],
            [
                Row([record_link(each.declaration), record_link(each.recipient), each.submitted_on])
                for each in self.handed_in
            ],
        )

    def table_of_outputs(self) -> Table:
        """Return what was published, as a table."""
        return Table(
            _("Published"),
            [
                HeaderCell(_("Title")),
                HeaderCell(_("Kind of output")),
                HeaderCell(_("Of")),
                HeaderCell(_("Date")),
            ],
            [
                Row([lines([each.label]), each.kind, record_link(each.record), each.published])
                for each in self.published
            ],
        )


def _ahead(table: Table) -> tuple[str, int] | None:
    """Return the name and the exchanges of the first row, where it is ahead of the others."""
    if not table.rows:
        return None
    name, number = table.rows[0].cells[0], table.rows[0].cells[1].text
    second = table.rows[1].cells[1].text if len(table.rows) > 1 else 0
    return (name, number) if number > second else None
