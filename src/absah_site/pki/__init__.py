"""The register of certificates, CRLs, and what is published."""
