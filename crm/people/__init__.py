"""People at our partners: how to call them, where they work and worked, how to reach them."""
