"""What numbers say, as the sentences that stand above them."""

from collections.abc import Sequence
from fractions import Fraction

from babel.numbers import format_percent

from crm.core.i18n import _, _n
from crm.reports.quarters import Quarter
from crm.web.templating import babel_locale

FEW = 10
"""Of fewer than these no share is worth a word."""
DOUBLED = (Fraction(19, 10), Fraction(21, 10))
SAME = Fraction(1, 100)

QuarterCount = tuple[Quarter, int]


def of_quarters(counts: Sequence[QuarterCount]) -> str:
    """Compare the last quarter that is over with the one before it.

    :param counts: the exchanges of each quarter; the last one is still going on.
    """
    if not any(count for _quarter, count in counts):
        return _("No exchange noted in this time")
    (_before, before), (quarter, now), _present = counts[-3:]
    when = quarter.in_words()
    if before < FEW:
        return _n(
            "Too little to compare: %(num)d exchange in %(quarter)s, %(before)d in the one before",
            "Too little to compare: %(num)d exchanges in %(quarter)s, %(before)d in the one before",
            now,
            quarter=when,
            before=before,
        )
    return _change(now, before, when)


def _change(now: int, before: int, when: str) -> str:
    ratio = Fraction(now, before)
    values = {"quarter": when, "now": now, "before": before}
    if abs(ratio - 1) < SAME:
        return _("Exchanges hardly changed in %(quarter)s: %(now)d after %(before)d", **values)
    if ratio > DOUBLED[1]:
        return _("Exchanges more than doubled in %(quarter)s: %(now)d after %(before)d", **values)
    if ratio >= DOUBLED[0]:
        return _("Exchanges doubled in %(quarter)s: %(now)d after %(before)d", **values)
    values["share"] = by_how_much(abs(ratio - 1))
    if ratio > 1:
        return _("Exchanges rose %(share)s in %(quarter)s: %(now)d after %(before)d", **values)
    return _("Exchanges fell %(share)s in %(quarter)s: %(now)d after %(before)d", **values)


def by_how_much(share: Fraction) -> str:
    """Return by which share something rose or fell: by its name where it has one."""
    named = {
        Fraction(1, 4): _("by a quarter"),
        Fraction(1, 3): _("by a third"),
        Fraction(1, 2): _("by half"),
        Fraction(2, 3): _("by two thirds"),
        Fraction(3, 4): _("by three quarters"),
    }
    if share in named:
        return named[share]
    return _("by %(percent)s", percent=percent(share))


def percent(share: Fraction) -> str:
    """Return a share in hundredths."""
    return str(format_percent(round(float(share), 2), locale=babel_locale()))


def of_countries(counts: Sequence[tuple[str, int]], share: str) -> str:
    """Say in how many countries they are, and where most of them.

    :param counts: names of countries with their numbers, the largest first.
    :param share: of the first country, in words.
    """
    if not counts:
        return _("No country is noted")
    if _is_tied(counts):
        return _n(
            "%(num)d country, none ahead of the others",
            "%(num)d countries, none ahead of the others",
            len(counts),
        )
    return _n(
        "%(num)d country: %(country)s (%(share)s)",
        "%(num)d countries, above all: %(country)s (%(share)s)",
        len(counts),
        country=counts[0][0],
        share=share,
    )


def _is_tied(counts: Sequence[tuple[str, int]]) -> bool:
    return len(counts) > 1 and counts[0][1] == counts[1][1]


def of_kinds(counts: Sequence[tuple[str, int]], share: str) -> str:
    """Say which kind is the most frequent.

    :param counts: kinds with their numbers, the largest first.
    """
    if not counts:
        return _("No organisation yet")
    if _is_tied(counts):
        return _n(
            "%(num)d kind, none ahead of the others",
            "%(num)d kinds, none ahead of the others",
            len(counts),
        )
    return _("The most frequent kind: %(kind)s (%(share)s)", kind=counts[0][0], share=share)


def of_networks(counts: Sequence[tuple[str, int]], share: str) -> str:
    """Say where most of them sit with us."""
    if not counts:
        return _("We sit in no network")
    if not counts[0][1]:
        return _("None of them sits in a network with us")
    if _is_tied(counts):
        return _n(
            "%(num)d network of ours, none ahead of the others",
            "%(num)d networks of ours, none ahead of the others",
            len(counts),
        )
    return _(
        "Where most of them sit with us: %(network)s (%(share)s)", network=counts[0][0], share=share
    )


def of_dormant(dormant: int, all_of_them: int) -> str:
    """Say how many partners are dormant."""
    if not all_of_them:
        return _("No partnership is developing or active")
    if not dormant:
        return _("No partner is dormant")
    return _n(
        "%(num)d partner of %(all)d is dormant",
        "%(num)d partners of %(all)d are dormant",
        dormant,
        all=all_of_them,
    )


def of_participation(asked: int, signed: int) -> str:
    """Say how many of those asked have signed."""
    if not asked:
        return _("No organisation was asked to sign anything")
    if asked < FEW:
        return _(
            "Too little to compare: %(signed)d signed of %(asked)d asked",
            signed=signed,
            asked=asked,
        )
    share = percent(Fraction(signed, asked))
    return _(
        "%(share)s of those asked have signed: %(signed)d of %(asked)d",
        share=share,
        signed=signed,
        asked=asked,
    )


def of_times(now: int, before: int) -> str:
    """Compare the exchanges of a time with those of the time of the same length before."""
    if before < FEW:
        return _n(
            "%(num)d exchange; in the same length of time before: %(before)d",
            "%(num)d exchanges; in the same length of time before: %(before)d",
            now,
            before=before,
        )
    ratio = Fraction(now, before)
    values: dict[str, int | str] = {"now": now, "before": before}
    if abs(ratio - 1) < SAME:
        return _("As many exchanges as in the same length of time before: %(now)d", **values)
    if ratio >= DOUBLED[0]:
        return _(
            "Twice as many exchanges or more as in the same length of time before: "
            "%(now)d after %(before)d",
            **values,
        )
    values["share"] = by_how_much(abs(ratio - 1))
    if ratio > 1:
        return _(
            "Exchanges rose %(share)s over the same length of time before: "
            "%(now)d after %(before)d",
            **values,
        )
    return _(
        "Exchanges fell %(share)s from the same length of time before: %(now)d after %(before)d",
        **values,
    )
