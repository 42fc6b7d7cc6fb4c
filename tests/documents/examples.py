"""Documents that the tests of all three writers share."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from crm.documents.model import (
    BlankLines,
    Block,
    Bullets,
    Document,
    Empty,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Section,
    Table,
)

NAMES = ["Олена Шевченко", "منى الخطيب", "Éloïse N’Diaye", "Αθηνά Παπαδοπούλου"]
HOSTILE = [
    "#set page()",
    "#panic[x] $ * _ ` @ref <label> \\ //",
    '=HYPERLINK("https://example.org","x")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "\x00\x07\x0b\x1b\x7f\x85",
    "\ud800",
    "\udfffx\ufffe\uffff\U0001fffe",
    "\ufeff\u202eabc\u2066",
    "👩‍👩‍👧 🇪🇺 ❤️",
    "漢字 \ue000",
    "a\u0301\u064b\u20dd",
    "м\u064b",
    "\u064b",
    "\u200d\ufe0f\u00ad",
    "</w:t> & <![CDATA[ ]]>",
    "&P &[Page] {{ x }}",
    "_x0041_",
    "mot" * 400,
    "منى الخطيب",
    "ـ ـ",
    "\u20dd",
    "",
    " ",
    "\n\n",
    "l’une\r\nl’autre\tcolonne",
]


def document(*blocks: Block, **values: Any) -> Document:
    """Return a document of one section."""
    return sections(Section("Fiche", blocks), **values)


def sections(*parts: Section, **values: Any) -> Document:
    """Return a document of these sections."""
    return Document(
        **{
            "title": "Dossier de réunion",
            "subtitle": "Forum consultatif",
            "language": "fr",
            "author": "Éloïse N’Diaye",
            "made_at": datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
            "stamp": ["Produit le 23 novembre 2026", "Éléments confidentiels retirés : 3"],
            "sections": parts,
            "format_date": lambda day: day.strftime("%d/%m/%Y"),
            **values,
        }
    )


def people(rows: int = 1) -> Table:
    """Return a table of people of every script."""
    columns = ["Nom", "Adresse", "Depuis", "Cotisation"]
    return Table(
        "Interlocuteurs",
        columns,
        [
            [name, Linked("écrire", "mailto:a@example.org"), date(2021, 3, 1), 12500.5]
            for _ in range(rows)
            for name in NAMES
        ],
    )


def pack() -> Document:
    """Return a document with every kind of block."""
    return sections(
        Section(
            "Fiche pratique",
            [
                Facts([("Lieu", Lines(["Grand Harbour", "Malte"])), ("Date", date(2026, 11, 25))]),
                Heading("Ordre du jour"),
                Bullets(["Accueil", Linked("Pacte", "https://example.org/pacte")]),
                Paragraph("Première ligne\nSeconde ligne"),
            ],
        ),
        Section(
            "Conseil européen", [people(), Empty("Aucune déclaration ouverte.")], page_break=True
        ),
        Section("Notes", [BlankLines(3)], page_break=True),
        contents="Sommaire",
    )


ANY_TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.text("aéШ م\u064b\u0301\u200d\u200c\u200f\u00ad👩\n\u3000\u0e33", max_size=30),
)
_NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans())
_INLINES = st.one_of(
    ANY_TEXT,
    st.builds(Linked, ANY_TEXT, st.one_of(ANY_TEXT, st.just("https://example.org/?a=1&b=%20"))),
    st.builds(Lines, st.lists(ANY_TEXT, max_size=3)),
)
_VALUES = st.one_of(_INLINES, _NUMBERS, st.dates(), st.datetimes(), st.none())
_BLOCKS = st.one_of(
    st.builds(Heading, ANY_TEXT, st.integers(-1, 9)),
    st.builds(Facts, st.lists(st.tuples(ANY_TEXT, _VALUES), max_size=3)),
    st.builds(
        Table,
        ANY_TEXT,
        st.lists(ANY_TEXT, max_size=5),
        st.lists(st.lists(_VALUES, max_size=6), max_size=4),
    ),
    st.builds(Paragraph, _INLINES),
    st.builds(Bullets, st.lists(_INLINES, max_size=3)),
    st.builds(Empty, ANY_TEXT),
    st.builds(BlankLines, st.integers(-1, 5)),
)
_SECTIONS = st.builds(
    Section,
    ANY_TEXT,
    st.lists(_BLOCKS, max_size=4),
    st.integers(-1, 9),
    st.booleans(),
    st.one_of(st.none(), ANY_TEXT),
)
ANY_DOCUMENT = st.builds(
    Document,
    ANY_TEXT,
    ANY_TEXT,
    st.sampled_from(["fr", "en"]),
    ANY_TEXT,
    st.datetimes(
        datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is beside it
        datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.lists(ANY_TEXT, max_size=3),
    st.lists(_SECTIONS, max_size=3),
    contents=ANY_TEXT,
)


def hostile_cells(texts: Sequence[str] = HOSTILE) -> Table:
    """Return a table of everything that could be taken for something else."""
    return Table("Pièges", ["Texte", "Texte", ""], [[text, text, "fin"] for text in texts])
