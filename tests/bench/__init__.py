"""The benchmark: large invented data, the real server, and a bare page beside it."""
