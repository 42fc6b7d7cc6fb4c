"""Everything that is true of all records: the root table, who sees what, history, trash, lists."""
