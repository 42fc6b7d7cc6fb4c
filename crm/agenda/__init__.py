"""What is due, where people look anyway: a calendar to subscribe to, and a daily mail."""
