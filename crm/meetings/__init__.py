"""Meetings: when and where, who organises, who comes for whom."""
