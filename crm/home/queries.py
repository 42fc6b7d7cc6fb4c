"""Questions of the page Today that are no feature's own; the caller fetches."""

from sqlalchemy import Select, func, select

from crm.accounts.models import User
from crm.duties.models import Duty
from crm.networks.models import Membership
from crm.networks.queries import ours
from crm.organisations.models import Organisation


def steps_taken() -> Select[bool, bool, bool, bool]:
    """Tell whether there are partners, colleagues, networks of ours, and duties."""
    people = select(func.count(User.id)).scalar_subquery()
    return select(
        select(Organisation.id).where(Organisation.is_us.is_(False)).exists(),
        people > 1,
        select(Membership.id).where(Membership.member_id.in_(ours())).exists(),
        select(Duty.id).exists(),
    )
