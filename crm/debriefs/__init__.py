"""After a meeting: who was there, what was said, who owes what, what is to be done."""
