"""Numbers as files."""

from crm.core.clock import today
from crm.documents.sheets import Sheet, SheetColumn, csv_file
from crm.packs.files import File, Language
from crm.records.filed import filed
from crm.reports.pictures import Picture
from crm.web.cells import Link
from crm.web.tables import Table


def csv_of(picture: Picture, key: str, language: Language) -> File:
    """Return the table of a picture as a file."""
    content = b"".join(csv_file(sheet_of(picture.table), language=language))
    return File(f"{key}-{today().isoformat()}.csv", "text/csv", content)


def sheet_of(table: Table) -> Sheet:
    """Return a table of numbers as a sheet."""
    columns = [SheetColumn(str(each.label)) for each in table.columns]
    rows = [
        [filed(cell.text if isinstance(cell, Link) else cell) for cell in row.cells]
        for row in table.rows
    ]
    return Sheet(table.caption, columns, [rows])
