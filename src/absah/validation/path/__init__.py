"""Certification paths: our own engine for RFC 5280 §6, with the policy graph of RFC 9618."""
