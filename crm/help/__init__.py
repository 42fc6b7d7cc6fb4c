"""Help: the keys, and where what is done."""
