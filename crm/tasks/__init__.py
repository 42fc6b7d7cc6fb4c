"""Things to do about records, by somebody of the team."""
