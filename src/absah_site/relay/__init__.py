"""Signatures asked of the national service: what was sent, what came back, and what a person has to find out."""
