"""How often we want to be in touch with partners, and with whom we are not."""
