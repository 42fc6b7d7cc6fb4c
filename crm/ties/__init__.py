"""Organisations with which we work in more than one way."""
