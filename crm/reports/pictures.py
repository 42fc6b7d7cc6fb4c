"""The pictures of the page of reports: each a finding, a drawing, and the table of its numbers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.partial_date import PartialDate
from crm.core.text import sort_key
from crm.networks.queries import networks_on
from crm.organisations.models import LIVING, OrganisationKind, Tier
from crm.organisations.queries import ourselves
from crm.records.filters import NOT_STATED
from crm.reports import findings, queries
from crm.reports.quarters import Quarter, last_quarters
from crm.rhythms.dormancy import dormant_on
from crm.web.cells import Action, Link
from crm.web.charts import (
    MOST_BARS,
    Bar,
    BarChart,
    LineChart,
    Point,
    bar_chart,
    line_chart,
    paired_bars,
)
from crm.web.tables import HeaderCell, Row, Table
from crm.web.templating import locale_code

QUARTERS = 8
"""That are over; the one going on stands beside them."""
MOST_DECLARATIONS = 8
"""Each has two bars."""


@dataclass(frozen=True)
class Picture:
    """A finding with its numbers, drawn and as a table.

    :param note: what must be known to read the numbers.
    """

    finding: str
    table: Table
    bars: BarChart | None = None
    line: LineChart | None = None
    note: str = ""


@dataclass(frozen=True)
class Circle:
    """Whom the pictures of organisations count: partners, or all where no partner is noted yet."""

    only_partners: bool

    def url(self, **asked: Any) -> str:
        """Return the list of those of them that something is asked of."""
        return url_for("organisations.index", **self._status(), **asked)

    def _status(self) -> dict[str, Any]:
        return {"status": [each.value for each in queries.PARTNERS]} if self.only_partners else {}

    def share(self, part: int, whole: int) -> str:
        """Return some of them, and how many they all are, in words."""
        if self.only_partners:
            return _n("%(num)d partner of %(all)d", "%(num)d partners of %(all)d", part, all=whole)
        return _n(
            "%(num)d organisation of %(all)d",
            "%(num)d organisations of %(all)d",
            part,
            all=whole,
        )

    @property
    def heading(self) -> str:
        """Return what they are called."""
        return _("Partners") if self.only_partners else _("Organisations")

    @property
    def note(self) -> str:
        """Say who is counted."""
        if self.only_partners:
            return _("Counted are partnerships that are developing, active or dormant.")
        return _("No partnership is noted yet: all organisations are counted.")


def circle() -> Circle:
    """Return whom the pictures count."""
    return Circle(bool(db.session.scalar(queries.has_partners())))


def _table(caption: str, columns: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Table:
    headings = [HeaderCell(columns[0]), *(HeaderCell(each, numeric=True) for each in columns[1:])]
    return Table(caption, headings, [Row(list(row)) for row in rows])


def per_quarter(_circle: Circle) -> Picture:
    """Return the exchanges of each quarter."""
    quarters = last_quarters(QUARTERS, today())
    counted: Counter[Quarter] = Counter()
    for month, number in db.session.execute(queries.exchanges_by_month(quarters[0].start)):
        counted[Quarter.of(PartialDate.parse_iso(month))] += number
    counts = [(quarter, counted[quarter]) for quarter in quarters]
    urls = [_exchanges_url(quarter) for quarter in quarters]
    title = _("Exchanges per quarter")
    return Picture(
        findings.of_quarters(counts),
        _table(
            title,
            [_("Quarter"), _("Exchanges")],
            [
                [str(quarter), Link(count, url)]
                for (quarter, count), url in zip(counts, urls, strict=True)
            ],
        ),
        line=line_chart(
            title,
            [
                Point(
                    quarter.short,
                    str(quarter.year) if quarter.number == 1 or quarter == quarters[0] else "",
                    count,
                    url,
                    is_open=quarter == quarters[-1],
                )
                for (quarter, count), url in zip(counts, urls, strict=True)
            ],
        ),
        note=_("The last quarter is not over."),
    )


def _exchanges_url(quarter: Quarter) -> str:
    bounds: dict[str, Any] = {"from": str(quarter.start), "before": str(quarter.later(1).start)}
    return url_for("interactions.index", **bounds)


def countries_of(circle: Circle) -> dict[str | None, int]:
    """Return how many are in each country; None: where it is not stated."""
    rows = db.session.execute(queries.by_country(circle.only_partners))
    found: dict[str | None, int] = dict(rows.all())
    return found


def by_country(circle: Circle) -> Picture:
    """Return how many are in each country."""
    return picture_of_countries(circle, countries_of(circle))


def picture_of_countries(circle: Circle, counted: Mapping[str | None, int]) -> Picture:
    """Return the picture of how many are in each country."""
    locale = locale_code()
    total, unstated = sum(counted.values()), counted.get(None, 0)
    found = {code: number for code, number in counted.items() if code is not None}
    names = {code: country_name(code, locale) or code for code in found}
    order = sorted(found, key=lambda code: (-found[code], sort_key(names[code])))
    bars = [Bar(names[code], found[code], circle.url(country=code)) for code in order]
    listed = [[each.label, Link(each.value, str(each.url))] for each in bars]
    if unstated:
        url = circle.url(country=NOT_STATED)
        bars.append(Bar(_("Not stated"), unstated, url))
        listed.append([_("Not stated"), Link(unstated, url)])
    first = order[: MOST_BARS - 1]
    title = _("By country")
    return Picture(
        findings.of_countries(
            [(names[code], found[code]) for code in order],
            circle.share(found[order[0]], total) if order else "",
        ),
        _table(title, [_("Country"), circle.heading], listed),
        bars=bar_chart(title, bars, _("Others"), circle.url(**{"country.not": first})),
        note=circle.note,
    )


def by_kind(circle: Circle) -> Picture:
    """Return how many there are of each kind."""
    rows = db.session.execute(queries.by_kind(circle.only_partners)).all()
    found: dict[OrganisationKind, int] = dict(rows)
    total = sum(found.values())
    order = sorted(found, key=lambda kind: (-found[kind], sort_key(str(kind.label))))
    bars = [Bar(str(kind.label), found[kind], circle.url(kind=kind.value)) for kind in order]
    first = [kind.value for kind in order[: MOST_BARS - 1]]
    title = _("By kind")
    return Picture(
        findings.of_kinds(
            [(each.label, each.value) for each in bars],
            circle.share(bars[0].value, total) if bars else "",
        ),
        _table(
            title,
            [_("Kind of organisation"), circle.heading],
            [[each.label, Link(each.value, str(each.url))] for each in bars],
        ),
        bars=bar_chart(title, bars, _("Others"), circle.url(**{"kind.not": first})),
        note=circle.note,
    )


def in_networks(circle: Circle) -> Picture:
    """Return how many sit with us in each of our networks."""
    us, day = db.session.scalars(ourselves()).first(), today()
    networks = db.session.scalars(networks_on(us.id, day)).all() if us is not None else []
    ids = [each.id for each in networks]
    rows = db.session.execute(queries.members_counted(ids, day, circle.only_partners)).all()
    found: dict[int, int] = dict(rows)
    order = sorted(networks, key=lambda each: (-found.get(each.id, 0), each.sort_key))
    counts = [(each.title, found.get(each.id, 0)) for each in order]
    urls = [circle.url(network=each.id) for each in order]
    bars = [Bar(label, number, url) for (label, number), url in zip(counts, urls, strict=True)]
    title = _("In our networks")
    return Picture(
        findings.of_networks(counts, _in_words(circle, counts[0][1]) if counts else ""),
        _table(
            title,
            [_("Network"), circle.heading],
            [[each.label, Link(each.value, str(each.url))] for each in bars],
        ),
        # One may sit in several networks: those without room add up to nothing.
        bars=bar_chart(title, bars[:MOST_BARS], ""),
        note=" ".join(
            [
                _("Networks in which we sit today."),
                *([_("The largest ones are drawn.")] if len(bars) > MOST_BARS else []),
            ]
        ),
    )


def _in_words(circle: Circle, number: int) -> str:
    if circle.only_partners:
        return _n("%(num)d partner", "%(num)d partners", number)
    return _n("%(num)d organisation", "%(num)d organisations", number)


def dormant(_circle: Circle) -> Picture:
    """Return how many partners are in touch and how many dormant, by tier."""
    found = {
        tier: (number, dormant)
        for tier, number, dormant in db.session.execute(
            queries.dormant_by_tier(dormant_on(today()))
        )
    }
    rows: list[list[Any]] = []
    bars: list[Bar] = []
    for tier in (*Tier, None):
        if tier not in found:
            continue
        number, asleep = found[tier]
        label = str(tier.label) if tier else _("No tier")
        awake = number - asleep
        awake_url, asleep_url = _rhythm_url(tier, dormant=False), _rhythm_url(tier, dormant=True)
        rows.append([label, Link(awake, awake_url), Link(asleep, asleep_url)])
        bars += [
            Bar(label, awake, awake_url, _("%(number)d in touch", number=awake)),
            Bar(
                label,
                asleep,
                asleep_url,
                _("%(number)d dormant", number=asleep),
                is_joined=True,
                tone="second",
            ),
        ]
    title = _("Dormant and in touch")
    return Picture(
        findings.of_dormant(
            sum(asleep for _number, asleep in found.values()),
            sum(number for number, _asleep in found.values()),
        ),
        _table(title, [_("Tier"), _("In touch"), _("Dormant")], rows),
        bars=paired_bars(title, bars),
        note=_(
            "Counted are partnerships that are developing or active. Dormant means that there was "
            "no exchange for longer than the tier allows; who is left to rest is not dormant."
        ),
    )


def _rhythm_url(tier: Tier | None, *, dormant: bool) -> str:
    asked: dict[str, Any] = {"tier": tier.value} if tier else {"tier.not": [*Tier]}
    status = [each.value for each in LIVING]
    return url_for(
        "organisations.index", status=status, dormant="yes" if dormant else "no", **asked
    )


def participation(_circle: Circle) -> Picture:
    """Return how many organisations were asked to sign each declaration, and have signed."""
    found = db.session.execute(queries.participation(MOST_DECLARATIONS)).all()
    rows: list[list[Any]] = []
    bars: list[Bar] = []
    for declaration_id, label, asked, signed in found:
        asked_url = url_for("organisations.index", asked=declaration_id)
        signed_url = url_for("organisations.index", signed=declaration_id)
        rows.append([label, Link(asked, asked_url), Link(signed, signed_url)])
        bars += [
            Bar(label, asked, asked_url, _n("%(num)d asked", "%(num)d asked", asked)),
            Bar(
                label,
                signed,
                signed_url,
                _n("%(num)d signed", "%(num)d signed", signed),
                is_joined=True,
                tone="second",
            ),
        ]
    title = _("Asked and signed")
    return Picture(
        findings.of_participation(sum(each[2] for each in found), sum(each[3] for each in found)),
        _table(title, [_("Declaration"), _("Asked"), _("Signed")], rows),
        bars=paired_bars(title, bars),
        note=_(
            "The last declarations, %(most)d at most. Organisations alone are counted: people who "
            "sign in their own name are not.",
            most=MOST_DECLARATIONS,
        ),
    )


PICTURES: dict[str, Callable[[Circle], Picture]] = {
    "exchanges": per_quarter,
    "countries": by_country,
    "kinds": by_kind,
    "networks": in_networks,
    "dormant": dormant,
    "signatures": participation,
}
"""By their place in addresses, in their order on the page."""


def context() -> dict[str, Any]:
    """Return what the page shows."""
    counted = circle()
    return {
        "pictures": {key: make(counted) for key, make in PICTURES.items()},
        "actions": [
            Action(_("What we did"), url_for("reports.activity")),
            Action(_("On the map"), url_for("reports.partners_map", metric="partners")),
        ],
    }
