"""For developers only; not in the wheel."""
