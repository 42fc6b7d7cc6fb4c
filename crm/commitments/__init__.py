"""Commitments: who owes whom what, and by when."""
