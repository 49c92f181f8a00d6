"""The connection to the national service: who we are there, and whether it answers."""
