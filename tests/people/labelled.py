"""A labelled set: people who are known, and 300 lines of lists that mean them or nobody known.

The names are made by crossing given and family names; organisations are those of the shared data
where it is there. The noise is what lists of meetings really bring.
"""

import csv
import random
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from crm.people.matching import Sought

SHARED = Path(__file__).parents[3] / "shared" / "data" / "coara-signatories"
GIVEN = (  # noqa: SIM905 - a list one can read
    "Zofia Marie Jean Ada Omar Leïla François José Łukasz Søren Jürgen Noémie Anne-Marie Aïcha "
    "Mehmet Dimitra Ngọc Siobhán Jan Maria Marija Mohamed Mohammed Camille Andrea Nikola Inês "
    "Björn Chloé Giulia Pedro Katarzyna Tomáš Ágnes Răzvan Özlem Yasmin Hélène Jean-Luc Irène"
).split()
FAMILY = (  # noqa: SIM905 - as above
    "Łukaszewska Dubois Exemple Müller O’Brien N’Diaye Šimić García-Márquez Nguyễn Papadopoulou "
    "Kowalski Kowalska Østergård Çelik Bjørnson Martin Martins Lefèvre D’Angelo Van-der-Berg "
    "Ferreira Novák Horváth Ionescu Schröder Fernández Dupont Durand Bernard Bianchi Rossi "
    "Haddad Benali Yılmaz Petrov Ivanova Svensson Virtanen Jensen Hansen"
).split()
NATIVE = (
    ("Mariia Shevchenko", "Марія Шевченко"),
    ("Layla Haddad", "ليلى حداد"),
    ("Eleni Papadaki", "Ελένη Παπαδάκη"),
    ("Giorgi Beridze", "გიორგი ბერიძე"),
    ("Olena Kovalenko", "Олена Коваленко"),
)
FALLBACK = tuple(f"House of {word}" for word in ("Hope", "Refuge", "Bridges", "Light", "Rivers"))


@dataclass(frozen=True)
class Known:
    """Somebody who is known: where they work and worked."""

    name: str
    native: str | None
    organisation: str
    former: str | None
    email: str | None


@dataclass(frozen=True)
class Labelled:
    """A line of a list, and the place of who is meant among the known; None for nobody."""

    sought: Sought
    meant: int | None
    noise: str


def organisations(count: int) -> list[str]:
    """Return names of organisations: real ones where the shared data is there."""
    path = SHARED / "signatories_joined.csv"
    if not path.exists():
        return [f"{each} {number}" for number in range(count // 6 + 1) for each in FALLBACK][:count]
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["organisation"].strip() for row in csv.DictReader(file)]
    found = dict.fromkeys(name for name in names if 6 < len(name) < 120)
    return list(found)[:: max(1, len(found) // count)][:count]


def build() -> tuple[list[Known], list[Labelled]]:
    """Return the people who are known, and the 300 lines."""
    dice = random.Random(20261123)  # noqa: S311 - the same lines each time
    houses = organisations(60)
    pairs = [(given, family) for given in GIVEN for family in FAMILY]
    dice.shuffle(pairs)
    known = [
        Known(
            name=f"{given} {family}",
            native=None,
            organisation=dice.choice(houses),
            former=dice.choice(houses) if place % 5 == 0 else None,
            email=f"person{place}@example.org" if place % 3 == 0 else None,
        )
        for place, (given, family) in enumerate(pairs[:400])
    ]
    known += [Known(name, native, dice.choice(houses), None, None) for name, native in NATIVE]
    # Namesakes: two people of one name, in two houses.
    twins = [place for place in range(30, 40) if known[place].organisation != houses[0]]
    known += [Known(known[place].name, None, houses[0], None, None) for place in twins]
    doubles = {known[place].name for place in twins}
    alone = [place for place, each in enumerate(known) if each.name not in doubles]
    return known, _lines(dice, known, alone, twins, pairs[400:])


def _lines(dice, known, alone, twins, strangers):
    lines = []
    picked = dice.sample(alone[:400], 220)
    noises = list(NOISES)
    for number, place in enumerate(picked):
        noise = noises[number % len(noises)]
        sought = NOISES[noise](dice, known[place])
        if sought is not None:
            lines.append(Labelled(sought, place, noise))
    lines += [
        Labelled(Sought(known[place].native), place, "own script")
        for place in alone
        if known[place].native
    ]
    lines += [Labelled(Sought(known[place].name), place, "namesake") for place in twins]
    lines += [
        Labelled(Sought(known[place].name, known[place].organisation), place, "namesake at home")
        for place in twins
    ]
    # Nobody known: other crossings of the same names, and names near to known ones.
    names = [f"{given} {family}" for given, family in strangers[:60]]
    while len(lines) < 300:
        lines.append(Labelled(Sought(names[len(lines) % len(names)]), None, "stranger"))
    return lines[:300]


def _typo(dice, name):
    words = name.split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    at = dice.randrange(1, len(word) - 1)
    kind = dice.choice(("drop", "swap", "double"))
    if kind == "drop":
        word = word[:at] + word[at + 1 :]
    elif kind == "swap":
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        word = word[:at] + word[at] + word[at:]
    words[longest] = word
    return " ".join(words)


def _ascii(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain if len(plain.split()) == len(name.split()) and len(plain) > 5 else name


NOISES = {
    "as it is": lambda _dice, one: Sought(one.name),
    "with house": lambda _dice, one: Sought(one.name, one.organisation),
    "swapped": lambda _dice, one: Sought(" ".join(reversed(one.name.split()))),
    "family first": lambda _dice, one: Sought(
        one.name.split()[-1], " ".join(one.name.split()[:-1])
    ),
    "capitals": lambda _dice, one: Sought(one.name.upper(), one.organisation.upper()),
    "no accents": lambda _dice, one: Sought(_ascii(one.name)),
    "typo": lambda dice, one: Sought(_typo(dice, one.name)),
    "typo with house": lambda dice, one: Sought(_typo(dice, one.name), one.organisation),
    "initial": lambda _dice, one: Sought(f"{one.name[0]}. {one.name.split()[-1]}"),
    "former house": lambda _dice, one: Sought(one.name, one.former or one.organisation),
    "by mail": lambda _dice, one: Sought(one.name, "", one.email or ""),
    "hyphen": lambda _dice, one: Sought(one.name.replace("-", " ").replace("’", "'")),
}
