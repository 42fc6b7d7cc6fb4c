"""Exchanges noted from what is there already: one line that was typed, or a mail."""
