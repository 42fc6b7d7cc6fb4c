"""How things stand: statuses computed from dates by ordered rules that are data."""
