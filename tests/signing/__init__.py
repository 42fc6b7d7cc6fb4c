"""The public page to sign."""
