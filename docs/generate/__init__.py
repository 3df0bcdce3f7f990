"""Writes the pages of docs/ that follow from code: events, rules and actors."""
