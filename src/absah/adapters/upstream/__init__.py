"""The way to the national service: one address, named in the settings, and what it costs to be sure what was sent."""
