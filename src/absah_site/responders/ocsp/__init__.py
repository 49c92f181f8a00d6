"""Certificate status over HTTP: RFC 6960, in the profile of RFC 5019."""
