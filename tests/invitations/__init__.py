"""Invitations to sign."""
