"""Partners on the map of Europe, under the table that says the same."""

from typing import Any

from flask import url_for

from crm.core.countries import country_name
from crm.core.i18n import _, _n
from crm.reports import pictures
from crm.web.maps import Counted, europe_map
from crm.web.templating import NavEntry, locale_code


def context() -> dict[str, Any]:
    """Return what the page shows."""
    circle = pictures.circle()
    counted = pictures.countries_of(circle)
    picture = pictures.picture_of_countries(circle, counted)
    drawn = europe_map(
        picture.finding,
        {
            code: Counted(number, _label(circle, code, number), circle.url(country=code))
            for code, number in counted.items()
            if code is not None
        },
    )
    return {
        "title": _("%(whom)s by country", whom=circle.heading),
        "breadcrumb": NavEntry(_("Reports"), url_for("reports.index"), current=False),
        "tabs": (),
        "timeline": None,
        "columns": picture.table.columns,
        "rows": picture.table.rows,
        "map": drawn,
        "notes": [circle.note, *drawn.notes],
        "empty": _("No organisation yet"),
    }


def _label(circle: pictures.Circle, code: str, number: int) -> str:
    """Say the number of a country to who does not see the map."""
    country = country_name(code, locale_code()) or code
    if circle.only_partners:
        return _n(
            "%(country)s: %(num)d partner",
            "%(country)s: %(num)d partners",
            number,
            country=country,
        )
    return _n(
        "%(country)s: %(num)d organisation",
        "%(country)s: %(num)d organisations",
        number,
        country=country,
    )
