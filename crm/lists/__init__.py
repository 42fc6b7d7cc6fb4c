"""The lists that the team edits: kinds of link, rules of statuses, templates of duties."""
