"""Words for what the ledger says."""
