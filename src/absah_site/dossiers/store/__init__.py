"""Dossiers: rows to values and back."""
