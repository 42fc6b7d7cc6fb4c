"""Sheets that the tests of writing and of reading share."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random

from crm.documents.sheets import (
    About,
    Cell,
    Sheet,
    SheetColumn,
    csv_file,
    ods_file,
    xlsx_file,
)

ABOUT = About(
    title="Contacts",
    author="Éloïse N’Diaye",
    made_at=datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
    language="fr",
    note="Pays : Italie",
)
COLUMNS = [
    SheetColumn("Nom", key="name"),
    SheetColumn("Depuis", "date", key="since"),
    SheetColumn("Vu le", "moment", key="seen"),
    SheetColumn("Cotisation", "number", key="fee"),
    SheetColumn("Membre", "flag", key="is_member"),
    SheetColumn("Clé", is_hidden=True, key="id"),
]
ROWS: list[list[Cell]] = [
    [
        "Олена Шевченко",
        date(2018, 3, 12),
        datetime.fromisoformat("2020-01-02T10:30"),
        12.5,
        True,
        "a1",
    ],
    ["منى الخطيب", "2018", None, 7, False, "a2"],
    ["Nguyễn Thị Ánh", None, datetime.fromisoformat("1999-12-31T23:59:59"), -3, None, "a3"],
    ["👩‍👩‍👧 " + "très long " * 200 + "fin", date(1900, 3, 1), None, 0.1, None, None],
]


def sheet(rows: Sequence[Sequence[Cell]] = ROWS, name: str = "Contacts", columns=COLUMNS) -> Sheet:
    """Return a sheet of these rows."""
    return Sheet(name, columns, [rows])


def of_texts(texts: Sequence[str]) -> Sheet:
    """Return a sheet with a text in each row, and its place."""
    columns = [SheetColumn("Place", "number"), SheetColumn("Texte")]
    return Sheet("Textes", columns, [[[place, text] for place, text in enumerate(texts)]])


def as_file(ending: str, *sheets: Sheet) -> bytes:
    """Return a file of that kind."""
    match ending:
        case "xlsx":
            return b"".join(xlsx_file(sheets, ABOUT))
        case "ods":
            return b"".join(ods_file(sheets, ABOUT))
    (only,) = sheets
    return b"".join(csv_file(only, language="fr"))


SIGNS = "=+-@＝＋－＠"


def hostile_texts(number: int) -> list[str]:
    """Return as many different texts that programs read as something else; always the same."""
    random = Random(29)  # noqa: S311 - nothing is kept secret
    words = [
        "1+1",
        "SUM(A1:A9)",
        "cmd|' /C calc'!A0",
        'HYPERLINK("https://example.org")',
        "33 1 44",
    ]
    others = ["é", "Ж", "منى", "_x0041_", "]]>"]
    pieces = [*SIGNS * 3, *"''''\t\n  ;,|\"<>&", *words, *others]
    texts: dict[str, None] = {}
    while len(texts) < number:
        texts["".join(random.choices(pieces, k=random.randint(1, 6)))] = None
    return list(texts)
