"""Rows of accounts, roles, attempts, sessions and factors, to values and back."""
