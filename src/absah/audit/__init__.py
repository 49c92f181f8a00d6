"""The ledger: what a row says, and the hash that holds it. Pure."""
