"""What was said with whom: calls, mails, meetings, visits, letters."""
