"""What a card or a signature says, compared with what is known: nobody is chosen silently."""

from functools import cache

from crm.core.countries import country_names
from crm.core.db import db
from crm.core.text import fold
from crm.documents.vcard import Card
from crm.people import queries, signature
from crm.people.matching import Sought, match_all
from crm.people.models import Person
from crm.records import queries as records

LOCALES = ("fr", "en", "de", "it")

# Addresses there are for everybody: the same one tells nothing of where two people work.
OPEN_TO_ALL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr",
    "live.com", "yahoo.com", "yahoo.fr", "icloud.com", "me.com", "orange.fr", "wanadoo.fr",
    "free.fr", "laposte.net", "sfr.fr", "gmx.de", "gmx.net", "web.de", "t-online.de", "libero.it",
    "tiscali.it", "protonmail.com", "proton.me",
})  # fmt: skip


def likely(card: Card) -> list[Person]:
    """Return the people, among those one may see, whom a card may mean; the likeliest first."""
    sought = Sought(card.name, card.organisation, card.emails[0] if card.emails else "")
    if not (fold(sought.name) or sought.email):
        return []
    (match,) = match_all([sought])
    return [match.person] if match.person is not None else list(match.candidates)


def organisation_of(card: Card) -> int | None:
    """Return the organisation a card names, else the one reached at the same domain."""
    if card.organisation:
        found = db.session.scalars(records.named_like(card.organisation[:300], ["organisation"]))
        exact = records.exact(list(found), card.organisation)
        if len(exact) == 1:
            return exact[0].id
    return None if card.organisation else _at_domain(card)


def _at_domain(card: Card) -> int | None:
    hosts = [host for host in signature.domains(card)[:10] if host not in OPEN_TO_ALL]
    if not hosts:
        return None
    reached = db.session.execute(queries.organisations_reached_at(hosts))
    found = {
        organisation_id
        for organisation_id, address in reached
        if set(signature.hosts_of(address)) & set(hosts)
    }
    return found.pop() if len(found) == 1 else None


def country_code(text: str) -> str | None:
    """Return the code of a country, written out in one of four languages or as its code."""
    return _codes().get(fold(text)) if text else None


@cache
def _codes() -> dict[str, str]:
    names = {fold(name): code for locale in LOCALES for code, name in country_names(locale).items()}
    return {**{code.casefold(): code for code in country_names("en")}, **names}
