"""Everything that changes a project. No service commits."""

from typing import Any

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.money import known_currency
from crm.people.services import check_dates
from crm.projects.models import Involvement, Project
from crm.records import services


def create_project(**values: Any) -> Project:
    """Add a project."""
    _check_dates(values)
    _clean_currency(values)
    return services.create_record(Project, **values)


def change_project(project: Project, version: int, **values: Any) -> Project:
    """Change a project."""
    _check_dates({key: values.get(key, getattr(project, key)) for key in ("starts", "ends")})
    _clean_currency(values)
    return services.change_record(project, version, **values)


def _clean_currency(values: dict[str, Any]) -> None:
    if "currency" in values:
        values["currency"] = known_currency(values["currency"])


def _check_dates(values: dict[str, Any]) -> None:
    starts, ends = values.get("starts"), values.get("ends")
    if starts is not None and ends is not None and ends.last_day < starts.first_day:
        raise InvalidValue("ends", _("The end must not be before the start"))


def add_involvement(**values: Any) -> Involvement:
    """Let an organisation take part in a project."""
    check_dates(values.get("since"), values.get("until"))
    return services.add(Involvement(**values))


def change_involvement(involvement: Involvement, version: int, **values: Any) -> Involvement:
    """Change how an organisation takes part."""
    check_dates(values.get("since", involvement.since), values.get("until", involvement.until))
    return services.change_part(involvement, version, **values)
