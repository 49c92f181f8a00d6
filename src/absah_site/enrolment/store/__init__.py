"""Agencies, people, requests and links: rows to values and back."""
