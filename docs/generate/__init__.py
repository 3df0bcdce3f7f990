"""Writes what follows from code: the pages about events, rules and actors, and the contracts of events."""
