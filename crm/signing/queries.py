"""Questions of the page to sign. Each returns a statement; the caller fetches."""

from sqlalchemy import Select, select

from crm.organisations.models import Organisation


def our_organisation() -> Select[Organisation]:
    """Return who invites to sign."""
    return select(Organisation).where(Organisation.is_us)
