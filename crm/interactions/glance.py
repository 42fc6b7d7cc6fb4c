"""What one wants to know of exchanges before a call."""

from collections.abc import Sequence
from datetime import date

from crm.core.clock import today
from crm.core.i18n import _l, _n
from crm.core.partial_date import PartialDate
from crm.interactions import queries
from crm.interactions.models import Interaction
from crm.interactions.wording import first_words
from crm.records.asof import asked_day
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.templating import locale_code

MOST_EXCHANGES = 3
MOST_COLLEAGUES = 4
MONTHS_BACK = 24
ABOUT = ("organisation", "person")


RECENT = Reading(
    ABOUT,
    lambda record: (
        queries.recent_with_organisations([record.id], MOST_EXCHANGES)
        .with_only_columns(Interaction)
        .options()
    ),
    most=MOST_EXCHANGES,
)
KNOWN_BY = Reading(
    ABOUT, lambda record: queries.known_by([record.id], _two_years_ago()), most=MOST_COLLEAGUES
)
READINGS = (RECENT, KNOWN_BY)


def _two_years_ago() -> date:
    return PartialDate.of(today()).in_months(-MONTHS_BACK).first_day


def _last(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return the last exchanges, from the timeline where it shows enough of them."""
    exchanges = [each for each in loaded.moments or () if isinstance(each, Interaction)]
    if len(exchanges) < MOST_EXCHANGES and (loaded.moments is None or len(loaded.moments) > 20):
        exchanges = list(RECENT.rows(record))
    return [
        GlanceLine(
            record_link(exchange),
            " · ".join(
                (
                    exchange.happened.format(locale_code(), "dense"),
                    str(exchange.interaction_kind.label),
                )
            ),
            first_words(exchange),
        )
        for exchange in exchanges[:MOST_EXCHANGES]
    ]


def _known_by(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return who of the team was in touch over two years, how often, and when last."""
    if asked_day() is not None:
        return ()
    return [
        GlanceLine(
            name,
            _n(
                "%(num)d exchange, %(day)s",
                "%(num)d exchanges, last %(day)s",
                number,
                day=last.format(locale_code(), "dense"),
            ),
        )
        for _record_id, _user_id, name, number, last in KNOWN_BY.rows(record)
    ]


GLANCES = (
    Glance(
        "exchanges",
        _l("Last exchanges"),
        ABOUT,
        _last,
        shape="wide",
        order=10,
        panel="timeline",
    ),
    Glance("known-by", _l("Known by"), ABOUT, _known_by, order=20),
)
