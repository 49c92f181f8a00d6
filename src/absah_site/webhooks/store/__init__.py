"""Rows of receivers, secrets and deliveries, to values and back."""
