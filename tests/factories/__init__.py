"""Factories: what they make is valid by default and plainly invented."""
