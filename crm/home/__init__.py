"""Today: what needs the person who signs in."""
