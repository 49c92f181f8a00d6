"""The signer: the one process that opens keys. Its parts, from the wire inwards to the store."""
