"""Declarations signed together: texts, signatures, and to whom they were handed."""
