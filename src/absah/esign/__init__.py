"""The wire of the eSign Client Service, v1 and v2, without HTTP: what arrives, what leaves, and the numbers of errors.

The wire keeps its own words here (`tampilan`, `linkQR`, `tag_koordinat`) and they stop here. How each is read, and how
sure we are of it, is told in `docs/conformance/esign-api.md`.
"""
