"""Who may sign a declaration: which categories, and only members of what (R-7.5)."""

from collections.abc import Collection
from dataclasses import dataclass

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.declarations.models import Declaration, SignatoryCategory
from crm.networks import queries as networks
from crm.organisations.models import Organisation, OrganisationKind
from crm.people.models import Person
from crm.records.models import Record

_INTERNATIONAL = (
    OrganisationKind.NETWORK,
    OrganisationKind.EU_INSTITUTION,
    OrganisationKind.EU_AGENCY,
    OrganisationKind.UN_BODY,
)


@dataclass(frozen=True)
class Eligibility:
    """What a declaration asks of whoever signs it.

    :param member_ids: of the network one must sit in today; None where that is not asked.
    """

    categories: Collection[SignatoryCategory]
    network: Organisation | None
    member_ids: Collection[int] | None

    def check(self, signatory_id: int, category: SignatoryCategory) -> None:
        """Return when a signatory may sign.

        :raises InvalidValue: at the field that says why not.
        """
        if self.categories and category not in self.categories:
            raise InvalidValue(
                "category",
                _(
                    "This declaration is open to: %(categories)s",
                    categories=", ".join(str(each.label) for each in self.categories),
                ),
            )
        if self.member_ids is not None and signatory_id not in self.member_ids:
            raise InvalidValue(
                "signatory_id",
                _(
                    "Only members of “%(network)s” may sign this declaration",
                    network=self.network.title if self.network else "",
                ),
            )


def eligibility_of(declaration: Declaration) -> Eligibility:
    """Return what a declaration asks of whoever signs it today."""
    chosen = set(declaration.eligible_categories or ())
    categories = [each for each in SignatoryCategory if each.value in chosen]
    network_id = declaration.eligible_network_id
    if network_id is None:
        return Eligibility(categories, None, None)
    members = set(db.session.scalars(networks.members_on(network_id, today())))
    return Eligibility(categories, declaration.eligible_network, members)


def usual_category(record: Record) -> SignatoryCategory:
    """Return the category in which a record is usually listed."""
    if isinstance(record, Person):
        return SignatoryCategory.PERSON
    kind = record.organisation_kind if isinstance(record, Organisation) else None
    if kind in _INTERNATIONAL:
        return SignatoryCategory.INTERNATIONAL
    if kind is OrganisationKind.LOCAL_AUTHORITY:
        return SignatoryCategory.CITY
    return SignatoryCategory.NATIONAL
