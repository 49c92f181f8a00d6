"""The same wire from the other side: what we ask of a service that speaks it, and what its answers mean to us.

An agency whose certificates come from the national body stands in front of that body's service. Which words go where
is told in `docs/conformance/esign-api.md`; what is unknown there is read generously here.
"""
