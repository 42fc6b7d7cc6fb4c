"""Inviting to sign a declaration: who, with which words, and what became of each mail."""
