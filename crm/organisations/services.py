"""Everything that changes an organisation. No service commits."""

from typing import Any

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.organisations import queries
from crm.organisations.models import Organisation, PartnershipStatus, Relation
from crm.records import queries as records
from crm.records import services


def create_organisation(**values: Any) -> Organisation:
    """Add an organisation, unless one of that name is there already."""
    _check_name(values["name"], values.get("country"))
    _check_us(values, None)
    return services.create_record(Organisation, **values)


def change_organisation(organisation: Organisation, version: int, **values: Any) -> Organisation:
    """Change an organisation."""
    if "name" in values and values["name"] != organisation.name:
        _check_name(values["name"], values.get("country", organisation.country), but=organisation)
    _check_us(values, organisation)
    _check_parent(organisation, values.get("parent_id"))
    return services.change_record(organisation, version, **values)


def set_owner(organisation: Organisation, *, owner_id: int | None) -> bool:
    """Say who of the team looks after an organisation.

    :returns: whether that was news.
    """
    if organisation.owner_id == owner_id:
        return False
    organisation.owner_id = owner_id
    db.session.flush()
    return True


def set_partnership(organisation: Organisation, *, partnership_status: str) -> bool:
    """Say how the partnership stands.

    :returns: whether that was news.
    """
    status = PartnershipStatus(partnership_status)
    if organisation.partnership_status is status:
        return False
    organisation.partnership_status = status
    db.session.flush()
    return True


def _check_name(name: str, country: str | None, but: Organisation | None = None) -> None:
    """Refuse a second organisation of the same name in the same country (R-10.4)."""
    found = db.session.scalars(records.same_name(name, "organisation", but.id if but else None))
    for other in records.exact(found.all(), name):
        if isinstance(other, Organisation) and other.country in (country, None):
            raise InvalidValue(
                "name",
                _(
                    "There is already an organisation of this name: “%(title)s”. "
                    "Open it, or enter another name or country",
                    title=other.title,
                ),
            )


def _check_us(values: dict[str, Any], organisation: Organisation | None) -> None:
    if not values.get("is_us"):
        return
    known = db.session.scalar(queries.ourselves())
    if known is not None and known is not organisation:
        raise InvalidValue(
            "is_us", _("Our own organisation is “%(title)s” already", title=known.title)
        )


def _check_parent(organisation: Organisation, parent_id: int | None) -> None:
    if parent_id is None:
        return
    if organisation.id in set(db.session.scalars(queries.ancestors_of(parent_id))):
        raise InvalidValue(
            "parent_id", _("An organisation cannot be part of itself. Choose another one")
        )


def add_relation(**values: Any) -> Relation:
    """Add a relation between two organisations."""
    if values["organisation_id"] == values["other_id"]:
        raise InvalidValue("other_id", _("Choose another organisation than this one"))
    return services.add(Relation(**values))
