"""Search over records of every kind."""
