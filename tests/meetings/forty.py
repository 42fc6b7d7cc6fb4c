"""A list of forty people: 34 are known as they stand, 4 nearly, 2 are new."""

from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

HOUSE = "Refuge Europe"
KNOWN = tuple(
    f"Person{chr(97 + n // 26)}{chr(97 + n % 26)} Family{chr(97 + n % 26)}x" for n in range(34)
)
NEARLY = ("Zofia Łukaszewska", "Marie Dubois", "Jean Exemple", "Ada Testova")
NEW = ("Nina Newcomer, Refuge Europe", "Omar Unknown, House of Hope")
LINES = (
    *KNOWN,
    "Zofia Lukasewska",
    "Marie Dubois, Caritas Elsewhere Foundation",
    "J. Exemple",
    "Ada Testowa",
    *NEW,
)


def make_known():
    """Add the people who are known, at one organisation."""
    house = OrganisationFactory(name=HOUSE)
    for name in (*KNOWN, *NEARLY):
        person = PersonFactory(name=name)
        PositionFactory(person_id=person.id, organisation_id=house.id)
