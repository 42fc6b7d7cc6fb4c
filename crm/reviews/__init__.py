"""Partnership reviews: what a year with a partner was, what we decide, and what the board reads."""
