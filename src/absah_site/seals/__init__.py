"""Seals of agencies: their keys, who activates them, and what is sealed with them."""
