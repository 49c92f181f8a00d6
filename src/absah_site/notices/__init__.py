"""Telling people: notices are rows of the transaction that causes them; a courier carries them afterwards."""
