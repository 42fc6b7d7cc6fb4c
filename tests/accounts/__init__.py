"""Accounts: signing in, links, sessions, roles, administration."""
