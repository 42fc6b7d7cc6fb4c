"""Corrected files: sheets made here come back, and are taken cell by cell."""
