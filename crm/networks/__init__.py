"""Networks: what they are, who belongs to them, who sits where for whom."""
