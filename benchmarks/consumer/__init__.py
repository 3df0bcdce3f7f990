"""Consuming with one durable effect per event: our runtime beside what one would write without it."""
