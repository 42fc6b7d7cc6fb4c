"""Passerelle, the relationship memory of an advocacy team."""
