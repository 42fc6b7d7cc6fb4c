"""Who of a network has signed which declarations, and who was never asked."""
