"""What kind of organisation it is, where its name tells for certain."""

from crm.core.text import fold
from crm.organisations.models import OrganisationKind

_UNIVERSITY = frozenset({
    "university", "universite", "universitat", "universitaet", "universidad", "universidade",
    "universitatea", "universita", "universiteit", "universitet", "universitetet", "universitetas",
    "universitate", "universitas", "univerzita", "univerzitet", "univerza", "uniwersytet",
    "sveuciliste", "egyetem", "yliopisto", "ulikool", "universitesi", "universiteti", "hochschule",
})  # fmt: skip
# Of universities, or beside one.
_NO_UNIVERSITY = frozenset({
    "association", "associations", "network", "reseau", "alliance", "federation", "union",
    "conference", "council", "foundation", "fondation", "stiftung", "hospital", "press", "ngo",
    "ong", "society", "societe", "agency", "students", "library", "libraries", "accreditation",
})  # fmt: skip
_BEGINNINGS = {
    OrganisationKind.LOCAL_AUTHORITY: (
        "ville de", "ville d", "mairie de", "mairie d", "commune de", "municipality of",
        "comune di", "ayuntamiento de", "ajuntament de", "stadt",
    ),
    OrganisationKind.MINISTRY: ("ministry of", "ministere de", "ministere des", "ministere du"),
    OrganisationKind.RESEARCH_CENTRE: ("institut de recherche", "centre de recherche"),
    OrganisationKind.FOUNDATION: ("fondation", "fundacion", "fondazione"),
}  # fmt: skip
_ENDINGS = {
    OrganisationKind.RESEARCH_CENTRE: ("research centre", "research center", "research institute"),
    OrganisationKind.FOUNDATION: ("foundation", "stiftung"),
}


def kind_of(name: str) -> OrganisationKind:
    """Return what kind of organisation bears a name; the usual one where it does not tell."""
    folded = fold(name)
    words = set(folded.split())
    if words & _UNIVERSITY and not words & _NO_UNIVERSITY:
        return OrganisationKind.UNIVERSITY
    for kind, beginnings in _BEGINNINGS.items():
        if any(folded.startswith(f"{beginning} ") for beginning in beginnings):
            return kind
    for kind, endings in _ENDINGS.items():
        if any(folded.endswith(f" {ending}") for ending in endings):
            return kind
    return OrganisationKind.NGO
