"""The log over the ledger's rows: a Merkle tree that neither party can rewrite without the other seeing it."""
