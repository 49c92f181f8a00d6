"""Rights of people over their data, failures to protect them, and what is erased in time (UU 27/2022)."""
