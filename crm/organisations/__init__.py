"""Organisations: who they are, under which names, how they relate, how our partnership stands."""
