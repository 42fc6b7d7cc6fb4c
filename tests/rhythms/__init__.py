"""Rhythms of partnerships."""
