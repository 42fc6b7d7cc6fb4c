"""Who is coming to a meeting, whom of them we know, and who came to a series when."""
