"""Documents to print, edit or sort: one model, written as PDF, DOCX and XLSX."""
