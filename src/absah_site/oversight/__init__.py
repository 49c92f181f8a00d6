"""Oversight of the certification authority: what takes two people, what went wrong, and the operators' pages."""
