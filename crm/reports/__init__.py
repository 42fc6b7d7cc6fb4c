"""Numbers about partnerships as pictures, who is tied to whom, and what was done in a time."""
