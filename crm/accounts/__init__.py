"""People who sign in: users, roles, sessions, one-time links."""
