"""Private addresses: what somebody's own programs read without a password."""
