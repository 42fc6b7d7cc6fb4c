"""The example data: the association's public page on its networks and projects, as data."""
