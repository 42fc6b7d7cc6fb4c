"""The rhythms that a new installation begins with."""

RHYTHMS: tuple[tuple[str, int, int], ...] = (
    ("a", 90, 12),
    ("b", 180, 12),
    ("c", 365, 12),
)
"""Tier, days without an exchange after which a partner is dormant, months between reviews."""
