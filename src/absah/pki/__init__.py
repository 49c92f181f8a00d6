"""Certificates and what proves their state: names, profiles, lint, issuance, CRL, OCSP, time-stamps, CMS. Pure."""
