"""Saved views: lists that people come back to, their own and the team's."""
