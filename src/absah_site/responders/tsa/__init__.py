"""Time-stamps over HTTP: RFC 3161 §3.4, in the profile of ETSI EN 319 422."""
