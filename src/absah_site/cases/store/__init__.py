"""Rows of cases to values and back."""
