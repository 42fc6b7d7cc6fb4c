"""Files of lists: who takes what out of the house, for whom, and why."""
