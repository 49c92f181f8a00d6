"""Telling other systems: events are rows of the transaction that causes them; the worker carries them afterwards."""
