"""Makes the corrections of a record, each cell as far as it can be."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm.core.db import db
from crm.core.errors import Conflict, InvalidValue
from crm.core.i18n import _
from crm.records import queries, services
from crm.records.display import Names, label_of, live_value, points_at
from crm.records.history import from_json
from crm.records.kinds import registry
from crm.records.models import Change, Record
from crm.web.templating import shown


def correct(record: Record, *, corrections: Mapping[str, Any]) -> bool | str:
    """Enter the corrected values of a record that was exported at a version.

    What the record does not take is left, and the rest is entered.

    :param corrections: for the id of each record its version and its values as JSON holds them.
    :returns: whether all was entered, or what was left and why.
    :raises InvalidValue: when nothing can be entered.
    """
    asked = corrections[str(record.id)]
    model = type(record)
    columns = sa.inspect(model).columns
    values = {key: from_json(columns[key], value) for key, value in asked["values"].items()}
    left: list[str] = []
    while values:
        refused = _refused(record, asked["version"], values)
        if not refused:
            return "; ".join(left) or True
        left += [f"{label_of(model, key)}: {sentence}" for key, sentence in refused.items()]
        values = {key: value for key, value in values.items() if key not in refused}
    raise InvalidValue(None, "; ".join(left))


def _refused(record: Record, version: int, values: Mapping[str, Any]) -> dict[str, str]:
    """Change the record, or leave it as it is and say which values stand in the way."""
    change = registry.kind_of(record).change or services.change_record
    before = {key: getattr(record, key) for key in values}
    try:
        with db.session.begin_nested(), services.because(_("Corrected in a file")):
            change(record, version, **values)
    except Conflict as conflict:
        if not conflict.fields.keys() <= values.keys():
            raise  # A value that the service has made of these.
        changes = db.session.scalars(
            queries.changes_of_row(record.__tablename__, record.id, version)
        ).all()
        return {
            key: changed_meanwhile(key, _shown(type(record), key, stored), changes)
            for key, (_mine, stored, _original) in conflict.fields.items()
        }
    except InvalidValue as invalid:
        if invalid.field is None or invalid.field not in values:
            raise
        return {invalid.field: str(invalid.message)}
    # Some services go on with what is there instead of nothing.
    return {
        key: _("It stays as it is")
        for key, value in values.items()
        if getattr(record, key) == before[key] != value
    }


def _shown(model: type[Any], key: str, value: Any) -> Any:
    names = Names()
    if points_at(model, key) == "user":
        names.learn([], [value])
    return live_value(model, key, value, names)


def changed_meanwhile(key: str, now: Any, changes: Iterable[Change]) -> str:
    """Say that somebody else has changed a value since it was exported.

    :param now: what is stored, as a cell.
    :param changes: since then, the newest first.
    """
    last = next((change for change in changes if key in change.values), None)
    who = last.user.name if last is not None and last.user is not None else _("Somebody")
    if now in (None, ""):
        return _("%(who)s emptied it meanwhile", who=who)
    return _("%(who)s changed it meanwhile: now “%(value)s”", who=who, value=shown(now))
