"""Everything that changes a project. No service commits."""

from collections.abc import Mapping
from typing import Any

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lists import language
from crm.core.money import known_currency
from crm.core.partial_date import PartialDate, format_range
from crm.core.principal import SYSTEM, acting_as
from crm.networks.services import day_before
from crm.people.services import check_dates
from crm.projects import queries
from crm.projects.models import Involvement, Output, Project, WorkItem, WorkKind
from crm.records import services
from crm.records.models import Record

BUDGETS = ("budget_total", "budget_eu", "budget_ours")


def create_project(**values: Any) -> Project:
    """Add a project."""
    _check(values)
    _clean_currency(values)
    return services.create_record(Project, **values)


def change_project(project: Project, version: int, **values: Any) -> Project:
    """Change a project."""
    checked = ("starts", "ends", *BUDGETS)
    _check({key: values.get(key, getattr(project, key)) for key in checked})
    _clean_currency(values)
    times = ("starts", "ends", "duration_months")
    asked = {key: values.get(key, getattr(project, key)) for key in times}
    if any(asked[key] != getattr(project, key) for key in times):
        _check_what_is_due(project, **asked)
    return services.change_record(project, version, **values)


def _check_what_is_due(
    project: Project,
    *,
    starts: PartialDate | None,
    ends: PartialDate | None,
    duration_months: int | None,
) -> None:
    """Refuse other dates of a project when something is due outside of them."""
    ends = _end(starts, ends, duration_months)
    due = [
        *((each.label, each.due) for each in db.session.scalars(queries.work_of(project))),
        *((each.label, each.due) for each in db.session.scalars(queries.outputs_of(project))),
    ]
    for label, day in due:
        if day is not None and _is_outside(day, starts, ends):
            field = "starts" if starts is not None and day.last_day < starts.first_day else "ends"
            raise InvalidValue(
                field, _("“%(what)s” is due outside of that: change its date first", what=label)
            )


def _end(
    starts: PartialDate | None, ends: PartialDate | None, duration_months: int | None
) -> PartialDate | None:
    """Return the end of a project, from its length where only that is known."""
    if ends is None and starts is not None and duration_months:
        last = PartialDate.of(starts.last_day).in_months(duration_months)
        return PartialDate(last.year, last.month)
    return ends


def _is_outside(day: PartialDate, starts: PartialDate | None, ends: PartialDate | None) -> bool:
    is_early = starts is not None and day.last_day < starts.first_day
    return is_early or (ends is not None and day.first_day > ends.last_day)


def _clean_currency(values: dict[str, Any]) -> None:
    if "currency" in values:
        values["currency"] = known_currency(values["currency"])


def _check(values: Mapping[str, Any]) -> None:
    starts, ends = values.get("starts"), values.get("ends")
    if starts is not None and ends is not None and ends.last_day < starts.first_day:
        raise InvalidValue("ends", _("The end must not be before the start"))
    total, *parts = (values.get(key) for key in BUDGETS)
    for key, part in zip(BUDGETS[1:], parts, strict=True):
        if total is not None and part is not None and part > total:
            raise InvalidValue(key, _("A part must not be more than the total budget"))


# Who takes part


def add_involvement(**values: Any) -> Involvement:
    """Let an organisation take part in a project."""
    check_dates(values.get("since"), values.get("until"))
    return services.add(Involvement(**values))


def change_involvement(involvement: Involvement, version: int, **values: Any) -> Involvement:
    """Change how an organisation takes part."""
    check_dates(values.get("since", involvement.since), values.get("until", involvement.until))
    return services.change_part(involvement, version, **values)


def change_role(
    involvement: Involvement,
    *,
    since: PartialDate | None,
    organisation_id: int | None = None,
    **values: Any,
) -> Involvement:
    """Let another role follow: of the same organisation, or of the one that takes its place.

    The role before ends the day before. Where only the month of the change is known it ends in
    that month, and in that year where it began in the only year that is known (R-8.2).

    :param values: what is known of the new role, ``change_reason`` among it.
    :returns: the new role.
    :raises InvalidValue: when it begins before the old one did, or changes nothing.
    """
    if since is None:
        raise InvalidValue("since", _("Enter when the role changed"))
    if involvement.until is not None:
        raise InvalidValue(
            None, _("This role has ended: change the one that follows it, or edit this one")
        )
    begun = involvement.since
    end = day_before(since)
    if begun is not None and begun.year == since.year and since.month is None:
        end = since
    if begun is not None and end.last_day < begun.first_day:
        raise InvalidValue("since", _("The new role must not begin before the one it follows"))
    is_same = organisation_id in (None, involvement.organisation_id)
    compared = ("role", "country", "city", "funder_word")
    if is_same and all(values.get(key) == getattr(involvement, key) for key in compared):
        raise InvalidValue("role", _("Choose what is different: the role or the organisation"))
    following = add_involvement(
        project_id=involvement.project_id,
        organisation_id=organisation_id or involvement.organisation_id,
        since=since,
        **values,
    )
    services.change_part(involvement, involvement.version, until=end)
    return following


# Work


def add_work(**values: Any) -> WorkItem:
    """Add a work package, a task or a milestone."""
    project = _project(values["project_id"])
    _check_work(project, values)
    return services.add(WorkItem(**values))


def change_work(item: WorkItem, version: int, **values: Any) -> WorkItem:
    """Change a work package, a task or a milestone."""
    keys = ("kind", "within_id", "starts", "due", "done_on")
    _check_work(
        _project(item.project_id), {key: values.get(key, getattr(item, key)) for key in keys}, item
    )
    return services.change_part(item, version, **values)


def remove_work(item: WorkItem) -> None:
    """Remove a piece of work; what belonged to it stays, and belongs to the project alone."""
    # Also what whoever removes it may not see: it would point at nothing.
    with acting_as(db.session, SYSTEM):
        inner = db.session.scalars(queries.within(item.id)).all()
        outputs = db.session.scalars(queries.coming_out_of(item.id)).all()
    for each in inner:
        each.within_id = None
    for output in outputs:
        output.work_id = None
    db.session.flush()
    services.remove_part(item)


def add_output(**values: Any) -> Output:
    """Add something that a project, a declaration or an organisation produces."""
    _check_output(db.session.get(Record, values["record_id"]), values)
    return services.add(Output(**values))


def change_output(output: Output, version: int, **values: Any) -> Output:
    """Change what is known of an output."""
    keys = ("due", "work_id")
    _check_output(output.record, {key: values.get(key, getattr(output, key)) for key in keys})
    return services.change_part(output, version, **values)


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)


def _check_work(project: Project, values: Mapping[str, Any], item: WorkItem | None = None) -> None:
    starts, due, done_on = values.get("starts"), values.get("due"), values.get("done_on")
    check_inside(project, "starts", starts)
    check_inside(project, "due", due)
    if starts is not None and due is not None and due.last_day < starts.first_day:
        raise InvalidValue("due", _("The end must not be before the start"))
    if starts is not None and done_on is not None and done_on.last_day < starts.first_day:
        raise InvalidValue("done_on", _("The end must not be before the start"))
    is_package = values.get("kind") is WorkKind.PACKAGE
    has_work = item is not None and db.session.scalar(queries.within(item.id)) is not None
    if has_work and not is_package:
        raise InvalidValue("kind", _("It has work of its own: it stays a work package"))
    within_id = values.get("within_id")
    if within_id is None:
        return
    if is_package:
        raise InvalidValue("within_id", _("A work package belongs to none. Leave this empty"))
    package = _work_of(project, within_id)
    if package is None or package.kind is not WorkKind.PACKAGE or package is item:
        raise InvalidValue("within_id", _("Choose a work package of this project"))


def _check_output(record: Record | None, values: Mapping[str, Any]) -> None:
    work_id = values.get("work_id")
    if isinstance(record, Project):
        check_inside(record, "due", values.get("due"))
        if work_id is not None and _work_of(record, work_id) is None:
            raise InvalidValue("work_id", _("Choose a piece of work of this project"))
    elif work_id is not None:
        raise InvalidValue("work_id", _("Only a project has work packages. Leave this empty"))


def _work_of(project: Project, work_id: int) -> WorkItem | None:
    found = db.session.get(WorkItem, work_id)
    return found if found is not None and found.project_id == project.id else None


def check_inside(project: Project, field: str, day: PartialDate | None) -> None:
    """Refuse a date outside the time of a project.

    :raises InvalidValue: at the field.
    """
    if day is None:
        return
    ends = _end(project.starts, project.ends, project.duration_months)
    if _is_outside(day, project.starts, ends):
        period = format_range(project.starts, ends, language())
        raise InvalidValue(
            field, _("Enter a date within the time of the project (%(period)s)", period=period)
        )
