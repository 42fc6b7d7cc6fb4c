"""Tables as files, as long as they may be: each writer yields bytes while it pulls the rows.

The pieces of a sheet are asked for one after the other, and closed when nobody wants the rest; what
they raise reaches whoever reads the file, which then has no end.
"""

from crm.documents.delimited import csv_file
from crm.documents.formulas import harmless, restored
from crm.documents.json_rows import json_file
from crm.documents.ods_sheets import ods_file
from crm.documents.sheet_model import About, Cell, Row, RowsByColumn, Sheet, SheetColumn
from crm.documents.xlsx_sheets import xlsx_file

__all__ = [
    "About",
    "Cell",
    "Row",
    "RowsByColumn",
    "Sheet",
    "SheetColumn",
    "csv_file",
    "harmless",
    "json_file",
    "ods_file",
    "restored",
    "xlsx_file",
]
