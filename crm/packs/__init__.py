"""The briefing pack of a meeting: what the team takes along on paper."""
