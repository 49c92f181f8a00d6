"""Agencies, applicants and the steps to a certificate."""
