"""Drafts: what people typed into a form and have not sent yet, kept on the server."""
