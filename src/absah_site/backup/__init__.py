"""Backup and restore: the database as text, the checks after restoring, and what a restored instance owes."""
